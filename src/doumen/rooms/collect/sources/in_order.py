"""Files whose rows meet those that are there by their key: in order of names, none overtaken.

What comes last counts, so a file that lands late would undo what a later one said. Where one
cannot be taken, or is being written, those behind it wait. A content that landed before may come
back: under a name that was there it is what counts now, and under a new name too, unless the
file was but renamed. In a history each file is a version of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from doumen.model.errors import DoumenError
from doumen.model.load import Reading
from doumen.model.source import Writes
from doumen.rooms.collect.connectors.file_reads import Changed
from doumen.rooms.collect.connectors.interface import Item
from doumen.rooms.collect.sources.arrivals import Verdict
from doumen.rooms.collect.sources.filing import FILES, Brought, Filing


@dataclass(slots=True)
class InOrder(Filing):
    """The files of one stream that is merged.

    Attributes:
        stuck: The first file that could not be taken; empty: none.
    """

    stuck: str = ""

    @property
    def goes_on(self) -> bool:
        """Whether a further file is brought."""
        return self.ended is None and not self.stuck

    @property
    def most(self) -> int:
        """Files that land together at most."""
        return 1 if self.lander.stream.writes is Writes.HISTORY else FILES

    def _lands(self, one: Brought, others: Sequence[Brought]) -> bool:
        verdict = self.arrivals.verdict(one.item, one.digest)
        known = one.item.name in self.arrivals.known
        if verdict is Verdict.SAME:
            self.arrivals.note(one.item, one.digest)
            return False
        if known and self.reads.changed is Changed.IGNORE:
            return self._ignored(one)
        if verdict is Verdict.TWIN and not known and self._renamed(one):
            self.account.twins.append(one.item.name)
            self.arrivals.note(one.item, one.digest)
            return False
        return True

    def _renamed(self, one: Brought) -> bool:
        """Whether a file is one that landed, under another name: none of that content is left."""
        return not self.arrivals.names(one.digest) & self.listed

    def _groups(self, batch: Sequence[Brought]) -> list[list[Brought]]:
        read: list[tuple[Reading, Brought]] = []
        for one in batch:
            reading = self._reading(one)
            if reading is None:
                break
            read.append((reading, one))
        runs = groupby(read, key=lambda pair: pair[0])
        return [[one for _, one in run] for _, run in runs]

    def _land_all(self, groups: Sequence[Sequence[Brought]]) -> bool:
        return all(self._land(group) for group in groups)

    def _fails(self, item: Item, error: DoumenError) -> None:
        self.account.failed.append((item.name, error))
        self._stick(item)

    def _waits(self, item: Item) -> None:
        self.account.waiting.append(item.name)
        self._stick(item)

    def _stick(self, item: Item) -> None:
        self.stuck = min(self.stuck or item.name, item.name)


def taken(filing: InOrder, items: Sequence[Item]) -> None:
    """Take files up to the first that cannot be taken, or is being written.

    Raises:
        As `Filing.append`.
    """
    waiting = min(filing.account.waiting, default=None)
    filing.append([one for one in items if waiting is None or one.name < waiting])
    ends = filing.stuck or waiting
    if ends is not None and filing.ended is None:
        filing.account.held += [one.name for one in items if one.name > ends]
