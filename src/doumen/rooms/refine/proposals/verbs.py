"""The verbs `proposal list`, `show`, `accept`, `edit` and `refuse`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from doumen.gate.desk import Desk
from doumen.model.errors import Invalid
from doumen.model.message import Message, msg, plain
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.proposal import ACCEPTED, LABEL, OPEN, REFUSED, RULE, Proposal
from doumen.rooms.refine.proposals import worded
from doumen.rooms.refine.proposals.queue import Which, named, proposals
from doumen.rooms.refine.proposals.settling import edited, settled

SHOWN = 50
"""Proposals drawn on a terminal."""
_STATES = {OPEN: msg("open"), ACCEPTED: msg("accepted"), REFUSED: msg("refused")}


def list_all(
    desk: Desk,
    dataset: str | None = None,
    kind: str | None = None,
    state: str = OPEN,
    *,
    least: str | None = None,
    limit: int = 1000,
) -> Outcome:
    """List proposals.

    Args:
        desk: The actor at the gate.
        dataset: Only those of this dataset.
        kind: Only those of this kind.
        state: Only those in this state; `all`: whatever it is.
        least: Only those with at least this confidence, from 0 to 1.
        limit: At most so many.
    """
    which = Which(dataset, kind, None if state == "all" else state, share(least))
    found = proposals(desk.facts(), which)
    shown = found[:limit]
    rows = tuple(
        (one.key, one.dataset, one.column or "", words(one), f"{one.confidence:.0%}")
        for one in shown[:SHOWN]
    )
    heads = (msg("key"), msg("dataset"), msg("column"), msg("proposes"), msg("confidence"))
    said = [msg("{count} proposals.", count=len(found))]
    if found and state == OPEN:
        said.append(msg("Settle them: `doumen proposal review`, or `doumen proposal accept KEY`."))
    return Outcome(
        {"proposals": [as_json(one) for one in shown], "count": len(found)},
        (Table(heads, rows),) if rows else (),
        tuple(said),
    )


def show(desk: Desk, proposal: str) -> Outcome:
    """Show one proposal with what speaks for it.

    Raises:
        NotFound: there is none of this key for the asker.
    """
    (one,) = named(desk.facts(), [proposal])
    pairs: list[tuple[Message, Any]] = [
        (msg("dataset"), one.dataset),
        (msg("column"), one.column or ""),
        (msg("proposes"), words(one)),
        (msg("confidence"), f"{one.confidence:.0%}"),
        (msg("state"), _STATES[one.state]),
        (msg("made"), f"{one.made} {one.by}"),
    ]
    if one.settled:
        pairs.append((msg("settled"), f"{one.settled} {one.settled_by} {one.note or ''}".strip()))
    pairs += [(plain(name), worded.spelled(value)) for name, value in one.evidence.items()]
    return Outcome(as_json(one), (Fields(tuple(pairs), plain(one.key)),))


def accept(
    desk: Desk,
    proposal: Sequence[str] = (),
    *,
    dataset: str | None = None,
    kind: str | None = None,
    least: str | None = None,
    note: str | None = None,
) -> Outcome:
    """Accept proposals: what they propose becomes true.

    Args:
        desk: The actor at the gate.
        proposal: Their keys; none: all open ones that the conditions name.
        dataset: Only those of this dataset.
        kind: Only those of this kind.
        least: Only those with at least this confidence, from 0 to 1.
        note: Why.

    Raises:
        NotFound, Conflict, Invalid, Refused: see `settled`; what was accepted before stays.
    """
    return _settle(desk, _chosen(desk, proposal, dataset, kind, least), accept=True, note=note)


def refuse(
    desk: Desk,
    proposal: Sequence[str] = (),
    dataset: str | None = None,
    kind: str | None = None,
    note: str | None = None,
) -> Outcome:
    """Refuse proposals: they are not made again.

    Raises:
        NotFound, Conflict, Refused: as `accept`.
    """
    return _settle(desk, _chosen(desk, proposal, dataset, kind, None), accept=False, note=note)


def edit(desk: Desk, proposal: str, change: str, note: str | None = None) -> Outcome:
    """Accept another change in the place of the one proposed, which is refused.

    Args:
        desk: The actor at the gate.
        proposal: Its key.
        change: The change, as JSON.
        note: Why.

    Raises:
        Invalid: it is no change of this kind.
        NotFound, Conflict, Refused: as `accept`.
    """
    facts = desk.facts()
    (one,) = named(facts, [proposal])
    try:
        wanted = json.loads(change)
    except ValueError:
        raise Invalid(msg("The change is no JSON."), detail="change") from None
    if not isinstance(wanted, Mapping):
        raise Invalid(msg("The change is a JSON object."), detail="change")
    moment = _now()
    instead = edited(one, wanted, moment)
    who = desk.actor.name
    refused = settled([one], facts, accept=False, actor=who, moment=moment, note=note)
    made = settled([instead], facts, accept=True, actor=who, moment=moment, note=note)
    receipt = desk.amend([*refused, *made], subject=one.dataset, seen=facts)
    return _outcome([instead], [receipt], accept=True)


def _chosen(
    desk: Desk,
    keys: Sequence[str],
    dataset: str | None,
    kind: str | None,
    least: str | None,
) -> list[Proposal]:
    facts = desk.facts()
    if keys:
        return sorted(named(facts, keys), key=lambda one: one.dataset)
    if dataset is None and kind is None and least is None:
        raise Invalid(
            msg("Say which proposals: their keys, `--dataset` or `--kind`."), detail="usage"
        )
    return proposals(facts, Which(dataset, kind, OPEN, share(least)))


def share(text: str | None) -> float:
    """A share from 0 to 1, as written; None is 0.

    Raises:
        Invalid: it is none.
    """
    try:
        value = 0.0 if text is None else float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise Invalid(msg("`{text}` is no share from 0 to 1.", text=text), detail="share")
    return value


def _settle(desk: Desk, chosen: Sequence[Proposal], *, accept: bool, note: str | None) -> Outcome:
    """Settle proposals, those of one dataset in one event."""
    receipts = []
    for dataset, group in groupby(chosen, lambda one: one.dataset):
        facts = desk.facts()
        # Read anew: another may have settled one of them meanwhile.
        of_one = list(named(facts, [one.key for one in group]))
        made = settled(
            of_one, facts, accept=accept, actor=desk.actor.name, moment=_now(), note=note
        )
        receipts.append(desk.amend(made, subject=dataset, seen=facts))
    return _outcome(chosen, receipts, accept=accept)


def _outcome(chosen: Sequence[Proposal], receipts: Sequence[str], *, accept: bool) -> Outcome:
    count = len(chosen)
    return Outcome(
        {
            "settled": [one.key for one in chosen],
            "state": ACCEPTED if accept else REFUSED,
            "receipts": list(receipts),
        },
        said=(
            msg("{count} proposals accepted.", count=count)
            if accept
            else msg("{count} proposals refused.", count=count),
            *(msg("Receipt {receipt}", receipt=receipt) for receipt in receipts),
        ),
    )


def words(one: Proposal) -> Message:
    """What a proposal proposes, in short."""
    if one.kind == LABEL:
        return msg("label {labels}", labels=", ".join(one.change["labels"]))
    if one.kind == RULE:
        return worded.words(one)
    return msg("means {kind} {key}", kind=one.change["to"], key=one.change["key"])


def as_json(one: Proposal) -> dict[str, Any]:
    """A proposal for machines, with what it proposes in words."""
    return {"key": one.key, "words": words(one), **one.as_json()}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
