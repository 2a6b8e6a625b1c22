"""JSON of strangers: what is malformed, oversized, deep, contradictory or no JSON is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from doumen.kits.standards.dsp.document import MAX_DEPTH, MAX_FAULTS, Faults, parse, shown, under
from doumen.model.errors import Invalid
from doumen.model.message import msg

MOST = 1 << 16


def refusal(document: object, most: int = MOST) -> str:
    with pytest.raises(Invalid, match="no valid `Thing`") as error:
        parse(document, "Thing", most)
    assert error.value.code == "invalid.dsp"
    assert error.value.next
    return error.value.why or ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "line 1, column 1: expecting value."),
        (b"{", "line 1, column 2: expecting property name"),
        (b'{"a":1} x', "line 1, column 9: extra data."),
        (b"{'a':1}", "line 1, column 2:"),
        (b'{"a":01}', "line 1, column 7:"),
        (b'"\n"', "line 1, column 2: invalid control character"),
        (b"\xef\xbb\xbf{}", "line 1, column 1: unexpected UTF-8 BOM"),
        (b"\xff\xfe{\x00}\x00", "It is not UTF-8."),
        (b'"\xed\xa0\x80"', "It is not UTF-8."),
        (b"[" * 9000 + b"]" * 9000, "nested too deeply"),
        (b'{"a":[1,{"b":1e999}]}', "a[1].b: a number is too large"),
        (b'{"a":123456789012345678901234567890}', "a: a number is too large"),
        (b"[" + b"9" * 9000 + b"]", "[0]: a number is too large"),
        (b"[9007199254740993]", "[0]: a number is too large"),
        (b"[-9007199254740993]", "[0]: a number is too large"),
        (b"[NaN]", "[0]: `NaN` is not a number"),
        (b'{"x":-Infinity}', "x: `-Infinity` is not a number"),
        (b'{"a":{"b":1,"c":2,"b":3}}', "a: key `b` is given twice in one object"),
        (b'{"a":1,"\\u0061":2}', "the document: key `a` is given twice in one object"),
        (b'{"a":"\\ud800"}', "a: a text holds half a character or NUL"),
        (b'["\\udc00\\ud800"]', "[0]: a text holds half a character or NUL"),
        (b'{"\\ud800":1}', "the document: a text holds half a character or NUL"),
        (b'["a\\u0000"]', "[0]: a text holds half a character or NUL"),
        (b" " * (MOST + 1), "It has 65537 bytes; 65536 are read."),
    ],
    ids=range(24),
)
def test_texts_are_refused_with_what_is_wrong(text: bytes, told: str) -> None:
    assert told in refusal(text)
    if text.isascii():
        assert told in refusal(text.decode())
        assert told in refusal(bytearray(text))
        assert told in refusal(memoryview(text))


def test_what_json_has_is_taken_as_it_is() -> None:
    text = (
        b'{"a":[1,-2.5,true,false,null,"\xf0\x9f\x98\x80","\\ud83d\\ude00"],'
        b'"b":{},"c":9007199254740992}'
    )
    found = parse(text, "Thing", MOST)
    assert found == json.loads(text)
    assert parse(found, "Thing", MOST) == found
    assert parse(found, "Thing", MOST) is not found


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"a": float("inf")}, "a: `inf` is not a number"),
        ([float("nan")], "[0]: `nan` is not a number"),
        ({"a": 2**60}, "a: a number is too large"),
        ({"a": b"x"}, "a: `bytes` is nothing that JSON has"),
        ({"a": {1}}, "a: `set` is nothing that JSON has"),
        ({1: "a"}, "the document: a key is no text"),
        ({"a": "\udfff"}, "a: a text holds half a character or NUL"),
        (object(), "the document: `object` is nothing that JSON has"),
    ],
    ids=range(8),
)
def test_values_are_held_to_the_same(value: Any, told: str) -> None:
    assert told in refusal(value)


def test_depth_is_bounded_and_so_are_circles() -> None:
    def nested(depth: int) -> Any:
        return [nested(depth - 1)] if depth else 1

    assert parse(nested(MAX_DEPTH), "Thing", MOST) == nested(MAX_DEPTH)
    told = f"the document: it is nested deeper than {MAX_DEPTH}"
    assert told in refusal(nested(MAX_DEPTH + 1))
    assert told in refusal(json.dumps(nested(MAX_DEPTH + 1)))
    circle: list[Any] = []
    circle.append(circle)
    assert refusal(circle).count("nested") == refusal([circle, circle]).count("nested") == 1
    ring: dict[str, Any] = {}
    ring["a"] = {"b": ring}
    assert told in refusal(ring)


def test_values_are_counted_however_they_are_shared() -> None:
    wide: Any = [1]
    for _ in range(25):
        wide = [wide, wide]
    assert "there are more values than are read" in refusal(wide)
    assert "more values" in refusal({str(n): n for n in range(MOST)})
    assert parse([1] * (MOST // 2 - 1), "Thing", MOST)
    assert "more values" in refusal([1] * (MOST // 2))


def test_any_mapping_and_tuple_counts_as_object_and_list() -> None:
    value: Mapping[str, Any] = MappingProxyType({"a": (1, 2)})
    assert parse(value, "Thing", MOST) == {"a": [1, 2]}


def test_many_faults_are_counted_and_the_first_told() -> None:
    why = refusal([float("nan")] * 30)
    assert why.count("is not a number") == MAX_FAULTS
    assert why.endswith("; … and 10 more.")
    faults = Faults()
    faults.raise_any("Thing")
    faults.note("a", msg("a list is expected here"))
    with pytest.raises(Invalid):
        faults.raise_any("Thing")


def test_names_of_strangers_are_shown_short_and_harmless() -> None:
    assert shown("providerPid") == "providerPid"
    assert shown("\x1b[31m\u202e名") == "�[31m�名"
    assert shown("x" * 99) == "x" * 60 + "…"
    assert under("", "a") == "a"
    assert under("a[0]", "\n" * 99) == "a[0]." + "�" * 60 + "…"
