"""The preview of a product: rows that its maker chose, handed to whoever may see an offer of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits.sql import parse
from doumen.kits.standards.dsp import document
from doumen.model.answer import Answer
from doumen.model.errors import Invalid
from doumen.model.message import Message, enumerated, msg
from doumen.model.ref import Ref
from doumen.model.values import json_rows
from doumen.rooms.exchange.fitting import check_free

ROWS = 100
"""Rows of a preview at most."""
BYTES = 64 << 10
"""Bytes of its rows as JSON at most."""


def preview(desk: Desk, sql: str, datasets: Collection[str]) -> dict[str, Any]:
    """The rows of a statement, asked now by whoever makes the product, under the rules on them.

    Args:
        desk: The open gate.
        sql: One SELECT.
        datasets: Names of those that the product holds; the statement may read no other.

    Returns:
        `columns` [{name, type}], `rows` as answers write them, `receipt`, and `expires` where the
        rows may be kept until a day only.

    Raises:
        Invalid: it reads another dataset, or gives more than a preview may hold.
        Refused: it reads what came under an agreement for us alone.
    """
    statement = parse(sql)
    read = {str(ref) for ref in (*statement.tables, *(one.ref for one in statement.past))}
    if not read or not read <= set(datasets):
        raise Invalid(
            msg("The preview does not keep to the datasets of the product."),
            why=msg("It reads {others}.", others=enumerated(sorted(read - set(datasets))))
            if read
            else msg("It reads none of them."),
            next=msg("Select from {datasets}.", datasets=enumerated(datasets)),
            detail="preview",
        )
    check_free(desk.facts(), map(Ref.parse, sorted(read)))
    answer = desk.query(sql)
    rows = _rows(answer)
    shown: dict[str, Any] = {
        "columns": [{"name": column.name, "type": column.type} for column in answer.schema],
        "rows": rows,
        "receipt": answer.receipt,
    }
    if answer.expires is not None:
        shown["expires"] = answer.expires.isoformat()
    try:
        document.parse(shown, "Dataset", 2 * BYTES)
    except Invalid as error:
        raise _unfit(error.why) from None
    return shown


def same(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> bool:
    """Whether two previews show the same, whatever receipts they have."""

    def told(shown: Mapping[str, Any] | None) -> dict[str, Any] | None:
        return None if shown is None else {k: v for k, v in shown.items() if k != "receipt"}

    return told(old) == told(new)


def _rows(answer: Answer) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for batch in answer.batches():
        rows.extend(json_rows(batch, answer.schema))
        if len(rows) > ROWS:
            answer.close()
            raise _unfit(msg("It has more than {most} rows.", most=ROWS))
    size = len(json.dumps(rows, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if size > BYTES:
        raise _unfit(msg("It has {size} bytes; {most} are allowed.", size=size, most=BYTES))
    return rows


def _unfit(why: Message | None) -> Invalid:
    return Invalid(
        msg("This cannot be a preview."),
        why=why,
        next=msg("Select less: fewer columns, or `LIMIT 10`."),
        detail="preview",
    )
