"""Limits, groups, counts and ends: of permits on a dataset, and of what it was derived from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations
from typing import Any

import pytest

from doumen.kits.policy import DatasetRuling
from doumen.model.actor import Actor
from doumen.model.errors import Refused
from doumen.model.fact import Facts

Build = Callable[..., Facts]
Someone = Callable[..., Actor]
Ask = Callable[..., DatasetRuling]
Body = Callable[..., dict[str, Any]]

RAW = {"plane": "VARCHAR", "Delay": "DOUBLE"}
MADE = {"plane": "VARCHAR", "n": "BIGINT"}
SHARE = "{id: share, permit: query, who: {actor: bob}, on: ana.made}"


def permit(id: str, *duties: str, on: str = "air.raw", who: str = "role: analyst") -> str:
    return f"{{id: {id}, permit: query, who: {{{who}}}, on: {on}, duties: [{', '.join(duties)}]}}"


@pytest.fixture(scope="session")
def node(facts_of: Build, body_of: Body) -> Build:
    """`air.raw`; `ana.made` from it, written 2026-02-02; `ana.again` from that."""

    def build(*lines: str, terms: Any = None, **more: Any) -> Facts:
        origin = {"derived": True, "creator": "ana"}
        bodies = {
            "air.raw": body_of(RAW),
            "ana.made": body_of(MADE, sources=["air.raw"], terms=terms or {}, **origin),
            "ana.again": body_of(MADE, sources=["ana.made"], **origin, **more),
        }
        return facts_of("rules:\n" + "\n".join(f"  - {r}" for r in lines), datasets=bodies)

    return build


def test_all_numbers_of_all_permits(node: Build, ask: Ask) -> None:
    lines = (
        permit("a", "limit: 9", "count: 5", "count: 7", "expire: 30", "min_group: 3"),
        permit("b", "limit: 7", "count: 6", "expire: 10", "min_group: {k: 5, unit: DELAY}"),
        permit("c", "min_group: {k: 4, unit: delay}", "min_group: 3", on="'*.*'"),
    )
    told = set()
    for order in permutations(lines):
        ruling = ask(node(*order), ref="air.raw")
        told.add((ruling.limit, ruling.counts, ruling.expires, ruling.groups, ruling.rules))
    assert told == {
        ((7, "b"), ((5, "a"), (6, "b")), (10, "b"), ((3, None, "a"), (5, "Delay", "b")),
         ("a", "b", "c")),
    }  # fmt: skip


@pytest.mark.parametrize(("duty", "whole"), [("min_group: 2", False), ("count: 1", True)])
def test_groups_hide_rows_and_counts_do_not(node: Build, ask: Ask, duty: str, whole: bool) -> None:
    assert ask(node(permit("p", duty)), ref="air.raw").whole is whole
    assert ask(node(permit("p", "expire: 1")), ref="air.raw").whole


def test_a_unit_that_a_dataset_does_not_have_refuses_it(node: Build, ask: Ask) -> None:
    facts = node(permit("g", "min_group: {k: 2, unit: person}", on="'air.*'"))
    with pytest.raises(Refused, match="The group of rule `g` does not fit") as refused:
        ask(facts, ref="air.raw")
    assert (refused.value.rule, refused.value.code) == ("g", "refused.min_group")
    assert "person" not in str(refused.value.as_json())


def test_numbers_of_the_sources_hold_for_the_maker_only(
    node: Build, ask: Ask, someone: Someone
) -> None:
    now = datetime(2026, 2, 5, tzinfo=UTC)
    facts = node(permit("p", "count: 9", "expire: 30"), permit("mine", "count: 2", on="ana.made"),
                 SHARE)  # fmt: skip
    ruling = ask(facts, ref="ana.made", now=now)
    assert ruling.counts == ((2, "mine"), (9, "p"))
    assert ruling.expires == (27, "p")
    assert ruling.rules == ("mine", "p")
    other = ask(facts, someone("bob", "guest"), "ana.made", now=now)
    assert (other.counts, other.expires) == ((), None)


def test_the_last_day_is_counted_in_utc(node: Build, ask: Ask) -> None:
    facts = node(permit("p", "expire: 3"))
    last = datetime(2026, 2, 5, 23, 59, 59, tzinfo=UTC)
    assert ask(facts, ref="ana.made", now=last).expires == (0, "p")
    east = (last - timedelta(hours=1)).astimezone(timezone(timedelta(hours=8)))
    assert ask(facts, ref="ana.made", now=east).expires == (0, "p")
    with pytest.raises(Refused, match="could be read until 2026-02-05") as refused:
        ask(facts, ref="ana.made", now=last + timedelta(seconds=1))
    assert (refused.value.rule, refused.value.code) == ("p", "refused.expire")
    assert "`p`" in (refused.value.why or "")


def test_recorded_ends_hold_for_all_and_after_the_rule_is_gone(
    node: Build, ask: Ask, someone: Someone
) -> None:
    terms = {"expires": [{"day": "2026-02-09", "rule": "old"}, {"day": "2026-03-01", "rule": "p"}]}
    facts = node(permit("p", "expire: 30"), SHARE, terms=terms)
    bob = someone("bob", "guest")
    for actor in (None, bob):
        now = datetime(2026, 2, 8, tzinfo=UTC)
        assert ask(facts, actor, "ana.made", now=now).expires == (1, "old")
        with pytest.raises(Refused, match="until 2026-02-09") as refused:
            ask(facts, actor, "ana.made", now=now + timedelta(days=2))
        assert refused.value.rule is None
        assert "old" not in str(refused.value.as_json())
    owner = someone("owner", "owner")
    assert ask(facts, owner, "ana.made").expires is None


def test_what_is_read_of_a_dataset_may_not_be_kept_longer_than_it(node: Build, ask: Ask) -> None:
    terms = {"expires": [{"day": "2026-02-09", "rule": "p"}]}
    own = permit("own", "expire: 2", on="'ana.*'")
    facts = node(own, permit("p"), terms=terms)
    for day, expires in ((3, (2, "own")), (7, (2, "own")), (8, (1, "p"))):
        now = datetime(2026, 2, day, tzinfo=UTC)
        assert ask(facts, ref="ana.made", now=now).expires == expires


def test_a_source_that_is_over_closes_what_was_made_of_it(node: Build, ask: Ask) -> None:
    terms = {"expires": [{"day": "2026-02-09", "rule": "p"}]}
    facts = node(permit("p", "expire: 7"), terms=terms, updated="2026-02-20T00:00:00.000000Z")
    with pytest.raises(Refused, match="as long as its sources") as refused:
        ask(facts, ref="ana.again", now=datetime(2026, 2, 21, tzinfo=UTC))
    assert "could be read until 2026-02-09" in (refused.value.why or "")


def made_in(k: int, unit: str | None, dataset: str = "air.raw") -> dict[str, Any]:
    return {"groups": [{"dataset": dataset, "k": k, "unit": unit, "rule": "g"}]}


@pytest.mark.parametrize(
    ("duty", "terms", "read"),
    [
        ("min_group: {k: 5, unit: Delay}", made_in(5, "delay"), True),
        ("min_group: {k: 4, unit: delay}", made_in(5, "delay"), True),
        ("min_group: {k: 6, unit: delay}", made_in(5, "delay"), False),
        ("min_group: {k: 5, unit: plane}", made_in(5, "delay"), False),
        ("min_group: 5", made_in(5, "delay"), False),
        ("min_group: 5", made_in(5, None), True),
        ("min_group: 5", made_in(5, None, "b.c"), False),
        ("min_group: 5", {}, False),
    ],
)  # fmt: skip
def test_what_was_derived_in_groups_is_read_row_by_row(
    node: Build, ask: Ask, someone: Someone, duty: str, terms: Any, read: bool
) -> None:
    facts = node(permit("g", duty), SHARE, terms=terms)
    if read:
        assert ask(facts, ref="ana.made").groups == ()
    else:
        with pytest.raises(Refused, match="Rule `g` asks for groups of at least") as refused:
            ask(facts, ref="ana.made")
        assert (refused.value.rule, refused.value.code) == ("g", "refused.min_group")
    assert ask(facts, someone("bob", "guest"), "ana.made").groups == ()


def test_groups_hold_though_a_permit_is_on_the_dataset_itself(node: Build, ask: Ask) -> None:
    own = permit("own", "min_group: 2", on="ana.made")
    with pytest.raises(Refused, match="Rule `g`"):
        ask(node(permit("g", "min_group: 5"), own), ref="ana.made")
    assert ask(node(permit("g"), own), ref="ana.made").groups == ((2, None, "own"),)
