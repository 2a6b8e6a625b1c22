from __future__ import annotations

import pytest

from doumen.kits.standards.odcs import (
    check_words,
    compare,
    next_version,
    read_contract,
    version_key,
)
from doumen.model.errors import Invalid
from doumen.model.load import Check


@pytest.mark.parametrize(
    ("old", "new", "kind", "breaking"),
    [
        ("      - name: origin\n        logicalType: string\n",
         "      - name: ori\n        physicalName: origin\n        logicalType: string\n",
         "column-renamed", True),
        ("logicalType: integer\n        primaryKey: true",
         "logicalType: string\n        primaryKey: true", "type-changed", True),
        ("logicalType: integer\n        primaryKey: true",
         "logicalType: integer\n        physicalType: hugeint\n        primaryKey: true",
         "type-widened", False),
        ("Tail No", "Tail", "source-changed", True),
        ("dd.MM.yyyy", "d.M.yyyy", "format-changed", True),
        ("value: min", "value: s", "unit-changed", True),
        ("        required: true\n", "", "check-removed", False),
        ("        unique: true\n", "        unique: true\n        required: true\n",
         "check-added", True),
        ("minimum: -100", "minimum: -90", "check-tightened", True),
        ("minimum: -100", "minimum: -200", "check-loosened", False),
        ("exclusiveMaximum: 1500.50", "exclusiveMaximum: 1500.5", "check-loosened", False),
        ("exclusiveMaximum: 1500.50", "exclusiveMaximum: 1600", "check-loosened", False),
        ("exclusiveMaximum: 1500.50", "exclusiveMaximum: 1", "check-tightened", True),
        ("maxLength: 6", "maxLength: 7", "check-loosened", False),
        ("maxLength: 6", "maxLength: 5", "check-tightened", True),
        ("N[0-9]+", "N[0-9]*", "check-changed", True),
        ("EWR, 7]", "EWR, 7, X]", "check-loosened", False),
        ("EWR, 7]", "EWR]", "check-tightened", True),
        ("        unique: true\n", "", "report-removed", False),
        ("        required: true\n", "        required: true\n        unique: true\n",
         "report-added", True),
        ("mustBeLessThan: 1\n", "mustBeLessThan: 2\n", "report-added", False),
        ("classification: personal", "classification: secret", "label-lowered", True),
        ("tags: [core]", "tags: [core, old]", "label-raised", False),
        ("name: flights\n    tags", "name: departures\n    tags", "dataset-changed", True),
        ("Minutes late", "Late by", "description-changed", False),
        ("that left in 2013", "that left", "description-changed", False),
        ("status: active", "status: retired", "status-changed", False),
    ],
)  # fmt: skip
def test_changes(flights: str, old: str, new: str, kind: str, breaking: bool) -> None:
    assert old in flights
    if kind == "column-renamed":
        flights = flights.replace("flights.origin", "flights.day")
    changes = compare(read_contract(flights), read_contract(flights.replace(old, new, 1)))
    assert (kind, breaking) in [(change.kind, change.breaking) for change in changes]
    assert sorted(changes, key=lambda c: not c.breaking) == list(changes)
    assert all(change.words and change.path for change in changes)


def test_columns_come_go_and_move(flights: str) -> None:
    old = read_contract(flights)
    more = read_contract(flights + "      - {name: extra, logicalType: string}\n")
    must = read_contract(flights + "      - {name: extra, logicalType: string, required: true}\n")
    first = flights.replace("      - name: id\n        logicalType: integer\n"
                            "        primaryKey: true\n", "")  # fmt: skip
    moved = first + "      - {name: id, logicalType: integer, primaryKey: true}\n"
    assert [(c.kind, c.breaking) for c in compare(old, more)] == [("column-added", False)]
    assert [(c.kind, c.breaking) for c in compare(old, must)] == [("column-added", True)]
    assert [(c.kind, c.breaking) for c in compare(more, old)] == [("column-removed", True)]
    swapped = read_contract(first + "      - {name: number, logicalType: string}\n")
    kinds = {c.kind for c in compare(old, swapped) if c.path in ("id", "number")}
    assert kinds == {"column-removed", "column-added", "report-removed"}
    assert [c.kind for c in compare(old, read_contract(moved))] == ["column-moved"]
    assert compare(old, read_contract(flights + "# a comment\n")) == ()


def test_bounds_that_do_not_compare_are_a_change() -> None:
    head = "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: draft\n"
    text = head + "schema: [{name: t, properties: [{name: a, logicalType: timestamp, "
    text += "logicalTypeOptions: {minimum: '2020-01-01 00:00:00'}}]}]"
    other = text.replace("00:00:00", "00:00:00+01:00")
    (change,) = compare(read_contract(text), read_contract(other))
    assert (change.kind, change.breaking) == ("check-changed", True)


@pytest.mark.parametrize(
    ("old", "new", "version"),
    [
        ("Minutes late", "Late by", "1.2.1"),
        ("minimum: -100", "minimum: -200", "1.3.0"),
        ("minimum: -100", "minimum: -90", "2.0.0"),
        ("# The", "# the", "1.2.1"),
    ],
)
def test_the_next_version(flights: str, old: str, new: str, version: str) -> None:
    changes = compare(read_contract(flights), read_contract(flights.replace(old, new)))
    assert next_version("1.2.0", changes) == version


def test_versions() -> None:
    assert next_version("v3", ()) == "3.0.1"
    assert version_key("1.10.2-rc1") == (1, 10, 2)
    assert version_key("latest") is None
    with pytest.raises(Invalid, match="cannot be counted on"):
        next_version("latest", ())


def test_words() -> None:
    assert check_words(Check("set", tuple("abcdefghij"))) == "one of a, b, c, d, e, f, g, h, …"
    assert check_words(Check("min_length", 3)) == "at least 3 characters"
    assert check_words(Check("exclusive_minimum", "3")) == "> 3"
