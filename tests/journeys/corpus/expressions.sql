-- arithmetic
SELECT 7 / 2 AS d, 7 // 2 AS i, -7 // 2 AS n, 7 % 3 AS m, 2 ** 10 AS p, 5 & 3 AS a, 5 | 3 AS o, xor(5, 3) AS x, ~5 AS c, 1 << 4 AS l, 256 >> 2 AS r, @(-3) AS abs, 1.1 + 2.2 AS dec, 3 * INTERVAL 1 DAY AS days;

-- rounding and roots
SELECT round(price, 1) AS r, round(price) AS r0, floor(price) AS f, ceil(price) AS c, trunc(price) AS t, abs(price) AS a, sign(price) AS s, sqrt(abs(price)) AS q, cbrt(id) AS cb, ln(id) AS l, log10(id) AS lg, exp(id) AS e, power(id, 2) AS p, mod(id, 4) AS m, gcd(id, 4) AS g, lcm(id, 4) AS lc, round(pi(), 6) AS pi, degrees(pi()) AS deg, even(price) AS ev FROM hand.things;

-- conditions
SELECT CASE WHEN pay > 60 THEN 'high' WHEN pay > 35 THEN 'middle' END AS level, CASE dept WHEN 'lab' THEN 1 ELSE 0 END AS lab, if(pay > 50, 'y', 'n') AS y, coalesce(pay, 0) AS p, ifnull(dept, '-') AS d, nullif(dept, 'lab') AS n, pay IS NULL AS u, pay IS NOT DISTINCT FROM NULL AS v FROM hand.staff;

-- three values of logic
SELECT ok AND NULL AS a, ok OR NULL AS o, NOT ok AS n, ok IS TRUE AS t, ok IS NOT FALSE AS f, ok IS UNKNOWN AS u, ok = NULL AS e, ok IS DISTINCT FROM true AS d FROM hand.things;

-- BETWEEN and IN
SELECT id, pay BETWEEN 40 AND 60 AS mid, pay NOT BETWEEN 40 AND 60 AS out, dept IN ('lab', 'board') AS inn, dept NOT IN ('lab', NULL) AS nin FROM hand.staff;

-- extremes of a row
SELECT greatest(jan, feb, mar) AS g, least(jan, feb, mar) AS l, jan + feb AS s, coalesce(mar, feb, jan) AS c FROM hand.widths;

-- calls by dot
SELECT name.upper().replace('E', '3') AS n, tags.list_sort().len() AS t, ('x').repeat(3) AS x FROM hand.things;

-- TRY
SELECT TRY(ln(0)) AS no, TRY(1 / 4) AS yes, try_cast('x' AS INTEGER) AS t;

-- unnamed outputs
SELECT 1, 'a', id + 1, upper(name), count(*) OVER (), -id, id::VARCHAR, name || 'x', [id], CASE WHEN true THEN id END, (SELECT 2) FROM hand.staff;
