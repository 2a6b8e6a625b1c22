-- Expressions that fail on hidden rows or on values behind a mask only, as oracles.
-- @ each 3
-- @ twins
-- means
cast-to-integer: CAST(code AS INTEGER)
cast-to-date: CAST(day AS DATE)
cast-to-timestamp: day::TIMESTAMP
cast-to-boolean: CAST(code AS BOOLEAN)
cast-to-decimal: CAST(weight AS DECIMAL(3, 2))
cast-to-uuid: CAST(region AS UUID)
cast-to-json: CAST(doc AS JSON)
cast-to-enum: CAST(city AS ENUM('Wenzhou', 'Ningbo'))
cast-to-blob: CAST(pattern AS BLOB)
cast-to-list: CAST(doc AS INTEGER[])
cast-to-struct: CAST(doc AS STRUCT(a INTEGER))
cast-of-mask: CAST(pay AS BIGINT)
cast-of-partial: CAST(name AS INTEGER)
cast-of-hash: CAST(mail AS HUGEINT)
cast-narrow: CAST(weight AS TINYINT)
cast-of-row: CAST(people AS VARCHAR)::INTEGER
division: 1 // (id - 3)
division-of-mask: 1 // (debt - 1)
modulo: 7 % (id - 901)
float-division: 1 / weight
overflow-of-product: weight * 9223372036854775
overflow-of-sum: CAST(weight AS TINYINT) + 125::TINYINT
overflow-of-negation: -(CAST(id AS UTINYINT) - 2::UTINYINT)
overflow-of-factorial: factorial(CAST(id AS INTEGER))
overflow-of-power: CAST(pow(10, id) AS BIGINT)
overflow-of-shift: (id - 4) << 70
overflow-of-date: DATE '2026-01-01' + CAST(weight AS INTEGER)
root-of-negative: sqrt(id - 4)
logarithm-of-zero: ln(weight)
date-from-parts: make_date(2026, CAST(weight AS INTEGER), 1)
date-parse: strptime(day, '%Y-%m-%d')
date-parse-of-mask: strptime(home, '%Y')
date-part-name: date_part(region, DATE '2026-01-01')
time-bucket: time_bucket(to_days(CAST(weight AS INTEGER)), DATE '2026-01-01')
regular-expression: regexp_matches(city, pattern)
regular-replacement: regexp_replace(city, pattern, '')
regular-split: regexp_split_to_array(city, pattern)
regular-options: regexp_matches(city, 'a', region)
like-escape: city LIKE 'a' ESCAPE region
json-extract: json_extract(doc, '$.a')
json-path-of-row: json_extract('{}', region)
json-arrow: doc ->> '$.a'
json-transform: from_json(doc, '{"a": "INTEGER"}')
json-keys: json_keys(doc)
list-index: [1, 2][id]
list-range: range(weight)
list-slice: [1, 2, 3][id:weight:0]
string-format: format(pattern, 1)
string-printf: printf(region, id)
string-repeat: length(repeat(city, weight * 1000))
string-pad: length(lpad(city, CAST(weight AS INTEGER), ''))
string-code: chr(CAST(weight * 300000 AS INTEGER))
string-hex: unhex(code)
string-base64: from_base64(region)
string-decode: decode(encode(pattern))
string-bits: CAST(code AS BIT)
bit-at: get_bit(CAST(code AS BIT), CAST(weight AS INTEGER))
distance: hamming(code, '1')
two-rows: (SELECT p.weight FROM v.people p WHERE p.id IN (people.id, 3))
interval-parse: CAST(region AS INTERVAL)
time-zone: TIMESTAMPTZ '2026-01-01 00:00:00Z' AT TIME ZONE region
map-of-twice: MAP([id, 3], [1, 2])
case-guard: CASE WHEN region LIKE 'shut%' THEN CAST(region AS INTEGER) END
coalesce-order: coalesce(TRY_CAST(code AS INTEGER), CAST(region AS INTEGER))
try: TRY(CAST(region AS INTEGER))
raised: CASE WHEN id = 3 THEN error('x') END
-- places
output: SELECT id, {x} AS z FROM v.people
where: SELECT id FROM v.people WHERE ({x}) IS NOT NULL
where-guarded: SELECT id FROM v.people WHERE region = 'open' AND ({x}) IS NOT NULL
where-or: SELECT id FROM v.people WHERE id > 0 OR ({x}) IS NULL
join: SELECT visit FROM v.visits v JOIN v.people ON v.person = id AND ({x}) IS NOT NULL
left-join: SELECT visit FROM v.visits v LEFT JOIN v.people ON v.person = id AND ({x}) IS NOT NULL
group: SELECT count(*) FROM v.people GROUP BY {x}
having: SELECT city FROM v.people GROUP BY city HAVING count({x}) > 0
order: SELECT id FROM v.people ORDER BY {x}, id
limit-after: SELECT id, {x} AS z FROM v.people ORDER BY id LIMIT 1
aggregate: SELECT count({x}), max({x}) FROM v.people
filter: SELECT count(*) FILTER (WHERE ({x}) IS NOT NULL) FROM v.people
ordered-aggregate: SELECT string_agg(city, ',' ORDER BY {x}, id) FROM v.people
window: SELECT id, count({x}) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM v.people
partition: SELECT id, count(*) OVER (PARTITION BY {x}) FROM v.people
qualify: SELECT id FROM v.people QUALIFY row_number() OVER (ORDER BY {x}, id) < 9
correlated: SELECT visit, (SELECT count({x}) FROM v.people WHERE id = v.person) FROM v.visits v
exists: SELECT visit FROM v.visits v WHERE EXISTS (SELECT {x} FROM v.people WHERE id = v.person)
not-in: SELECT person FROM v.visits WHERE person NOT IN (SELECT id FROM v.people WHERE ({x}) IS NOT NULL)
lateral: SELECT visit, z FROM v.visits v, LATERAL (SELECT {x} AS z FROM v.people WHERE id = v.person)
cte: WITH a AS MATERIALIZED (SELECT id, {x} AS z FROM v.people) SELECT count(z) FROM a
union: SELECT CAST(({x}) IS NULL AS VARCHAR) FROM v.people UNION ALL SELECT note FROM v.visits
distinct: SELECT DISTINCT ({x}) IS NULL FROM v.people
distinct-on: SELECT DISTINCT ON (city) id, {x} AS z FROM v.people ORDER BY city, id
lambda: SELECT list_transform([id], lambda q: ({x}) IS NULL) FROM v.people
list-filter: SELECT list_filter([id], lambda q: ({x}) IS NOT NULL) FROM v.people
case: SELECT CASE WHEN id > 0 THEN 1 ELSE length(CAST({x} AS VARCHAR)) END FROM v.people
struct: SELECT {'k': {x}}.k IS NULL FROM v.people
sample: SELECT ({x}) IS NULL FROM v.people TABLESAMPLE bernoulli(100%) REPEATABLE (3)
earlier: SELECT {x} AS z FROM v.people AT (VERSION => 1)
rollup: SELECT city, count({x}) FROM v.people GROUP BY ROLLUP (city)
