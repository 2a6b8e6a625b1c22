"""One suite for every kind of duty, and what each does of its own."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from tests.counts import count

from doumen.kits.policy import duty_faults, duty_words
from doumen.kits.policy.duties import BY_NOUN, KINDS
from doumen.kits.policy.masks import BY_NAME
from doumen.model.rule import Count, Duty, Expire, Filter, Limit, Mask, MinGroup, Target, TargetKind
from doumen.model.schema import Schema

SCHEMA = Schema.of(origin="VARCHAR", delay="DOUBLE")
ON = Target(TargetKind.DATASET, "transport.flights")
A = Mask("partial", None, (("keep_end", 0), ("keep_start", 1), ("with", "*")))
B = Mask("partial", None, (("keep_end", 0), ("keep_start", 2), ("with", "*")))
NULL, HASH = Mask("null"), Mask("hash")
YEAR = Mask("generalise", None, (("levels", "year"),))
TEN = Mask("bucket", None, (("edges", (10,)),))
EXAMPLES: dict[str, list[Duty]] = {
    "filter": [Filter("delay > 1"), Filter("origin = 'JFK'"), Filter("delay > 1")],
    "mask": [HASH, A, NULL, B, YEAR, TEN],
    "limit": [Limit(5), Limit(3), Limit(0)],
    "min_group": [MinGroup(5, "b"), MinGroup(3), MinGroup(4, "B"), MinGroup(5, "B"), MinGroup(1)],
    "count": [Count(5), Count(3), Count(0)],
    "expire": [Expire(5), Expire(3), Expire(0)],
}


def test_every_kind_is_on_the_shelf_once() -> None:
    assert [kind.name for kind in KINDS] == list(EXAMPLES)
    assert set(BY_NOUN) == {Filter, Mask, Limit, MinGroup, Count, Expire}


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_kind_reads_what_it_writes(name: str) -> None:
    kind = next(kind for kind in KINDS if kind.name == name)
    for duty in EXAMPLES[name]:
        form: Any = TypeAdapter(kind.form).validate_python(kind.write(duty))
        assert kind.read(form) == duty


@pytest.mark.parametrize("name", EXAMPLES)
def test_joining_does_not_depend_on_order(name: str) -> None:
    kind = next(kind for kind in KINDS if kind.name == name)
    joined = {kind.join(order) for order in permutations(EXAMPLES[name])}
    assert len(joined) == 1
    (first, *_) = EXAMPLES[name]
    assert kind.join([first, first]) == kind.join([first]) == (first,)


def test_filters_are_joined_by_and() -> None:
    joined = BY_NOUN[Filter].join([Filter("a or b"), Filter("c -- why")])
    assert joined == (Filter("(a or b\n) AND (c -- why\n)"),)


@pytest.mark.parametrize("noun", [Limit, Count, Expire])
def test_the_smallest_number_holds(noun: type[Limit | Count | Expire]) -> None:
    assert BY_NOUN[noun].join([noun(5), noun(3), noun(9)]) == (noun(3),)


def test_of_each_unit_the_largest_group_holds() -> None:
    groups = [MinGroup(3), MinGroup(9, "person"), MinGroup(5), MinGroup(7, "PERSON")]
    joined = BY_NOUN[MinGroup].join([*groups, MinGroup(9, "Person"), MinGroup(2, "house")])
    assert joined == (MinGroup(5), MinGroup(2, "house"), MinGroup(9, "person"))


@pytest.mark.parametrize(
    ("masks", "joined"),
    [
        ([HASH], HASH),
        ([HASH, A], A),
        ([A, NULL], NULL),
        ([A, A], A),
        ([A, B], NULL),
        ([HASH, A, B], NULL),
        ([HASH, YEAR, HASH], YEAR),
        ([YEAR, TEN], NULL),
        ([YEAR, A], NULL),
        ([Mask("hash", "x"), Mask("hash", "x")], HASH),
    ],
)
def test_the_strongest_mask_holds(masks: list[Mask], joined: Mask) -> None:
    assert BY_NOUN[Mask].join(masks) == (joined,)


MASKS = st.lists(st.sampled_from([HASH, A, B, NULL, YEAR, TEN]), min_size=1, max_size=5)


@pytest.mark.law
@given(MASKS, MASKS)
@settings(derandomize=True, deadline=None, max_examples=count(200))
def test_more_masks_never_show_more(some: list[Mask], more: list[Mask]) -> None:
    kind = BY_NOUN[Mask]
    (fewer,), (all_of_them,) = kind.join(some), kind.join([*more, *some])
    assert BY_NAME[all_of_them.method].strength >= BY_NAME[fewer.method].strength
    assert all_of_them == fewer or all_of_them.method != fewer.method
    (in_steps,) = kind.join([fewer, *more])
    assert in_steps.method in (all_of_them.method, "null")


def test_words() -> None:
    assert duty_words(Filter("origin = 'JFK'"), literals=True) == "only rows where origin = 'JFK'"
    assert "JFK" not in duty_words(Filter("origin = 'JFK'"))
    assert "origin" not in duty_words(Filter("origin = 'JFK'"))
    assert duty_words(Limit(3)) == "at most 3 rows of the result"
    assert duty_words(Count(1)) == "at most 1 query a day (UTC)"
    assert duty_words(Count(0)) == "at most 0 queries a day (UTC)"
    assert duty_words(Expire(30)) == "what is obtained may be kept 30 days"
    assert duty_words(Expire(1)) == "what is obtained may be kept 1 day"
    assert duty_words(Expire(0)).endswith("kept until the end of the day (UTC)")
    grouped = "only statements that group, and groups of at least"
    assert duty_words(MinGroup(5)) == f"{grouped} 5 rows"
    assert duty_words(MinGroup(1)) == f"{grouped} 1 row"
    assert duty_words(MinGroup(5, "person")) == f"{grouped} 5 different values of `person`"
    assert duty_words(MinGroup(5, "…")) == f"{grouped} 5 different values of a column"
    assert duty_words(Mask("null", "origin")) == "column `origin` is shown empty"
    assert duty_words(HASH) == "the column is shown as a keyed hash"


def test_what_may_be_known_by_those_who_do_not_govern() -> None:
    kept: list[Duty] = [HASH, Limit(3), MinGroup(5, "origin"), Count(1), Expire(2)]
    for duty in kept:
        assert BY_NOUN[type(duty)].withheld(duty) == duty
    withheld = BY_NOUN[Filter].withheld(Filter("origin = 'JFK'"))
    assert withheld == Filter("…")


def test_faults() -> None:
    assert duty_faults(Filter("delay > 1"), ON, SCHEMA) == ()
    assert "nope" in duty_faults(Filter("nope = 1"), ON, SCHEMA)[0]
    assert duty_faults(Limit(1), ON, SCHEMA) == ()
    assert duty_faults(Mask("hash", "ORIGIN"), ON, SCHEMA) == ()
    (fault,) = duty_faults(Mask("hash", "nope"), ON, SCHEMA)
    assert "no column `nope`; there are origin, delay" in fault
    pattern = Target(TargetKind.DATASET, "transport.*")
    assert duty_faults(Mask("hash", "nope"), pattern, SCHEMA) == ()
    assert duty_faults(HASH, Target(TargetKind.LABEL, "x"), SCHEMA) == ()
    assert duty_faults(Count(1), ON, SCHEMA) == duty_faults(Expire(1), ON, SCHEMA) == ()


def test_a_mask_on_a_column_that_is_not_there() -> None:
    column = Target(TargetKind.COLUMN, "transport.flights.nope")
    assert "no column `nope`" in duty_faults(HASH, column, SCHEMA)[0]
    starred = Target(TargetKind.COLUMN, "transport.flights.a*b")
    assert "no column `a*b`" in duty_faults(HASH, starred, SCHEMA)[0]


def test_the_unit_of_a_group_is_a_column_of_the_dataset_named() -> None:
    column = Target(TargetKind.COLUMN, "transport.flights.delay")
    for on in (ON, column):
        assert duty_faults(MinGroup(5, "ORIGIN"), on, SCHEMA) == ()
        assert duty_faults(MinGroup(5), on, SCHEMA) == ()
        (fault,) = duty_faults(MinGroup(5, "nope"), on, SCHEMA)
        assert fault == "there is no column `nope` to count; there are origin, delay"
    for on in (Target(TargetKind.DATASET, "transport.*"), Target(TargetKind.LABEL, "x")):
        assert duty_faults(MinGroup(5, "nope"), on, SCHEMA) == ()
