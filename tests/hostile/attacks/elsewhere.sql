-- Tables that are no dataset of the analyst: the engine's catalogue, its functions, other datasets.
-- @ each 3
-- means
database-qualified: memory.v.people
system-database: system.main.duckdb_views
information-schema: information_schema.columns
pg-catalog: pg_catalog.pg_views
bare-system-view: sqlite_master
main-schema-view: main.duckdb_views
views-function: duckdb_views()
settings-function: duckdb_settings()
secrets-function: duckdb_secrets()
columns-function: duckdb_columns()
variables-function: duckdb_variables()
memory-function: duckdb_memory()
temporary-files-function: duckdb_temporary_files()
storage-function: pragma_storage_info('v.people')
table-info-function: pragma_table_info('v.people')
database-list-function: pragma_database_list()
show-function: pragma_show('v.people')
sql-function: query('SELECT secret FROM v.people')
named-table-function: query_table('v.people')
json-execute-function: json_execute_serialized_sql(json_serialize_sql('SELECT 1'))
sql-reading-function: sql_auto_complete('SELECT sec')
inline-tables: __doumen_inline.t1
hidden-dataset: v.closed
quarantine: v.loaded__quarantine
discovered-only: v.known
purpose-not-assigned: v.aimed
unknown-system-table: sys.keys
quoted-whole: "v.people"
quoted-hidden: "v"."closed"
upper-hidden: V.CLOSED
fullwidth-hidden: v.clo\uff53ed
long-s-hidden: v.clo\u017fed
zero-width-hidden: "v"."clo\u200bsed"
right-to-left-hidden: "v"."\u202edesolc"
combining-hidden: "v"."close\u0323d"
python-variable: connection
python-frame: place
python-module-variable: RULES
temporary-schema: temp.v.people
attached-schema: node.main.events
-- places
from: SELECT * FROM {x}
from-first: FROM {x}
comma-join: SELECT * FROM v.visits, {x}
left-join: SELECT * FROM v.visits LEFT JOIN {x} ON true
cte: WITH a AS (SELECT * FROM {x}) SELECT * FROM a
materialized-cte: WITH a AS MATERIALIZED (FROM {x}) SELECT count(*) FROM a, v.visits
scalar-subquery: SELECT (SELECT count(*) FROM {x})
exists: SELECT visit FROM v.visits WHERE EXISTS (SELECT 1 FROM {x})
lateral: SELECT * FROM v.visits v, LATERAL (SELECT * FROM {x} LIMIT 1) z
union: SELECT visit FROM v.visits UNION ALL SELECT 1 FROM {x}
except-by-count: SELECT 1 EXCEPT ALL SELECT count(*) FROM {x}
array-query: SELECT ARRAY(SELECT 1 FROM {x})
recursion: WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM a, {x} WHERE n < 3) SELECT * FROM a
positional: SELECT * FROM v.visits POSITIONAL JOIN {x}
natural: SELECT * FROM {x} NATURAL JOIN v.visits
pivoted: SELECT * FROM (PIVOT {x} ON visit IN (1, 2) USING count(*))
unpivoted: SELECT * FROM (UNPIVOT {x} ON COLUMNS(*) INTO NAME n VALUE w)
in-list: SELECT visit IN (SELECT 1 FROM {x}) FROM v.visits
order-by-query: SELECT visit FROM v.visits ORDER BY (SELECT count(*) FROM {x})
limit-query: SELECT visit FROM v.visits LIMIT (SELECT count(*) FROM {x})
sampled: SELECT * FROM {x} TABLESAMPLE bernoulli(100%) REPEATABLE (1)
shadowed: WITH people AS (SELECT 1), closed AS (SELECT 1), sqlite_master AS (SELECT 1 AS x) SELECT * FROM {x}
