"""YAML from strangers."""

from __future__ import annotations

import pytest

from doumen.kits.policy.yaml import plain_yaml
from doumen.model.errors import Invalid


def test_plain_values_with_dates_as_text() -> None:
    text = "on: 2027-12-31\nno: [1, yes, null]\n"
    assert plain_yaml(text) == {"on": "2027-12-31", "no": [1, "yes", None]}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: &x 1\nb: *x", "anchors"),
        ("a: *x", "stands in quotes"),
        ("a: *", "line 1"),
        ("[" * 40, "nested"),
        ('- "\\ud83d\\ude00"', "half a character"),
        ("a: !!python/object:os.system x", "line 1, column 4"),
        ("a: !mine x", "line 1"),
        ("a: 1\na: 2", "duplicate key"),
        ("a: [", "line 1"),
        ("\x00", "special characters"),
        ("a\n---\nb", "another document"),
        ("# " + "x" * (1 << 20), "1 MiB"),
        ("%YAML 9.9\n--- a", ""),
        ('a: !!int "x"', ""),
    ],
)
def test_what_is_refused(text: str, why: str) -> None:
    with pytest.raises(Invalid) as error:
        plain_yaml(text)
    assert why in (error.value.why or "")
    assert error.value.code == "invalid.yaml"
