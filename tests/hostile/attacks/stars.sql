-- Stars and choices of columns that may reach what is hidden, and joins that name it by chance.
-- whole
columns-pattern: SELECT COLUMNS('^(sec|uns)') FROM v.people
columns-everything: SELECT COLUMNS('.*') FROM v.people
columns-any-case: SELECT COLUMNS('(?i)SECRET|ID') FROM v.people
columns-list: SELECT COLUMNS(['id', 'secret']) FROM v.people
columns-list-unseen: SELECT COLUMNS(['unseen']) FROM v.people
columns-lambda: SELECT COLUMNS(lambda c: c LIKE '%se%') FROM v.people
columns-lambda-fails: SELECT COLUMNS(lambda c: CAST(c AS INTEGER) > 0) FROM v.people
columns-lambda-query: SELECT COLUMNS(lambda c: c IN (SELECT city FROM v.people)) FROM v.people
columns-of-unit: SELECT COLUMNS('__doumen.*') FROM v.groups
columns-named-by-group: SELECT COLUMNS('(se)(cret)') AS '\1' FROM v.people
columns-exclude: SELECT COLUMNS(* EXCLUDE (unseen)) FROM v.people
columns-replace: SELECT COLUMNS(* REPLACE (secret AS name)) FROM v.people
columns-rename: SELECT COLUMNS(* RENAME (secret AS s)) FROM v.people
columns-aggregated: SELECT max(COLUMNS(*)) FROM v.people
columns-compared: SELECT id FROM v.people WHERE COLUMNS(*) IS NULL
columns-in-order: SELECT id FROM v.people ORDER BY COLUMNS('s.*')
columns-in-window: SELECT min(COLUMNS(* EXCLUDE (info, tags))) OVER () FROM v.people
columns-exponential: SELECT COLUMNS('(((((a+)+)+)+)+)+$') FROM v.people
star: SELECT * FROM v.people
star-twice: SELECT *, * FROM v.people
star-of-alias: SELECT p.*, q.* FROM v.people p JOIN v.people q USING (id)
star-exclude-denied: SELECT * EXCLUDE (secret) FROM v.people
star-exclude-unseen: SELECT * EXCLUDE (unseen) FROM v.people
star-exclude-qualified: SELECT * EXCLUDE (people.secret) FROM v.people
star-replace-denied: SELECT * REPLACE (secret AS name) FROM v.people
star-replace-target: SELECT * REPLACE (1 AS secret) FROM v.people
star-rename-denied: SELECT * RENAME (secret AS s) FROM v.people
star-rename-into: SELECT secret FROM (SELECT * RENAME (name AS secret) FROM v.people)
star-like: SELECT * LIKE 'se%' FROM v.people
star-not-like: SELECT * NOT LIKE 'id' FROM v.people
star-similar: SELECT * SIMILAR TO '.*e.*' FROM v.people
star-ilike: SELECT * ILIKE 'SE%' FROM v.people
star-glob: SELECT * GLOB 'se*' FROM v.people
star-in-count: SELECT count(* EXCLUDE (secret)) FROM v.people
star-in-call: SELECT concat(*) FROM v.people
star-of-struct: SELECT info.* FROM v.people
star-of-row: SELECT unnest(p) FROM v.people p
star-of-list-of-rows: SELECT unnest(list(p), recursive := true) FROM v.people p
using-denied: SELECT * FROM v.people JOIN v.people q USING (secret)
using-unseen: SELECT * FROM v.people JOIN (SELECT 'a' AS unseen) q USING (unseen)
using-masked: SELECT count(*) FROM v.people JOIN v.people q USING (pay)
using-partial: SELECT count(*) FROM v.people JOIN v.people q USING (name)
natural: SELECT count(*) FROM v.people NATURAL JOIN v.people q
natural-guess: SELECT * FROM v.people NATURAL JOIN (SELECT 'x' AS secret, 'y' AS unseen) q
natural-guess-masked: SELECT id FROM v.people NATURAL JOIN (SELECT 'A***********' AS name) q
alias-columns: SELECT l FROM v.people p(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p1, q, r)
alias-columns-shadow: SELECT secret FROM v.people p(secret)
alias-columns-all: SELECT * FROM v.people p(unseen, secret)
union-by-name: SELECT id FROM v.people UNION BY NAME SELECT secret FROM v.people
union-by-name-adds: SELECT * FROM v.people UNION ALL BY NAME SELECT 'x' AS secret, 'y' AS unseen
union-of-row: SELECT p FROM v.people p UNION SELECT NULL
group-by-all: SELECT city, count(*) FROM v.people GROUP BY ALL
order-by-all: SELECT id, city FROM v.people ORDER BY ALL DESC NULLS FIRST
group-by-hidden-alias: SELECT id AS secret, count(*) FROM v.people GROUP BY secret
lateral-alias-chain: SELECT id AS a, a AS b, b AS secret, secret AS d FROM v.people
alias-before-denied: SELECT secret AS id FROM v.people
alias-in-where: SELECT id AS unseen FROM v.people WHERE unseen > 0
pivot-on-denied: PIVOT v.people ON secret IN ('a') USING count(*)
pivot-on-masked: PIVOT v.people ON pay IN ('>= 1000000000') USING count(*)
pivot-any: PIVOT v.people ON city USING count(*)
pivot-rest: SELECT * FROM (PIVOT v.people ON city IN ('Wenzhou', 'Ningbo') USING max(weight))
pivot-using-denied: PIVOT v.people ON city IN ('Wenzhou') USING max(secret) GROUP BY id
pivot-group-denied: PIVOT v.people ON city IN ('Wenzhou') USING count(*) GROUP BY unseen
pivot-sql: SELECT * FROM v.people PIVOT (max(name) FOR city IN ('Wenzhou') GROUP BY secret)
pivot-enum: PIVOT v.people ON city IN city_enum USING count(*)
pivot-value-query: PIVOT v.people ON city IN (SELECT secret FROM v.people) USING count(*)
pivot-hidden-value: PIVOT v.people ON id IN (1, 3, 901) USING count(*)
unpivot-all: UNPIVOT v.people ON COLUMNS(* EXCLUDE (info, tags))::VARCHAR INTO NAME n VALUE w
unpivot-denied: UNPIVOT v.people ON secret, unseen INTO NAME n VALUE w
unpivot-pattern: UNPIVOT v.people ON COLUMNS('s.*') INTO NAME n VALUE w
unpivot-rest: SELECT * FROM v.people UNPIVOT (w FOR n IN (id, weight))
unpivot-nulls: SELECT * FROM v.people UNPIVOT INCLUDE NULLS (w FOR n IN (phone, secret))
unnest-masked: SELECT unnest(tags) FROM v.people
unnest-masked-struct: SELECT unnest(info) FROM v.people
unnest-in-from: SELECT u FROM v.people, unnest(tags) AS t(u)
unnest-lateral-denied: SELECT u FROM v.people, unnest([secret, unseen]) AS t(u)
unnest-ordinality: SELECT u, o FROM v.people, unnest([name]) WITH ORDINALITY AS t(u, o)
describe-in-from: SELECT * FROM (DESCRIBE v.people)
summarize-in-from: SELECT * FROM (SUMMARIZE v.people)
show-in-from: SELECT * FROM (SHOW TABLES)
