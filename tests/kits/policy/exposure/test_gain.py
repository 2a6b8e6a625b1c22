"""What is more than before: cases by hand, and the laws that every gain keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from tests.counts import count
from tests.kits.policy.exposure.worlds import (
    COARSE,
    FINE,
    HASH,
    NULL,
    OTHER,
    OWN,
    REF,
    Row,
    before,
    fits,
    new,
    rows,
)

from doumen.kits.policy.exposure import Region, compare, counted, grows, regions
from doumen.model.exposure import Gain, More, Rows, Shown, Sight
from doumen.model.rule import Mask

often = settings(max_examples=count(100), deadline=None)
RANK = list(More)[::-1]
DAY = date(2027, 1, 1)


def sight(mask: Mask | None = None, *filters: str, agreement: str | None = "A-1") -> Sight:
    return Sight(OWN, REF, agreement, (Shown("n", "BIGINT", mask),), filters)


def measured(gain: Gain, table: Sequence[Row]) -> Gain:
    def size(region: Region) -> int:
        outside = region.outside
        return sum(
            fits(row, region.inside) and not any(fits(row, one) for one in outside) for row in table
        )

    return counted(gain, len(table), {region: size(region) for region in regions(gain)})


@pytest.mark.parametrize(
    ("mask", "already", "more"),
    [
        (None, (), More.NEW),
        (None, (NULL,), More.NEW),
        (NULL, (), More.NONE),
        (None, (None,), More.NONE),
        (None, (HASH, COARSE), More.LESS_MASKED),
        (HASH, (FINE,), More.LESS_MASKED),
        (HASH, (HASH,), More.NONE),
        (HASH, (None,), More.OTHERWISE),
        (FINE, (None,), More.NONE),
        (FINE, (HASH,), More.OTHERWISE),
        (FINE, (COARSE,), More.OTHERWISE),
    ],
)
def test_how_a_column_is_shown_beside_before(
    mask: Mask | None, already: tuple[Mask | None, ...], more: More
) -> None:
    (column,) = compare(sight(mask), [sight(one) for one in already]).columns
    assert column.more is more
    assert set(column.before) == {one for one in already if one != NULL}


def test_names_are_compared_without_case() -> None:
    shouted = replace(sight(), columns=(Shown("N", "BIGINT"),))
    assert compare(shouted, [sight()]).columns[0].more is More.NONE


@pytest.mark.parametrize(
    ("groups", "already", "more"),
    [
        ((), ((5, None),), More.OTHERWISE),
        (((5, None),), (), More.NONE),
        (((5, None),), ((5, None),), More.NONE),
        (((3, None),), ((5, None),), More.OTHERWISE),
        (((5, "n"),), ((5, "N"),), More.NONE),
        (((5, "n"),), ((5, None),), More.OTHERWISE),
        (((5, None), (3, None)), ((5, None),), More.NONE),
    ],
)
def test_smaller_groups_show_more(
    groups: tuple[tuple[int, str | None], ...],
    already: tuple[tuple[int, str | None], ...],
    more: More,
) -> None:
    found = compare(replace(sight(), groups=groups), [replace(sight(), groups=already)])
    assert found.columns[0].more is more
    assert bool(found.covers) is (more is More.NONE)


def test_purposes_and_period() -> None:
    asked = replace(sight(), purposes=("a", "b"), until=DAY)
    alone = compare(asked, [])
    assert (alone.purposes, alone.any_purpose, alone.longer) == (("a", "b"), False, True)
    found = compare(asked, [replace(asked, purposes=("b",), until=date(2026, 1, 1))])
    assert (found.purposes, found.any_purpose, found.longer) == (("a",), False, True)
    found = compare(asked, [replace(asked, purposes=(), until=None)])
    assert (found.purposes, found.any_purpose, found.longer) == ((), False, False)
    found = compare(sight(), [asked])
    assert (found.purposes, found.any_purpose, found.longer) == ((), True, True)
    assert compare(sight(), [replace(sight(), ref=OTHER)]).held == ()
    assert compare(sight(), [sight(), replace(sight(), agreement=None)]).held == ("A-1",)


def test_rows_of_a_column_are_those_in_which_it_is_not_seen_yet() -> None:
    wide = replace(sight(), columns=(Shown("n"), Shown("m")))
    known = [sight(None, agreement="A-1"), replace(wide, filters=("n > 2",), agreement="A-2")]
    gain = measured(compare(wide, known), [{"n": n, "m": n} for n in range(6)])
    assert gain.rows == Rows(6, 6, 0)
    assert [column.rows for column in gain.columns] == [0, 3]
    assert [grows(column, ()) for column in gain.columns] == [False, True]


def test_what_is_not_counted_may_grow_where_filters_do_not_say_otherwise() -> None:
    (column,) = compare(sight(None, "n < 5"), [sight(None, "n > 2")]).columns
    assert grows(column, ("n < 5",))
    (column,) = compare(sight(None, "n < 5", "n > 2"), [sight(None, "n > 2")]).columns
    assert not grows(column, ("n < 5", "n > 2"))
    (column,) = compare(sight(NULL), []).columns
    assert not grows(column, ())


@pytest.mark.law
@often
@given(new, rows)
def test_beside_nothing_all_that_is_granted_is_new(asked: Sight, table: list[Row]) -> None:
    gain = measured(compare(asked, []), table)
    shown = sum(fits(row, asked.filters) for row in table)
    assert gain.rows == Rows(len(table), shown, shown)
    assert (gain.purposes, gain.any_purpose) == (asked.purposes, not asked.purposes)
    assert gain.longer
    for column in gain.columns:
        assert column.more is (More.NEW if column.shown.tells else More.NONE)
        assert column.rows == (shown if column.shown.tells else 0)


@pytest.mark.law
@often
@given(new, before, rows)
def test_beside_itself_nothing_is_new(asked: Sight, known: list[Sight], table: list[Row]) -> None:
    gain = compare(asked, [*known, replace(asked, agreement="A-9")])
    assert not any(grows(column, asked.filters) for column in gain.columns)
    gain = measured(gain, table)
    assert not any(grows(column, asked.filters) for column in gain.columns)
    assert {column.more for column in gain.columns} == {More.NONE}
    assert (gain.purposes, gain.any_purpose, gain.longer) == ((), False, False)
    assert gain.rows is not None
    tells = any(shown.tells for shown in asked.columns)
    assert gain.rows.new == 0 or not tells


@pytest.mark.law
@often
@given(new, before, before, rows)
def test_more_before_is_never_more_now(
    asked: Sight, known: list[Sight], further: list[Sight], table: list[Row]
) -> None:
    less, more = (measured(compare(asked, held), table) for held in ([*known, *further], known))
    for one, other in zip(less.columns, more.columns, strict=True):
        assert RANK.index(one.more) <= RANK.index(other.more)
        assert one.rows is not None
        assert other.rows is not None
        assert one.rows <= other.rows
    assert less.rows is not None
    assert more.rows is not None
    assert less.rows.new <= more.rows.new
    assert set(less.purposes) <= set(more.purposes)
    assert less.any_purpose <= more.any_purpose
    assert less.longer <= more.longer


@pytest.mark.law
@often
@given(new, before, rows)
def test_rows_are_those_that_python_finds(
    asked: Sight, known: list[Sight], table: list[Row]
) -> None:
    gain = measured(compare(asked, known), table)
    shown = [row for row in table if fits(row, asked.filters)]
    for column in gain.columns:
        seen = [
            one.filters
            for one in known
            if one.ref == REF and (not one.groups or _coarser(asked, one))
            for other in one.columns
            if other.name == column.shown.name and _tells_all(other.mask, column.shown.mask)
        ]
        fresh = sum(not any(fits(row, filters) for filters in seen) for row in shown)
        assert column.rows == (fresh if column.shown.mask != NULL else 0)


def _coarser(asked: Sight, one: Sight) -> bool:
    (group,) = one.groups
    return any(unit == group[1] and k >= group[0] for k, unit in asked.groups)


def _tells_all(mask: Mask | None, other: Mask | None) -> bool:
    return mask not in (NULL,) and (mask == other or (mask is None and other != HASH))
