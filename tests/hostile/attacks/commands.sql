-- Statements that are no question: of the engine, the machine, the node; bare, hidden, in a chain.
-- @ each 2
-- means
pragma: PRAGMA database_list
pragma-call: PRAGMA storage_info('v.people')
pragma-profiling: PRAGMA enable_profiling = 'json'
set: SET memory_limit = '100GB'
set-external: SET enable_external_access = true
set-variable: SET VARIABLE mask_outer = 'a'
set-variable-now: SET VARIABLE __doumen_now = '1990-01-01'
set-schema: SET search_path = 'main'
reset: RESET lock_configuration
attach: ATTACH '{node}/store.sqlite' AS a (TYPE sqlite)
attach-memory: ATTACH ':memory:' AS m
detach: DETACH memory
use: USE memory.v
copy-to: COPY (SELECT * FROM v.people) TO '{folder}/out.csv'
copy-table-to: COPY v.people TO '{folder}/out.parquet'
copy-from: COPY v.visits FROM '{folder}/beside.csv'
copy-to-lake: COPY (SELECT 1) TO '{lake}'
export: EXPORT DATABASE '{folder}/out'
import: IMPORT DATABASE '{folder}/out'
install: INSTALL httpfs
load: LOAD '{folder}/beside.csv'
create-table: CREATE TABLE t AS SELECT * FROM v.people
create-temporary: CREATE TEMP TABLE t AS FROM v.visits
create-view: CREATE OR REPLACE VIEW v.people AS SELECT 1
create-macro: CREATE MACRO now() AS 1
create-table-macro: CREATE MACRO people() AS TABLE SELECT * FROM v.people
create-type: CREATE TYPE mood AS ENUM (SELECT secret FROM v.people)
create-secret: CREATE SECRET s (TYPE s3, KEY_ID 'a')
create-index: CREATE INDEX i ON v.people (id)
create-sequence: CREATE SEQUENCE a
create-trigger: CREATE TRIGGER t AFTER INSERT ON v.people SELECT 1
drop-view: DROP VIEW v.people
drop-macro: DROP MACRO now
alter: ALTER VIEW v.people RENAME TO q
insert: INSERT INTO v.people SELECT * FROM v.people
update: UPDATE v.people SET id = 1
delete: DELETE FROM v.people
truncate: TRUNCATE v.people
merge: MERGE INTO v.visits USING v.people ON true WHEN MATCHED THEN DELETE
call: CALL pragma_version()
call-checkpoint: CALL force_checkpoint()
checkpoint: CHECKPOINT
vacuum: VACUUM ANALYZE
begin: BEGIN TRANSACTION
commit: COMMIT
prepare: PREPARE s AS SELECT secret FROM v.people
execute: EXECUTE s(1)
deallocate: DEALLOCATE s
explain: EXPLAIN SELECT * FROM v.people
explain-analyze: EXPLAIN ANALYZE SELECT * FROM v.people
describe: DESCRIBE v.people
show: SHOW ALL TABLES
summarize: SUMMARIZE v.people
comment-on: COMMENT ON VIEW v.people IS 'x'
pivot-statement: PIVOT_LONGER v.people ON id
grant: GRANT ALL ON v.people TO ana
listen: LISTEN x
-- places
bare: {x}
after-question: SELECT 1; {x}
before-question: {x}; SELECT 1
after-comment: /* SELECT 1 */ {x} -- SELECT 1
after-line: SELECT 1 -- \u000a; {x}
in-cte: WITH a AS ({x}) SELECT * FROM a
in-cte-returning: WITH a AS MATERIALIZED ({x} RETURNING *) SELECT 1
in-from: SELECT * FROM ({x}) q
in-brackets: ({x})
in-subquery: SELECT ({x})
in-exists: SELECT EXISTS ({x})
in-array: SELECT ARRAY({x})
in-union: SELECT 1 UNION ({x})
in-call: SELECT * FROM query($${x}$$)
in-lambda: SELECT list_transform([1], lambda q: ({x}))
upper-mixed: sElEcT 1;;{x};
explained: EXPLAIN {x}
prepared: PREPARE q AS {x}
