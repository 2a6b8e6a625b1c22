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

BOUNDS = "bounds"
"""Where the fact of a dataset holds what the values of a file lie between: they are values."""


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
class Bound:
    """What the values of one column lie between in one file.

    Values are texts as the reference engine casts them; a long text is cut, `low` downwards and
    `high` upwards, so that every value still lies between the two.

    Attributes:
        low: The smallest value that is not NULL; None: all are.
        high: The largest one; None where `low` is not: it is not known.
        nulls: How many values are NULL.
    """

    column: str
    low: str | None
    high: str | None
    nulls: int


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of a version.

    Attributes:
        path: Of an immutable Parquet file of the lake, relative to its root, with `/`; of an
            attached file absolute, free of symbolic links.
        size: Bytes.
        rows: Row count.
        identity: Of an attached file; None: it is in the lake.
        bounds: Of a file whose rows are in the order of some columns, these columns in turn;
            none: nothing is known of its values.
        digest: SHA-256 (hex) of the content of a file that is kept away from this machine; "":
            it is kept here.
    """

    path: str
    size: int
    rows: int
    identity: Identity | None = None
    bounds: tuple[Bound, ...] = ()
    digest: str = ""

    def as_json(self) -> dict[str, Any]:
        """The file as the fact of its dataset names it."""
        known: dict[str, Any] = {} if self.identity is None else asdict(self.identity)
        if self.digest:
            known["digest"] = self.digest
        if self.bounds:
            known[BOUNDS] = [[b.column, b.low, b.high, b.nulls] for b in self.bounds]
        return {"path": self.path, "size": self.size, "rows": self.rows, **known}

    @classmethod
    def of_json(cls, body: Mapping[str, Any]) -> DataFile:
        """What `as_json` wrote."""
        identity = None
        if "sha256" in body:
            identity = Identity(body["mtime_ns"], body["ctime_ns"], body["inode"], body["sha256"])
        bounds = tuple(Bound(*one) for one in body.get(BOUNDS, ()))
        digest = body.get("digest", "")
        return cls(body["path"], body["size"], body["rows"], identity, bounds, digest)


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
