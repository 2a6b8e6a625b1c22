-- case and length
SELECT upper(name) AS u, lower(name) AS l, length(name) AS n, strlen(name) AS bytes, reverse(name) AS r, unicode(name) AS code, ascii(name) AS a, chr(28783) AS c FROM hand.things;

-- parts
SELECT substring(c_phone, 1, 2) AS a, c_phone[4:6] AS b, left(c_name, 3) AS l, right(c_name, -5) AS r, split_part(c_phone, '-', 2) AS p, string_split(c_phone, '-') AS all_, substr(c_name, -3) AS tail FROM tpch.customer WHERE c_custkey < 30;

-- changed
SELECT replace(name, 'a', 'o') AS r, trim('  ' || name || ' ') AS t, ltrim('xxy', 'x') AS lt, rtrim('yxx', 'x') AS rt, lpad(name, 8, '.') AS lp, rpad(name, 3, '.') AS rp, repeat('ab', 3) AS rep, translate(name, 'abc', 'xyz') AS tr, concat(name, '-', id) AS c, concat_ws('/', name, NULL, 'z') AS ws, name || NULL AS nothing FROM hand.things;

-- found
SELECT position('a' IN name) AS p, strpos(name, 'e') AS s, instr(name, '"') AS i, contains(name, 'a') AS c, starts_with(name, 'L') AS st, suffix(name, 'e') AS su, prefix(name, 'K') AS pre, name ^@ 'La' AS at_ FROM hand.things;

-- LIKE and its kin
SELECT p_name LIKE '%green%' AS a, p_name NOT LIKE 'a%' AS b, p_type ILIKE 'promo%' AS c, p_brand LIKE 'Brand#1_' AS d, p_container LIKE 'SM!_%' ESCAPE '!' AS e, p_name GLOB 'b*e*' AS f, p_name SIMILAR TO '.*ivory.*' AS g, p_name ~~ 'c%' AS h FROM tpch.part WHERE p_partkey < 60;

-- regular expressions
SELECT regexp_matches(s_phone, '^1[0-5]') AS m, regexp_extract(s_phone, '(\d+)-(\d+)', 2) AS e, regexp_extract(s_phone, '(\d+)-(\d+)', ['land', 'area']) AS named, regexp_extract_all(s_phone, '\d{3}') AS all_, regexp_replace(s_phone, '\d', 'x') AS once, regexp_replace(s_phone, '\d', 'x', 'g') AS every, regexp_split_to_array(s_phone, '-') AS parts, s_phone ~ '9$' AS full_, regexp_full_match(s_phone, '[\d-]+') AS f FROM tpch.supplier;

-- distances
SELECT levenshtein('kitten', 'sitting') AS l, damerau_levenshtein('ab', 'ba') AS dl, hamming('abc', 'abd') AS h, round(jaro_winkler_similarity('martha', 'marhta'), 4) AS jw, round(jaccard('ab', 'bc'), 4) AS j;

-- digests and encodings
SELECT md5(name) AS m, sha256(name) AS s, hex(name) AS h, base64(encode(name)) AS b, encode(name) AS e, decode(encode(name)) AS d, url_encode('a b/é') AS u, to_base(255, 16) AS t, bin(5) AS two FROM hand.things;

-- written
SELECT format('{:>5}|{:.2f}', name, 1.5) AS f, printf('%05d', id) AS p, format('{:,}', 1234567) AS n, strip_accents('Größe é') AS plain, nfc_normalize('é') AS nfc, bar(id, 0, 10, 10) AS bar FROM hand.things WHERE name <> '';

-- unicode
SELECT name, length(name) AS n, length_grapheme(name) AS g, substring(name, 2, 1) AS second, name = '灯笼' AS lantern, name || '🙂' AS smile FROM hand.things;

-- collation (in order)
SELECT name FROM hand.things WHERE name IS NOT NULL ORDER BY name COLLATE NOCASE;

-- quotes
SELECT 'it''s' AS a, "name" AS "b""c", E'tab\there' AS c, $$dollar 'quoted'$$ AS d FROM hand.staff WHERE id = 1;
