from __future__ import annotations

import json
from decimal import Decimal

import pytest

from doumen.kits.standards.odcs.document import (
    MAX_CHARACTERS,
    parse,
    parse_value,
    spell,
)
from doumen.model.errors import Invalid


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True), ("No", "No"), ("~", None), ("", None), ("7", 7), ("-0x1F", -31),
        ("0o17", 15), ("007", 7), ("1.50", Decimal("1.50")), ("1e3", Decimal("1e3")),
        ("2020-01-01", "2020-01-01"), ("'7'", "7"), ("[1, a]", [1, "a"]), ("{a: 1}", {"a": 1}),
        ("a: b", "a: b"), ("50% # of", "50% # of"), ('"a: b"', "a: b"), ("=", "="),
    ],
)  # fmt: skip
def test_values_of_a_command_line(written: str, value: object) -> None:
    read = parse_value(written)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: b: c", "mapping values are not allowed here"),
        ("- a", "a YAML mapping"),
        ("", "a YAML mapping"),
        ("a: 1\na: 2", "A key is given twice."),
        ("a: &x [*x]", "An alias stands inside its own anchor."),
        ("a: 1\n--- \nb: 1", "expected a single document"),
        ("a: \x00", "a character is not allowed"),
        ("a: !!python/object/apply:os.system [ls]", "Own tags are not read."),
        ("a: !mine x", "Own tags are not read."),
        ("a: !mine {b: 1}", "Own tags are not read."),
        ("a: &b {c: 1}\nd:\n  <<: *b", "merge keys"),
        ("a: {[b]: c}", "A key is one word"),
        ("a: .inf", "not finite"),
        ("a: .nan", "not finite"),
        ("a: 1e999999999", "not finite, too long"),
        ("a: " + "9" * 5000, "too long"),
        ('a: "\\ud800"', "no text"),
        ('"\\udfff": 1', "no text"),
        ("a: " + "[" * 70 + "]" * 70, "60 levels"),
        ("a: " + "[" * 1000, "nested too deeply"),
        ("x" * (MAX_CHARACTERS + 1), "at most"),
    ],
)
def test_what_is_refused(text: str, why: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(text)
    assert why in str(caught.value.why)


def test_aliases_are_read_and_their_growth_is_bounded() -> None:
    assert parse("a: &x [1]\nb: *x").data == {"a": [1], "b": [1]}
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)
    )
    with pytest.raises(Invalid) as caught:
        parse(bomb)
    assert "values" in str(caught.value.why)


def test_places() -> None:
    document = parse("a:\n  - b: 1\n  - c: 2\n")
    assert document.line(("a", 1, "c")) == 3
    assert document.line(("a", 7, "gone")) == 2
    assert document.line(("a", 1, "c", "deeper")) == 3
    assert spell(("a", 1, "c")) == "a[1].c"
    assert spell(()) == "the document"


def test_json_is_read_as_json_means_it() -> None:
    said = {"\U0001f30a": ["陡\U0001f30a", "a\x85b", " \x85 "], "\x85": {"x": "\x85"}}
    for ascii_only in (True, False):
        document = parse(json.dumps(said, ensure_ascii=ascii_only))
        assert document.data == said
        assert document.line(("\U0001f30a", 1)) == 1
    assert parse("\ue000: a\x85b # \ue000").data == {"\ue000": "a\x85b"}


def test_text_that_only_the_library_takes_for_a_number() -> None:
    assert parse("a: ._\nb: -._\nc: 1_0").data == {"a": "._", "b": "-._", "c": 10}


def test_nothing_stands_where_its_key_does() -> None:
    document = parse("a:\n\n# b\nc:\n  d:\n  e: 1\nf: [x, ]\n")
    assert [document.line((key,)) for key in "acf"] == [1, 5, 7]
    assert document.line(("c", "d")) == 5
