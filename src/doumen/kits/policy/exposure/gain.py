"""Terms held against what is seen already: columns, purposes, period, and the rows to count.

More that is seen already never gives a larger gain. What can be said of a column: it is *new*
where nothing of its values is seen yet; *less masked* where every mask before was stronger; seen
*otherwise* where another mask before showed as much or more, for the two together may tell more
than each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from doumen.kits.policy.masks import BY_NAME
from doumen.kits.policy.target import folded
from doumen.model.exposure import HASH, ColumnGain, Filters, Gain, More, Rows, Shown, Sight
from doumen.model.rule import Mask


@dataclass(frozen=True, slots=True)
class Region:
    """Rows that fit `inside` and none of `outside`."""

    inside: Filters
    outside: frozenset[Filters] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether it holds no row, whatever the rows are."""
        return any(set(other) <= set(self.inside) for other in self.outside)


def compare(sight: Sight, before: Iterable[Sight]) -> Gain:
    """What more a sight gives than those that there are already.

    Args:
        sight: What would be seen.
        before: All that the same participant sees already, of whatever dataset.
    """
    same = [s for s in before if (s.provider, s.ref) == (sight.provider, sight.ref)]
    plain = [one for one in same if _as_fine(one, sight)]
    stated = {purpose for one in same for purpose in one.purposes}
    any_before = any(not one.purposes for one in same)
    return Gain(
        sight=sight,
        columns=tuple(_column(shown, same, plain) for shown in sight.columns),
        covers=frozenset(one.filters for one in plain if _tells(one)),
        purposes=() if any_before else tuple(p for p in sight.purposes if p not in stated),
        any_purpose=not sight.purposes and not any_before,
        longer=all(_longer(sight.until, one.until) for one in same),
        held=tuple(sorted({one.agreement for one in same if one.agreement is not None})),
    )


def regions(gain: Gain) -> frozenset[Region]:
    """The rows whose number `counted` needs, beside that of all rows."""
    inside = gain.sight.filters
    asked = {Region(inside), Region(inside, gain.covers)}
    asked |= {Region(inside, column.covers) for column in gain.columns if column.shown.tells}
    return frozenset(region for region in asked if not region.empty)


def counted(gain: Gain, all: int, numbers: Mapping[Region, int]) -> Gain:
    """The gain with its rows.

    Args:
        gain: Of `compare`.
        all: Rows of the dataset.
        numbers: Of each of `regions`.
    """
    inside = gain.sight.filters
    columns = tuple(
        replace(one, rows=numbers.get(Region(inside, one.covers), 0) if one.shown.tells else 0)
        for one in gain.columns
    )
    new = numbers.get(Region(inside, gain.covers), 0)
    return replace(gain, columns=columns, rows=Rows(all, numbers[Region(inside)], new))


def grows(column: ColumnGain, filters: Filters) -> bool:
    """Whether more is seen of a column; where rows are not counted, whether it may be.

    Args:
        column: The column.
        filters: Of the sight that it is in.
    """
    if not column.shown.tells:
        return False
    if column.rows is not None:
        return column.rows > 0
    return not Region(filters, column.covers).empty


def _as_fine(one: Sight, than: Sight) -> bool:
    """Whether its groups are no larger: then its rows are seen as well as those of the other."""
    least: dict[str | None, int] = {}
    for k, unit in than.groups:
        least[_unit(unit)] = max(k, least.get(_unit(unit), 0))
    return all(k <= least.get(_unit(unit), 0) for k, unit in one.groups)


def _unit(name: str | None) -> str | None:
    return None if name is None else folded(name)


def _tells(sight: Sight) -> bool:
    return any(shown.tells for shown in sight.columns)


def _column(shown: Shown, same: Sequence[Sight], plain: Sequence[Sight]) -> ColumnGain:
    def of(sights: Sequence[Sight]) -> list[tuple[Shown, Filters]]:
        return [
            (one, sight.filters)
            for sight in sights
            for one in sight.columns
            if one.tells and folded(one.name) == folded(shown.name)
        ]

    before = {one.mask for one, _ in of(same)}
    covers = frozenset(f for one, f in of(plain) if _says(one.mask, shown.mask))
    return ColumnGain(
        shown,
        _more(shown, before, covers),
        tuple(sorted(before, key=str)),
        covers,
    )


def _more(shown: Shown, before: set[Mask | None], covers: frozenset[Filters]) -> More:
    if not shown.tells or covers:
        return More.NONE
    if not before:
        return More.NEW
    strength = min(_strength(mask) for mask in before)
    return More.LESS_MASKED if _strength(shown.mask) < strength else More.OTHERWISE


def _says(one: Mask | None, other: Mask | None) -> bool:
    """Whether a value under one mask tells all that it does under the other.

    A value beside its hash tells whose the same hash is elsewhere.
    """
    return one == other or (one is None and other is not None and other.method != HASH)


def _strength(mask: Mask | None) -> int:
    return 0 if mask is None else BY_NAME[mask.method].strength


def _longer(until: date | None, before: date | None) -> bool:
    return before is not None and (until is None or until > before)
