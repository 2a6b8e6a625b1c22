-- projection
SELECT 1
SELECT 1;
SELECT 1 -- a comment
SELECT /* a comment */ 1 ;
SELECT 1 AS one, 'x' AS text, TRUE AS yes, NULL AS nothing, 1.5 AS decimal, 1e3 AS double
SELECT -1, +1, ~1, 0x1F, 1_000
SELECT carrier FROM transport.flights
SELECT CARRIER FROM Transport.FLIGHTS
SELECT "carrier" FROM "transport"."flights"
SELECT f.carrier, f.flight FROM transport.flights f
SELECT f.carrier FROM transport.flights AS f
SELECT transport.flights.carrier FROM transport.flights
SELECT flights.carrier FROM transport.flights
SELECT * FROM transport.flights
SELECT f.* FROM transport.flights f
SELECT * EXCLUDE (tailnum) FROM transport.flights
SELECT * EXCLUDE tailnum FROM transport.flights
SELECT * REPLACE (distance * 2 AS distance) FROM transport.flights
SELECT * EXCLUDE (tailnum) REPLACE (upper(origin) AS origin) FROM transport.flights
SELECT f.* EXCLUDE (tailnum) FROM transport.flights f
FROM transport.flights
FROM transport.flights SELECT carrier
FROM transport.flights f SELECT f.carrier WHERE f.distance > 100
SELECT a, b FROM transport.planes AS p(a, b)
SELECT DISTINCT carrier FROM transport.flights
SELECT DISTINCT ON (carrier) carrier, flight FROM transport.flights ORDER BY carrier, flight
SELECT ALL carrier FROM transport.flights
SELECT distance AS d, d * 2 AS e FROM transport.flights
SELECT (distance, dep_delay) FROM transport.flights
-- operators
SELECT distance + 1, distance - 1, distance * 2, distance / 2, distance // 2, distance % 7 FROM transport.flights
SELECT distance ** 2, distance ^ 2 FROM transport.flights
SELECT distance & 1, distance | 1, distance << 1, distance >> 1, xor(distance, 1) FROM transport.flights
SELECT carrier || '-' || dest FROM transport.flights
SELECT distance = 1, distance <> 1, distance != 1, distance < 1, distance <= 1, distance > 1, distance >= 1 FROM transport.flights
SELECT carrier FROM transport.flights WHERE distance > 100 AND NOT (origin = 'JFK' OR dest = 'LAX')
SELECT carrier FROM transport.flights WHERE distance BETWEEN 100 AND 200
SELECT carrier FROM transport.flights WHERE distance NOT BETWEEN 100 AND 200
SELECT carrier FROM transport.flights WHERE origin IN ('JFK', 'LGA')
SELECT carrier FROM transport.flights WHERE origin NOT IN ('JFK', 'LGA')
SELECT carrier FROM transport.flights WHERE (origin, dest) IN (('JFK', 'LAX'), ('LGA', 'ATL'))
SELECT carrier FROM transport.flights WHERE tailnum IS NULL
SELECT carrier FROM transport.flights WHERE tailnum IS NOT NULL
SELECT carrier FROM transport.flights WHERE tailnum ISNULL
SELECT carrier FROM transport.flights WHERE (distance > 1) IS TRUE
SELECT carrier FROM transport.flights WHERE origin IS DISTINCT FROM dest
SELECT carrier FROM transport.flights WHERE origin IS NOT DISTINCT FROM dest
SELECT carrier FROM transport.flights WHERE carrier LIKE 'A%'
SELECT carrier FROM transport.flights WHERE carrier NOT LIKE 'A%'
SELECT carrier FROM transport.flights WHERE carrier ILIKE 'a%'
SELECT carrier FROM transport.flights WHERE carrier NOT ILIKE 'a%'
SELECT carrier FROM transport.flights WHERE carrier LIKE 'A!%' ESCAPE '!'
SELECT carrier FROM transport.flights WHERE carrier GLOB 'A*'
SELECT carrier FROM transport.flights WHERE carrier ~ 'A.'
SELECT carrier FROM transport.flights WHERE carrier SIMILAR TO 'A.'
SELECT carrier FROM transport.flights WHERE regexp_matches(carrier, 'A.')
-- conditionals
SELECT CASE WHEN distance > 100 THEN 'far' ELSE 'near' END FROM transport.flights
SELECT CASE WHEN distance > 100 THEN 'far' END FROM transport.flights
SELECT CASE origin WHEN 'JFK' THEN 1 WHEN 'LGA' THEN 2 ELSE 3 END FROM transport.flights
SELECT if(distance > 100, 1, 0), ifnull(tailnum, '-'), nullif(carrier, 'AA'), coalesce(tailnum, carrier, '-') FROM transport.flights
SELECT greatest(distance, 1), least(distance, 1) FROM transport.flights
-- types
SELECT CAST(distance AS DOUBLE), distance::VARCHAR, TRY_CAST(carrier AS INTEGER) FROM transport.flights
SELECT distance::HUGEINT, CAST(distance AS DECIMAL(12, 2)), CAST(time_hour AS DATE), CAST(carrier AS TEXT) FROM transport.flights
SELECT DATE '2013-01-01', TIMESTAMP '2013-01-01 10:00:00', INTERVAL '1' DAY, INTERVAL 3 MONTH, INTERVAL '2 days'
SELECT CAST([1, 2] AS INTEGER[]), CAST(NULL AS STRUCT(a INTEGER, b VARCHAR))
SELECT [1, 2, 3], {'a': 1, 'b': 'x'}, [1, 2, 3][1], [1, 2, 3][1:2]
SELECT tags[1], home.city, home['zip'], s.home.city FROM people.staff s
SELECT 'ab'::BLOB
-- dates
SELECT extract(year FROM time_hour), extract('month' FROM time_hour), date_part('day', time_hour) FROM transport.flights
SELECT year(time_hour), month(time_hour), day(time_hour), hour(time_hour), dayofweek(time_hour) FROM transport.flights
SELECT date_trunc('month', time_hour), date_diff('day', time_hour, now()), time_hour + INTERVAL 1 DAY FROM transport.flights
SELECT strftime(time_hour, '%Y'), make_date(year, month, day), last_day(time_hour) FROM transport.flights
SELECT now(), current_date, current_timestamp, today()
SELECT time_hour AT TIME ZONE 'UTC' FROM transport.flights
-- text
SELECT upper(carrier), lower(carrier), length(carrier), trim(carrier), ltrim(carrier), rtrim(carrier, 'x') FROM transport.flights
SELECT substr(carrier, 1, 2), substring(carrier FROM 1 FOR 2), left(carrier, 1), right(carrier, 1), carrier[1:2] FROM transport.flights
SELECT replace(carrier, 'A', 'B'), concat(carrier, '-', dest), concat_ws('-', carrier, dest), reverse(carrier) FROM transport.flights
SELECT position('A' IN carrier), strpos(carrier, 'A'), contains(carrier, 'A'), starts_with(carrier, 'A'), split_part(carrier, 'A', 1) FROM transport.flights
SELECT regexp_replace(carrier, 'A', 'B'), regexp_extract(carrier, '(A)', 1), lpad(carrier, 5, '-'), md5(carrier), format('{}', carrier) FROM transport.flights
-- numbers
SELECT abs(dep_delay), round(distance / 3, 2), ceil(distance), floor(distance), sqrt(distance), ln(distance), exp(1), power(distance, 2), mod(distance, 7), sign(dep_delay) FROM transport.flights
-- aggregates
SELECT count(*), count(tailnum), count(DISTINCT carrier), sum(distance), avg(distance), min(distance), max(distance) FROM transport.flights
SELECT count() FROM transport.flights
SELECT stddev(distance), variance(distance), corr(distance, dep_delay), median(distance), mode(carrier) FROM transport.flights
SELECT quantile_cont(distance, 0.9), percentile_cont(0.5) WITHIN GROUP (ORDER BY distance) FROM transport.flights
SELECT sum(distance) FILTER (WHERE origin = 'JFK'), count(*) FILTER (origin = 'JFK') FROM transport.flights
SELECT string_agg(carrier, ','), string_agg(carrier, ',' ORDER BY flight), list(carrier ORDER BY flight), array_agg(carrier) FROM transport.flights
SELECT arg_max(carrier, distance), arg_min(carrier, distance), max_by(carrier, distance), any_value(carrier), first(carrier), last(carrier) FROM transport.flights
SELECT bool_and(distance > 1), bool_or(distance > 1), approx_count_distinct(carrier), count_if(distance > 1), product(dep_delay) FROM transport.flights
-- grouping
SELECT origin, count(*) FROM transport.flights GROUP BY origin
SELECT origin AS o, count(*) FROM transport.flights GROUP BY o
SELECT origin, count(*) AS n FROM transport.flights GROUP BY 1 ORDER BY 2 DESC
SELECT origin, dest, count(*) FROM transport.flights GROUP BY ALL
SELECT origin, dest, count(*) FROM transport.flights GROUP BY ROLLUP (origin, dest)
SELECT origin, dest, count(*) FROM transport.flights GROUP BY CUBE (origin, dest)
SELECT origin, dest, grouping(origin), count(*) FROM transport.flights GROUP BY GROUPING SETS ((origin), (dest), ())
SELECT origin, count(*) FROM transport.flights GROUP BY origin HAVING count(*) > 10
SELECT origin, count(*) AS n FROM transport.flights GROUP BY origin HAVING n > 10
-- windows
SELECT row_number() OVER (PARTITION BY origin ORDER BY distance) FROM transport.flights
SELECT row_number() OVER () FROM transport.flights
SELECT rank() OVER w, dense_rank() OVER w, ntile(4) OVER w, percent_rank() OVER w, cume_dist() OVER w FROM transport.flights WINDOW w AS (PARTITION BY origin ORDER BY distance DESC NULLS LAST)
SELECT rank() OVER (w ORDER BY distance) FROM transport.flights WINDOW w AS (PARTITION BY origin)
SELECT lag(distance) OVER (ORDER BY flight), lead(distance, 2, 0) OVER (ORDER BY flight), first_value(distance) OVER (ORDER BY flight), last_value(distance IGNORE NULLS) OVER (ORDER BY flight), nth_value(distance, 2) OVER (ORDER BY flight) FROM transport.flights
SELECT sum(distance) OVER (ORDER BY flight ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM transport.flights
SELECT sum(distance) OVER (ORDER BY flight ROWS UNBOUNDED PRECEDING) FROM transport.flights
SELECT sum(distance) OVER (ORDER BY flight RANGE BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) FROM transport.flights
SELECT sum(distance) OVER (ORDER BY flight GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM transport.flights
SELECT count(*) FILTER (WHERE distance > 1) OVER (PARTITION BY origin) FROM transport.flights
SELECT carrier FROM transport.flights QUALIFY row_number() OVER (PARTITION BY origin ORDER BY distance) = 1
SELECT carrier, row_number() OVER (ORDER BY distance) AS n FROM transport.flights QUALIFY n <= 3
-- joins
SELECT * FROM transport.flights f JOIN transport.planes p ON f.tailnum = p.tailnum
SELECT * FROM transport.flights f INNER JOIN transport.planes p USING (tailnum)
SELECT f.carrier FROM transport.flights f LEFT JOIN transport.planes p USING (tailnum, year)
SELECT f.carrier FROM transport.flights f LEFT OUTER JOIN transport.planes p ON f.tailnum = p.tailnum AND p.seats > 100
SELECT f.carrier FROM transport.flights f RIGHT JOIN transport.planes p USING (tailnum)
SELECT f.carrier, tailnum FROM transport.flights f FULL OUTER JOIN transport.planes p USING (tailnum)
SELECT f.carrier FROM transport.flights f CROSS JOIN people.staff s
SELECT f.carrier FROM transport.flights f, people.staff s WHERE f.carrier = s.name
SELECT carrier FROM transport.flights NATURAL JOIN transport.planes
SELECT carrier FROM transport.flights NATURAL LEFT JOIN transport.planes
SELECT carrier FROM transport.flights f SEMI JOIN transport.planes p ON f.tailnum = p.tailnum
SELECT carrier FROM transport.flights f ANTI JOIN transport.planes p USING (tailnum)
SELECT a.carrier FROM transport.flights a JOIN transport.flights b ON a.flight = b.flight JOIN transport.planes p ON p.tailnum = b.tailnum
SELECT f.carrier FROM (transport.flights f JOIN transport.planes p USING (tailnum))
SELECT carrier FROM transport.flights f JOIN (transport.planes p JOIN people.staff s ON p.model = s.name) ON f.tailnum = p.tailnum
-- subqueries
SELECT carrier FROM transport.flights WHERE tailnum IN (SELECT tailnum FROM transport.planes)
SELECT carrier FROM transport.flights WHERE tailnum NOT IN (SELECT tailnum FROM transport.planes WHERE seats > 100)
SELECT carrier FROM transport.flights f WHERE EXISTS (SELECT 1 FROM transport.planes p WHERE p.tailnum = f.tailnum)
SELECT carrier FROM transport.flights f WHERE NOT EXISTS (SELECT * FROM transport.planes p WHERE p.tailnum = f.tailnum)
SELECT carrier, (SELECT max(seats) FROM transport.planes) FROM transport.flights
SELECT carrier, (SELECT max(seats) FROM transport.planes p WHERE p.tailnum = f.tailnum) AS seats FROM transport.flights f
SELECT carrier FROM transport.flights WHERE distance > ALL (SELECT seats FROM transport.planes)
SELECT carrier FROM transport.flights WHERE distance = ANY (SELECT seats FROM transport.planes)
SELECT n FROM (SELECT count(*) AS n FROM transport.flights) AS t
SELECT n FROM (SELECT count(*) FROM transport.flights) AS t(n)
SELECT * FROM (SELECT carrier FROM transport.flights)
SELECT * FROM (FROM transport.planes)
SELECT v.a FROM (VALUES (1, 'x'), (2, 'y')) AS v(a, b)
VALUES (1, 'x'), (2, 'y')
-- common table expressions
WITH t AS (SELECT carrier FROM transport.flights) SELECT * FROM t
WITH t(c) AS (SELECT carrier FROM transport.flights) SELECT c FROM t
WITH a AS (SELECT carrier FROM transport.flights), b AS (SELECT * FROM a) SELECT * FROM b JOIN a USING (carrier)
WITH t AS MATERIALIZED (SELECT carrier FROM transport.flights) SELECT * FROM t
WITH t AS NOT MATERIALIZED (SELECT carrier FROM transport.flights) SELECT * FROM t
WITH t AS (SELECT 1 AS x) SELECT * FROM (WITH u AS (SELECT x FROM t) SELECT x FROM u)
WITH flights AS (SELECT carrier FROM transport.flights) SELECT carrier FROM flights
-- set operations
SELECT carrier FROM transport.flights UNION SELECT model FROM transport.planes
SELECT carrier FROM transport.flights UNION ALL SELECT model FROM transport.planes
SELECT carrier FROM transport.flights INTERSECT SELECT model FROM transport.planes
SELECT carrier FROM transport.flights EXCEPT SELECT model FROM transport.planes
SELECT carrier FROM transport.flights EXCEPT ALL SELECT model FROM transport.planes
(SELECT carrier FROM transport.flights) UNION (SELECT model FROM transport.planes ORDER BY model LIMIT 1) ORDER BY 1 LIMIT 10
WITH t AS (SELECT 1 AS x UNION ALL SELECT 2) SELECT x FROM t ORDER BY x
-- order and limit
SELECT carrier FROM transport.flights ORDER BY distance
SELECT carrier, distance AS d FROM transport.flights ORDER BY d DESC NULLS FIRST, 1 ASC NULLS LAST
SELECT carrier FROM transport.flights ORDER BY ALL
SELECT carrier FROM transport.flights ORDER BY carrier || dest LIMIT 10 OFFSET 5
SELECT carrier FROM transport.flights LIMIT 0
SELECT carrier FROM transport.flights WHERE distance > ? AND origin = ? LIMIT ?
SELECT carrier FROM transport.flights WHERE distance > $1 AND origin = $2
