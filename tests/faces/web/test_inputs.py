"""What pages give to verbs is bound as what comes over the network is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doumen.faces.web.inputs import fit
from doumen.model.errors import Invalid
from doumen.model.files import Upload
from doumen.operations import find


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("participant add", {"card": "/etc/passwd"}),
        ("receipt show", {"receipt": "doumen.toml"}),
        ("contract diff", {"dataset": "a.b", "new": "../node/doumen.toml"}),
        ("rule add", {"file": Path("/etc/passwd")}),
        ("rule add", {"file": "/etc/passwd"}),
        ("describe", {"dataset": "a\0b"}),
        ("search", {"kind": "no such kind"}),
        ("search", {"limit": 2**70}),
    ],
)
def test_no_file_of_the_machine_and_no_odd_value_comes_by_a_page(
    words: str, given: dict[str, Any]
) -> None:
    operation = find(tuple(words.split()))
    names = {p.name for p in operation.params}
    if not given.keys() <= names:
        pytest.fail(f"{words} takes {names}")
    with pytest.raises(Invalid, match="does not fit"):
        fit(operation, given)


def test_what_was_sent_does() -> None:
    sent = Upload("/tmp/doumen-upload-1/card.json")
    add, rules = find(("participant", "add")), find(("rule", "add"))
    assert fit(add, {"card": sent, "alias": None}) == {"card": str(sent), "alias": None}
    assert fit(add, {"card": "did:web:weather.example"})["card"] == "did:web:weather.example"
    assert fit(rules, {"file": sent}) == {"file": sent}
