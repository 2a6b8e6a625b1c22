"""A counter-example cut down to what matters: fewer rules, edits, rows, and a shorter statement.

Whatever is left out, the rest is asked again; and a rule may go only where every change is
still hidden by those that stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from doumen.kits import sql
from doumen.kits.sql.shorter import shorter
from doumen.model.errors import DoumenError
from doumen.model.ref import Ref
from doumen.rooms.protect.prove.cases import Case, ruled
from doumen.rooms.protect.prove.changes import Change, Edit
from doumen.rooms.protect.prove.grouping import GROUPED
from doumen.rooms.protect.prove.sameness import Order
from doumen.rooms.protect.prove.search import Found, Search
from doumen.rooms.protect.prove.views import Statement
from doumen.rooms.protect.prove.worlds import Database

TRIES = 150
"""Most times that a smaller counter-example is asked for."""


class Shrinker:
    """Cuts one counter-example down."""

    def __init__(self, search: Search, found: Found, *, tries: int = TRIES) -> None:
        self.search, self.found, self.left = search, found, tries

    def smallest(self) -> Found:
        """The smallest counter-example that was found in the tries there are."""
        self._without_prelude()
        self._fewer(self._edits, self._with_edits)
        self._fewer(self._rows, self._with_rows)
        self._fewer(lambda: self.found.case.rules, self._with_rules)
        self._shorter()
        self._fewer(self._rows, self._with_rows)
        return self.found

    def _holds(self, candidate: Found) -> bool:
        """Whether it still tells; then it takes the place of the one before."""
        if self.left <= 0:
            return False
        self.left -= 1
        again = self.search.again(
            candidate, candidate.case, candidate.database, candidate.change, candidate.statement
        )
        if again is None:
            return False
        self.found = again
        return True

    def _without_prelude(self) -> None:
        if self.found.prelude != "none":
            self._holds(replace(self.found, prelude="none"))

    def _fewer(
        self, parts: Callable[[], Sequence[object]], without: Callable[[set[int]], Found | None]
    ) -> None:
        """Leave out halves, then quarters, then single parts, as long as it tells."""
        size = len(parts())
        while size >= 1 and self.left > 0:
            size = max(1, (size + 1) // 2)
            place, cut = 0, False
            while place < len(parts()) and self.left > 0:
                candidate = without(set(range(place, min(place + size, len(parts())))))
                if candidate is not None and self._holds(candidate):
                    cut = True
                else:
                    place += size
            if size == 1 and not cut:
                return

    def _edits(self) -> Sequence[Edit]:
        return self.found.change.edits

    def _with_edits(self, gone: set[int]) -> Found:
        change = self.found.change
        kept = tuple(edit for place, edit in enumerate(change.edits) if place not in gone)
        return replace(self.found, change=replace(change, edits=kept))

    def _rows(self) -> Sequence[tuple[Ref, int]]:
        """Rows that both databases have."""
        edited = {(e.ref, e.place) for e in self.found.change.edits if not e.added}
        return [
            (ref, place)
            for ref, rows in self.found.database.items()
            for place in range(len(rows))
            if (ref, place) not in edited
        ]

    def _with_rows(self, gone: set[int]) -> Found:
        rows = self._rows()
        out = {rows[place] for place in gone}
        database, change = without_rows(self.found.database, self.found.change, out)
        return replace(self.found, database=database, change=change)

    def _with_rules(self, gone: set[int]) -> Found | None:
        case = self.found.case
        kept = [rule for place, rule in enumerate(case.rules) if place not in gone]
        fewer = ruled(case.setting, kept, case.asker, case.judge, case.given)
        if not all(still_hidden(case, fewer, self.found.database, e) for e in self._edits()):
            return None
        if self.found.change.renames and fewer.shown != case.shown:
            return None
        if not set(self.found.change.gone) <= set(fewer.absent):
            return None
        return replace(self.found, case=fewer)

    def _shorter(self) -> None:
        """Leave out clauses and outputs of the statement, one at a time.

        Not where small groups may have changed: these are hidden from what groups as it does.
        """
        again = self.found.statement.kind not in GROUPED
        while again and self.left > 0:
            again = False
            statement = self.found.statement
            for text in admitted(shorter(statement.sql)):
                smaller = replace(statement, sql=text, order=_order(statement, text))
                if self._holds(replace(self.found, statement=smaller)):
                    again = True
                    break


def _order(statement: Statement, text: str) -> Order:
    """How a shortened statement is compared: never more strictly than what it was made of."""
    unordered = "ORDER BY ALL" not in text and ("LIMIT" in text or "DISTINCT ON" in text)
    return "open" if unordered or statement.order == "open" else "bag"


def admitted(texts: Iterator[str]) -> Iterator[str]:
    """Those that the gate admits."""
    for text in texts:
        try:
            sql.parse(text)
        except DoumenError:
            continue
        yield text


def without_rows(
    database: Database, change: Change, gone: set[tuple[Ref, int]]
) -> tuple[Database, Change]:
    """Both databases without some rows that they share; the edits move up."""
    kept = {
        ref: tuple(row for place, row in enumerate(rows) if (ref, place) not in gone)
        for ref, rows in database.items()
    }
    edits = tuple(
        replace(e, place=e.place - sum(1 for ref, p in gone if ref == e.ref and p < e.place))
        for e in change.edits
    )
    return kept, replace(change, edits=edits)


def still_hidden(before: Case, after: Case, database: Database, edit: Edit) -> bool:
    """Whether other rules hide an edit too, by the plainest reason there is.

    What shows in the same way stays hidden; else the row must be hidden, before and after the
    edit, by a filter, or the dataset as a whole.
    """
    one, two = before.shown[edit.ref], after.shown[edit.ref]
    if not two.columns:
        return True
    if (one.columns, one.filters, one.groups) == (two.columns, two.filters, two.groups):
        return True
    rows = [database[edit.ref][edit.place]] if not edit.added else []
    rows += [edit.row] if edit.row is not None else []
    return not any(after.judge(edit.ref, two.filters, rows))
