"""What came of rows that were set aside: held against a contract anew, or given up."""

from __future__ import annotations

from dataclasses import dataclass

from doumen.model.load import Reason
from doumen.model.merge import Counts
from doumen.model.ref import Ref


@dataclass(frozen=True, slots=True)
class Retried:
    """Rows of a quarantine that were held against a contract anew.

    Attributes:
        rows: All that were read.
        landed: Those that pass, written and not yet seen.
        stayed: All others.
        moved: How many of these stay for another reason than before.
        repaired: How many of all had values in the file of repairs that differ from their own.
        strangers: How many ids of that file are of no row that is there.
        reasons: Why rows stay.
    """

    rows: int
    landed: int
    stayed: int
    moved: int
    repaired: int
    strangers: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Repaired:
    """What passed has landed, and left the quarantine.

    Attributes:
        retried: What came of the rows.
        snapshot: Version of the dataset that is in force.
        merged: What became of rows that met others by their key; None: they were not merged.
        receipt: Id of the event; None: nothing changed, or it was only asked what would.
    """

    ref: Ref
    retried: Retried
    snapshot: int
    merged: Counts | None = None
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class Discarded:
    """Rows of a quarantine were given up; `receipt` is None where none was of that sort."""

    ref: Ref
    discarded: int
    remaining: int
    receipt: str | None = None
