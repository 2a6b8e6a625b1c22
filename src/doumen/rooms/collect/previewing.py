"""The verb `preview`: how files would be read, and what of them would land; nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.model.errors import Invalid
from doumen.model.fact import Facts
from doumen.model.files import Upload
from doumen.model.load import Examination, LoadSpec, Reading, Reason
from doumen.model.loaded import Loaded
from doumen.model.merge import MERGE, Merge
from doumen.model.message import Message, msg, plain
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.ref import Ref
from doumen.rooms.collect import infer, intake, quarantine
from doumen.rooms.collect.formats import Wishes
from doumen.rooms.collect.intake import Fitted, Request
from doumen.rooms.collect.terms import once, target, terms
from doumen.rooms.collect.unpack import holding

MOST = 100
"""Rows that are shown at most."""
UNNAMED = Ref("preview", "preview")
"""What files are held to be that have no name yet."""
_SHORT = 24
"""Characters of a value that a terminal shows."""


def preview(
    desk: Desk,
    *,
    path: Path | str,
    as_dataset: str | None = None,
    rows: int = 10,
    quick: bool = False,
    encoding: str | None = None,
    delimiter: str | None = None,
    no_header: bool = False,
    json_path: str | None = None,
    sheet: str | None = None,
    allow_private: bool = False,
) -> Outcome:
    """Show how files would be read, held to the contract of a dataset where it has one.

    Raises:
        Invalid: too many rows are asked for, or no such name can be collected into.
        DoumenError: the files cannot be collected; the error says what is to be done.
    """
    if not 1 <= rows <= MOST:
        raise Invalid(
            msg("`{name}` is not between 1 and {most}.", name="rows", most=MOST), detail="rows"
        )
    request = Request(
        str(path),
        UNNAMED if as_dataset is None else target(as_dataset),
        wishes=Wishes(
            encoding, delimiter, False if no_header else None, json_path=json_path, sheet=sheet
        ),
        called=path.name if isinstance(path, Upload) else None,
        allow_private=allow_private,
        first=rows,
    )
    facts = desk.facts()
    held = None if as_dataset is None else terms(request.ref, None, facts)
    request = replace(request, merge=_merge(facts, request.ref))
    with holding() as into:
        found, files = intake.weighed_of(desk, request, into)
        weighed, again = once(files)
        fitted = intake.fit(desk, request, held, weighed)
        seen = fitted.seen or desk.examine(fitted.files, fitted.reading, first=rows)
        spec = LoadSpec(fitted.files, fitted.reading, fitted.columns, fitted.drift)
        would = None if quick else desk.rehearse(request.ref, spec, fitted.merge)
    shape = {
        "dataset": None if as_dataset is None else str(request.ref),
        "files": [{"name": one.name, "size": one.size} for one in fitted.files],
        "rows": seen.rows,
        "reading": _read(fitted.reading),
        "read_as": list(fitted.said),
        "contract": "inferred" if held is None else "in force",
        "columns": _columns(fitted, seen),
        "first": [list(row) for row in seen.first],
        "would": None if would is None else _would(would),
    }
    aside = intake.left_aside(found, files, weighed, again, into.skipped)
    following = msg("Next: doumen collect {path} --as-dataset {name}", path=path,
                    name=as_dataset or "domain.name")  # fmt: skip
    return Outcome(shape, _drawn(shape, would), (*aside, *fitted.said, following))


def _merge(facts: Facts, ref: Ref) -> Merge | None:
    """How rows meet in a dataset that is there."""
    body = facts.dataset(ref) or {}
    return Merge.of_json(body[MERGE]) if body.get(MERGE) else None


def _read(reading: Reading) -> dict[str, Any]:
    """How the files are read, as far as it goes for their format."""
    is_text = reading.format == "csv"
    return {
        "format": reading.format,
        "encoding": reading.encoding if reading.format in {"csv", "json"} else None,
        "delimiter": reading.delimiter if is_text else None,
        "quote": reading.quote if is_text else None,
        "header": reading.header if is_text else None,
        "skip": reading.skip if is_text else None,
        "part": reading.path or None,
    }


def _columns(fitted: Fitted, seen: Examination) -> list[dict[str, Any]]:
    """The columns of the files in their order, each with what becomes of it; None: nothing."""
    becomes = {one.source: one for one in fitted.columns}
    why: Mapping[str, infer.Choice] = (
        {} if fitted.seen is None else {c.column.source: c for c in infer.infer(seen)}
    )
    return [
        {
            "source": source,
            "name": becomes[source].name if source in becomes else None,
            "type": becomes[source].type if source in becomes else None,
            "why": why[source].why if source in why else None,
            "broken": why[source].broken if source in why else None,
        }
        for source in seen.names
    ]


def _would(loaded: Loaded) -> dict[str, Any]:
    return {
        "rows_in": loaded.rows_in,
        "landed": loaded.landed,
        "quarantined": loaded.quarantined,
        "reasons": [_reason(one) for one in loaded.reasons],
    }


def _reason(one: Reason) -> dict[str, Any]:
    return {
        "column": one.column,
        "reason": one.reason,
        "rows": one.rows,
        "words": quarantine.words(one),
    }


def _drawn(shape: Mapping[str, Any], would: Loaded | None) -> tuple[Fields | Table, ...]:
    columns = shape["columns"]
    types = Table(
        (msg("column"), msg("type"), msg("because")),
        tuple((c["name"] or c["source"], c["type"] or msg("left out"), c["why"] or "")
              for c in columns),
    )  # fmt: skip
    first = Table(tuple(c["source"] for c in columns), tuple(map(_cut, shape["first"])))
    if would is None:
        return (types, first)
    counts = Fields(
        (
            (msg("rows in"), would.rows_in),
            (msg("would land"), would.landed),
            (msg("would be quarantined"), would.quarantined),
        ),
        title=plain(shape["dataset"]) if shape["dataset"] else None,
    )
    reasons = (quarantine.table(would.reasons),) if would.reasons else ()
    return (types, first, counts, *reasons)


def _cut(row: Sequence[str | None]) -> tuple[str | Message, ...]:
    """A row for a terminal; what is missing is empty."""
    return tuple(
        "" if value is None else value if len(value) <= _SHORT else f"{value[: _SHORT - 1]}…"
        for value in row
    )
