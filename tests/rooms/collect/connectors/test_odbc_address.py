"""No value that a user writes for a driver of ODBC reaches another attribute."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doumen.model.errors import Invalid
from doumen.rooms.collect.connectors import SHELF
from doumen.rooms.collect.connectors.odbc_address import Options, connection_string


@given(
    st.dictionaries(
        st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,9}", fullmatch=True), st.text(), max_size=3
    ),
    st.text(min_size=1),
)
@settings(derandomize=True, deadline=None)
def test_no_value_reaches_another_attribute(attributes: dict[str, str], word: str) -> None:
    """What is between braces, or plain, is what was given: read as ODBC has it."""
    try:
        options = SHELF["odbc"].check({"driver": "D", "attributes": attributes})
    except Invalid:
        return
    assert isinstance(options, Options)
    text = connection_string(options, {"password": word})
    found = []
    while text:
        name, _, text = text.partition("=")
        value = ""
        if text.startswith("{"):
            end = 1
            while text[end] != "}" or text[end + 1] == "}":
                end += 2 if text[end] == "}" else 1
            value, text = text[1:end].replace("}}", "}"), text[end + 1 :]
            assert text.startswith(";")
            text = text[1:]
        else:
            value, _, text = text.partition(";")
        found.append((name, value))
    assert found == [("DRIVER", "D"), *attributes.items(), ("PWD", word)]


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ({}, "one of both"),
        ({"driver": "D", "dsn": "d"}, "one of both"),
        ({"driver": "D", "attributes": {"PWD": "geheim"}}, "PWD"),
        ({"driver": "D", "attributes": {"Password ": "geheim"}}, "Password"),
        ({"driver": "D", "attributes": {"SAVEFILE": "geheim"}}, "SAVEFILE"),
        ({"driver": "D", "attributes": {"A;B": "geheim"}}, "A;B"),
        ({"driver": "D", "attributes": {"A": "geheim\n"}}, "A"),
        ({"driver": "D", "password": "geheim"}, "it is a secret"),
    ],
)
def test_options_that_are_none_are_told(written: dict[str, Any], word: str) -> None:
    with pytest.raises(Invalid) as caught:
        SHELF["odbc"].check(written)
    assert word in str(caught.value.why)
    assert "geheim" not in str(caught.value.as_json())
