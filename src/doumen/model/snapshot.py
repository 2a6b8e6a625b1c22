"""The exact files of one version of a dataset."""

from __future__ import annotations

from dataclasses import dataclass

from doumen.model.ref import Ref
from doumen.model.schema import Schema


@dataclass(frozen=True, slots=True)
class DataFile:
    """One immutable Parquet file of the lake.

    Attributes:
        path: Relative to the lake's root, with `/`.
        size: Bytes.
        rows: Row count.
    """

    path: str
    size: int
    rows: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of a dataset: schema and files. Version numbers are those of its Delta log."""

    ref: Ref
    version: int
    schema: Schema
    files: tuple[DataFile, ...]

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(file.rows for file in self.files)
