-- Names that take the place of others: common tables, aliases, recursion, lateral and outer names.
-- whole
cte-shadows: WITH people AS (SELECT 1 AS secret) SELECT secret FROM v.people
cte-shadows-and-joins: WITH people AS (SELECT 1 AS secret) SELECT secret FROM people, v.people
cte-shadows-qualified: WITH "v.people" AS (SELECT 1 AS secret) SELECT people.secret FROM v.people
cte-sees-itself: WITH sqlite_master AS (SELECT * FROM sqlite_master) SELECT * FROM sqlite_master
cte-later: WITH a AS (SELECT * FROM duckdb_views), duckdb_views AS (SELECT 1) SELECT * FROM a
cte-other-branch: (WITH duckdb_columns AS (SELECT 1 AS a) FROM duckdb_columns) UNION ALL SELECT 1 FROM duckdb_columns
cte-inner-only: SELECT * FROM (WITH duckdb_views AS (SELECT 1) FROM duckdb_views), duckdb_views
cte-long-s: WITH "\u017fqlite_master"(sql) AS (SELECT 'd') SELECT sql FROM sqlite_master
cte-kelvin: WITH "duc\u212adb_views" AS (SELECT 'x' AS sql) SELECT v.sql FROM duckdb_views v
cte-dotless: WITH "duckdb_v\u0131ews" AS (SELECT 1) SELECT * FROM duckdb_views
cte-mixed-case: WITH DUCKDB_VIEWS AS (SELECT 1 AS a) SELECT a FROM duckdb_Views
cte-in-lateral: SELECT * FROM v.visits, LATERAL (WITH duckdb_views AS (SELECT 1) FROM duckdb_views), duckdb_views
cte-in-subquery: SELECT (WITH sqlite_master AS (SELECT 1) SELECT * FROM sqlite_master), (SELECT count(*) FROM sqlite_master)
cte-recursive-name: WITH RECURSIVE duckdb_views AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM duckdb_views WHERE n < 3) FROM duckdb_views
cte-recursive-first: WITH RECURSIVE duckdb_views AS (SELECT view_name FROM duckdb_views UNION ALL SELECT view_name FROM duckdb_views) FROM duckdb_views
cte-recursive-not: WITH RECURSIVE sqlite_master AS (SELECT * FROM sqlite_master) FROM sqlite_master
cte-recursive-deep: WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT (SELECT n FROM recurring.a LIMIT 1) + 1 FROM a WHERE n < 3) FROM a
cte-recurring: WITH RECURSIVE a AS (SELECT 1 AS n UNION SELECT n + 1 FROM recurring.people, a WHERE n < 3) FROM a
cte-using-key: WITH RECURSIVE a(k, s) USING KEY (k) AS (SELECT 1, 'x' UNION SELECT p.id, p.secret FROM a, v.people p) FROM a
cte-using-key-denied: WITH RECURSIVE a(k, w) USING KEY (secret) AS (SELECT 1, 2 UNION SELECT id, weight FROM a, v.people) FROM a
cte-columns: WITH a(secret) AS (SELECT name FROM v.people) SELECT secret FROM a
cte-columns-more: WITH a(x, y, z) AS (SELECT name FROM v.people) SELECT z FROM a
recursion-over-rows: WITH RECURSIVE a AS (SELECT id FROM v.people UNION SELECT id + 1 FROM a WHERE id < 5) SELECT * FROM a
recursion-shadow: WITH RECURSIVE people AS (SELECT 1 AS secret UNION ALL SELECT p.secret FROM v.people p, people) FROM people
alias-as-domain: SELECT v.secret FROM v.people v
alias-as-dataset: SELECT people.secret FROM v.visits people, v.people
alias-twice: SELECT a.secret FROM v.visits a, (SELECT 1 AS secret) a
alias-of-outer: SELECT (SELECT p.secret FROM v.visits p) FROM v.people p
alias-outer-hidden: SELECT (SELECT secret FROM v.visits LIMIT 1) FROM v.people
alias-outer-alias: SELECT 1 AS secret, (SELECT secret) FROM v.people
alias-in-on: SELECT id AS secret FROM v.people JOIN v.visits ON secret = person
alias-in-window: SELECT id AS unseen, sum(id) OVER (ORDER BY unseen) FROM v.people
alias-in-group: SELECT id % 2 AS secret, count(*) FROM v.people GROUP BY secret
alias-in-having: SELECT count(*) AS secret FROM v.people HAVING secret > 0
alias-in-qualify: SELECT id, row_number() OVER (ORDER BY id) AS unseen FROM v.people QUALIFY unseen = 1
alias-quoted-dot: SELECT "people.secret" FROM v.people
alias-with-quote: SELECT id AS "a""; SELECT secret" FROM v.people
lateral-outer: SELECT z FROM v.people p, LATERAL (SELECT p.secret AS z)
lateral-deep: SELECT z FROM v.people p, LATERAL (SELECT (SELECT max(p.unseen)) AS z)
lateral-later: SELECT * FROM LATERAL (SELECT q.secret) a, v.people q
lateral-left: SELECT * FROM v.visits v LEFT JOIN LATERAL (SELECT secret FROM v.people WHERE id = v.person) ON true
lateral-alias: SELECT id AS a, a + 1 AS b, b || secret AS c FROM v.people
correlated-outer-denied: SELECT visit FROM v.visits WHERE EXISTS (SELECT 1 FROM v.people WHERE secret = note)
correlated-two-up: SELECT (SELECT (SELECT p.secret)) FROM v.people p
correlated-in-from: SELECT * FROM v.people p, (SELECT p.secret AS z) q
correlated-in-limit: SELECT (SELECT visit FROM v.visits LIMIT p.id) FROM v.people p
correlated-in-values: SELECT * FROM v.people p, (VALUES (p.secret)) w
using-of-alias: SELECT secret FROM v.people JOIN (SELECT 1 AS id, 2 AS secret) q USING (id)
same-name-tables: SELECT people.id FROM v.people, v.people
window-name: SELECT sum(id) OVER w FROM v.people WINDOW w AS (ORDER BY secret)
window-inherits: SELECT sum(id) OVER (w ROWS secret PRECEDING) FROM v.people WINDOW w AS (ORDER BY id)
frame-by-masked: SELECT sum(id) OVER (ORDER BY id RANGE BETWEEN debt PRECEDING AND CURRENT ROW) FROM v.people
table-function-alias: SELECT * FROM range(3) AS t(secret), v.people WHERE people.secret = t.secret
range-of-hidden: SELECT * FROM v.people p, range(p.debt) r
range-of-denied: SELECT * FROM v.people p, range(length(p.secret)) r
values-alias: SELECT secret FROM (VALUES (1)) AS people(secret), v.people q
system-datasets: SELECT * FROM sys.datasets
system-columns: SELECT * FROM sys.columns
system-rules: SELECT * FROM sys.rules
system-lineage: SELECT * FROM sys.lineage
system-charges: SELECT * FROM sys.charges
system-actors: SELECT * FROM sys.actors
system-events: SELECT * FROM sys.events WHERE actor <> 'ana'
system-join: SELECT c.* FROM sys.columns c FULL JOIN v.people p ON c.dataset = p.city
system-unlisted: SELECT * FROM sys.keys
system-of-engine: SELECT * FROM sys.duckdb_views
system-upper: SELECT * FROM SYS.EVENTS, "SYS"."rules"
