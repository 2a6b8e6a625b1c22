"""The verb `chart propose`: charts for the answer of a question, which is asked at the gate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from doumen.model.answer import Answer
from doumen.model.errors import Invalid
from doumen.model.message import Message, enumerated, msg
from doumen.model.operation import Outcome, Table, Text
from doumen.rooms.analyse.chart import Choice, Proposed, propose
from doumen.rooms.analyse.kept import Kept
from doumen.rooms.analyse.query import evidence, moment, named_columns, scalar

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

MOST_BARS = 200
"""Most bars that may be asked for."""


def propose_for(
    desk: Desk,
    *,
    sql: str,
    param: Sequence[str] = (),
    agreement: Sequence[str] = (),
    as_of: str | None = None,
    top: int = 30,
    others: bool = False,
) -> Outcome:
    """Ask a question and propose charts for its answer.

    Args:
        desk: The actor at the gate.
        sql: One SELECT.
        param: Values of the `?` of the statement, as `scalar` reads them.
        agreement: Keys of the agreements under which providers are asked.
        as_of: Version or moment at which datasets are read.
        top: Most bars of a chart, the longest.
        others: Whether the sum of the bars that are left out is one too.

    Raises:
        Invalid: no or too many bars are asked for.
    """
    choice = chosen(top, others=others)
    parameters = tuple(scalar(text) for text in param)
    answer = desk.query(sql, parameters, agreement=agreement, as_of=moment(as_of))
    rows = Kept(answer)
    return _told(answer, len(rows), propose(answer.schema, rows, count=len(rows), choice=choice))


def chosen(top: int, *, others: bool) -> Choice:
    """What of many categories is shown.

    Raises:
        Invalid: no or too many bars are asked for.
    """
    if not 1 <= top <= MOST_BARS:
        raise Invalid(
            msg("A chart has 1 to {most} bars, not {top}.", most=MOST_BARS, top=top),
            detail="value",
        )
    return Choice(top, others)


def _told(answer: Answer, rows: int, proposed: Proposed) -> Outcome:
    expires = {} if answer.expires is None else {"expires": answer.expires.isoformat()}
    json: dict[str, Any] = {
        "charts": [chart.as_json() for chart in proposed.charts],
        "reasons": list(proposed.reasons),
        "columns": named_columns(answer.schema),
        "rows": rows,
        "truncated": answer.truncated,
        "receipt": answer.receipt,
        **expires,
    }
    drawn: list[Table | Text] = []
    if proposed.charts:
        heads = (msg("chart"), msg("columns"), msg("why"))
        shown = tuple(
            (_NAMES[c.kind], enumerated(c.columns, mark=""), c.reason) for c in proposed.charts
        )
        drawn = [Table(heads, shown), *(Text(chart.summary) for chart in proposed.charts)]
    none = () if proposed.charts else (msg("No chart is proposed."), *proposed.reasons)
    return Outcome(json, tuple(drawn), (*none, *evidence(answer.receipt)))


_NAMES: dict[str, Message] = {
    "line": msg("line"),
    "bar": msg("bars"),
    "scatter": msg("points"),
    "histogram": msg("histogram"),
    "heatmap": msg("heat map"),
    "boxplot": msg("boxes"),
    "pie": msg("pie"),
}
