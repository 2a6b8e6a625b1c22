"""What came of a job on files: rows that landed, that were looked at, or written anew."""

from __future__ import annotations

from dataclasses import dataclass

from doumen.model.load import LoadColumn, Reason
from doumen.model.snapshot import DataFile


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the engine did: counts and the files it wrote, not yet visible to anyone.

    `rows_in` is counted apart from the other two; the gate asserts that they add up.
    """

    rows_in: int
    landed: int
    quarantined: int
    reasons: tuple[Reason, ...]
    files: tuple[DataFile, ...]
    quarantine_files: tuple[DataFile, ...]


@dataclass(frozen=True, slots=True)
class Surveyed:
    """All rows of files that stay where they lie, held against a contract.

    Attributes:
        rows: Of each file, in the order of the plan.
        reasons: What rows break; none: the files can be read as they are.
        columns: Where each column of the dataset comes from, without checks; formats only where
            the file holds text.
    """

    rows: tuple[int, ...]
    reasons: tuple[Reason, ...]
    columns: tuple[LoadColumn, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows, and the sum of their hashes: the same for the same rows in any order.

    The hashes are the engine's own, fit for finding faults and for nothing else.
    """

    rows: int
    sum: int

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.rows + other.rows, self.sum + other.sum)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Files that were written anew, not yet visible to anyone.

    Attributes:
        read: What was in the files before.
        written: What is in each of the new ones, read back; by the order of their names.
        files: The new ones, without rows that are none; in the same order.
    """

    read: Tally
    written: tuple[Tally, ...]
    files: tuple[DataFile, ...]
