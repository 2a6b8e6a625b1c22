"""JSON records, held against Python's own reader, in parts of any size."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doumen.engines.duckdb import documents
from doumen.engines.duckdb.documents import Object, by_lines, in_document, written
from doumen.engines.duckdb.records import Bad
from doumen.model.errors import Faulty

SIZES = (1, 2, 7, 1 << 20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False)
    .filter(lambda x: abs(x) < 1e300),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
NAMES = st.text().filter(str.strip)
OBJECTS = st.lists(st.dictionaries(NAMES, VALUES, max_size=4), max_size=5)


def parts(text: str, size: int) -> Iterator[str]:
    return (text[place : place + size] for place in range(0, len(text), size))


def shown(found: list[Object | Bad]) -> list[Any]:
    return [
        (one.reason, one.raw) if isinstance(one, Bad) else json.loads(written(one.members))
        for one in found
    ]


def document(text: str, *path: str | int) -> list[Any]:
    """The records of a document, the same in parts of every size."""
    found = [shown(list(in_document(parts(text, size), path, "f.json"))) for size in SIZES]
    assert all(one == found[0] for one in found)
    return found[0]


def lines(text: str) -> list[Any]:
    found = [shown(list(by_lines(parts(text, size)))) for size in SIZES]
    assert all(one == found[0] for one in found)
    return found[0]


@settings(max_examples=25, deadline=None)
@given(OBJECTS, st.sampled_from([None, 1]), st.booleans())
def test_what_pythons_writer_writes_is_read_as_its_reader_does(
    objects: list[Any], indent: int | None, ascii: bool
) -> None:
    text = json.dumps(objects, indent=indent, ensure_ascii=ascii)
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    if "\\ud" in text:
        return
    assert document(text) == objects
    assert lines("\n".join(json.dumps(one) for one in objects)) == objects
    assert document(json.dumps({"x": [0, {"y": objects}], "z": 1}), "x", 1, "y") == objects


def test_numbers_keep_their_digits() -> None:
    (one,) = in_document(['[{"a":1.10,"b":12345678901234567890123,"c":-0,"d":1E+2}]'], (), "f")
    assert isinstance(one, Object)
    assert written(one.members) == '{"a":1.10,"b":12345678901234567890123,"c":-0,"d":1E+2}'


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ('{"a":1,"a":2}', "duplicate-key"),
        ('{"o":{"a":1,"a":2}}', "duplicate-key"),
        ('{"a":NaN}', "number"),
        ('{"a":[-Infinity]}', "number"),
        (r'{"a":"\ud800"}', "surrogate"),
        (r'{"\udc00":1}', "surrogate"),
        ('{"a":' * 4000 + "1" + "}" * 4000, "nested"),
        ('{"":1}', "unnamed"),
        ('{" ":1}', "unnamed"),
        ("[1]", "not-object"),
        ("12", "not-object"),
        ('"x"', "not-object"),
        ("null", "not-object"),
        ('{"a":\udcff}', "encoding"),
        ('{"a":"\udcff"}', "encoding"),
        ("{'a':1}", "json"),
        ('{"a":01}', "json"),
        ('{"a":+1}', "json"),
        ('{"a":1,}', "json"),
        ('{"a" 1}', "json"),
        ('{"a":"\t"}', "json"),
        ('{"a":[1}', "json"),
        ('{"a":"\\x"}', "json"),
        ("tru", "json"),
    ],
)
def test_a_record_that_breaks_costs_itself_only(record: str, reason: str) -> None:
    raw = record.replace("\udcff", "\ufffd")
    assert document(f'[{{"n":1}}, {record},\n{{"n":2}}]') == [{"n": 1}, (reason, raw), {"n": 2}]
    assert lines(f'{{"n":1}}\n{record}\r\n\n{{"n":2}}') == [{"n": 1}, (reason, raw), {"n": 2}]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('[{"a":1},{"b":', [{"a": 1}, ("cut", '{"b":')]),
        ('[{"a":1}', [{"a": 1}, ("cut", "")]),
        ('[{"a":"x},{"b":1}]', [("cut", '{"a":"x},{"b":1}]')]),
        ('[{"a":1}] tail', [{"a": 1}, ("json", "tail")]),
        ('[{"a":1}}, {"a":2}]', [{"a": 1}, ("json", "}"), {"a": 2}]),
        ('[{"a":1},,{"a":2},]', [{"a": 1}, {"a": 2}]),
        ('{"a":1}\n\n{"b":2} ]', [{"a": 1}, {"b": 2}, ("json", "]")]),
        ("[]", []),
        ("", []),
        ("[" * 3000, [("cut", "[" * 2999)]),
    ],
)
def test_documents_that_break(text: str, found: list[Any]) -> None:
    assert document(text) == found


@pytest.mark.parametrize("opening", ['[{"a":"', '[{"a":["', '[{"a":{"x":"y'])
def test_a_huge_record_is_told_and_not_held(opening: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LONGEST", 100)
    closing = {'[{"a":"': '"}', '[{"a":["': '"]}', '[{"a":{"x":"y': '"}}'}[opening]
    text = opening + "x" * 5000 + closing + ',{"b":1}]'
    for size in (1, 50, 999):
        first, second = in_document(parts(text, size), (), "f")
        assert isinstance(first, Bad)
        assert first.reason == "too-long"
        assert isinstance(second, Object)
    got = list(by_lines(parts('{"a":"' + "x" * 5000 + '"}\n{"b":1}\n' + "y" * 900, 64)))
    assert [one.reason if isinstance(one, Bad) else 1 for one in got] == ["too-long", 1, "too-long"]
    long = list(in_document(parts("[" + "1" * 500 + ', {"b":1}]', 64), (), "f"))
    assert [one.reason if isinstance(one, Bad) else 1 for one in long] == ["too-long", 1]


def test_a_path_leads_into_a_document() -> None:
    text = '{"a":{"b":"]}{","items":[9,[{"n":1},3]]},"z":{"n":5},"a b":[]}'
    assert document(text, "a", "items", 1) == [{"n": 1}, ("not-object", "3")]
    assert document(text, "z") == [{"n": 5}]
    assert document(text, "a b") == []


@pytest.mark.parametrize(
    "path", [("b",), ("a", "c"), ("a", "items", 7), ("a", 0), (0,), ("a", "b", "c")]
)
def test_a_path_that_leads_nowhere_is_told(path: tuple[str | int, ...]) -> None:
    text = '{"a":{"b":1,"items":[1,2]}, {}: 3, 5: 1}'
    with pytest.raises(Faulty) as caught:
        document(text, *path)
    assert caught.value.code == "faulty.json-path"
