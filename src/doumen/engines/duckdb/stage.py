"""Records that are no delimited text, kept as columns of text in the job's own folder.

What reads documents and workbooks writes here, and the same scan, rules and counts as for
delimited text read from here: columns `c0`, `c1` … of text, with `place` (the number of the
record in its file) and `raw` (the record as it came). Holds one batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from doumen.model.errors import Faulty
from doumen.model.message import msg

WIDEST = 10_000
"""Most columns."""

_ROWS = 20_000
_BYTES = 1 << 24


class Stage:
    """Tables of text with the same columns, one for each file.

    Args:
        folder: Existing folder of the job.
        names: Columns that are known; a record that has others is a fault.
            Empty: columns are those that records have, in the order in which they come.
    """

    def __init__(self, folder: Path, names: Sequence[str] = ()) -> None:
        self._folder = folder
        self._places = {name: place for place, name in enumerate(names)}
        self._fixed = bool(names)
        self._texts: list[list[str | None]] = [[] for _ in names]
        self.strings = [0] * len(names)
        self._raws: list[str] = []
        self._numbers: list[int] = []
        self._bytes = 0
        self._path = folder
        self._parts = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Columns so far."""
        return tuple(self._places)

    def begin(self, number: int) -> Path:
        """Begin the table of a file; the folder of its parts."""
        self._path = self._folder / str(number)
        self._path.mkdir()
        self._parts = 0
        return self._path

    def add(self, number: int, raw: str, fields: Iterable[tuple[str, str | None, bool]]) -> None:
        """Take a record.

        Args:
            number: Its number in its file.
            raw: How it came.
            fields: Column, text, and whether the file says that it is text and no number.
        """
        before = len(self._raws)
        for name, text, stringy in fields:
            place = self._places.get(name)
            if place is None:
                place = self._new(name)
            column = self._texts[place]
            if len(column) < before:
                column.extend([None] * (before - len(column)))
            column.append(text)
            if stringy and text:
                self.strings[place] += 1
        self._raws.append(raw)
        self._numbers.append(number)
        self._bytes += 2 * len(raw)
        if before + 1 >= _ROWS or self._bytes >= _BYTES:
            self.flush()

    def flush(self) -> None:
        """Write out what is held."""
        rows = len(self._raws)
        if not rows:
            return
        arrays: dict[str, Any] = {"place": pa.array(self._numbers, pa.int64())}
        arrays["raw"] = pa.array(self._raws, pa.string())
        for place, column in enumerate(self._texts):
            column.extend([None] * (rows - len(column)))
            arrays[f"c{place}"] = pa.array(column, pa.string())
            column.clear()
        path = self._path / f"{self._parts:08d}.parquet"
        pq.write_table(pa.table(arrays), path, compression="lz4", use_dictionary=False)
        self._parts += 1
        self._raws.clear()
        self._numbers.clear()
        self._bytes = 0

    def _new(self, name: str) -> int:
        if self._fixed:
            raise Faulty(
                msg("A file has members that it did not have when it was looked at."),
                next=msg("Wait until it is written, then run the same command again."),
                detail="changed",
            )
        place = len(self._places)
        if place == WIDEST:
            raise Faulty(
                msg("The records have more than {widest:,} different members.", widest=WIDEST),
                why=msg("Their names are probably values, as in an index by key."),
                next=msg("Turn them into one record for each, with the name as a member."),
                detail="columns",
            )
        self._places[name] = place
        self._texts.append([])
        self.strings.append(0)
        return place
