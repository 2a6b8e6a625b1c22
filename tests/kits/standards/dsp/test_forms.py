"""Forms of the parts of messages."""

from __future__ import annotations

import re
from typing import Any

import pytest

from doumen.kits.standards.dsp.document import Faults
from doumen.kits.standards.dsp.forms import (
    IDENTIFIER,
    MAX_IDENTIFIER,
    MAX_TEXT,
    TEXT,
    Choice,
    Many,
    Member,
    Reference,
    Text,
    Values,
    identifies,
)


def read(form: Any, value: Any) -> tuple[Any, list[str]]:
    faults = Faults()
    return form.read(faults, value, "p"), [str(one) for one in faults.told]


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("urn:uuid:a343fcbf-99fc-4ce8-8e9b-148c97605aab", True),
        ("02e83f88-f025-4a1c-89f2-8723c98fa92b", True),
        ("数据/集?a=1#x", True),
        ("...", True),
        ("x" * MAX_IDENTIFIER, True),
        ("x" * (MAX_IDENTIFIER + 1), False),
        ("", False),
        (".", False),
        ("..", False),
        ("a b", False),
        ("a\n", False),
        ("a\u2028b", False),
        ("\x7f", False),
        ("\xa0", False),
    ],
)
def test_identifiers_have_no_spaces_and_lead_nowhere(text: str, good: bool) -> None:
    assert identifies(text) == good
    assert (read(IDENTIFIER, text)[0] == text) == good
    assert IDENTIFIER.write(text) == text


def test_texts_are_bounded() -> None:
    assert read(TEXT, "x" * MAX_TEXT)[1] == []
    assert read(TEXT, "x" * (MAX_TEXT + 1))[1] == ["p: a text has at most 8192 characters"]
    assert read(TEXT, 1)[1] == ["p: a text is expected here"]
    assert read(Text(re.compile("a")), "ab")[1] == ["p: `ab` has not the form that is asked"]
    assert read(IDENTIFIER, None)[1] == ["p: a text is expected here"]


def test_lists_and_choices() -> None:
    assert read(Values(1), [])[1] == read(Many(TEXT), [])[1] == ["p: the list is empty"]
    assert read(Values(), {})[1] == read(Many(TEXT), "x")[1] == ["p: a list is expected here"]
    assert read(Values(), [])[0] == read(Many(TEXT, 0), [])[0] == ()
    assert read(Many(TEXT), ["a", 1])[1] == ["p[1]: a text is expected here"]
    assert read(Choice(("a", "b")), {})[1] == ["p: one of `a`, `b` is expected here"]
    assert read(Reference(Values()), "urn:x")[0] == "urn:x"
    assert Reference(Values()).write((1,)) == [1]


@pytest.mark.parametrize(
    ("name", "attribute"),
    [("@id", "id"), ("providerPid", "provider_pid"), ("endpointURL", "endpoint_url")],
)
def test_members_are_named_in_the_manner_of_python(name: str, attribute: str) -> None:
    assert Member(name, TEXT).attribute == attribute
