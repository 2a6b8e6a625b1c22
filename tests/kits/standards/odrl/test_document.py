"""JSON from strangers: bounds, repeated keys, what JSON does not have; faults in one message."""

from __future__ import annotations

from typing import Any

import pytest

from doumen.kits.standards.odrl.document import (
    MAX_DEPTH,
    check,
    looks_like_policy,
    parse,
    raise_faults,
)
from doumen.model.errors import Invalid
from doumen.model.message import msg, plain


def refusal(text: str) -> str:
    with pytest.raises(Invalid, match="not readable JSON") as error:
        parse(text)
    return error.value.why or ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "line 1, column 2: expecting property name"),
        ('{"a": 1, "a": 2}', "key `a` is given twice"),
        ("{" + "".join(f'"{n}": 1, ' for n in range(60_000)) + '"b": 1, "b": 1}', "key `b` is"),
        ('{"a": NaN}', "`NaN` is not a number"),
        ('{"a": 1e999}', "a number is too large"),
        ('{"a": ' + "1" * 5_000 + "}", "digits"),
        ('{"a": "\\ud800"}', "half a character"),
        ('{"\\udfff": 1}', "half a character"),
        ('{"a":' * 100 + "1" + "}" * 100, "nested too deeply"),
        ("[" * 200_000, "nested too deeply"),
        ('"' + "x" * (1 << 20) + '"', "at most 1 MiB"),
    ],
    ids=lambda value: value[:12],
)
def test_text_out_of_bounds(text: str, why: str) -> None:
    assert why in refusal(text)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"a": {1, 2}}, "`set`"),
        ({1: "a"}, "`object`"),
        ([float("inf")], "not finite"),
        (["\ud800"], "half a character"),
    ],
)
def test_values_that_json_does_not_have(value: Any, why: str) -> None:
    with pytest.raises(Invalid) as error:
        check(value)
    assert why in str(error.value.why)


def test_values_within_bounds() -> None:
    assert parse('{"a": [1, 2.5, true, null, "\\ud83d\\ude00"]}') == {
        "a": [1, 2.5, True, None, "😀"]
    }
    parse("[" * (MAX_DEPTH - 1) + "1" + "]" * (MAX_DEPTH - 1))


def test_what_is_meant_as_a_policy() -> None:
    for text in ('{"@context": 1}', '\n[{"permission": []}]', '{"x": 1, "odrl:prohibition" : 2}'):
        assert looks_like_policy(text)
    for text in ("rules:\n- x", '{"rules": []}', "{rules: []}", '# "permission":', ""):
        assert not looks_like_policy(text)


def test_faults_are_told_together_once_each_and_not_without_end() -> None:
    raise_faults([])
    with pytest.raises(Invalid, match=r"^The policy has a fault\.$"):
        raise_faults([msg("a"), msg("a")])
    with pytest.raises(Invalid, match="has 60 faults") as error:
        raise_faults([msg("fault {n}", n=n) for n in range(60)])
    assert "fault 49; … and 10 more." in (error.value.why or "")
    with pytest.raises(Invalid) as error:
        raise_faults([plain("x" * 1_000)])
    assert error.value.why == "x" * 300 + "…."
