"""What came of a job on files from outside: rows that landed, or rows that were only looked at."""

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
