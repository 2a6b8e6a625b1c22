"""The exact files of one version of a dataset: of the lake, or attached where they lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from doumen.model.load import LoadColumn, Reading
from doumen.model.ref import Ref
from doumen.model.schema import Schema

ATTACHED = "attached"
"""Kind of a dataset whose files are not in the lake."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a file outside of the lake was when it was attached.

    Attributes:
        mtime_ns: Time of the last change of its content.
        ctime_ns: Time of the last change of anything of it; no program can set it back.
        inode: Its number in the file system.
        sha256: Hex digest of the content, which decides where the others differ.
    """

    mtime_ns: int
    ctime_ns: int
    inode: int
    sha256: str


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of a version.

    Attributes:
        path: Of an immutable Parquet file of the lake, relative to its root, with `/`; of an
            attached file absolute, free of symbolic links.
        size: Bytes.
        rows: Row count.
        identity: Of an attached file; None: it is in the lake.
    """

    path: str
    size: int
    rows: int
    identity: Identity | None = None

    def as_json(self) -> dict[str, Any]:
        """The file as the fact of its dataset names it."""
        known = {} if self.identity is None else asdict(self.identity)
        return {"path": self.path, "size": self.size, "rows": self.rows, **known}

    @classmethod
    def of_json(cls, body: Mapping[str, Any]) -> DataFile:
        """What `as_json` wrote."""
        identity = None
        if "sha256" in body:
            identity = Identity(body["mtime_ns"], body["ctime_ns"], body["inode"], body["sha256"])
        return cls(body["path"], body["size"], body["rows"], identity)


@dataclass(frozen=True, slots=True)
class Form:
    """How attached files become the dataset: their reading, and where each column comes from.

    Attributes:
        reading: Of all files; `csv` in UTF-8, or `parquet`.
        columns: In the order of the dataset, without checks: all rows passed them before.
    """

    reading: Reading
    columns: tuple[LoadColumn, ...]

    def as_json(self) -> dict[str, Any]:
        """The form as facts hold it."""
        columns = [
            {"source": c.source, "name": c.name, "type": c.type, "formats": list(c.formats)}
            for c in self.columns
        ]
        return {"reading": {**asdict(self.reading), "columns": list(self.reading.columns)},
                "columns": columns}  # fmt: skip

    @classmethod
    def of_json(cls, body: Mapping[str, Any]) -> Form:
        """What `as_json` wrote."""
        reading = {**body["reading"], "columns": tuple(body["reading"]["columns"])}
        columns = (
            LoadColumn(c["source"], c["name"], c["type"], tuple(c["formats"]))
            for c in body["columns"]
        )
        return cls(Reading(**reading), tuple(columns))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of a dataset: schema and files. Version numbers are those of its Delta log.

    Attributes:
        form: How its files are read where they are attached; None: they are of the lake.
    """

    ref: Ref
    version: int
    schema: Schema
    files: tuple[DataFile, ...]
    form: Form | None = None

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(file.rows for file in self.files)
