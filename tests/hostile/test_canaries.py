"""Statements and verbs of someone who wants what the rules hide, each with its technique's name.

Every statement runs on twin nodes that differ only in what is hidden: both tell the same, and
neither tells a canary. A technique that gets through is a hole in the gate.
"""

from __future__ import annotations

from typing import Any

import pytest

P = "h.people"
TECHNIQUES: dict[str, str] = {
    # names
    "catalogue-qualified": "SELECT * FROM memory.h.people",
    "schema-of-the-engine": "SELECT sql FROM main.duckdb_views",
    "information-schema": "SELECT * FROM information_schema.tables",
    "pg-catalog": "SELECT * FROM pg_catalog.pg_views",
    "bare-system-view": "SELECT sql FROM sqlite_master",
    "system-function": "SELECT * FROM duckdb_views()",
    "quoted-dataset": f'SELECT secret FROM "h"."people", {P} q',
    "quoted-whole-name": 'SELECT * FROM "h.people"',
    "upper-case-denied": 'SELECT "SECRET" FROM H.PEOPLE',
    "confusable-long-s": f'SELECT "\u017fecret" FROM {P}',
    "confusable-fullwidth": f"SELECT \uff53ecret FROM {P}",
    "zero-width-in-name": f'SELECT "sec\u200bret" FROM {P}',
    "cte-like-system-view": 'WITH "\u017fqlite_master"(type, name, tbl_name, rootpage, sql) AS '
    f"(SELECT 'a', 'b', 'c', 4, 'd') SELECT sql FROM sqlite_master, {P}",
    "cte-kelvin-duckdb-views": 'WITH "duc\u212adb_views" AS (SELECT \'x\' AS sql) '
    f"SELECT v.sql FROM duckdb_views v, {P}",
    "cte-shadows-dataset": f"WITH people AS (SELECT 1 AS secret) SELECT secret FROM {P}",
    "cte-shadows-and-joins": f"WITH people AS (SELECT 1 AS x) SELECT * FROM people, {P}",
    "cte-sees-itself": "WITH sqlite_master AS (SELECT * FROM sqlite_master) "
    "SELECT * FROM sqlite_master",
    "cte-of-another-branch": "(WITH duckdb_columns AS (SELECT 1 AS a) SELECT a FROM "
    "duckdb_columns) UNION ALL SELECT 1 FROM duckdb_columns",
    "recursive-cte": f"WITH RECURSIVE a AS (SELECT id FROM {P} UNION SELECT id + 1 FROM a "
    "WHERE id < 99) SELECT * FROM a",
    "view-of-inline-tables": "SELECT * FROM __doumen_inline.t1, sys.datasets",
    # columns
    "denied-column": f"SELECT secret FROM {P}",
    "undiscoverable-column": f"SELECT unseen FROM {P}",
    "star": f"SELECT * FROM {P}",
    "star-exclude-denied": f"SELECT * EXCLUDE (secret) FROM {P}",
    "star-exclude-unseen": f"SELECT * EXCLUDE (unseen) FROM {P}",
    "star-replace": f"SELECT * REPLACE (secret AS name) FROM {P}",
    "star-rename": f"SELECT * RENAME (secret AS s) FROM {P}",
    "columns-function": f"SELECT COLUMNS('.*') FROM {P}",
    "columns-lambda": f"SELECT COLUMNS(c -> c LIKE 's%') FROM {P}",
    "columns-unpacked": f"SELECT coalesce(*COLUMNS(*)) FROM {P}",
    "row-reference": f"SELECT p FROM {P} p",
    "row-reference-field": f"SELECT p.people.secret FROM {P} p",
    "row-as-text": f"SELECT CAST(p AS VARCHAR) FROM {P} p",
    "struct-extract-of-row": f"SELECT struct_extract(p, 'secret') FROM {P} p",
    "row-bracket": f"SELECT p['secret'] FROM {P} p",
    "row-in-order": f"SELECT id FROM {P} p ORDER BY p",
    "count-of-rows": f"SELECT count(p), count(DISTINCT p) FROM {P} p",
    "rowid": f"SELECT rowid FROM {P}",
    "file-row-number": f"SELECT file_row_number FROM {P}",
    "filename": f"SELECT filename FROM {P}",
    "file-index": f"SELECT file_index FROM {P}",
    "position": f"SELECT #7 FROM {P}",
    "alias-then-denied": f"SELECT id AS secret, secret FROM {P}",
    "lateral-alias": f"SELECT name AS n, n || 'x' AS m FROM {P} WHERE n > ''",
    "where-denied": f"SELECT id FROM {P} WHERE secret LIKE 'C%'",
    "order-by-denied": f"SELECT id FROM {P} ORDER BY secret",
    "group-by-denied": f"SELECT count(*) FROM {P} GROUP BY secret",
    "window-over-denied": f"SELECT row_number() OVER (ORDER BY secret) FROM {P}",
    "using-denied": f"SELECT * FROM {P} JOIN {P} q USING (secret)",
    "using-masked": f"SELECT * FROM {P} JOIN {P} q USING (salary)",
    "natural-join": f"SELECT * FROM {P} NATURAL JOIN {P} q",
    "natural-join-guess": f"SELECT * FROM {P} NATURAL JOIN (SELECT 'x' AS secret) q",
    "alias-with-columns": f"SELECT g FROM {P} p(a, b, c, d, e, f, g, h)",
    "positional-join": f"SELECT * FROM {P} POSITIONAL JOIN h.visits",
    "asof-join": f"SELECT * FROM h.visits v ASOF JOIN {P} p ON v.person >= p.id",
    "order-by-all": f"SELECT * FROM {P} ORDER BY ALL DESC",
    "group-by-all": f"SELECT city, count(*) FROM {P} GROUP BY ALL",
    "distinct-on": f"SELECT DISTINCT ON (salary) id, salary FROM {P} ORDER BY salary, id",
    # rows
    "correlated-count": f"SELECT visit, (SELECT count(*) FROM {P} p WHERE p.id = v.person) "
    "FROM h.visits v",
    "not-in": f"SELECT person FROM h.visits WHERE person NOT IN (SELECT id FROM {P})",
    "anti-join": f"SELECT * FROM h.visits v ANTI JOIN {P} p ON p.id = v.person",
    "full-join": f"SELECT * FROM {P} p FULL JOIN h.visits v ON p.id = v.person",
    "except-all": f"SELECT person FROM h.visits EXCEPT ALL SELECT id FROM {P}",
    "by-name": f"SELECT id FROM {P} UNION BY NAME SELECT secret FROM {P}",
    "statistics": f"SELECT min(id), max(id), sum(id), count(*), min(day), max(day) FROM {P}",
    "stats-function": f"SELECT stats(salary) FROM {P}",
    "approximate": f"SELECT approx_count_distinct(name), histogram(city) FROM {P}",
    "summarize": f"SUMMARIZE {P}",
    "nested-describe": f"SELECT * FROM (DESCRIBE {P})",
    "sample": f"SELECT * FROM {P} USING SAMPLE 100%",
    "time-travel": f"SELECT * FROM {P} AT (VERSION => 1)",
    "pivot": f"PIVOT {P} ON city USING count(*)",
    "unpivot": f"UNPIVOT {P} ON COLUMNS(*) INTO NAME n VALUE v",
    "window-frame": "SELECT id, string_agg(name, ',') OVER (ORDER BY id ROWS BETWEEN UNBOUNDED "
    f"PRECEDING AND UNBOUNDED FOLLOWING) FROM {P}",
    "lag-lead": f"SELECT lag(city) OVER (ORDER BY id), lead(city) OVER (ORDER BY id) FROM {P}",
    "limit-of-a-subquery": f"SELECT id FROM {P} LIMIT (SELECT count(*) FROM {P})",
    "offset-expression": f"SELECT id FROM {P} ORDER BY id OFFSET 1 + 1",
    "limit-percent": f"SELECT id FROM {P} LIMIT 100%",
    "lateral": f"SELECT * FROM h.visits v, LATERAL (SELECT * FROM {P} p WHERE p.id = v.person)",
    "arg-max": f"SELECT arg_max(name, id), arg_min(city, day), max_by(p, id) FROM {P} p",
    # errors as oracles
    "cast-of-hidden-code": f"SELECT CAST(code AS INTEGER) FROM {P}",
    "case-failing-cast": f"SELECT CASE WHEN city = 'Lish' || 'ui' THEN CAST(name AS INT) END "
    f"FROM {P}",
    "date-of-hidden-row": f"SELECT CAST(day AS DATE) FROM {P}",
    "date-in-where": f"SELECT id FROM {P} WHERE CAST(day AS DATE) > DATE '2020-01-01'",
    "division": f"SELECT 1 / (id - 3), 1 // (id - 901), 1 % (id - 3) FROM {P}",
    "overflow-in-sum": f"SELECT sum(CAST(id AS HUGEINT) * 170141183460469231731687303715884105) "
    f"FROM {P}",
    "narrowing": f"SELECT CAST(id AS TINYINT), CAST(id * 30 AS TINYINT) FROM {P}",
    "regex": f"SELECT regexp_matches('x', name) FROM {P}",
    "regex-of-hidden": f"SELECT regexp_matches(city, if(id = 3, '(', 'W')) FROM {P}",
    "format": f"SELECT format(CASE WHEN id = 3 THEN '{{' ELSE '{{}}' END, city) FROM {P}",
    "strptime": f"SELECT strptime(day, '%Y-%m-%d') FROM {P}",
    "json": f"SELECT json_extract(code, '$.a') FROM {P}",
    "list-index": f"SELECT list_value(1, 2)[id], CAST(list_value(city)[1] AS VARCHAR) FROM {P}",
    "two-rows-subquery": f"SELECT (SELECT id FROM {P} WHERE id IN (1, 3))",
    "join-on-cast": f"SELECT visit FROM h.visits v JOIN {P} p ON CAST(p.code AS INT) = v.cost",
    "error-function": f"SELECT error(name) FROM {P}",
    "cast-of-row": f"SELECT CAST(p AS INTEGER) FROM {P} p",
    "having-cast": f"SELECT city FROM {P} GROUP BY city HAVING CAST(max(day) AS DATE) IS NULL",
    "subquery-cast": f"SELECT (SELECT max(CAST(code AS INT)) FROM {P} p WHERE p.id = v.person) "
    "FROM h.visits v",
    "chr-of-id": f"SELECT chr(id * 400000) FROM {P}",
    "unmask-by-hash": f"SELECT id FROM {P} WHERE code = sha256('1')",
    "repeat-bomb": f"SELECT length(repeat('x', id * 1000)) FROM {P}",
    # the engine beside the data
    "file-by-path": "SELECT * FROM '{folder}/file.csv'",
    "file-by-function": "SELECT * FROM read_csv('{folder}/file.csv')",
    "file-glob": "SELECT * FROM glob('{folder}/**')",
    "key-file": "SELECT * FROM read_text('{folder}/node/keys/mask.keys')",
    "cte-like-a-file": 'WITH "{folder}/\u017f.parquet" AS (SELECT 1) '
    'SELECT * FROM "{folder}/s.parquet"',
    "raw-parquet": "SELECT * FROM '{lake}'",
    "raw-parquet-by-cte": 'WITH "{confused}"(id) AS (SELECT 1) '
    f'SELECT r.* FROM "{{lake}}" r, {P}',
    "parquet-metadata": "SELECT * FROM parquet_metadata('{lake}')",
    "environment": "SELECT getenv('HOSTILE_ENVIRONMENT')",
    "variable": "SELECT getvariable('mask_outer'), getvariable('d0_0_1')",
    "settings": "SELECT current_setting('allowed_paths')",
    "query-function": f"SELECT * FROM query('SELECT secret FROM {P}')",
    "query-table": "SELECT * FROM query_table('h.people')",
    "dot-call": f"SELECT name.upper(), id.getvariable() FROM {P}",
    "macro-schema": f"SELECT main.now(), system.main.getvariable('mask_outer') FROM {P}",
    "list-aggregate-name": f"SELECT list_aggregate(list_value(id), 'stats') FROM {P}",
    # two readings
    "nested-comment": f"SELECT id /* /* */ , secret */ FROM {P}",
    "comment-in-quotes": f"SELECT '/*', id, '*/' FROM {P} -- , secret",
    "dollar-string": f"SELECT $$secret$$, $a$ $$ $a$ FROM {P}",
    "escape-string": f"SELECT E'\\'', id, E'\\'' FROM {P}",
    "backslash": f"SELECT '\\', secret FROM {P} WHERE name <> '\\'",
    "unicode-escape": f'SELECT U&"\\0073ecret" FROM {P}',
    "two-statements": f"SELECT 1; SELECT secret FROM {P}",
    "statement-after-comment": f"SELECT 1 -- \n; COPY {P} TO '/dev/null'",
    "null-byte": f"SELECT id FROM {P} WHERE name = '\x00' OR true",
    "byte-order-mark": f"\ufeffSELECT id FROM {P}",
    "no-break-space": f"SELECT\u00a0id FROM {P}",
    "numeric-underscore": f"SELECT 1_000, 0x1F, 1e2, .5, 5. FROM {P}",
    "keyword-as-name": f'SELECT id AS "select", city AS "from" FROM {P}',
    "operator-soup": f"SELECT id @> 1, id ^ 2, id ** 2, id // 2, ~id, id <=> 1 FROM {P}",
    "from-first": f"FROM {P}",
    "from-first-select": f"FROM {P} SELECT secret",
    "copy-in-cte": f"WITH a AS (COPY {P} TO '/dev/null') SELECT 1",
    "delete-in-cte": f"WITH a AS (DELETE FROM {P} RETURNING secret) SELECT * FROM a",
    "explain": f"EXPLAIN ANALYZE SELECT * FROM {P}",
    "prepare": f"PREPARE a AS SELECT secret FROM {P}",
    "pragma": "PRAGMA database_list",
    "attach": "ATTACH '{folder}/node/store.db' AS a",
    "huge-in-list": f"SELECT id FROM {P} WHERE id IN ({', '.join(map(str, range(5000)))})",
    "deep-brackets": f"SELECT {'(' * 500}id{')' * 500} FROM {P}",
    "long-chain": f"SELECT id FROM {P} WHERE {' OR '.join(f'id = {n}' for n in range(3000))}",
    # other datasets, and what the catalogue tells
    "hidden-dataset": "SELECT * FROM h.closed",
    "hidden-beside-refused": "SELECT * FROM h.known, h.zclosed",
    "hidden-beside-absent": "SELECT * FROM h.closed, h.nobody",
    "quarantine": "SELECT * FROM h.people__quarantine",
    "discover-is-not-query": "SELECT * FROM h.known",
    "purpose-not-stated": "SELECT * FROM h.aimed",
    "sys-datasets": "SELECT * FROM sys.datasets",
    "sys-columns": "SELECT * FROM sys.columns",
    "sys-rules": "SELECT * FROM sys.rules",
    "sys-lineage": "SELECT DISTINCT source, source_column FROM sys.lineage",
    "sys-events-of-others": "SELECT * FROM sys.events WHERE actor <> 'ana'",
    "sys-charges-of-others": "SELECT * FROM sys.charges WHERE actor <> 'ana'",
    "sys-unknown": "SELECT * FROM sys.keys",
}  # fmt: skip

OWN = {
    *(technique for technique, statement in TECHNIQUES.items() if "{folder}" in statement),
    *(technique for technique, statement in TECHNIQUES.items() if "{lake}" in statement),
    "sys-lineage",
}
"""Techniques that name a path of the node, or read the actor's own history on it."""


def written(technique: str, world: Any) -> str:
    """The statement of a technique, with the paths of the node in it."""
    lake = next(iter((world.folder / "node" / "lake" / "h" / "people").glob("*.parquet")))
    statement = TECHNIQUES[technique]
    places = {
        "{folder}": str(world.folder),
        "{lake}": str(lake),
        "{confused}": str(lake).replace("s", "\u017f"),
    }
    for name, place in places.items():
        statement = statement.replace(name, place)
    return statement


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_no_canary(twins: Any, technique: str) -> None:
    world = twins[0]
    statement = written(technique, world)
    told = world.told(world.as_("ana"), statement)
    for secret in world.forbidden:
        if secret not in statement:
            assert secret not in told.replace(str(world.folder), ""), secret


@pytest.mark.parametrize("technique", sorted(TECHNIQUES.keys() - OWN))
def test_hidden_parts_make_no_difference(twins: Any, technique: str) -> None:
    one, two = (w.outcome(w.as_("ana"), written(technique, w)) for w in twins)
    assert one == two
