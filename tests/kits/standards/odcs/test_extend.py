"""A contract that learns columns: its text, its version, and what it says of others."""

from __future__ import annotations

import pytest

from doumen.kits.standards import odcs
from doumen.model.errors import Invalid
from doumen.model.load import Drift, LoadColumn

HEAD = """apiVersion: v3.1.0
kind: DataContract
id: x
version: 1.4.2   # ours
status: active
schema:
  - name: t
"""
LAID_OUT = (
    HEAD + "    properties:\n      - name: a  # first\n        logicalType: string\n"
    "    quality: []\n",
    HEAD + "    properties:\n    - {name: a, logicalType: string}\n",
    HEAD + "    properties: [{name: a, logicalType: string}]  # one\n",
    (HEAD + "    properties:\n      - name: a\n        logicalType: string\n").replace(
        "\n", "\r\n"
    ),
    HEAD + "    properties:\n      - name: a\n        logicalType: string",
)
NEW = (
    LoadColumn("Tail No", "tail", "VARCHAR"),
    LoadColumn("日", "日", "DATE", ("%d.%m.%Y", "%Y/%m/%d")),
)


@pytest.mark.parametrize("text", LAID_OUT)
def test_columns_are_added_and_all_else_stays(text: str) -> None:
    longer = odcs.extended(text, NEW)
    contract = odcs.read_contract(longer)
    assert contract.columns[1:] == NEW
    assert contract.version == "1.5.0"
    for line in text.replace("1.4.2", "1.5.0").splitlines():
        if "properties: [" not in line:
            assert line in longer.splitlines()
    assert odcs.extended(longer, [LoadColumn("z", "z", "BIGINT")]).count("name:") == 5


def test_a_name_that_is_there_is_refused() -> None:
    with pytest.raises(Invalid, match="fault"):
        odcs.extended(LAID_OUT[0], [LoadColumn("A", "A", "BIGINT")])


def test_a_contract_without_columns_cannot_learn_any() -> None:
    with pytest.raises(Invalid, match="leads nowhere"):
        odcs.extended(HEAD + "    properties: []\n", NEW)
    with pytest.raises(Invalid, match="leads nowhere"):
        odcs.extended(HEAD, NEW)


def test_what_it_says_of_columns_that_it_does_not_know() -> None:
    said = LAID_OUT[0].replace(
        "- name: t\n", "- name: t\n    customProperties: [{property: drift, value: take}]\n"
    )
    before, after = odcs.read_contract(LAID_OUT[0]), odcs.read_contract(said)
    assert (before.drift, after.drift) == (None, Drift.TAKE)
    (change,) = odcs.compare(before, after)
    assert (change.kind, change.breaking) == ("drift-changed", False)
    (change,) = odcs.compare(after, before)
    assert "nothing any more" in change.words
    assert odcs.fingerprint(before) == odcs.fingerprint(after)
