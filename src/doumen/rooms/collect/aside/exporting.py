"""Rows in quarantine as CSV: an id to each, why it is there, and its fields by their names.

UTF-8 with a byte order mark, by which spreadsheets know it. A field that has no value is empty.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits.places import places
from doumen.kits.standards import odcs
from doumen.model.errors import NotFound
from doumen.model.fact import Facts
from doumen.model.files import already_there, unwritable
from doumen.model.held import FIELDS, ID, TOLD, Numbering, Shape, Values, fields, shape
from doumen.model.load import LoadColumn
from doumen.model.merge import MERGE, Merge
from doumen.model.message import msg
from doumen.model.ref import Ref


def export(desk: Desk, ref: Ref, path: Path) -> int:
    """Write them to a new file; how many they are.

    Raises:
        NotFound: there is no such dataset, or nothing of it is in quarantine.
        Conflict: the file is there already. Unavailable: it cannot be written.
    """
    facts = desk.facts()
    aside = facts.snapshot(ref.quarantine)
    if aside is None or not aside.rows:
        raise NotFound(
            msg("No row of `{ref}` is in quarantine.", ref=ref),
            next=msg("`doumen quarantine list` shows where there are some."),
            detail="quarantine",
        )
    if path.exists():
        raise already_there(path)
    names = field_names(desk, ref, aside.schema.names)
    answer = desk.query(f"SELECT * FROM {ref.quarantine}")  # noqa: S608 - a name that was parsed
    rows = (row for batch in answer.batches() for row in batch.to_pylist())
    return _write(path, [*TOLD[:-1], *names, TOLD[-1]], _lines(rows, names))


def field_names(desk: Desk, ref: Ref, columns: Iterable[str]) -> list[str]:
    """All names of fields of the rows in quarantine, and columns that no field becomes.

    Args:
        desk: Who looks.
        ref: The dataset.
        columns: Of its quarantine.
    """
    return _names(_shapes(desk, ref, columns), brought(desk.facts(), ref))


def fields_of(row: Mapping[str, Any]) -> Values | None:
    """The fields of a row of a quarantine; None: it is no record."""
    made = row.get(FIELDS)
    return fields(None if made is None else shape(made), row["_raw"])


def brought(facts: Facts, ref: Ref) -> tuple[LoadColumn, ...]:
    """The columns of the contract of a dataset that rows bring."""
    body, held = facts.dataset(ref) or {}, facts.body("contract", str(ref))
    merge = body.get(MERGE)
    own = {column.name for column in (Merge.of_json(merge).kept if merge else ())}
    columns = () if held is None else odcs.read_contract(held["text"]).columns
    return tuple(column for column in columns if column.name not in own)


def _shapes(desk: Desk, ref: Ref, columns: Iterable[str]) -> list[Shape]:
    if FIELDS not in columns:
        return []
    found = desk.query(f"SELECT DISTINCT {FIELDS} FROM {ref.quarantine} ORDER BY 1").rows()  # noqa: S608 - a name that was parsed
    return [shape(text) for (text,) in found if text is not None]


def _names(shapes: Sequence[Shape], columns: Sequence[LoadColumn]) -> list[str]:
    """All names of fields, then those of columns of the contract that no field becomes."""
    names = list(dict.fromkeys(name for one in shapes for name in one.names))
    found, _ = places(columns, names)
    missing = [c.source for c, name in zip(columns, found, strict=True) if name is None]
    return [*names, *(one for one in missing if one not in names)]


def _lines(rows: Iterable[dict[str, Any]], names: Sequence[str]) -> Iterator[list[Any]]:
    numbering = Numbering()
    for row in rows:
        told = [row[name] for name in ("_source", "_row", "_column", "_reason")]
        id = row.get(ID) or numbering.of(row["_source"], row["_row"], row["_raw"])
        found = fields_of(row)
        cells = [None] * len(names) if found is None else [found.get(name) for name in names]
        yield [id, *told, *cells, row["_raw"] if found is None else None]


def _write(path: Path, head: Sequence[str], lines: Iterable[Sequence[Any]]) -> int:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    count = 0
    try:
        with part.open("x", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(head)
            for line in lines:
                writer.writerow(line)
                count += 1
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        part.unlink(missing_ok=True)
    return count
