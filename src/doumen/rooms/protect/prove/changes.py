"""A second database that differs from the first only in what the rules hide.

A change is a list of edits, each of them hidden by itself, so that a counter-example can be cut
down edit by edit. What may change: rows that a filter hides; values of columns that are denied
or not permitted, and of masked ones within what their mask shows; whole datasets that no rule
shows; rows of groups that stay too small. Values under a hash are renamed all at once, since
equal ones must stay equal.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doumen.model.ref import Ref
from doumen.model.rule import Mask
from doumen.model.schema import Column
from doumen.rooms.protect.prove.masked import alike, renamed
from doumen.rooms.protect.prove.shown import Shown
from doumen.rooms.protect.prove.values import wild
from doumen.rooms.protect.prove.worlds import Database, Kind, Row, Setting

Judge = Callable[[Ref, Sequence[str], Sequence[Row]], list[bool]]
"""Whether all filters are true for each row: dataset, filters, rows."""

_DENIED = Mask("null")
"""Stands for a column that does not show at all."""

ADDED = 5
"""Most rows that are added to a dataset."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one row.

    Attributes:
        place: Place of the row in the first database; of a row that is added, where it comes.
        row: The row that is there in the second database; None: none is.
        added: Whether it is a row more.
    """

    ref: Ref
    place: int
    row: Row | None
    added: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """The difference of two databases.

    Attributes:
        edits: Each hidden by itself, and all of them together.
        renames: The values under hash masks are others in every row that has them.
        gone: Datasets that are not there at all in the second database.
    """

    edits: tuple[Edit, ...] = ()
    renames: bool = False
    gone: tuple[Ref, ...] = ()

    @property
    def size(self) -> int:
        """How many things it changes."""
        return len(self.edits) + self.renames + len(self.gone)


def hashed(shown: Mapping[Ref, Shown]) -> dict[Ref, list[str]]:
    """Columns that show as a hash."""
    return {
        ref: [n for n, mask in one.columns.items() if mask is not None and mask.method == "hash"]
        for ref, one in shown.items()
    }


def applied(change: Change, database: Database, shown: Mapping[Ref, Shown]) -> Database:
    """The second database."""
    names = hashed(shown) if change.renames else {}
    after: dict[Ref, tuple[Row, ...]] = {}
    for ref, rows in database.items():
        if ref in change.gone:
            continue
        mine = [edit for edit in change.edits if edit.ref == ref]
        replaced = {edit.place: edit.row for edit in mine if not edit.added}
        made: list[Row] = []
        for place in range(len(rows) + 1):
            made += [e.row for e in mine if e.added and e.place == place and e.row is not None]
            kept = replaced.get(place, rows[place]) if place < len(rows) else None
            if kept is not None:
                made.append(kept)
        after[ref] = tuple(
            {**row, **{name: renamed(row[name]) for name in names.get(ref, ())}} for row in made
        )
    return after


class Changes:
    """Draws changes for one rule set over one database."""

    def __init__(
        self, rng: random.Random, setting: Setting, shown: Mapping[Ref, Shown], judge: Judge
    ) -> None:
        self._rng, self._setting, self._shown, self._judge = rng, setting, shown, judge

    def draw(
        self, database: Database, *, absent: Sequence[Ref] = (), grouped: bool = True
    ) -> Change:
        """A change of this database.

        Args:
            database: The first database.
            absent: Datasets of which the actor may not even know that they are there.
            grouped: Whether the statements group by the column that kinds of rows are told by,
                so that rows of its small groups may change too.
        """
        gone = tuple(ref for ref in absent if self._rng.random() < 0.3)
        edits: list[Edit] = []
        for ref, rows in database.items():
            if ref not in gone:
                edits += self._edits(self._setting.kind(ref), rows, grouped=grouped)
        return Change(tuple(edits), self._may_rename() and self._rng.random() < 0.6, gone)

    def _may_rename(self) -> bool:
        """Whether no condition and no count of units reads a column under a hash."""
        found = False
        for ref, names in hashed(self._shown).items():
            one = self._shown[ref]
            texts = " ".join(one.filters).casefold()
            if names and (one.groups or any(name.casefold() in texts for name in names)):
                return False
            found = found or bool(names)
        return found

    def _edits(self, kind: Kind, rows: Sequence[Row], *, grouped: bool) -> list[Edit]:
        one = self._shown[kind.ref]
        if not one.columns:
            return list(self._anything(kind, rows))
        visible = self._judge(kind.ref, one.filters, rows)
        edits: list[Edit] = []
        for place, row in enumerate(rows):
            if visible[place]:
                edits += self._within(kind, one, place, row)
            else:
                edits += self._hidden(kind, place, row)
        for _ in range(self._rng.randrange(ADDED + 1)):
            extra = self._disturbed(kind, self._rng.choice(rows), 0.5) if rows else None
            edits.append(Edit(kind.ref, self._rng.randrange(len(rows) + 1), extra, added=True))
        edits = self._kept(kind, one, edits, visible)
        focus = kind.focus if grouped else None
        if one.groups and focus is not None and one.columns.get(focus, _DENIED) is None:
            small = self._small(kind, one, rows, visible)
            edits = [e for e in edits if e.added or e.place not in small]
            edits += [Edit(kind.ref, place, row) for place, row in small.items()]
        return edits

    def _anything(self, kind: Kind, rows: Sequence[Row]) -> Iterator[Edit]:
        for place, row in enumerate(rows):
            draw = self._rng.random()
            if draw < 0.6:
                changed = self._disturbed(kind, row, 0.7) if draw < 0.4 else None
                yield Edit(kind.ref, place, changed)

    def _hidden(self, kind: Kind, place: int, row: Row) -> Iterator[Edit]:
        draw = self._rng.random()
        if draw < 0.3:
            yield Edit(kind.ref, place, None)
        elif draw < 0.8:
            yield Edit(kind.ref, place, self._disturbed(kind, row, 0.6))

    def _disturbed(self, kind: Kind, row: Row, share: float) -> Row:
        """The row with some values in the place of which there are extreme ones."""
        rng = self._rng
        return {
            c.name: wild(rng, c.type) if rng.random() < share else row[c.name] for c in kind.schema
        }

    def _within(self, kind: Kind, one: Shown, place: int, row: Row) -> Iterator[Edit]:
        """Another row that shows as the same."""
        units = {unit for _, unit in one.groups}
        new = {
            c.name: row[c.name] if c.name in units else self._behind(one, c, row[c.name])
            for c in kind.schema
        }
        if new != row:
            yield Edit(kind.ref, place, new)

    def _behind(self, one: Shown, column: Column, value: Any) -> Any:
        if column.name not in one.columns:
            return wild(self._rng, column.type)
        mask = one.columns[column.name]
        return value if mask is None else alike(self._rng, mask, column.type, value)

    def _kept(
        self, kind: Kind, one: Shown, edits: Sequence[Edit], visible: Sequence[bool]
    ) -> list[Edit]:
        """The edits that leave each row as visible or as hidden as it was."""
        rows = [edit.row for edit in edits if edit.row is not None]
        verdicts = iter(self._judge(kind.ref, one.filters, rows))
        kept = []
        for edit in edits:
            shows = False if edit.row is None else next(verdicts)
            if shows == (not edit.added and visible[edit.place]):
                kept.append(edit)
        return kept

    def _small(
        self, kind: Kind, one: Shown, rows: Sequence[Row], visible: Sequence[bool]
    ) -> dict[int, Row | None]:
        """Visible rows in groups that are left out, changed or gone; the groups stay so."""
        groups: dict[Any, list[int]] = {}
        for place, row in enumerate(rows):
            if visible[place]:
                groups.setdefault(row[str(kind.focus)], []).append(place)
        found: dict[int, Row | None] = {}
        for value, places in groups.items():
            after: dict[int, Row | None] = {place: rows[place] for place in places}
            if value is None or not too_small(after.values(), one.groups):
                continue
            for place in places:
                changed = {**after, place: self._other(kind, one, rows[place], value)}
                if changed != after and too_small(changed.values(), one.groups):
                    after, found[place] = changed, changed[place]
        return found

    def _other(self, kind: Kind, one: Shown, row: Row, value: Any) -> Row | None:
        """A visible row of a small group changed, gone (None), or as it is."""
        draw = self._rng.random()
        if draw < 0.3:
            return None
        new = {**self._disturbed(kind, row, 0.5), str(kind.focus): value}
        return new if draw < 0.8 and self._judge(kind.ref, one.filters, [new])[0] else row


def too_small(group: Iterable[Row | None], least: Sequence[tuple[int, str | None]]) -> bool:
    """Whether a group of these rows is left out; None is a row that is gone."""
    rows = [row for row in group if row is not None]
    for k, unit in least:
        count = len(rows) if unit is None else len({row[unit] for row in rows} - {None})
        if count < k:
            return True
    return False
