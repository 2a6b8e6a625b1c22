-- What statistics, order, sets and frames may tell of rows and values that are hidden.
-- @ each 4
-- @ twins
-- means
hidden-predicate: region LIKE 'shut%'
hidden-key: id IN (3, 901)
hidden-number: weight > 100000000
mask-compared: pay > '>= 1'
mask-equals: debt = 0
mask-null: phone IS NULL
mask-distinct: phone IS DISTINCT FROM home
partial-prefix: name LIKE 'AG%' OR name LIKE 'AH%' OR name LIKE 'AJ%'
partial-length: length(name) > 12
hash-guessed: mail = sha256('a')
hash-ordered: mail > 'g'
struct-null: info IS NULL
struct-field: info.b > 'H'
list-length: length(tags) = 64
code-guess: starts_with(region, 'shutG') OR starts_with(region, 'shutH')
bit-of-hidden: (weight >> 20) & 1 = 1
day-hidden: day > '2026-04'
like-any-case: region ILIKE 'SHUT%'
soundex: levenshtein(region, 'shut') < 12
glob: region GLOB 'shut[A-L]*'
unicode: unicode(name[2]) > 70
between-masked: pay BETWEEN '<' AND '['
in-query: id IN (SELECT person FROM v.visits)
-- places
count: SELECT count(*) FROM v.people WHERE {x}
exists: SELECT EXISTS (SELECT 1 FROM v.people WHERE {x})
any: SELECT visit FROM v.visits WHERE person = ANY(SELECT id FROM v.people WHERE {x})
all: SELECT visit FROM v.visits WHERE person > ALL(SELECT id FROM v.people WHERE {x})
anti: SELECT visit FROM v.visits v ANTI JOIN v.people p ON p.id = v.person AND {x}
full: SELECT id, visit FROM v.people FULL JOIN v.visits ON id = person AND {x}
right: SELECT id, visit FROM v.people RIGHT JOIN v.visits ON id = person AND {x}
positional: SELECT id, visit FROM (SELECT id FROM v.people WHERE {x} ORDER BY id) POSITIONAL JOIN v.visits
asof: SELECT visit, id FROM v.visits ASOF LEFT JOIN (FROM v.people WHERE {x}) p ON person >= p.id
except: SELECT person FROM v.visits EXCEPT SELECT id FROM v.people WHERE {x}
intersect: SELECT person FROM v.visits INTERSECT ALL SELECT id FROM v.people WHERE {x}
bool: SELECT bool_and({x}), bool_or({x}) FROM v.people
sum-if: SELECT count_if({x}), sum(CASE WHEN {x} THEN weight END) FROM v.people
range-frame: SELECT id, sum(CASE WHEN {x} THEN 1 END) OVER (ORDER BY weight RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM v.people
groups-frame: SELECT id, count(*) FILTER (WHERE {x}) OVER (ORDER BY weight GROUPS 5 PRECEDING) FROM v.people
rank: SELECT id, dense_rank() OVER (ORDER BY {x}, id), ntile(2) OVER (ORDER BY id), percent_rank() OVER (ORDER BY {x}) FROM v.people
lead: SELECT lead(region, 1, 'none') OVER (ORDER BY {x}, id), lag(id) OVER (ORDER BY id) FROM v.people
exclude-frame: SELECT id, count(*) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) FROM v.people WHERE {x}
quantile: SELECT quantile_disc(weight, [0.0, 0.5, 1.0]), mode(region), median(weight) FROM v.people WHERE {x} OR true
histogram: SELECT histogram(region), approx_count_distinct(region), entropy(region) FROM v.people WHERE {x} OR true
arg: SELECT arg_max(region, weight), arg_min(region, weight), max_by(day, id) FROM v.people WHERE NOT ({x}) OR true
list: SELECT list(region ORDER BY id), string_agg(day, ',' ORDER BY id) FROM v.people WHERE {x} OR id > 0
bits: SELECT bit_or(weight), bit_xor(weight), product(id), bitstring_agg(id, 0, 1000) FROM v.people WHERE {x} OR true
regress: SELECT corr(id, weight), regr_slope(id, weight), covar_pop(id, weight) FROM v.people WHERE {x} OR true
cube: SELECT city, {x} AS z, count(*), grouping(city) FROM v.people GROUP BY CUBE (city, z)
grouping-sets: SELECT region, count(*) FROM v.people WHERE {x} OR true GROUP BY GROUPING SETS ((region), ())
recursion: WITH RECURSIVE r AS (SELECT 1 AS n UNION SELECT CAST(p.id AS INTEGER) FROM r, v.people p WHERE {x}) SELECT * FROM r
offset: SELECT id FROM v.people ORDER BY ({x}) DESC, id LIMIT 5 OFFSET 2
percent: SELECT id FROM v.people ORDER BY {x}, id LIMIT 50%
limit-by-count: SELECT visit FROM v.visits ORDER BY visit LIMIT (SELECT count(*) FROM v.people WHERE {x})
sample: SELECT id FROM v.people TABLESAMPLE bernoulli(50%) REPEATABLE (7) WHERE {x} OR true
first: SELECT first(id ORDER BY id), last(id ORDER BY id), any_value(region ORDER BY id) FROM v.people WHERE {x} OR true
typed: SELECT typeof(max(region)), typeof(any_value(info)), typeof(list(id)) FROM v.people WHERE {x}
scalar: SELECT visit, (SELECT max(weight) FROM v.people WHERE id = person AND {x}) FROM v.visits
