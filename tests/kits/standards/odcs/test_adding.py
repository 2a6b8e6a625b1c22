"""Rules added to a contract's text: they are there, and every other byte is as it was."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count
from tests.kits.standards.odcs.conftest import FLIGHTS

from doumen.kits.standards.odcs import Addition, add, add_rules, read_contract
from doumen.kits.standards.odcs.document import parse
from doumen.model.errors import Invalid, NotFound

ZERO: dict[str, Any] = {"metric": "nullValues", "mustBe": 0}
HEAD = "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: draft\n"


def lost_lines(old: str, new: str) -> list[str]:
    lines = difflib.ndiff(old.splitlines(keepends=True), new.splitlines(keepends=True))
    return [line for line in lines if line[0] == "-"]


def test_rules_go_to_columns_and_table_and_nothing_is_lost(flights: str) -> None:
    rules = [("origin", ZERO), (None, {"metric": "rowCount", "mustBeLessThan": 9}),
             ("ID", ZERO), ("origin", {**ZERO, "unit": "percent"})]  # fmt: skip
    for text in (flights, flights.replace("\n", "\r\n"), flights.rstrip("\n")):
        longer = add_rules(text, rules)
        assert ("\r\n" in text) == ("\r\n" in longer)
        assert "\n" not in longer.replace("\r\n", "") or "\r\n" not in text
        assert longer.endswith("\n") == text.endswith("\n")
        if text.endswith("\n"):
            assert lost_lines(text, longer) == []
        data = parse(longer).data["schema"][0]
        assert data["quality"][1:] == [{"metric": "rowCount", "mustBeLessThan": 9}]
        assert data["properties"][0]["quality"] == [ZERO]
        assert data["properties"][4]["quality"][2:] == [ZERO, {**ZERO, "unit": "percent"}]
        read_contract(longer)


def test_the_published_examples_take_rules(examples: dict[str, str]) -> None:
    taken = 0
    for text in examples.values():
        tables = parse(text).data.get("schema") or []
        if not tables:
            with pytest.raises(NotFound, match="no schema"):
                add_rules(text, [(None, ZERO)])
            continue
        names = [p["name"] for p in tables[0].get("properties") or ()]
        rules = [(name, ZERO) for name in (None, *names)]
        assert lost_lines(text if text.endswith("\n") else f"{text}\n",
                          add_rules(text, rules) + "\n") == []  # fmt: skip
        taken += len(rules)
    assert taken > 15


@pytest.mark.parametrize(
    ("table", "added"),
    [
        ("  - name: t\n    properties:\n      - name: a\n        quality:   # none yet\n",
         "        quality:   # none yet\n          - metric: nullValues\n"
         "            mustBe: 0\n"),
        ("  - name: t\n    properties:\n      - name: a\n        quality: []  # none\n",
         "quality: [{metric: nullValues, mustBe: 0}]  # none\n"),
        ("  - name: t\n    properties:\n      - name: a\n        quality: ~\n",
         "quality: [{metric: nullValues, mustBe: 0}]\n"),
        ("  - name: t\n    properties: [{name: a, quality: [{metric: rowCount}, x]}, {name: b}]\n",
         "quality: [{metric: rowCount}, x, {metric: nullValues, mustBe: 0}]}, {name: b}]\n"),
        ("  - name: t\n    properties: [{name: a, quality: }, {name: b}]\n",
         "[{name: a, quality: [{metric: nullValues, mustBe: 0}] }, {name: b}]\n"),
        ("  - name: t\n    properties: [{name: a  }]\n",
         "[{name: a, quality: [{metric: nullValues, mustBe: 0}]  }]\n"),
        ("  - name: t\n    properties:\n    - name: a\n      quality:\n      -\n"
         "        metric: x\n      # end\n",
         "        metric: x\n      - metric: nullValues\n        mustBe: 0\n      # end\n"),
        ("  - name: t\n    properties:\n      - name: a\n        quality:\n"
         "          - query: |+\n              select\n\n\n# end\n",
         "select\n\n\n          - metric: nullValues\n            mustBe: 0\n# end\n"),
        ("  - name: t\n    properties:\n      - name: a\n        description: |\n"
         "          two\n          lines\n\n      - name: b\n",
         "lines\n        quality:\n          - metric: nullValues\n            mustBe: 0\n\n"),
        ("  - properties:\n      - quality:\n          - {metric: x}\n        name: a\n    name: t",
         "- {metric: x}\n          - metric: nullValues\n            mustBe: 0\n        name: a\n"),
    ],
)  # fmt: skip
def test_layouts(table: str, added: str) -> None:
    text = f"{HEAD}schema:\n{table}"
    longer = add_rules(text, [("a", ZERO)])
    assert added in longer
    assert lost_lines(text, longer) == [] or "[" in added
    assert add_rules(longer, []) == longer


def test_what_cannot_be_added_in_place_is_refused() -> None:
    shared = f"{HEAD}schema: [{{name: t, properties: [&a {{name: a}}, *a]}}]\n"
    with pytest.raises(Invalid, match="in place"):
        add_rules(shared, [("a", ZERO)])
    with pytest.raises(NotFound, match="no column `b`"):
        add_rules(f"{HEAD}schema: [{{name: t, properties: [{{name: a}}]}}]\n", [("b", ZERO)])
    with pytest.raises(Invalid, match="not finite"):
        add_rules(f"{HEAD}schema: [{{name: t}}]\n", [(None, {"mustBe": float("nan")})])


def test_references_are_added_as_rules_are(flights: str) -> None:
    longer = add(flights, [Addition("tailnum", {"to": "planes.tailnum"}, "relationships")])
    reports = [r for r in read_contract(longer).reports if r.kind == "reference"]
    assert [(r.columns, r.target) for r in reports] == [
        (("tailnum",), "planes"), (("origin",), "airports")
    ]  # fmt: skip


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
scalars = (
    words | st.integers(-99, 10**12) | st.booleans() | st.none()
    | st.decimals(-9, 9, places=3).map(lambda d: d.normalize() + Decimal("0.0005"))
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
items = st.dictionaries(words, values, min_size=1, max_size=4)


@pytest.mark.law
@given(
    st.lists(st.tuples(st.sampled_from([None, "id", "tailnum", "day", "delay", "origin"]), items),
             min_size=1, max_size=6),
    st.booleans(), st.booleans(),
)  # fmt: skip
@settings(derandomize=True, deadline=None, max_examples=count(300))
def test_law_8_all_that_was_there_stays_and_all_that_is_added_is_read(
    rules: list[tuple[str | None, Mapping[str, Any]]], windows: bool, bare: bool
) -> None:
    text = FLIGHTS.replace("\n", "\r\n") if windows else FLIGHTS
    text = text.rstrip("\r\n") if bare else text
    longer = add_rules(text, rules)
    before, after = parse(text).data, parse(longer).data
    newline = "\r\n" if windows else "\n"
    assert [line for line in lost_lines(text + newline, longer + newline) if line] == []
    for column, rule in rules:
        table = before["schema"][0]
        owner = table if column is None else next(
            p for p in table["properties"] if p["name"] == column)  # fmt: skip
        owner.setdefault("quality", []).append(rule)
    assert after == before
