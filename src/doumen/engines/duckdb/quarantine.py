"""Rows that do not land, kept as they came: where from, why, the text, an id, and its fields.

`_row` is the number of the data record in its file, from 1, the header not counted. `_raw` is
a JSON array of the raw texts of the fields, or for a line that has no fields the line itself;
`_fields` says which (`doumen.model.held`). `_id` tells a row from all others of its dataset, for
as long as it is in quarantine: it begins with the name of the folder that the gate gave.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from doumen.engines.duckdb.query import parquet
from doumen.engines.duckdb.records import Bad
from doumen.engines.duckdb.rules import Rules
from doumen.engines.duckdb.text import literal, literals
from doumen.model.held import FIELDS, ID, LINE, Shape
from doumen.model.load import SourceFile
from doumen.model.plan import Bounds

SCHEMA = pa.schema(
    [
        ("_source", pa.string()),
        ("_row", pa.int64()),
        ("_column", pa.string()),
        ("_reason", pa.string()),
        ("_raw", pa.string()),
        (ID, pa.string()),
        (FIELDS, pa.string()),
    ]
)
_BATCH = 8192
_HELD = 1 << 24
LINES = "lines.parquet"
_LOT = 16
"""Hexadecimal digits by which a lot of rows is told from others."""


class Quarantine:
    """The folder of one job's quarantine, and the engine that writes into it.

    Args:
        folder: Staged by the gate under a name that no other has.
        connection: Of the engine.
        bounds: Of the job.
        names: Names of the fields of the files.
    """

    def __init__(
        self,
        folder: Path,
        connection: duckdb.DuckDBPyConnection,
        bounds: Bounds,
        names: Sequence[str] = (),
    ) -> None:
        self._format = parquet(bounds)
        self._folder = folder
        self._connection = connection
        self._lot = f"q{folder.name.rpartition('-')[2][:_LOT]}"
        self._line = Shape(LINE, tuple(names)).as_text()
        self._count = 0
        self._held: list[tuple[str, int, None, str, str, str, str]] = []
        self._bytes = 0
        self._writer: pq.ParquetWriter | None = None

    def line(self, file: SourceFile, row: int, bad: Bad) -> None:
        """Keep a line that is no record."""
        self._count += 1
        id = f"{self._lot}-{self._count}"
        self._held.append((file.name, row, None, bad.reason, bad.raw, id, self._line))
        self._bytes += len(bad.raw)
        if len(self._held) >= _BATCH or self._bytes >= _HELD:
            self._flush()

    def settle(self) -> None:
        """Write out the lines that were kept."""
        self._flush()
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def rows(
        self,
        table: str,
        *,
        file: SourceFile,
        raws: str,
        rules: Rules,
        shape: Shape,
        number: str = "n",
    ) -> int:
        """Keep the rows of one file that break a rule; how many they are.

        Args:
            table: Rows with `code` (the rule broken, or NULL) and `n` (their number).
            file: Where they come from.
            raws: Expression of the raw texts as JSON.
            rules: What the codes mean.
            shape: What the raw texts are made of.
            number: Expression of the number of a row in its file.
        """
        names = ", ".join(
            f"({code}, {literal(column)}, {literal(reason)})"
            for code, (column, reason) in enumerate(rules.names, start=1)
        )
        path = self._folder / f"rows-{time.monotonic_ns()}.parquet"
        statement = (
            f"COPY (SELECT {literal(file.name)} AS _source, CAST({number} AS BIGINT) AS _row, "  # noqa: S608 - quoted and checked
            f"rule.col AS _column, rule.reason AS _reason, CAST({raws} AS VARCHAR) AS _raw, "
            f"{literal(f'{self._lot}-')} || ({self._count} + row_number() OVER ()) AS {ID}, "
            f"{literal(shape.as_text())} AS {FIELDS} "
            f"FROM {table} AS bad JOIN (VALUES {names}) AS rule(id, col, reason) "
            f"ON bad.code = rule.id) TO {literal(str(path))} ({self._format})"
        )
        written: int = self._connection.execute(statement).fetchall()[0][0]
        self._count += written
        if not written:
            path.unlink()
        return written

    def reasons(self) -> list[tuple[str, str, int]]:
        """Column, reason and rows of all that is kept, in the order of columns and reasons."""
        files = [str(path) for path in self.paths()]
        if not files:
            return []
        found = self._connection.execute(
            "SELECT coalesce(_column, ''), _reason, count(*) "  # noqa: S608 - quoted
            f"FROM read_parquet({literals(files)}) GROUP BY ALL ORDER BY ALL"
        )
        return [(column, reason, rows) for column, reason, rows in found.fetchall()]

    def paths(self) -> list[Path]:
        """The files written."""
        return sorted(self._folder.glob("*.parquet"))

    def files(self) -> list[tuple[str, int, int]]:
        """Name, bytes and rows of each file written."""
        return [
            (path.name, path.stat().st_size, pq.read_metadata(path).num_rows)
            for path in self.paths()
        ]

    def wipe(self) -> None:
        """Drop what is kept, to begin anew."""
        self._held.clear()
        self.settle()
        for path in self.paths():
            path.unlink()

    def _flush(self) -> None:
        if not self._held:
            return
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._folder / LINES, SCHEMA, compression="zstd")
        columns = zip(*self._held, strict=True)
        arrays = [pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)]
        self._writer.write_batch(pa.record_batch(arrays, schema=SCHEMA))
        self._held.clear()
        self._bytes = 0
