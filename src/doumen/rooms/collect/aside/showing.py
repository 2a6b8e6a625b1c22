"""Rows in quarantine shown a few at a time, each with its fields and why it is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.model.errors import Invalid
from doumen.model.held import ID, TOLD
from doumen.model.load import Reason
from doumen.model.message import msg
from doumen.model.operation import Outcome, Table
from doumen.model.ref import Ref
from doumen.rooms.collect import quarantine
from doumen.rooms.collect.aside import exporting

MOST = 100
"""Rows that are shown at most."""
_BY = (("column", "coalesce(_column, '')"), ("rule", "_reason"), ("source", "_source"))
_RAW = 200
"""Characters of a text that a terminal shows."""


def rows(
    desk: Desk,
    *,
    dataset: str,
    column: str | None = None,
    rule: str | None = None,
    source: str | None = None,
    offset: int = 0,
    limit: int = 20,
) -> Outcome:
    """Show rows in quarantine: all, or those for which all that is asked is true.

    Raises:
        Invalid: too many rows are asked for.
        NotFound: there is no such dataset.
        Refused: only owner and steward may.
    """
    policy.may_repair(desk.actor)
    if not 1 <= limit <= MOST or offset < 0:
        raise Invalid(
            msg("`{name}` is not between 1 and {most}.", name="limit", most=MOST), detail="limit"
        )
    ref, facts = Ref.parse(dataset), desk.facts()
    if facts.dataset(ref) is None:
        raise policy.absent(ref)
    aside = facts.snapshot(ref.quarantine)
    given = {"column": column, "rule": rule, "source": source}
    asked = [(test, given[name]) for name, test in _BY if given[name] is not None]
    if aside is None or not aside.rows:
        return _told(ref, [], [], 0)
    where = " AND ".join(f"{test} = ?" for test, _ in asked) or "true"
    values = [value for _, value in asked if value is not None]
    (total,) = desk.query(f"SELECT count(*) FROM {ref.quarantine} WHERE {where}", values).rows()[0]  # noqa: S608 - a name that was parsed
    order = [name for name in ("_source", "_row", ID) if name in aside.schema.names]
    answer = desk.query(
        f"SELECT * FROM {ref.quarantine} WHERE {where} ORDER BY {', '.join(order)} "  # noqa: S608 - a name that was parsed
        f"LIMIT {limit:d} OFFSET {offset:d}",
        values,
    )
    found = [row for batch in answer.batches() for row in batch.to_pylist()]
    names = exporting.field_names(desk, ref, aside.schema.names)
    return _told(ref, names, [_row(row, names) for row in found], int(total))


def _row(row: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """One row; without an id it was set aside by an earlier version, and is repaired in a file."""
    fields = exporting.fields_of(row)
    column, reason = row["_column"] or "", row["_reason"]
    return {
        "id": row.get(ID),
        "source": row["_source"],
        "row": row["_row"],
        "column": column,
        "reason": reason,
        "words": quarantine.words(Reason(column, reason, 1)),
        "fields": None if fields is None else [fields.get(name) for name in names],
        "raw": row["_raw"],
    }


def _told(ref: Ref, names: Sequence[str], found: Sequence[dict[str, Any]], total: int) -> Outcome:
    heads = (msg("id"), msg("source"), msg("row"), msg("reason"), msg("as it came"))
    lines = tuple(
        (one["id"] or "", one["source"], one["row"], one["words"], str(one["raw"])[:_RAW])
        for one in found
    )
    said = msg("{shown:,} of {total:,} rows.", shown=len(found), total=total)
    shape = {"dataset": str(ref), "names": list(names), "rows": list(found), "total": total}
    return Outcome(
        shape | {"id_field": TOLD[0]},
        (Table(heads, lines),) if lines else (),
        (said,) if lines else (msg("No row is of that sort."),),
    )
