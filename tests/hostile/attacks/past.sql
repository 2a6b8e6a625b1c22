-- Earlier versions: columns dropped since, versions of what is hidden, and where AT may stand.
-- @ each 2
-- means
first: v.past AT (VERSION => 1)
second: v.past AT (VERSION => 2)
absent: v.past AT (VERSION => 99)
negative: v.past AT (VERSION => -1)
huge: v.past AT (VERSION => 99999999999999999999)
text-version: v.past AT (VERSION => 'x')
computed: v.past AT (VERSION => 1 + 0)
query-version: v.past AT (VERSION => (SELECT 1))
parameter: v.past AT (VERSION => ?)
moment: v.past AT (TIMESTAMP => TIMESTAMP '2199-01-01')
early-moment: v.past AT (TIMESTAMP => DATE '1990-01-01')
moment-now: v.past AT (TIMESTAMP => now())
alias: v.past AT (VERSION => 1) p
hidden-dataset: v.closed AT (VERSION => 1)
quarantine: v.loaded__quarantine AT (VERSION => 1)
known-only: v.known AT (VERSION => 9)
purpose: v.aimed AT (VERSION => 1)
grouped: v.groups AT (VERSION => 1)
people: v.people AT (VERSION => 1)
system: sys.events AT (VERSION => 1)
other-form: v.past FOR SYSTEM_TIME AS OF 1
stand-in: v.past__1
-- places
star: SELECT * FROM {x}
dropped: SELECT was FROM {x}
row: SELECT count(*), max(was) FROM {x}
columns: SELECT COLUMNS('w.*|s.*') FROM {x}
union: SELECT * FROM {x} UNION ALL BY NAME SELECT * FROM v.past
join: SELECT * FROM v.past JOIN {x} ON true
cte: WITH a AS (FROM {x}) SELECT * FROM a
cte-of-same-name: WITH past AS (SELECT 1 AS was) SELECT * FROM {x}
exists: SELECT EXISTS (FROM {x})
pivot: PIVOT (FROM {x}) ON id IN (1, 2) USING max(kept)
sample: SELECT * FROM {x} USING SAMPLE 100% (bernoulli, 1)
lateral: SELECT * FROM v.visits, LATERAL (FROM {x} WHERE id = visit)
