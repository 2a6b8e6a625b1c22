-- Files beside the node, its keys, its lake and its log, and what else the machine holds.
-- @ each 3
-- means
path: '{folder}/beside.csv'
path-of-keys: '{keys}'
path-of-lake: '{lake}'
path-of-store: '{node}/store.sqlite'
path-with-dots: '{node}/lake/../../beside.csv'
path-as-name: "{folder}/beside.csv"
path-with-schema: main."{lake}"
glob: '{node}/lake/**/*.parquet'
proc-environment: '/proc/self/environ'
read-csv: read_csv('{folder}/beside.csv')
read-csv-auto: read_csv_auto(['{folder}/beside.csv'])
sniff-csv: sniff_csv('{folder}/beside.csv')
read-text: read_text('{keys}')
read-blob: read_blob('{keys}')
read-json: read_json('{keys}')
read-json-objects: read_json_objects('{node}/doumen.toml', format => 'unstructured')
read-ndjson: read_ndjson_objects('{keys}')
read-parquet: read_parquet('{lake}')
parquet-scan: parquet_scan('{lake}', filename => true)
parquet-metadata: parquet_metadata('{lake}')
parquet-schema: parquet_schema('{lake}')
parquet-file-metadata: parquet_file_metadata('{lake}')
parquet-key-values: parquet_kv_metadata('{lake}')
parquet-bloom: parquet_bloom_probe('{lake}', 'id', 3)
glob-function: glob('{folder}/**')
sqlite-scan: sqlite_scan('{node}/store.sqlite', 'events')
delta-scan: delta_scan('{node}/lake/v/people')
web-address: 'http://127.0.0.1:1/{folder}.csv'
read-xlsx: read_xlsx('{folder}/beside.csv')
arrow-scan: arrow_scan(1, 2, 3)
pandas-scan: pandas_scan(1)
-- places
from: SELECT * FROM {x}
from-first: FROM {x} SELECT count(*)
join: SELECT * FROM v.visits v JOIN {x} f ON true
cte: WITH a AS (SELECT * FROM {x}) SELECT * FROM a
subquery: SELECT (SELECT max(COLUMNS(*)) FROM {x})
exists: SELECT 1 WHERE EXISTS (FROM {x})
lateral: SELECT * FROM v.visits v, LATERAL (FROM {x})
union: SELECT note FROM v.visits UNION ALL BY NAME FROM {x}
pivoted: PIVOT {x} ON a IN (1) USING count(*)
asof: SELECT * FROM v.visits v ASOF JOIN {x} f ON v.visit >= f.a
recursion: WITH RECURSIVE r AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM r, {x} WHERE n < 2) FROM r
confused-cte: WITH "{folder}/BE\u017fide.csv" AS (SELECT 1) SELECT * FROM {x}
table-statement: TABLE {x}
-- whole
cte-like-a-file: WITH "{folder}/be\u017fide.csv" AS (SELECT 1) SELECT * FROM "{folder}/beside.csv"
cte-of-the-file: WITH "{folder}/beside.csv" AS (SELECT 1) SELECT * FROM "{folder}/beside.csv"
outer-cte-of-the-file: SELECT * FROM (WITH "{lake}" AS (SELECT 1) SELECT 2), "{lake}"
alias-like-a-file: SELECT "{lake}".id FROM v.people AS "{lake}"
filename: SELECT filename FROM v.people
file-row-number: SELECT file_row_number, file_index FROM v.people
rowid: SELECT rowid, people.rowid FROM v.people
