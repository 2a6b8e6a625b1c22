"""A row that was set aside: how it is known, and its fields by the names of its source. Pure.

What it came as is text (`_raw`), and what that text is made of is kept beside it (`_fields`). A
row that was no record at all has no fields; whoever repairs it says all of them.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

LINE = "line"
"""Form of what is no record: its text is a line, or a part of a document."""
FORMS = ("csv", "json", "xlsx", "parquet", LINE)
UNKNOWN, MISSING = "unknown", "missing"
"""Reasons: a field that the contract does not know holds a value; a column that the contract asks
for is not among the fields, and others are that it does not know."""

ID, FIELDS = "_id", "_fields"
"""Columns of a quarantine that rows of before did not have."""
TOLD = tuple(f"doumen_{name}" for name in ("id", "source", "row", "column", "reason", "raw"))
"""What a file of such rows says of each beside its fields; the first is by what it is known."""


@dataclass(frozen=True, slots=True)
class Which:
    """Rows of a quarantine by what is true of them; what is None or empty says nothing.

    Attributes:
        ids: One of these.
        column: Of the rule that they broke; empty: of those that are no record.
        reason: The rule.
        source: Where they came from.
    """

    ids: tuple[str, ...] = ()
    column: str | None = None
    reason: str | None = None
    source: str | None = None


Values = Mapping[str, str | None]
"""Fields by name, as text; None: there is no value."""


class _Digits(str):
    """A number as it is written."""

    __slots__ = ()


_DECODER = json.JSONDecoder(parse_float=_Digits, parse_int=_Digits)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the texts of rows are made of.

    Attributes:
        form: One of `FORMS`.
        names: Of the fields, in their order; of JSON those that the records have together.
        types: Of Parquet the type of each field; else none.
    """

    form: str
    names: tuple[str, ...]
    types: tuple[str, ...] = ()

    def as_text(self) -> str:
        """The shape as a row holds it."""
        body: dict[str, Any] = {"form": self.form, "names": list(self.names)}
        if self.types:
            body["types"] = list(self.types)
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))

    def type(self, name: str) -> str | None:
        """The type of a field; None: it is text."""
        return self.types[self.names.index(name)] if self.types and name in self.names else None


@lru_cache(maxsize=256)
def shape(text: str) -> Shape:
    """What `as_text` wrote."""
    body = json.loads(text)
    return Shape(body["form"], tuple(body["names"]), tuple(body.get("types", ())))


def fields(shape: Shape | None, raw: str) -> Values | None:
    """The fields of a row as they came; None: it has none.

    Args:
        shape: Of its text; None: it was set aside before shapes were kept.
        raw: The text.

    Examples:
        >>> fields(Shape("csv", ("id", "n")), '["7",null]')
        {'id': '7', 'n': None}
        >>> fields(Shape("json", ("a",)), '{"a": {"b": 1.50}, "c": true}')
        {'a': '{"b":1.50}', 'c': 'true'}
    """
    if shape is None or shape.form == LINE:
        return None
    try:
        found = _DECODER.decode(raw)
    except (ValueError, RecursionError):
        return None  # a record that was cut, as it was longer than what is kept
    if shape.form == "json":
        return {name: _text(value) for name, value in found.items()}
    cells = found["cells"] if shape.form == "xlsx" else found
    texts = [_text(cell) for cell in cells]
    texts += [None] * (len(shape.names) - len(texts))
    return dict(zip(shape.names, texts, strict=False))


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else _written(value)


def _written(value: Any) -> str:
    """A value as JSON without white space, its numbers as they came."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_written(k)}:{_written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return str(value) if isinstance(value, _Digits) else json.dumps(value, ensure_ascii=False)


class Numbering:
    """Ids of rows that were set aside before rows had one: what they hold, and which of equals."""

    def __init__(self) -> None:
        self._seen = Counter[str]()

    def of(self, source: str | None, row: int | None, raw: str | None) -> str:
        """The id of the next row, in the order in which rows lie."""
        held = json.dumps([source, row, raw], ensure_ascii=False)
        digest = hashlib.sha256(held.encode("utf-8", "surrogatepass")).hexdigest()[:20]
        self._seen[digest] += 1
        return f"r{digest}-{self._seen[digest]}"
