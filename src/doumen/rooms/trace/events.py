"""Verbs that look back: `event list`, `event show`, `dataset uses`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import Invalid
from doumen.model.happened import Happening
from doumen.model.message import msg
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.ref import Ref

MOST = 500
LONGEST = 366
"""Days that uses are counted for at most."""


def listing(
    desk: Desk,
    *,
    subject: str | None = None,
    type: tuple[str, ...] = (),
    actor: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Outcome:
    """List what happened, as far as the asker may know.

    Raises:
        Invalid: the limit is none.
    """
    _within(limit, MOST, "limit")
    found = desk.happened(subject=subject, types=type, by=actor, before=before, limit=limit)
    rows = tuple((one.position, one.time[:19], one.type, one.actor, one.subject or "", one.id)
                 for one in found.events)  # fmt: skip
    heads = (
        msg("place"), msg("time"), msg("type"), msg("actor"), msg("subject"), msg("event"),
    )  # fmt: skip
    more = found.further is not None and len(found.events) < limit
    said = msg("Older ones may be before place {place}.", place=found.further)
    return Outcome(
        json={
            "events": [_told(one) for one in found.events],
            "further": found.further,
            "size": found.size,
        },
        drawn=(Table(heads, rows),),
        said=(said,) if more else (),
    )


def show(desk: Desk, event: str) -> Outcome:
    """Show one event, as its receipt holds it.

    Raises:
        NotFound: there is none of this id that the asker may know.
    """
    receipt = read_receipt(desk.receipt(event))
    told = {
        **receipt.event,
        "position": receipt.inclusion.index,
        "size": receipt.inclusion.size,
        "statement": receipt.disclosed.get("statement"),
        "rules": [dict(rule) for rule in receipt.rules],
        "signed_by": receipt.certificate.get("kid"),
        "used": _named(receipt.event["used"]),
        "generated": _named(receipt.event["generated"]),
    }
    pairs = ((msg("place"), told["position"]), (msg("time"), told["time"]),
             (msg("type"), told["type"]), (msg("actor"), told["actor"]),
             (msg("subject"), told["subject"]), (msg("used"), tuple(told["used"])),
             (msg("generated"), tuple(told["generated"])))  # fmt: skip
    return Outcome(
        json=told,
        drawn=(Fields(tuple((k, v) for k, v in pairs if v not in (None, "", ()))),),
        said=(msg("Its receipt: doumen receipt show {event}", event=event),),
    )


def uses(desk: Desk, dataset: str | None = None, days: int = 30) -> Outcome:
    """Count the jobs that read a dataset, day by day; days without any are told too.

    Raises:
        NotFound: there is no such dataset that the asker may know. Invalid: the days are none.
    """
    _within(days, LONGEST, "days")
    if dataset is not None:
        ref = Ref.parse(dataset)
        if desk.facts().dataset(ref) is None:
            raise policy.absent(ref)
    counts = desk.uses(dataset)
    today = datetime.now(UTC).date()
    listed = [(today - timedelta(days=back)).isoformat() for back in range(days - 1, -1, -1)]
    rows = tuple((day, counts.get(day, 0)) for day in listed)
    total = sum(number for _, number in rows)
    told = [{"day": day, "count": number} for day, number in rows]
    return Outcome(
        json={"dataset": dataset, "days": told, "total": total},
        drawn=(Table((msg("day"), msg("jobs")), tuple(row for row in rows if row[1])),),
        said=(msg("{total} jobs in {days} days.", total=total, days=days),),
    )


def _told(one: Happening) -> dict[str, Any]:
    return {**asdict(one), "used": list(one.used), "generated": list(one.generated)}


def _named(used: list[Mapping[str, Any]]) -> list[str]:
    return [f"{one['dataset']}@{one['version']}" for one in used]


def _within(number: int, most: int, name: str) -> None:
    if not 1 <= number <= most:
        raise Invalid(
            msg("`{name}` is not between 1 and {most}.", name=name, most=most), detail="limit"
        )
