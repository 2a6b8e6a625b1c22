"""The desk with a memory: what was asked of it, for the receipts of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from doumen.gate.desk import Desk
from doumen.kits.sql import table
from doumen.model.answer import Answer
from doumen.model.errors import Refused
from doumen.model.message import msg
from doumen.model.plan import Scalar
from doumen.model.ref import Ref
from doumen.model.schema import Column

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(slots=True)
class Asked:
    """Questions at the gate.

    Attributes:
        receipts: Of all of them, in order.
        expires: Last day on which all of the answers may be kept (ISO date).
        cut: Whether a limit of a rule cut the latest answer.
    """

    desk: Desk
    receipts: list[str] = field(default_factory=list)
    expires: str | None = None
    cut: bool = False

    def row(self, sql: str, parameters: Sequence[Scalar] = ()) -> tuple[Any, ...]:
        """The one row of an answer.

        Raises:
            Refused: a minimum group leaves it out. Else what `desk.query` raises.
        """
        answer = self.desk.query(sql, parameters)
        rows = answer.rows()
        self._keep(answer)
        if not rows:
            raise Refused(
                msg("Too few rows are there for you to be told of them."),
                why=msg("A rule shows them in groups only, and all of them are no group."),
                detail="min_group",
            )
        return rows[0]

    def number(self, sql: str, parameters: Sequence[Scalar] = ()) -> int:
        """The one whole number of an answer."""
        return int(self.row(sql, parameters)[0])

    def table(self, sql: str) -> pa.Table:
        """An answer as an Arrow table."""
        answer = self.desk.query(sql)
        found = answer.arrow()
        self._keep(answer)
        return found

    def columns(self, ref: Ref) -> tuple[Column, ...]:
        """The columns of a dataset as the asker sees them; costs nothing."""
        told = self.desk.explain(f"SELECT count(*) FROM {table(ref)}")  # noqa: S608 - names are quoted
        return tuple(Column(c["name"], c["type"]) for one in told.tables for c in one["columns"])

    def _keep(self, answer: Answer) -> None:
        self.receipts.append(answer.receipt)
        self.cut = answer.truncated
        if answer.expires is not None:
            day = answer.expires.isoformat()
            self.expires = day if self.expires is None else min(self.expires, day)
