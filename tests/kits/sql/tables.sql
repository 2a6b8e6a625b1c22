-- recursion
WITH RECURSIVE t AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM t WHERE x < 3) SELECT * FROM t
WITH RECURSIVE t(n) AS (SELECT 1 UNION SELECT n % 3 + 1 FROM t) SELECT n FROM t
WITH RECURSIVE r AS (SELECT origin AS place, 1 AS hops FROM transport.flights UNION SELECT f.dest, r.hops + 1 FROM r JOIN transport.flights f ON f.origin = r.place WHERE r.hops < 3) SELECT place, min(hops) FROM r GROUP BY place
WITH RECURSIVE r(k, n) USING KEY (k) AS (SELECT carrier, 1 FROM transport.flights UNION SELECT k, n + 1 FROM r WHERE n < 3) SELECT * FROM r
WITH RECURSIVE a AS (SELECT 1 AS x), b AS (SELECT x FROM a UNION ALL SELECT x + 1 FROM b WHERE x < 3) SELECT * FROM b
WITH RECURSIVE t AS (SELECT 1 AS x UNION ALL (WITH q AS (FROM t) SELECT x + 1 FROM q WHERE x < 3)) SELECT * FROM t
WITH RECURSIVE t AS MATERIALIZED (SELECT 1 AS x UNION ALL SELECT x + 1 FROM t WHERE x < 3) SELECT * FROM t
WITH RECURSIVE r(k, n) USING KEY (k) AS (SELECT carrier, 1 FROM transport.flights UNION SELECT r.k, a.n + 1 FROM r JOIN Recurring.r AS a USING (k) WHERE a.n < 3) SELECT * FROM r
-- lateral
SELECT f.carrier, x.k FROM transport.flights f, LATERAL (SELECT f.distance + 1 AS k) x
SELECT f.carrier, x.seats FROM transport.flights f LEFT JOIN LATERAL (SELECT seats FROM transport.planes p WHERE p.tailnum = f.tailnum) x ON TRUE
SELECT carrier, k FROM transport.flights f, (SELECT f.distance + 1 AS k)
SELECT carrier, v FROM transport.flights f, (VALUES (f.distance), (f.flight)) x(v)
SELECT (SELECT max(k) FROM (SELECT p.seats + f.distance AS k FROM transport.planes p), (SELECT k + f.flight)) FROM transport.flights f
SELECT s.name FROM people.staff s, (transport.planes p JOIN (SELECT p.seats + 1 AS k) x ON x.k > 100)
-- rows made
SELECT * FROM range(10)
SELECT range, r FROM range(1, 10, 2) AS r
SELECT n FROM generate_series(1, 10) AS g(n)
SELECT f.carrier, i FROM transport.flights f, range(f.distance) r(i)
SELECT range(distance), generate_series(1, distance) FROM transport.flights
SELECT * FROM unnest([1, 2]) AS u(v)
SELECT * FROM unnest(['a', 'b']) WITH ORDINALITY
SELECT s.name, u.tag, u.n FROM people.staff s, unnest(s.tags) WITH ORDINALITY AS u(tag, n)
SELECT name, unnest FROM people.staff, LATERAL unnest(tags)
SELECT unnest(tags) AS tag, name FROM people.staff
SELECT unnest(home) FROM people.staff
SELECT unnest([[1, 2], [3]], recursive := true), unnest(tags, max_depth := 1) FROM people.staff
SELECT unnest(string_split(name, ' ')), unnest([1, 2]) FROM people.staff
SELECT tag FROM (SELECT list(carrier) AS l FROM transport.flights) x, unnest(x.l) u(tag)
-- joins of other kinds
SELECT f.carrier, p.seats FROM transport.flights f ASOF JOIN transport.planes p ON f.tailnum = p.tailnum AND f.year >= p.year
SELECT carrier, seats FROM transport.flights ASOF LEFT JOIN transport.planes USING (tailnum, year)
SELECT f.carrier, p.seats FROM transport.flights f POSITIONAL JOIN transport.planes p
SELECT carrier FROM transport.flights NATURAL SEMI JOIN transport.planes
SELECT carrier, seats FROM transport.flights NATURAL FULL JOIN transport.planes
SELECT carrier, seats, name FROM transport.flights JOIN (transport.planes p JOIN people.staff s ON p.model = s.name) USING (tailnum)
-- set operations and limits
SELECT carrier FROM transport.flights UNION ALL SELECT model FROM transport.planes ORDER BY lower(carrier), length(carrier) DESC
SELECT year, tailnum FROM transport.flights UNION BY NAME SELECT tailnum, seats FROM transport.planes
SELECT year, tailnum FROM transport.flights UNION ALL BY NAME SELECT tailnum, year FROM transport.planes ORDER BY year
SELECT carrier FROM transport.flights LIMIT 2 * 3 OFFSET 1 + 1
SELECT carrier FROM transport.flights LIMIT (SELECT count(*) FROM transport.planes) OFFSET (SELECT 1)
SELECT carrier FROM transport.flights LIMIT 10%
SELECT carrier FROM transport.flights LIMIT 2.5 PERCENT OFFSET 1
SELECT carrier FROM transport.flights ORDER BY 1 OFFSET 1 ROWS FETCH NEXT 3 ROWS ONLY
SELECT carrier FROM transport.flights FETCH FIRST ROW ONLY
SELECT carrier FROM transport.flights LIMIT ALL
-- groups
SELECT origin, dest, grouping_id(origin, dest), count(*) FROM transport.flights GROUP BY origin, ROLLUP (dest, carrier)
SELECT count(*) FROM transport.flights GROUP BY GROUPING SETS (ROLLUP (origin, dest), CUBE (carrier), ())
SELECT origin, count(*) FROM transport.flights GROUP BY *
SELECT DISTINCT ON (origin, dest) carrier FROM transport.flights ORDER BY origin, dest, distance DESC
-- tables written otherwise
TABLE transport.planes
FROM transport.planes SELECT seats WHERE year > 2000
WITH t AS (TABLE transport.planes) FROM t
SELECT f.carrier FROM f: transport.flights
SELECT v.b FROM (VALUES (1, 'x')) AS v(a, b)
SELECT carrier FROM transport.flights WHERE (origin, dest) IN (VALUES ('a', 'b'))
SELECT a, c FROM (transport.flights AS f JOIN transport.planes USING (tailnum)) AS j(a, b, c)
-- pivots
PIVOT transport.flights ON origin IN ('JFK', 'LGA') USING sum(distance) GROUP BY carrier
SELECT carrier, "JFK_s", "LGA_s" FROM (PIVOT transport.flights ON origin IN ('JFK', 'LGA') USING sum(distance) AS s, count(*) GROUP BY carrier)
WITH p AS (PIVOT transport.planes ON year IN (1999, 2000) USING max(seats)) SELECT model, "1999" FROM p
SELECT carrier, j FROM transport.flights PIVOT (sum(distance) FOR origin IN ('JFK' AS j, 'LGA') GROUP BY carrier)
SELECT q.* FROM (SELECT origin, dest, distance FROM transport.flights) PIVOT (count(*) FOR origin IN ('JFK') dest IN ('LAX', 'SFO')) AS q
UNPIVOT transport.planes ON year, seats INTO NAME what VALUE amount
UNPIVOT (SELECT tailnum, year, seats FROM transport.planes) ON COLUMNS(* EXCLUDE (tailnum))
SELECT what, amount FROM transport.planes UNPIVOT INCLUDE NULLS (amount FOR what IN (year, seats AS s))
SELECT * FROM transport.planes UNPIVOT ((v, w) FOR what IN ((year, seats) AS a, (seats, year)))
-- samples
SELECT carrier FROM transport.flights TABLESAMPLE bernoulli(10%) REPEATABLE (42)
SELECT carrier FROM transport.flights WHERE distance > 1 USING SAMPLE 10% (bernoulli, 42)
SELECT f.carrier FROM transport.flights f TABLESAMPLE bernoulli(10 PERCENT) REPEATABLE (7) JOIN transport.planes p USING (tailnum)
