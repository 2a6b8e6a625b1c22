"""Documents and names of someone who may write rules: bombs, signs, other tables, oracles.

A steward writes rules and labels but reads no rows beyond rules. Whatever the text, it is
refused with a clear error or means what it says, and the analyst's honest query stays right.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.hostile.attacks.world import Place

from doumen.model.errors import DoumenError, Invalid

HONEST = "SELECT id FROM v.visits v JOIN v.people p ON p.id = v.person ORDER BY id"
LONGEST = 30.0

FILTERS = {
    "subquery": "id IN (SELECT id FROM v.closed)",
    "scalar-subquery": "id = (SELECT max(n) FROM v.closed)",
    "exists": "EXISTS (FROM v.closed)",
    "any-query": "id = ANY(SELECT 1)",
    "array-query": "id = ARRAY(SELECT n FROM v.closed)[1]",
    "correlated": "id = (SELECT id)",
    "file": "id IN (SELECT a FROM '/etc/passwd')",
    "file-function": "read_text('/etc/passwd') IS NOT NULL",
    "environment": "getenv('HOME') = 'x'",
    "variable": "getvariable('mask_outer') = 'a'",
    "setting": "current_setting('threads') = '1'",
    "division": "1 / id = 1",
    "whole-division": "1 // (id - 1) = 1",
    "modulo": "id % 0 = 1",
    "product": "id * 9223372036854775807 > 0",
    "sum": "id + 9223372036854775807 > 0",
    "cast": "CAST(code AS INTEGER) = 1",
    "cast-colons": "code::INT = 1",
    "implicit-cast": "code = 1",
    "date-cast": "day > DATE '2026-01-01'",
    "bad-date": "id = DATE '2026-13-45'",
    "pattern": "regexp_matches(code, '(')",
    "similar": "code SIMILAR TO '('",
    "like-escape": "code LIKE 'a' ESCAPE 'ab'",
    "json": "json_extract(doc, '$.a') = 1",
    "arrow": "doc->>'a' = '1'",
    "list-index": "tags[id] = 'a'",
    "struct-field": "info.a = 1",
    "lambda": "len(list_filter(tags, lambda x: x::INT > 0)) > 0",
    "repeat": "length(repeat(code, 1000000000)) > 0",
    "error": "error('x')",
    "random": "random() < 0.5",
    "aggregate": "count(*) > 1",
    "window": "row_number() OVER () = 1",
    "qualified": "v.people.id = 1",
    "other-dataset": "closed.n = 1",
    "rowid": "rowid = 1",
    "row": "people IS NOT NULL",
    "unit": "__doumen_unit_0 = 'a'",
    "parameter": "id = ?",
    "numbered-parameter": "id = $1",
    "breaks-out": "true) OR (true",
    "breaks-out-comment": "true) --",
    "breaks-out-block": "true /*",
    "breaks-out-end": "id = 1; DROP VIEW v.people",
    "breaks-out-union": "id = 1 UNION SELECT 1",
    "breaks-out-where": "id = 1 LIMIT 1",
    "breaks-out-group": "id = 1 GROUP BY 1",
    "two": "id = 1, true",
    "alias": "id = 1 AS a",
    "star": "*",
    "columns": "COLUMNS(*) IS NULL",
    "claim-of-claim": "id = actor.name.x",
    "claim-of-catalogue": "x.actor.name = 'a'",
    "number": "1",
    "text": "'true'",
    "huge-number": f"id = {'9' * 60}",
    "huge-list": f"id IN ({', '.join(map(str, range(4000)))}",
    "long": f"id = 1 OR {'id = 1 OR ' * 2000} true",
    "deep-brackets": f"{'(' * 150}true{')' * 150}",
    "deep-not": f"{'NOT ' * 1500}true",
    "deep-case": f"{'CASE WHEN true THEN ' * 100}true{' END' * 100}",
    "fullwidth": "\uff49d = 1",
    "long-s": "re\u0261ion = 'open'",
    "right-to-left": "\u202eid = 1",
    "null-byte": "id = 1\x00 OR true",
    "control": "id = 1 \x1b[2J",
    "null-in-text": "code = 'a\x00b",
    "unclosed": "code = 'a",
    "dollar": "code = $$a$$ || $$",
    "clock-of-engine": "getdate() IS NOT NULL",
    "at": "id AT (VERSION => 1) = 1",
    "collation": "code COLLATE de = 'a'",
    "interval": "now() - INTERVAL '99999999 years' < now()",
    "cast-to-mood": "code = CAST('a' AS ENUM('a'))",
}
BOMBS = {
    "alias": "rules: &a [*a, *a]",
    "billion": "a: &a [x, x]\nb: &b [*a, *a]\nrules: [*b, *b]",
    "merge": "base: &b {id: a}\nrules: [{<<: *b}]",
    "deep-list": f"rules: {'[' * 20_000}",
    "deep-map": "rules: " + "{a: " * 20_000,
    "tag": "rules: !!python/object/apply:os.system ['true']",
    "bool-tag": "rules: !!bool maybe",
    "set-tag": "rules: !!set {a, b}",
    "binary-tag": "rules: !!binary 'aGk='",
    "own-tag": "rules: !x y",
    "huge-number": f"rules: {'9' * 20_000}",
    "huge-hexadecimal": f"rules: 0x{'f' * 50_000}",
    "huge-float": "rules: 1e99999999",
    "key-list": "? [a, b]\n: rules",
    "key-map": "? {a: b}\n: rules",
    "twice": "rules: []\nrules: []",
    "documents": "rules: []\n---\nrules: []",
    "directive": "%YAML 9.9\n---\nrules: []",
    "null-byte": "rules: \0",
    "control": "rules: '\x1b[2J'",
    "half-character": 'rules: "\\ud800"',
    "too-long": "#" * (1 << 20) + "\nrules: []",
    "nothing": "",
    "scalar": "rules",
    "number": "rules: 3",
    "wrong-items": "rules: [1, null, {}, [], '']",
    "json-deep": '{"@context": ' + "[" * 50_000,
    "json-twice": '{"@context": 1, "@context": 2}',
    "json-number": '{"@context": 1e999, "permission": []}',
    "json-integer": '{"@context": ' + "9" * 10_000 + "}",
    "json-half": '{"@context": "\\ud800"}',
    "json-nan": '{"@context": NaN}',
    "json-cycle": '{"@context": "http://www.w3.org/ns/odrl.jsonld", "@id": "a", "permission": '
    '[{"@id": "a", "target": {"@id": "a"}}]}',
    "json-remote": '{"@context": "http://127.0.0.1:1/x", "permission": []}',
    "json-types": '{"@context": "http://www.w3.org/ns/odrl.jsonld", "@type": ["Set", 3, null], '
    '"permission": {"action": [[["use"]]], "target": 7, "constraint": "x"}}',
    "json-many": '{"@context": "http://www.w3.org/ns/odrl.jsonld", "permission": ['
    + ", ".join(['{"action": "x", "target": "urn:\\u202e"}'] * 2000)
    + "]}",
}
IDS = ("a'b", 'a"b', "a.b", "a b", "a\nb", "a\u202eb", "a\x1bb", "a/../b", "*", "", "-a", "a" * 64)
NAMES = ("a'b", 'a"; DROP VIEW v.people; --', "a\x1b[2J", "a\u202eb", "a\0", "x" * 500, "a\nb", "")


@pytest.fixture
def honest(place: Place) -> Iterator[None]:
    """Before and after, the analyst's honest query gives the same."""
    before = place.as_("ana").query(HONEST).rows()
    assert before
    yield
    assert place.as_("ana").query(HONEST).rows() == before


def refused(place: Place, text: str) -> DoumenError:
    """The error with which a document of rules is refused, in time and without a canary."""
    path = place.folder / "hostile.yaml"
    path.write_bytes(text.encode(errors="surrogatepass"))
    started = time.monotonic()
    with pytest.raises(DoumenError) as caught:
        place.as_("stu").do("rule add", file=path)
    assert time.monotonic() - started < LONGEST
    told = json.dumps(caught.value.as_json(), ensure_ascii=False)
    assert not place.found(told, text)
    assert len(told) < 30_000
    return caught.value


def document(**rule: Any) -> str:
    """A document of one rule; JSON is YAML."""
    given = {"id": "hostile", "permit": "query", "who": {"actor": "bea"}, "on": "v.people", **rule}
    return json.dumps({"rules": [given]}, ensure_ascii=False)


@pytest.mark.usefixtures("honest")
@pytest.mark.parametrize("technique", FILTERS)
def test_filters(place: Place, technique: str) -> None:
    refused(place, document(duties=[{"filter": FILTERS[technique]}]))


@pytest.mark.usefixtures("honest")
def test_documents(place: Place) -> None:
    for technique, text in BOMBS.items():
        assert isinstance(refused(place, text), Invalid), technique


@pytest.mark.usefixtures("honest")
def test_signs_in_names(place: Place) -> None:
    for id in IDS:
        refused(place, document(id=id))
        if id != "*":
            refused(place, document(on=f"v.{id}"))
        refused(place, document(on={"dataset": id}))
    for name in NAMES:
        with pytest.raises(DoumenError):
            place.as_("stu").do("label set", target="v.visits.note", label=name)
        with pytest.raises(DoumenError):
            place.as_("stu").do("label set", target=f"v.visits.{name or '.'}", label="a")
        with pytest.raises(DoumenError):
            place.owner.do("actor add", name=name)
        with pytest.raises(DoumenError):
            place.as_("stu").do("purpose add", name=name)


@pytest.mark.parametrize(
    "duty",
    [
        {"mask": {"column": "nothing", "method": "hash"}},
        {"mask": {"column": 'name"; --', "method": "null"}},
        {"mask": {"column": "name", "method": "partial", "with": "'" * 2}},
        {"mask": {"column": "name", "method": "partial", "keep_start": 10**30}},
        {"mask": {"column": "name", "method": "partial", "keep_start": -1}},
        {"mask": {"column": "pay", "method": "bucket", "edges": [1, "0) OR true --"]}},
        {"mask": {"column": "pay", "method": "bucket", "edges": [2, 1]}},
        {"mask": {"column": "pay", "method": "bucket", "edges": list(range(5000))}},
        {"mask": {"column": "pay", "method": "generalise", "levels": 0}},
        {"mask": {"column": "pay", "method": "generalise", "levels": "month'); --"}},
        {"mask": {"column": "code", "method": "generalise", "levels": {"a": None}}},
        {"mask": {"column": "code", "method": "sql", "expression": "secret"}},
        {"min_group": {"k": 0}},
        {"min_group": {"k": 3, "unit": 'id" OR true --'}},
        {"limit": -1},
        {"limit": "1; SELECT 1"},
        {"limit": 10**40},
        {"count": True},
        {"expire": -1},
        {"expire": 10**30},
        {"filter": ["true"]},
        {"limit": 1, "count": 2},
        {"shell": "id"},
    ],
    ids=lambda duty: json.dumps(duty)[:60],
)
def test_duties(place: Place, duty: dict[str, Any]) -> None:
    refused(place, document(duties=[duty]))


@pytest.mark.usefixtures("honest")
@pytest.mark.parametrize(
    ("masked", "shown"),
    [("'", "A'"), ('"', 'A"'), ("\\", "A\\"), ("é", "Aé"), ("💣", "A💣")],
)
def test_a_sign_of_a_mask_is_a_sign(place: Place, masked: str, shown: str) -> None:
    """What is allowed means what it says: quotes and marks are values, never text of a view."""
    path = place.folder / "sign.yaml"
    duty = {"mask": {"column": "name", "method": "partial", "keep_start": 1, "with": masked}}
    path.write_text(document(id="sign", duties=[duty, {"filter": "region = 'open'"}]))
    place.as_("stu").do("rule add", file=path)
    try:
        rows = place.as_("bea").query("SELECT DISTINCT name[:2] FROM v.people").rows()
        assert rows == [(shown,)]
    finally:
        place.owner.do("rule remove", id="sign")


def test_a_steward_reads_no_row(place: Place) -> None:
    for session in (place.as_("stu"), place.as_("vera")):
        for statement in ("FROM v.people", "FROM v.closed", "SELECT count(*) FROM v.people"):
            told = place.outcome(session, statement)
            assert told.startswith("error")
            assert not place.found(told)
