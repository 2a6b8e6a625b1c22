-- Columns that are denied, or that one may not even know of: by name, pattern, row and place.
-- @ each 3
-- means
name: secret
name-of-undiscoverable: unseen
upper-case: "SECRET"
qualified: people.secret
fully-qualified: v.people.secret
with-catalogue: memory.v.people.secret
fullwidth: \uff53ecret
long-s: "\u017fecret"
kelvin: "unsee\u212a"
zero-width: "sec\u200bret"
right-to-left: "\u202eterces"
soft-hyphen: "se\u00adcret"
combining: "secre\u0074\u0307"
row: people
row-of-schema: v.people
row-as-json: to_json(people)
row-as-row: row(people)
row-in-list: [people]
row-text: CAST(people AS VARCHAR)
row-field: people['secret']
row-extract: struct_extract(people, 'secret')
row-extract-at: struct_extract_at(people, 11)
row-method: people.struct_extract('secret')
row-keys: struct_keys(people)
row-hash: hash(people)
field-of-field: people.people.secret
field-of-column: secret.x
field-of-masked: info.b
field-of-masked-bracket: info['b']
field-of-masked-extract: struct_extract(info, 'b')
item-of-masked: tags[1]
item-of-masked-list: list_extract(tags, 1)
concatenated: name || secret
method: secret.upper()
method-argument: name.replace('A', unseen)
named-argument: struct_pack(a := secret)
star-in-struct: struct_pack(*COLUMNS(*))
pattern-in-coalesce: coalesce(*COLUMNS('sec.*|uns.*'))
position: #12
rowid: rowid
correlated: (SELECT secret)
correlated-qualified: (SELECT max(people.unseen) FROM v.visits)
lambda-body: list_transform([1], lambda x: secret)
lambda-parameter: list_transform([1], lambda secret: secret)
lambda-shadows-table: list_transform([1], lambda people: people.secret)
lambda-shadows-domain: list_transform([1], lambda v: v.people.unseen)
lambda-index: list_transform(['a'], lambda x, secret: secret || unseen)
lambda-nested: list_transform([[1]], lambda x: list_transform(x, lambda y: unseen))
reduce: list_reduce(['a', 'b'], lambda x, y: x || secret)
comprehension: [secret FOR x IN [1]]
comprehension-shadow: [secret FOR secret IN [1] IF unseen > '']
array-query: ARRAY(SELECT secret FROM v.people)
unit-of-date: date_trunc(secret, DATE '2020-01-01')
collated: secret COLLATE NOCASE
json-arrow: secret -> '$.a'
alias-that-shadows: (SELECT secret FROM (SELECT 1 AS other))
-- places
output: SELECT {x} FROM v.people
aliased: SELECT id AS secret, {x} AS out FROM v.people
where: SELECT id FROM v.people WHERE ({x}) IS NOT NULL
group: SELECT count(*) FROM v.people GROUP BY {x}
order: SELECT id FROM v.people ORDER BY {x}
order-twice: SELECT id AS unseen FROM v.people ORDER BY unseen, {x} DESC NULLS FIRST
distinct-on: SELECT DISTINCT ON ({x}) id FROM v.people
having: SELECT city FROM v.people GROUP BY city HAVING max({x}) IS NOT NULL
partition: SELECT row_number() OVER (PARTITION BY {x} ORDER BY id) FROM v.people
qualify: SELECT id FROM v.people QUALIFY rank() OVER (ORDER BY {x}) = 1
join-on: SELECT v.visit FROM v.people JOIN v.visits v ON ({x}) IS NOT NULL
ordered-aggregate: SELECT string_agg(city, ',' ORDER BY {x}) FROM v.people
filter: SELECT count(*) FILTER (WHERE ({x}) IS NOT NULL) FROM v.people
arg-max: SELECT arg_max(id, {x}) FROM v.people
replaced: SELECT * REPLACE ({x} AS city) FROM v.people
cte: WITH a AS (SELECT *, {x} AS z FROM v.people) SELECT z FROM a
lateral: SELECT z FROM v.people, LATERAL (SELECT {x} AS z)
exists: SELECT visit FROM v.visits WHERE EXISTS (SELECT {x} FROM v.people)
union: SELECT {x} FROM v.people UNION SELECT note FROM v.visits
rollup: SELECT count(*) FROM v.people GROUP BY ROLLUP (city, {x})
count-distinct: SELECT count(DISTINCT {x}) FROM v.people
unpivoted: SELECT * FROM (UNPIVOT (SELECT id, {x} AS z FROM v.people) ON z INTO NAME n VALUE w)
lag: SELECT lag({x}, 1) OVER (ORDER BY id) FROM v.people
values: SELECT * FROM v.people, LATERAL (VALUES ({x}), (NULL)) AS t(z)
