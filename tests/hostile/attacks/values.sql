-- Functions that read the engine, the machine or the rules, where a value stands.
-- @ each 2
-- means
environment: getenv('DOUMEN_HOSTILE_ENVIRONMENT')
environment-in-schema: main.getenv('DOUMEN_HOSTILE_ENVIRONMENT')
environment-in-catalogue: system.main.getenv('DOUMEN_HOSTILE_ENVIRONMENT')
environment-as-method: ('DOUMEN_HOSTILE_ENVIRONMENT').getenv()
environment-quoted: "getenv"('DOUMEN_HOSTILE_ENVIRONMENT')
variable-of-mask: getvariable('mask_outer')
variable-of-filter: getvariable('v.people_0_1')
variable-upper: GETVARIABLE('mask_inner')
setting: current_setting('allowed_paths')
setting-as-method: ('temp_directory').current_setting()
statistics: stats(weight)
statistics-of-masked: stats(pay)
view-text: pg_get_viewdef(1)
session: [current_user, current_role, session_user]
database: [current_database(), current_schema(), current_query()]
schemas: current_schemas(true)
transaction: txid_current()
connection: pg_backend_pid()
version: version()
execute: json_execute_serialized_sql('{}')
serialize-plan: json_serialize_plan('SELECT secret FROM v.people')
serialize: json_serialize_sql('SELECT secret FROM v.people')
write-log: write_log('x')
sleep: sleep_ms(10000)
next-value: nextval('a')
random: random()
uuid: gen_random_uuid()
set-seed: setseed(0.5)
error-function: error(name)
read-text-value: read_text('{keys}')
hash-of-denied: hash(secret)
md5-of-denied: md5(unseen)
list-aggregate-by-name: list_aggregate([id], 'stats')
list-aggregate-mode: list_aggr([pay], 'histogram')
in-type-name: CAST(id AS "v.people")
type-of-file: CAST(id AS '{lake}')
icu: icu_sort_key(secret, 'de')
remap: remap_struct(info, NULL::STRUCT(b VARCHAR), {'b': 'b'}, NULL)
alias-function: alias(secret)
vector-type: vector_type(weight)
internal-compress: __internal_compress_integral_utinyint(weight, 0)
constant-or-null: constant_or_null(secret, id)
-- places
output: SELECT {x} FROM v.people
where: SELECT id FROM v.people WHERE ({x}) IS NOT NULL
aggregate: SELECT max({x}), min({x}) FROM v.people
ordered-list: SELECT list(id ORDER BY {x}) FROM v.people
lambda: SELECT list_transform([1], lambda q: {x}) FROM v.people
comprehension: SELECT [{x} FOR q IN [1, 2]] FROM v.people
struct: SELECT {'k': {x}} FROM v.people
window: SELECT first_value({x}) OVER (ORDER BY id) FROM v.people
subquery: SELECT (SELECT {x}) FROM v.people
values: SELECT w.* FROM v.people, LATERAL (VALUES ({x})) w
case: SELECT CASE WHEN id > 0 THEN {x} END FROM v.people
filter: SELECT count(*) FILTER (WHERE ({x}) IS NULL) FROM v.people
group: SELECT count(*) FROM v.people GROUP BY {x}
having: SELECT city FROM v.people GROUP BY city HAVING bool_or(({x}) IS NULL)
replaced-star: SELECT * REPLACE ({x} AS city) FROM v.people
try: SELECT TRY({x}) FROM v.people
unnested: SELECT unnest([{x}]) FROM v.people
coalesced: SELECT coalesce(NULL, {x}) FROM v.people
map: SELECT MAP {1: {x}} FROM v.people
