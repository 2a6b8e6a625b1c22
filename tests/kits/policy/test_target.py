"""Targets: patterns, columns, labels."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic_core import PydanticCustomError

from doumen.kits.policy.target import covered, means, read_label, read_target, write_target
from doumen.model.errors import Invalid
from doumen.model.fact import Facts
from doumen.model.ref import Ref
from doumen.model.rule import Target, TargetKind
from doumen.model.schema import Schema

FLIGHTS = Ref("transport", "flights")
SCHEMA = Schema.of(year="BIGINT", TailNum="VARCHAR")


@pytest.mark.parametrize(
    ("pattern", "yes"),
    [
        ("transport.flights", True),
        ("TRANSPORT.Flights", True),
        ("transport.*", True),
        ("*.flights", True),
        ("*.*", True),
        ("trans*.f*s", True),
        ("transport.flight", False),
        ("transport.flightsx", False),
        ("*.light*", False),
        ("health.*", False),
    ],
)
def test_patterns(pattern: str, yes: bool) -> None:
    assert means(read_target(pattern), FLIGHTS) is yes


def test_a_dot_in_a_name_is_no_wildcard() -> None:
    assert not means(Target(TargetKind.DATASET, "a.b"), Ref("axb", "c"))
    assert not means(Target(TargetKind.LABEL, "transport.flights"), FLIGHTS)


def test_columns_and_labels_without_regard_to_case(facts_of: Callable[..., Facts]) -> None:
    facts = facts_of(labels={"transport.flights.TailNum": ["Personal"]})
    column = read_target({"column": "Transport.flights.TAILNUM"})
    label = read_target({"label": "personal"})
    for target in (column, label):
        assert covered(target, FLIGHTS, SCHEMA, facts) == {"TailNum"}
        assert covered(target, Ref("a", "b"), SCHEMA, facts) == frozenset()
        assert read_target(write_target(target)) == target


def test_a_label_on_a_dataset_is_on_all_columns(facts_of: Callable[..., Facts]) -> None:
    facts = facts_of(labels={"transport.flights": ["secret"]})
    assert covered(read_target({"label": "secret"}), FLIGHTS, SCHEMA, facts) == {"year", "TailNum"}


def test_labels() -> None:
    assert read_label("  个人信息 ") == "个人信息"
    assert read_label("gb/t 43697: core-1") == "gb/t 43697: core-1"
    for wrong in ("", " ", "*", "a\nb", "x" * 65, "-a"):
        with pytest.raises(Invalid):
            read_label(wrong)


def test_an_agreement_covers_no_dataset_here() -> None:
    target = read_target({"agreement": "A-7F3KQ2AB"})
    assert covered(target, FLIGHTS, SCHEMA, Facts()) == frozenset()
    assert write_target(target) == {"agreement": "A-7F3KQ2AB"}
    with pytest.raises(PydanticCustomError):
        read_target({"agreement": "A-7F3"})
