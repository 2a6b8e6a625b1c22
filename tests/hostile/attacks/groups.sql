-- One unit of a dataset that is shown in groups only: singled out, weighted, joined, failing.
-- @ each 5
-- @ twins
-- means
small-group: kind <> 'a'
one-unit: person = 'p4'
hidden-number: amount = 6
letters: code > 'A'
failing-cast: CAST(code AS INTEGER) > 0
failing-division: 1 // (amount - 4) > 0
failing-regex: regexp_matches('a', code)
failing-overflow: amount * 922337203685477580 > 0
subquery: amount = (SELECT max(amount) FROM v.groups)
in-subquery: person IN (SELECT person FROM v.groups GROUP BY person)
correlated: EXISTS (SELECT 1 FROM v.visits WHERE visit = amount)
case: CASE WHEN kind = 'b' THEN amount > 4 END
lambda: len(list_filter([amount], lambda x: x > 4)) > 0
-- places
total: SELECT count(*), sum(amount) FROM v.groups WHERE {x}
by-kind: SELECT kind, count(*), avg(amount) FROM v.groups WHERE {x} GROUP BY kind
by-unit: SELECT person, sum(amount) FROM v.groups WHERE {x} GROUP BY person
output: SELECT {x}, count(*) FROM v.groups GROUP BY {x}
grouped: SELECT count(*) FROM v.groups GROUP BY ({x})
having: SELECT kind, count(*) FROM v.groups GROUP BY kind HAVING {x}
having-or: SELECT kind, count(*) FROM v.groups GROUP BY kind HAVING count(*) > 0 OR {x}
having-sum: SELECT kind FROM v.groups GROUP BY kind HAVING sum(amount) > 3 OR NOT {x}
order: SELECT kind, count(*) FROM v.groups GROUP BY kind ORDER BY {x}
filter: SELECT count(*) FILTER (WHERE {x}) FROM v.groups
sum-case: SELECT sum(CASE WHEN {x} THEN amount END) FROM v.groups
window: SELECT kind, count(*) OVER (PARTITION BY {x}) FROM v.groups
list: SELECT kind, list(amount) FROM v.groups WHERE {x} GROUP BY kind
max: SELECT max(amount), min(code) FROM v.groups WHERE {x}
subquery: SELECT * FROM (SELECT kind, sum(amount) AS s FROM v.groups WHERE {x} GROUP BY kind)
cte: WITH g AS (SELECT person FROM v.groups WHERE {x}) SELECT count(*) FROM g
exists: SELECT visit FROM v.visits WHERE EXISTS (SELECT 1 FROM v.groups WHERE {x})
self-join: SELECT count(*) FROM v.groups JOIN v.groups b ON groups.person = b.person WHERE {x}
cross-join: SELECT count(*) FROM v.groups, v.visits WHERE {x}
left-join: SELECT count(*) FROM v.visits LEFT JOIN v.groups ON visit = amount WHERE {x}
union: SELECT count(*) FROM v.groups WHERE {x} UNION ALL SELECT count(*) FROM v.groups
rollup: SELECT kind, count(*) FROM v.groups WHERE {x} GROUP BY ROLLUP (kind)
distinct: SELECT DISTINCT kind FROM v.groups WHERE {x}
count-distinct: SELECT kind, count(DISTINCT code) FROM v.groups WHERE {x} GROUP BY kind
limit-query: SELECT kind, count(*) FROM v.groups GROUP BY kind LIMIT (SELECT count(*) FROM v.groups WHERE {x})
qualify: SELECT kind, count(*) FROM v.groups WHERE {x} GROUP BY kind QUALIFY true
sample: SELECT count(*) FROM v.groups TABLESAMPLE bernoulli(50%) REPEATABLE (1) WHERE {x}
pivot: PIVOT (FROM v.groups WHERE {x}) ON kind IN ('a', 'b') USING sum(amount)
-- whole
unit-column: SELECT "__doumen_unit_0", count(*) FROM v.groups GROUP BY 1
unit-by-star: SELECT count(COLUMNS('__doumen.*')) FROM v.groups
unit-by-star-sum: SELECT kind, count(COLUMNS(*)) FROM v.groups GROUP BY kind
unit-in-order: SELECT kind, count(*) FROM v.groups GROUP BY kind ORDER BY ALL
unit-by-row: SELECT kind, count(groups) FROM v.groups GROUP BY kind
unit-alias: SELECT count(*) AS "__doumen_unit_0" FROM v.groups
alias-of-key: SELECT amount AS kind, count(*) FROM v.groups GROUP BY kind
alias-over-key: SELECT kind AS person, count(*) FROM v.groups GROUP BY person
alias-counted: SELECT count(*) AS kind FROM v.groups GROUP BY kind HAVING kind > 0
comment-before-having: SELECT kind, count(*) FROM v.groups GROUP BY kind -- HAVING
comment-takes-condition: SELECT kind, count(*) FROM v.groups GROUP BY kind /*
comment-opens: SELECT kind, count(*) FROM v.groups GROUP BY kind HAVING count(*) > 0 --
having-true-or: SELECT kind, count(*) FROM v.groups GROUP BY kind HAVING true) OR (true
having-twice: SELECT kind, count(*) FROM v.groups GROUP BY kind HAVING true HAVING true
having-word: SELECT kind AS "having", count(*) FROM v.groups GROUP BY kind ORDER BY "having"
limit-word: SELECT kind AS "limit", count(*) AS "offset" FROM v.groups GROUP BY kind LIMIT 5
offset-word: SELECT g.kind AS offset_, count(*) FROM v.groups g GROUP BY g.kind OFFSET 0
order-word: SELECT kind "order by", count(*) FROM v.groups GROUP BY kind
group-constant: SELECT count(*), sum(amount) FROM v.groups GROUP BY 'a'
group-everything: SELECT person, kind, amount, code, count(*) FROM v.groups GROUP BY ALL
avg-of-unit: SELECT avg(amount) FROM v.groups WHERE person IN ('p1', 'p2')
sum-distinct: SELECT sum(DISTINCT amount) FROM v.groups
ordered-count: SELECT count(amount ORDER BY code) FROM v.groups
earlier: SELECT count(*) FROM v.groups AT (VERSION => 1)
