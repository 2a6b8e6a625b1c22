"""Stars, lambdas, methods, JSON and frames of someone who wants what the rules hide.

As in `test_canaries`: twin nodes that differ only in what is hidden tell the same.
"""

from __future__ import annotations

from typing import Any

import pytest

P = "h.people"
TECHNIQUES: dict[str, str] = {
    # columns chosen by pattern
    "pattern-of-denied": f"SELECT COLUMNS('^sec') FROM {P}",
    "pattern-of-all": f"SELECT COLUMNS('.') FROM {P}",
    "pattern-any-case": f"SELECT COLUMNS('(?i)UNSEEN|SECRET|ID') FROM {P}",
    "list-of-denied": f"SELECT COLUMNS(['id', 'secret']) FROM {P}",
    "list-of-unseen": f"SELECT COLUMNS(['unseen']) FROM {P}",
    "lambda-of-denied": f"SELECT COLUMNS(lambda c: c <> 'id') FROM {P}",
    "like-denied": f"SELECT * LIKE 's%' FROM {P}",
    "like-nothing-but-denied": f"SELECT * LIKE 'secre_' FROM {P}",
    "not-like": f"SELECT * NOT SIMILAR TO 'id|name' FROM {P}",
    "columns-replace-denied": f"SELECT COLUMNS(* REPLACE (secret AS name)) FROM {P}",
    "columns-exclude-unseen": f"SELECT COLUMNS(* EXCLUDE (unseen)) FROM {P}",
    "columns-rename-denied": f"SELECT COLUMNS(* RENAME (secret AS x)) FROM {P}",
    "columns-aggregated": f"SELECT min(COLUMNS(*)), max(COLUMNS(*)) FROM {P}",
    "columns-unpacked-in-struct": f"SELECT struct_pack(*COLUMNS(*)) FROM {P}",
    "columns-in-where": f"SELECT id FROM {P} WHERE COLUMNS('secret') = 'x'",
    "columns-in-order": f"SELECT id FROM {P} ORDER BY COLUMNS(*)",
    "exponential-pattern": f"SELECT COLUMNS('((((a+)+)+)+)+$') FROM {P}",
    "huge-pattern": f"SELECT COLUMNS('(((a{{99}}){{99}}){{99}})') FROM {P}",
    "alias-of-groups": f"SELECT COLUMNS('(s)(.*)') AS '\\2' FROM {P}",
    # lambdas
    "lambda-body-denied": f"SELECT list_transform([1], lambda x: secret) FROM {P}",
    "lambda-parameter-denied": f"SELECT list_transform([1], lambda secret: secret) FROM {P}",
    "lambda-field-denied": f"SELECT list_transform([1], lambda people: people.secret) FROM {P}",
    "lambda-of-row": f"SELECT list_transform([p], lambda x: x.secret) FROM {P} p",
    "lambda-names-row": f"SELECT list_transform([1], lambda p: p.unseen) FROM {P} p",
    "lambda-fails": f"SELECT list_transform([salary, id], lambda x: 1 // (x - 666013)) FROM {P}",
    "lambda-fails-on-hidden-row": f"SELECT list_filter([day], lambda x: x::DATE > now()) FROM {P}",
    "lambda-reads-file": f"SELECT list_transform(['/etc/passwd'], lambda x: read_text(x)) FROM {P}",
    "lambda-in-filter": f"SELECT id FROM {P} "
    "WHERE list_sum([salary].list_filter(lambda x: x > 0)) > 0",
    "comprehension-denied": f"SELECT [secret FOR x IN [1]] FROM {P}",
    "comprehension-fails": f"SELECT [CAST(x AS INTEGER) FOR x IN [code, day] IF x <> ''] FROM {P}",
    "arrow-as-lambda": f"SELECT list_transform([1], secret -> secret) FROM {P}",
    "arrow-in-call": f"SELECT upper(secret -> '$.a') FROM {P}",
    # methods and dots
    "method-of-denied": f"SELECT secret.upper() FROM {P}",
    "method-argument-denied": f"SELECT name.replace('a', unseen) FROM {P}",
    "method-of-row": f"SELECT p.struct_extract('secret') FROM {P} p",
    "method-of-schema": "SELECT main.getenv('HOSTILE_ENVIRONMENT')",
    "method-of-catalogue": "SELECT system.main.getenv('HOSTILE_ENVIRONMENT')",
    "method-getenv": "SELECT ('HOSTILE_ENVIRONMENT').getenv()",
    "method-getvariable": f"SELECT name.getvariable() FROM {P}",
    "method-query": f"SELECT name.query() FROM {P}",
    "method-chain-denied": f"SELECT (name || secret).upper().lower() FROM {P}",
    "field-of-row": f"SELECT (p).secret FROM {P} p",
    "named-argument-denied": f"SELECT struct_pack(a := secret) FROM {P}",
    "map-key-denied": f"SELECT MAP {{secret: 1}} FROM {P}",
    "map-key-twice": f"SELECT MAP {{city: 1, 'Lishui': 2}} FROM {P}",
    "slice-by-denied": f"SELECT name[secret] FROM {P}",
    # errors and JSON
    "json-of-hidden-row": f"SELECT day->'$.a', json_extract(code, '$') FROM {P}",
    "json-cast": f"SELECT code::JSON, name::JSON FROM {P}",
    "json-of-whole-row": f"SELECT to_json(p), row_to_json(p) FROM {P} p",
    "try-denied": f"SELECT TRY(CAST(secret AS INTEGER)) FROM {P}",
    "try-tells-nothing": f"SELECT TRY(CAST(day AS DATE)), TRY(1 // (salary - 666013)) FROM {P}",
    "enum-cast-lists-values": f"SELECT city::ENUM('Wenzhou', 'Ningbo') FROM {P}",
    "collation-denied": f"SELECT secret COLLATE NOCASE FROM {P}",
    "frame-by-hidden": f"SELECT sum(id) OVER (ORDER BY id ROWS BETWEEN salary PRECEDING "
    f"AND CURRENT ROW) FROM {P}",
    "frame-by-denied": f"SELECT sum(id) OVER (ORDER BY id ROWS secret PRECEDING) FROM {P}",
    "array-query": f"SELECT ARRAY(SELECT secret FROM {P})",
    "array-query-open": f"SELECT ARRAY(SELECT salary FROM {P} ORDER BY id)",
    "any-of-list": f"SELECT id FROM {P} WHERE salary = ANY([666013, 666014])",
    "all-of-denied": f"SELECT id FROM {P} WHERE id > ALL(secret)",
    "position": f"SELECT #7 FROM {P}",
    "unit-by-column": f"SELECT date_trunc(name, TIMESTAMP '2020-01-01') FROM {P}",
}


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_neither_a_canary_nor_a_difference(twins: Any, technique: str) -> None:
    statement = TECHNIQUES[technique]
    world = twins[0]
    told = world.told(world.as_("ana"), statement).replace(str(world.folder), "")
    for secret in world.forbidden:
        assert secret in statement or secret not in told, secret
    one, two = (each.outcome(each.as_("ana"), statement) for each in twins)
    assert one == two


def test_the_next_honest_query_works(world: Any) -> None:
    analyst = world.as_("ana")
    names = [column.name for column in analyst.query("SELECT COLUMNS(*) FROM h.people").schema]
    assert names == ["id", "name", "city", "salary", "code", "day"]
    rows = analyst.query("SELECT list_transform([id], lambda x: x + 1) FROM h.people").rows()
    assert sorted(rows) == [([2],), ([3],), ([5],)]
