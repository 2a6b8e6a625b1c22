-- stars
SELECT * RENAME (carrier AS line) FROM transport.flights
SELECT f.* RENAME (f.carrier AS line, dest AS "to") FROM transport.flights f
SELECT * EXCLUDE (tailnum) REPLACE (upper(origin) AS origin) RENAME (carrier AS line) FROM transport.flights
SELECT * EXCLUDE (f.year) FROM transport.flights f JOIN transport.planes p USING (tailnum)
SELECT * LIKE 'd%' FROM transport.flights
SELECT * NOT LIKE 'd%' FROM transport.flights
SELECT * ILIKE 'D%' FROM transport.flights
SELECT * NOT ILIKE 'D%' FROM transport.flights
SELECT f.* LIKE '%a%' FROM transport.flights f
SELECT * EXCLUDE (dest) LIKE 'd%' FROM transport.flights
SELECT * EXCLUDE (dest) ILIKE 'D%' FROM transport.flights
SELECT * SIMILAR TO 'd.*' FROM transport.flights
SELECT * NOT SIMILAR TO 'd.*' FROM transport.flights
SELECT * GLOB 'd*' FROM transport.flights
SELECT * ~ '^d' FROM transport.flights
SELECT * LIKE 'd%' AS x FROM transport.flights
SELECT * AS x FROM transport.planes
SELECT (* LIKE 'd%') FROM transport.flights
SELECT *, 1 AS one, * EXCLUDE (year) FROM transport.planes
-- COLUMNS
SELECT COLUMNS(*) FROM transport.planes
SELECT COLUMNS('a') FROM transport.planes
SELECT COLUMNS('^(year|SEATS)$'), COLUMNS('(?i)SEATS') FROM transport.planes
SELECT COLUMNS(['seats', 'YEAR', 'seats']) FROM transport.planes
SELECT COLUMNS(lambda c: c LIKE '%e%') FROM transport.planes
SELECT COLUMNS(lambda c: c IN ('year', 'seats') AND NOT starts_with(c, 'y')) FROM transport.planes
SELECT COLUMNS(lambda c: upper(c) = 'YEAR' OR c ~ '^s' OR (c <> 'x' AND c GLOB 'm*')) FROM (SELECT 1 AS year, 2 AS seats, 3 AS model)
SELECT COLUMNS(p.* EXCLUDE (year)) FROM transport.planes p
SELECT COLUMNS(* EXCLUDE (model) REPLACE (year + 1 AS year)) FROM transport.planes
SELECT COLUMNS(* RENAME (year AS y)) FROM transport.planes
SELECT min(COLUMNS(*)), max(COLUMNS(['year', 'seats'])) AS most FROM transport.planes
SELECT COLUMNS(['year', 'seats'])::VARCHAR || '!' FROM transport.planes
SELECT COLUMNS(['year', 'seats']) + COLUMNS(['year', 'seats']) FROM transport.planes
SELECT coalesce(*COLUMNS(['year', 'seats'])), [*COLUMNS(['year', 'seats'])], struct_pack(*COLUMNS(*)) FROM transport.planes
SELECT {'k': COLUMNS(['year', 'seats'])} FROM transport.planes
SELECT tailnum FROM transport.planes WHERE COLUMNS(['year', 'seats']) > 0
SELECT tailnum FROM transport.planes ORDER BY COLUMNS(['year', 'seats'])
SELECT COLUMNS(*) FROM transport.flights f JOIN transport.planes p USING (tailnum)
SELECT COLUMNS('year') FROM transport.flights f, transport.planes p
SELECT sum(year) OVER (PARTITION BY COLUMNS(['tailnum', 'model'])) FROM transport.planes
SELECT list_transform([1], lambda x: x + COLUMNS(['year', 'seats'])) FROM transport.planes
SELECT tailnum, (SELECT max(COLUMNS('^s')) FROM transport.planes) FROM transport.planes
SELECT carrier, avg(COLUMNS(['distance', 'dep_delay'])) FROM transport.flights GROUP BY ALL
-- lambdas
SELECT list_transform(tags, lambda x: x || name) FROM people.staff
SELECT list_filter(tags, lambda x, i: i > 1 AND x <> dept) FROM people.staff
SELECT list_reduce([1, 2], lambda x, y: x + y), list_reduce([1, 2], lambda x, y: x + y, 5), list_reduce([1, 2], lambda x, y, i: x + y + i, 5)
SELECT array_transform([1], lambda x: x), list_apply([1], lambda x: x), array_apply([1], lambda x: x)
SELECT array_filter([1], lambda x: x > 0), array_reduce([1, 2], lambda x, y: x * y)
SELECT list_transform([[1], [2]], lambda x: list_transform(x, lambda y: y + len(x))) FROM people.staff
SELECT list_transform([{'a': 1}], lambda x: x.a), list_transform([{'a': 1}], lambda x: x['a']), list_transform(tags, lambda x: x.upper()) FROM people.staff
SELECT list_transform(tags, lambda "X": X || s.name) FROM people.staff s
SELECT tags.list_transform(lambda x: upper(x)).list_filter(lambda x: x <> 'A') FROM people.staff
SELECT [x || name FOR x IN tags], [x FOR x IN tags IF x <> 'a'], [x || i::VARCHAR FOR x, i IN tags IF i > 1] FROM people.staff
SELECT [[y FOR y IN [x, x]] FOR x IN tags] FROM people.staff
-- structs, lists and maps
SELECT {'a': name, b: 2}, struct_pack(a := name, b := dept), struct_pack(a => name), row(name, dept), (name, dept) FROM people.staff
SELECT (home).city, (staff.home).zip, home.city, people.staff.home.city, people.staff.name, ({'a': 1}).a, {'a': 1}['a'] FROM people.staff
SELECT tags[1], tags[-1], tags[1:2], tags[:2], tags[2:], tags[:], tags[1:-1:2], tags[:-:2], name[1], name[1:2] FROM people.staff
SELECT MAP {'k': name, dept: 'x'}, MAP {}, map(['a'], [name]), MAP {'a': 1}['a'], map_from_entries([('a', name)]), map_keys(MAP {'a': 1}) FROM people.staff
SELECT struct_insert(home, z := name), struct_concat(home, {'q': 1}), struct_update(home, city := 'x'), struct_extract(home, 'city'), struct_extract_at(home, 1) FROM people.staff
SELECT name.upper(), s.name.upper(), name.upper().lower(), (name || 'x').upper(), 'a'.upper(), tags.list_count(), [1].list_sum(), name.replace('a', dept) FROM people.staff s
SELECT ARRAY(SELECT carrier FROM transport.flights ORDER BY distance, flight DESC LIMIT 2), ARRAY(SELECT flight FROM transport.flights ORDER BY 1 DESC)
SELECT ARRAY[1, 2], ARRAY(SELECT carrier FROM transport.flights), [], list_value(1, 2), array_value(1, 2)
SELECT name IN tags, name NOT IN tags, name = ANY(tags), name <> ALL(tags), name IN ['a', 'b'], name = ANY(['a']), name > ALL(SELECT dept FROM people.staff) FROM people.staff
-- aggregates
SELECT list(name ORDER BY born DESC NULLS LAST), arg_max(name, born, 3), min(name, 2), first(name ORDER BY born), last(name ORDER BY born), any_value(name ORDER BY born) FROM people.staff
SELECT string_agg(DISTINCT name, ',' ORDER BY name), count(DISTINCT (name, dept)), sum(DISTINCT salary) FILTER (WHERE active), count(*) FILTER (salary > 1), array_agg(name ORDER BY dept, born) FROM people.staff
SELECT mode() WITHIN GROUP (ORDER BY dept), quantile_cont(salary, [0.1, 0.9]) FILTER (WHERE active), percentile_disc(0.5) WITHIN GROUP (ORDER BY salary DESC) FILTER (WHERE active) FROM people.staff
SELECT dept, salary.sum() FROM people.staff GROUP BY ALL
-- windows
SELECT sum(salary) OVER (ORDER BY born ROWS BETWEEN len(name) PRECEDING AND 1 + 1 FOLLOWING EXCLUDE CURRENT ROW) FROM people.staff
SELECT sum(salary) OVER (ORDER BY born RANGE BETWEEN INTERVAL 3 DAY PRECEDING AND INTERVAL 1 DAY FOLLOWING EXCLUDE TIES) FROM people.staff
SELECT sum(salary) OVER (ORDER BY born GROUPS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE GROUP), sum(salary) OVER (ORDER BY born GROUPS 3 PRECEDING EXCLUDE NO OTHERS) FROM people.staff
SELECT first_value(name IGNORE NULLS) OVER w, last_value(name RESPECT NULLS) OVER (w ORDER BY born), sum(salary) FILTER (WHERE active) OVER (w ROWS UNBOUNDED PRECEDING) FROM people.staff WINDOW w AS (PARTITION BY dept)
SELECT rank() OVER v, count(DISTINCT name) OVER (), list(name ORDER BY born) OVER (PARTITION BY dept), lag(salary, 2, 0) OVER v FROM people.staff WINDOW w AS (PARTITION BY dept), v AS (w ORDER BY salary)
SELECT rank(ORDER BY salary) OVER (PARTITION BY dept), nth_value(name, 2 ORDER BY born) OVER (), fill(salary) OVER (ORDER BY born), ntile(4) OVER (ORDER BY salary), row_number(ORDER BY salary) OVER () FROM people.staff
SELECT sum(salary) OVER (ORDER BY born ROWS BETWEEN (SELECT 1) PRECEDING AND CURRENT ROW), sum(salary) OVER (ORDER BY born ROWS CURRENT ROW) FROM people.staff
-- JSON
SELECT name::JSON, JSON '{"a": 1}', CAST(name AS JSON), TRY_CAST(name AS JSON) FROM people.staff
SELECT name->'$.a', name->>'a', name->0, name->['a', 'b'], name->dept, (name->'a')->'b', name->'a'->>'b', name->>(dept || 'x') FROM people.staff
SELECT upper(name->>'a'), count(name->'a'), coalesce(max(name)->'$.a', max(s.name)->'$.b') FROM people.staff s GROUP BY name
SELECT json_extract(name, '$.a'), json_extract_string(name, '/a'), json_array_length(name), json_type(name), json_valid(name), json_keys(name), json_object('a', dept), json_array(name, dept), to_json(home) FROM people.staff
SELECT (name::JSON).a, json(name).a, name->'$[*].a', name->'$.a[#-1]' FROM people.staff
-- casts and literals
SELECT TRY(1 / 0), TRY(CAST(name AS INTEGER)) FROM people.staff
SELECT name COLLATE NOCASE = dept, name COLLATE NOCASE.NOACCENT < dept, name COLLATE C > dept FROM people.staff
SELECT name FROM people.staff ORDER BY name COLLATE NOCASE
SELECT NULL::INTEGER[3], NULL::STRUCT(a INTEGER, b VARCHAR[]), NULL::MAP(VARCHAR, INTEGER), NULL::DECIMAL(18, 3), NULL::NUMERIC(4, 1), 'a'::ENUM('a', 'b'), NULL::VARCHAR(10), NULL::TIMESTAMP WITH TIME ZONE, NULL::UBIGINT, NULL::INTEGER[][]
SELECT TIMESTAMPTZ '2020-01-01 00:00:00+00', TIMESTAMP WITH TIME ZONE '2020-01-01', TIME '10:00', TIMESTAMP_NS '2020-01-01', UUID '00000000-0000-0000-0000-000000000000', INTEGER '5'
SELECT INTERVAL (salary::INTEGER) DAY, '1 day'::INTERVAL, INTERVAL 5 MINUTES, INTERVAL '1 day 2 hours', INTERVAL 2 QUARTERS, INTERVAL 1 DECADE, INTERVAL 1 MILLISECOND FROM people.staff
SELECT time_hour AT TIME ZONE 'Asia/Shanghai' AT TIME ZONE 'UTC', extract(epoch FROM time_hour), extract(isodow FROM time_hour), date_part(['year', 'month'], time_hour), DATE(time_hour) FROM transport.flights
SELECT carrier NOT GLOB 'A*', carrier !~ 'A', carrier ^@ 'A', carrier ~~ 'A', carrier !~~ 'A', carrier ~~* 'a', carrier NOT SIMILAR TO 'A', (distance > 1) IS NOT TRUE, tailnum NOTNULL, distance == 1 FROM transport.flights
SELECT $$a'b$$, $t$a'b$t$, E'a\n\'b', 'it''s', .5, 5., 1e5, 1_0.5_0
SELECT tags && ['a'], tags @> ['a'], tags <@ ['a'], @ salary FROM people.staff
-- functions that look like something else
SELECT if(active, name, dept), substring(name FROM 2), substring(name FOR 2), trim(BOTH 'x' FROM name), trim(LEADING FROM name), overlay(name PLACING 'a' FROM 1 FOR 2), born + 3, nullif(name, dept) FROM people.staff
SELECT time_bucket(INTERVAL 1 DAY, time_hour), time_bucket(INTERVAL 1 DAY, time_hour, TIMESTAMP '2020-01-01'), x: distance, one: 1 FROM transport.flights
