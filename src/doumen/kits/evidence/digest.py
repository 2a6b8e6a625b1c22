"""The digest of an answer: the same for every engine, order and batching that gives the rows.

Three digests share one preamble (salt, column names and types). `exact` covers the rows
without their floating columns, as a multiset; `sequence` the same in order; `floating` the
whole rows as a multiset: equal only where even the floating numbers are equal to the last bit.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from doumen.kits.evidence.closeness import close_enough
from doumen.model.errors import Invalid
from doumen.model.message import msg
from doumen.model.schema import Schema

__all__ = ["AnswerDigest", "Digester", "RowDigests", "close_enough", "is_floating", "row_digests"]

RowDigests = tuple[bytes, bytes]
"""Of each row, one after the other: SHA-256 without its floating columns, and of the whole row;
the latter only where a column is floating."""

SIZE = 32
"""Bytes of a digest."""
_SLICE = 1 << 15
_QUOTED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*\"""")
_FLOATING = re.compile(r"\b(?:FLOAT|DOUBLE|REAL)\b")


@dataclass(frozen=True, slots=True)
class AnswerDigest:
    """What a receipt says about a result. Digests are SHA-256 in hexadecimal.

    Attributes:
        rows: Number of rows.
        exact: Over the sorted digests of the rows without floating columns.
        sequence: Over the same digests in order; only of an ordered result.
        floating: Over the sorted digests of the whole rows; only where a column is floating.
    """

    rows: int
    exact: str
    sequence: str | None = None
    floating: str | None = None

    def as_json(self) -> dict[str, int | str | None]:
        """The object `data.result` of an event."""
        return {
            "rows": self.rows,
            "exact": self.exact,
            "sequence": self.sequence,
            "floating": self.floating,
        }

    @classmethod
    def from_json(cls, body: dict[str, int | str | None]) -> AnswerDigest:
        """Read what `as_json` wrote."""
        sequence, floating = body["sequence"], body["floating"]
        return cls(
            rows=int(body["rows"] or 0),
            exact=str(body["exact"]),
            sequence=None if sequence is None else str(sequence),
            floating=None if floating is None else str(floating),
        )


def is_floating(type: str) -> bool:
    """Whether a type, as the reference engine writes it, holds binary floating numbers."""
    return bool(_FLOATING.search(_QUOTED.sub("", type)))


def row_digests(batch: pa.RecordBatch, floats: Sequence[bool]) -> RowDigests:
    """The digests of the rows of a batch.

    Args:
        batch: Some rows.
        floats: Of each column, whether it is floating (`Digester.floats`).

    Raises:
        Invalid: a column has a type that no answer can have.
    """
    parts = [
        _digests(batch.slice(start, _SLICE), floats) for start in range(0, batch.num_rows, _SLICE)
    ]
    return b"".join(exact for exact, _ in parts), b"".join(whole for _, whole in parts)


def _digests(batch: pa.RecordBatch, floats: Sequence[bool]) -> RowDigests:
    from doumen.kits.evidence.rowbytes import row_bytes  # noqa: PLC0415 (brings Arrow's compute)

    columns = list(zip(batch.columns, floats, strict=True))
    rows = row_bytes([c for c, floating in columns if not floating], batch.num_rows)
    digests = [hashlib.sha256(row).digest() for row in rows.to_pylist()]
    if not any(floats):
        return b"".join(digests), b""
    rest = row_bytes([c for c, floating in columns if floating], batch.num_rows).to_pylist()
    whole = (hashlib.sha256(h + tail).digest() for h, tail in zip(digests, rest, strict=True))
    return b"".join(digests), b"".join(whole)


class Digester:
    """Takes an answer batch by batch. Memory: 32 bytes per row, twice where a column floats.

    Args:
        schema: Output names and types.
        ordered: Whether the statement fixes the order of the rows.
        salt: The salt of the statement's commitment: without it, the digest of a small answer
            in the ledger could be guessed by trying answers.

    Attributes:
        floats: Of each column, whether it is floating.

    Example:
        >>> digester = Digester(Schema.of(n="INTEGER"), ordered=False)
        >>> digester.update(pa.record_batch({"n": pa.array([1, 2], pa.int32())}))
        >>> digester.finish().rows
        2
    """

    def __init__(self, schema: Schema, ordered: bool, salt: bytes = b"") -> None:
        self._schema = schema
        self._preamble = _preamble(schema, salt)
        self.floats = [is_floating(column.type) for column in schema]
        self._rows = 0
        self._exact = bytearray()
        self._whole = bytearray() if any(self.floats) else None
        self._sequence = self._started("sequence") if ordered else None

    def update(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch.

        Raises:
            Invalid: it has another number of columns than the schema, or a type that no answer
                can have.
        """
        self.check(batch)
        self.add(row_digests(batch, self.floats))

    def check(self, batch: pa.RecordBatch) -> None:
        """See that a batch is a part of this answer.

        Raises:
            Invalid: it has another number of columns than the schema.
        """
        if batch.num_columns != len(self._schema):
            raise Invalid(
                msg(
                    "A batch of {num_columns} columns is no part of an answer of {count}.",
                    num_columns=batch.num_columns,
                    count=len(self._schema),
                ),
                detail="digest",
            )

    def add(self, digests: RowDigests) -> None:
        """Add the rows of the next batch, of which `row_digests` were computed."""
        exact, whole = digests
        self._rows += len(exact) // SIZE
        self._exact += exact
        if self._sequence is not None:
            self._sequence.update(exact)
        if self._whole is not None:
            self._whole += whole

    def finish(self) -> AnswerDigest:
        """The digest of all rows so far."""
        if self._sequence is not None:
            self._sequence.update(self._rows.to_bytes(8, "little"))
        return AnswerDigest(
            rows=self._rows,
            exact=self._multiset("exact", self._exact),
            sequence=None if self._sequence is None else self._sequence.hexdigest(),
            floating=None if self._whole is None else self._multiset("floating", self._whole),
        )

    def _started(self, part: str) -> hashlib._Hash:
        return hashlib.sha256(f"doumen-answer-1 {part}\n".encode() + self._preamble)

    def _multiset(self, part: str, digests: bytearray) -> str:
        state = self._started(part)
        np.frombuffer(digests, "S32").sort()  # in place: a multiset has no order to lose
        state.update(digests)
        state.update(self._rows.to_bytes(8, "little"))
        return state.hexdigest()


def _preamble(schema: Schema, salt: bytes) -> bytes:
    texts = [text.encode() for column in schema for text in (column.name, column.type)]
    return b"".join(
        len(part).to_bytes(4, "little") + part
        for part in (salt, len(schema).to_bytes(4, "little"), *texts)
    )
