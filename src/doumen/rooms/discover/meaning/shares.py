"""Which share of the different values of a column are codes of a list, asked through the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits.sql import quoted, table
from doumen.model.errors import NotFound, Refused
from doumen.model.meaning import CodeList
from doumen.model.ref import Ref

TEXTUAL = ("VARCHAR", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT",
           "UINTEGER", "UBIGINT")  # fmt: skip
"""Types of columns that may hold codes."""


@dataclass(frozen=True, slots=True)
class Share:
    """Values of a column against one list.

    Attributes:
        values: Different values, NULL left out.
        codes: Those among them that are codes of the list, of any edition.
        receipt: Of the question.
    """

    values: int
    codes: int
    receipt: str

    @property
    def part(self) -> float:
        """The share, 0 of no values."""
        return self.codes / self.values if self.values else 0.0


def shares(desk: Desk, ref: Ref, column: str, lists: Sequence[CodeList]) -> dict[str, Share] | None:
    """The share of each list, by key; None where the asker may not ask for it.

    One question for all short lists together, and one for each long one. Lists whose codes the
    asker may not read are left out.
    """
    found: dict[str, Share] = {}
    values = (
        f"SELECT DISTINCT CAST({quoted(column)} AS VARCHAR) AS v FROM {table(ref)} "  # noqa: S608 - names are quoted
        f"WHERE {quoted(column)} IS NOT NULL"
    )
    try:
        found |= _short(desk, values, [one for one in lists if not one.large])
        for one in lists:
            if one.dataset is not None:
                found[one.key] = _long(desk, values, Ref.parse(one.dataset))
    except (Refused, NotFound):
        return None
    return found


def _short(desk: Desk, values: str, lists: Sequence[CodeList]) -> dict[str, Share]:
    if not lists:
        return {}
    counts, parameters = [], list[Any]()
    for one in lists:
        codes = sorted({code.code for code in one.codes})
        counts.append(f"count(CASE WHEN v IN ({', '.join('?' for _ in codes)}) THEN 1 END)")
        parameters += codes
    answer = desk.query(f"SELECT count(*), {', '.join(counts)} FROM ({values}) AS d", parameters)  # noqa: S608 - names are quoted
    (row,) = answer.rows()
    return {
        one.key: Share(row[0], count, answer.receipt)
        for one, count in zip(lists, row[1:], strict=True)
    }


def _long(desk: Desk, values: str, held: Ref) -> Share:
    codes = f"SELECT DISTINCT code FROM {table(held)}"  # noqa: S608 - names are quoted
    answer = desk.query(
        f"SELECT count(*), count(k.code) FROM ({values}) AS d LEFT JOIN ({codes}) AS k "  # noqa: S608 - names are quoted
        "ON k.code = d.v"
    )
    (row,) = answer.rows()
    return Share(row[0], row[1], answer.receipt)
