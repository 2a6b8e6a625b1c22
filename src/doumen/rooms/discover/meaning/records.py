"""Files of records that people import: CSV with a header, or JSON, as flat mappings."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from doumen.model.errors import Invalid
from doumen.model.files import reading
from doumen.model.message import Message, enumerated, joined, msg

LARGEST = 64 << 20
"""Bytes of a file."""
SHOWN = 10
"""Faults that are told at once."""

Record = Mapping[str, Any]


def read(path: Path) -> list[tuple[int, Record]]:
    """The records of a file, each with its line (CSV) or its place in the list (JSON), from 1.

    A file whose first character is `[` or `{` is JSON: a list of objects, or an object of which
    one member is such a list.

    Raises:
        NotFound, Unavailable: it is not there, or cannot be read.
        Invalid: it is too large, no UTF-8, or holds no records.
    """
    with reading(path):
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise Invalid(
                msg("`{path}` is larger than such a file may be ({most} MiB).", path=path.name,
                    most=LARGEST >> 20),
                detail="file",
            )  # fmt: skip
        text = content.decode("utf-8-sig")
    found = _json(text, path) if text.lstrip()[:1] in ("[", "{") else _csv(text, path)
    if not found:
        raise Invalid(msg("`{path}` holds no records.", path=path.name), detail="file")
    return found


def _csv(text: str, path: Path) -> list[tuple[int, Record]]:
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    found: list[tuple[int, Record]] = []
    try:
        names = [name.strip() for name in rows.fieldnames or ()]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise Invalid(
                msg("`{path}` has columns twice: {names}.", path=path.name,
                    names=enumerated(twice)),
                detail="file",
            )  # fmt: skip
        for row in rows:
            if None in row or None in row.values():
                raise Invalid(
                    msg("Line {line} of `{path}` has another number of fields than its header.",
                        line=rows.line_num, path=path.name),
                    detail="file",
                )  # fmt: skip
            found.append((rows.line_num, {name.strip(): value for name, value in row.items()}))
    except csv.Error:
        raise Invalid(
            msg("`{path}` is no CSV at line {line}.", path=path.name, line=rows.line_num),
            detail="file",
        ) from None
    return found


def _json(text: str, path: Path) -> list[tuple[int, Record]]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid(msg("`{path}` is no JSON.", path=path.name), detail="file") from None
    if isinstance(value, dict):
        lists = [one for one in value.values() if isinstance(one, list)]
        value = lists[0] if len(lists) == 1 else None
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Invalid(
            msg("`{path}` is no list of objects.", path=path.name),
            next=msg("Write it as `[{example}]`.", example='{"key": "…", "name_en": "…"}'),
            detail="file",
        )
    return list(enumerate(value, start=1))


def faulty(what: Message, faults: Sequence[tuple[int, Message]]) -> Invalid:
    """The error for records that are wrong, each with its line."""
    told = [msg("line {line}: {fault}", line=line, fault=fault) for line, fault in faults[:SHOWN]]
    more = len(faults) - SHOWN
    if more > 0:
        told.append(msg("and {count} more", count=more))
    return Invalid(
        what,
        why=joined("; ", told),
        next=msg("Nothing was kept. Correct the file, and give it again."),
        detail="records",
    )
