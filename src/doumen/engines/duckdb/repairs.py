"""The file of repaired values that a steward gives, by the ids of rows. In the worker.

It comes from outside as any file, so it is read here, line by line; but what is no record in it
is a fault of the whole: a repair is said by hand, and none of it is left out in silence.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from doumen.engines.duckdb.records import Bad
from doumen.engines.duckdb.sources import Meter, Source, check_header, scans, sifted
from doumen.model.errors import Faulty, Invalid
from doumen.model.held import TOLD, Values
from doumen.model.load import Reading, SourceFile
from doumen.model.message import enumerated, msg

_TABLE, _IDS = "__doumen_repairs", "__doumen_ids"
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Repairs:
    """Repaired values, each row of them by its id.

    Attributes:
        names: Of the fields.
        count: How many rows.
    """

    connection: duckdb.DuckDBPyConnection | None
    names: tuple[str, ...]
    count: int

    def of(self, ids: Sequence[str]) -> dict[str, Values]:
        """The values for those of these rows that have any."""
        if self.connection is None:
            return {}
        self.connection.register(_IDS, pa.table({"id": pa.array(ids, pa.string())}))
        found = self.connection.execute(
            f"SELECT * FROM {_TABLE} SEMI JOIN {_IDS} USING (id)"  # noqa: S608 - constants
        ).fetchall()
        return {row[0]: dict(zip(self.names, row[1:], strict=True)) for row in found}


NONE = Repairs(None, (), 0)


def read(
    connection: duckdb.DuckDBPyConnection,
    given: tuple[SourceFile, Reading],
    known: Collection[str],
    scratch: Path,
) -> Repairs:
    """Read the file.

    Args:
        connection: Of the engine.
        given: The file, delimited text, and how it is read.
        known: Names that fields of rows may have.
        scratch: Folder of the job.

    Raises:
        Invalid: it has no ids, or names that no row has.
        Faulty: a line of it is no record, or an id comes twice or is missing.
    """
    file, reading = given
    fields = _fields(file, reading.columns, known)
    columns = reading.columns
    outputs = ", ".join(f"c{columns.index(one)}" for one in fields)
    id = f"trim(c{columns.index(TOLD[0])})"
    sources = _read(file, reading, scratch)
    connection.execute(
        f"CREATE TEMP TABLE {_TABLE} AS "  # noqa: S608 - places, and quoted
        f"SELECT {id} AS id{', ' if outputs else ''}{outputs} FROM {scans(sources)}"
    )
    twice = connection.execute(
        f"SELECT coalesce(id, '') FROM {_TABLE} GROUP BY ALL "  # noqa: S608 - constants
        f"HAVING count(*) > 1 OR coalesce(id, '') = '' ORDER BY ALL LIMIT {_SHOWN}"
    ).fetchall()
    if twice:
        raise Faulty(
            msg("`{file}` has a row without an id, or an id twice: {ids}.", file=file.name,
                ids=enumerated(row[0] for row in twice)),
            next=msg("Leave `{id}` as it was written by `doumen quarantine export`.", id=TOLD[0]),
            detail="id",
        )  # fmt: skip
    count: int = connection.execute(f"SELECT count(*) FROM {_TABLE}").fetchall()[0][0]  # noqa: S608
    return Repairs(connection, fields, count)


def _fields(file: SourceFile, columns: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """The columns of the file that are fields of rows."""
    if TOLD[0] not in columns:
        raise Invalid(
            msg("`{file}` has no column `{id}`.", file=file.name, id=TOLD[0]),
            next=msg("Begin with a file that `doumen quarantine export` wrote."),
            detail="id",
        )
    fields = [one for one in columns if one not in TOLD]
    strange = [one for one in fields if one not in known]
    if strange:
        raise Invalid(
            msg("`{file}` has columns that no row in quarantine and no contract has: {names}.",
                file=file.name, names=enumerated(strange[:_SHOWN])),
            next=msg("Leave the names as `doumen quarantine export` wrote them."),
            detail="column",
        )  # fmt: skip
    return tuple(fields)


def _read(file: SourceFile, reading: Reading, scratch: Path) -> list[Source]:
    bad: list[int] = []

    def reject(file: SourceFile, row: int, record: Bad) -> None:
        bad.append(row)

    meter = Meter(file.size, lambda fraction, doing: None, msg("reading"))
    check_header(file, reading)
    sources = sifted([file], reading, scratch, reject, meter)
    if bad:
        raise Faulty(
            msg("`{file}` has rows that are no records: {rows}.", file=file.name,
                rows=enumerated(map(str, bad[:_SHOWN]))),
            next=msg("Correct them; nothing was changed."),
            detail="form",
        )  # fmt: skip
    return sources
