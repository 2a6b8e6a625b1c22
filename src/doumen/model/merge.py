"""How rows that come meet the rows that are there by their key, and what came of it.

Upsert keeps the latest row of each key. History keeps them all, each with the time from which and
to which it was the one (slowly changing dimension, type 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from doumen.model.load import Mode
from doumen.model.schema import Column, Schema
from doumen.model.snapshot import DataFile

VALID_FROM, VALID_TO, VANISHED_AT = "valid_from", "valid_to", "vanished_at"
MERGE = "merge"
"""What the fact of a dataset calls how its rows meet; without it they do not."""
MOMENT = "TIMESTAMP WITH TIME ZONE"
"""Type of the columns that a merge keeps itself."""


class Vanished(StrEnum):
    """What becomes of a row whose key is not among all those that came."""

    KEEP = "keep"
    MARK = "mark"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Merge:
    """By what rows meet.

    Attributes:
        mode: `UPSERT` or `HISTORY`.
        key: Columns whose values tell a row; a row without one of them goes to quarantine.
        order: Column of which the greater value is the later row; None: what comes last is.
        vanished: Of all that was there; other than `KEEP` only where all rows come each time, or
            where `gone` says which do not.
        gone: Parquet file with the keys of the rows that vanished; None: all that did not come.
    """

    mode: Mode
    key: tuple[str, ...]
    order: str | None = None
    vanished: Vanished = Vanished.KEEP
    gone: str | None = None

    @property
    def kept(self) -> tuple[Column, ...]:
        """The columns that the merge keeps itself, and that no row brings."""
        if self.mode is Mode.HISTORY:
            return (Column(VALID_FROM, MOMENT), Column(VALID_TO, MOMENT))
        return (Column(VANISHED_AT, MOMENT),) if self.vanished is Vanished.MARK else ()

    def as_json(self) -> dict[str, Any]:
        """How the rows of a dataset meet, as its fact holds it."""
        return {
            "mode": self.mode.value,
            "key": list(self.key),
            "order": self.order,
            "vanished": self.vanished.value,
        }

    @classmethod
    def of_json(cls, body: Mapping[str, Any]) -> Merge:
        """What `as_json` wrote."""
        key, order = tuple(body["key"]), body["order"]
        return cls(Mode(body["mode"]), key, order, Vanished(body["vanished"]))


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows that landed, and of those that were there.

    Attributes:
        inserted: Of a key that was not there.
        updated: Another row than was there under their key.
        unchanged: The row that is there.
        superseded: Of a key of which a later row came with them.
        late: Older by `Merge.order` than the row that is there.
        vanished: Rows that were there and were marked, closed or removed.
        dropped: Rows that are there no more: updated or removed.
        again: Rows for the quarantine that it holds already.
    """

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    superseded: int = 0
    late: int = 0
    vanished: int = 0
    dropped: int = 0
    again: int = 0

    @property
    def landed(self) -> int:
        """The rows that came, whatever became of them."""
        return self.inserted + self.updated + self.unchanged + self.superseded + self.late

    @property
    def written(self) -> int:
        """The rows among them that are there now and were not before."""
        return self.inserted + self.updated


@dataclass(frozen=True, slots=True)
class Merged:
    """A dataset's new files, not yet visible to anyone.

    Attributes:
        files: Written: what is left of `touched`, and the rows that are new.
        touched: Files of the version before that are no longer part of it.
        aside: Files for the quarantine.
    """

    counts: Counts
    files: tuple[DataFile, ...]
    touched: tuple[DataFile, ...]
    aside: tuple[DataFile, ...]


def widened(schema: Schema, merge: Merge | None) -> Schema:
    """The columns of a dataset: those that rows bring, and those that the merge keeps."""
    return schema if merge is None else Schema((*schema, *merge.kept))


def taken(columns: Sequence[str], merge: Merge | None) -> list[str]:
    """Columns that rows bring under names that the merge keeps for itself."""
    names = {column.name for column in (() if merge is None else merge.kept)}
    return [name for name in columns if name.casefold() in names]
