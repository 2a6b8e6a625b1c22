"""The verb that proposes rules: drafts of a profile, counted over all rows, put in the queue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from doumen.gate.desk import Desk
from doumen.kits.sql import table
from doumen.model.answer import AS_IT_IS
from doumen.model.errors import Faulty, NotFound, Refused
from doumen.model.fact import Fact, Facts
from doumen.model.message import Message, msg
from doumen.model.operation import Outcome, Table
from doumen.model.proposal import PROPOSAL, Proposal
from doumen.model.ref import Ref
from doumen.rooms.refine.lookup import Held, held
from doumen.rooms.refine.profile.asked import Asked
from doumen.rooms.refine.profile.drafts import Counted, Draft, proposal
from doumen.rooms.refine.profile.figures import Profile
from doumen.rooms.refine.profile.known import said
from doumen.rooms.refine.profile.references import Target, targets
from doumen.rooms.refine.profile.rules import column_drafts
from doumen.rooms.refine.profile.run import profile_of
from doumen.rooms.refine.profile.tables import table_drafts
from doumen.rooms.refine.proposals.worded import words

_AT_ONCE = 100
"""Drafts that share a scan."""


def propose(
    desk: Desk, dataset: str, column: Sequence[str] = (), sample: int | None = None
) -> Outcome:
    """Propose rules that hold in all rows that the asker may see, and that the contract lacks.

    Raises:
        NotFound: there is no such dataset or column that the asker may know.
        Refused: no rule permits the asker to query it, or to propose.
    """
    found, asked = held(desk, dataset), Asked(desk)
    profile = profile_of(asked, dataset, column, sample)
    made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    proposed = _proposed(asked, found, profile, made)
    new, receipt = queued(desk, found.facts, proposed, profile.dataset)
    return _outcome(profile, proposed, new, [*asked.receipts, *([receipt] if receipt else [])])


def queued(
    desk: Desk, facts: Facts, proposed: Sequence[Proposal], dataset: str
) -> tuple[list[Proposal], str | None]:
    """Put proposals in the queue, but those that were there once, whatever became of them.

    Returns:
        Those that are new, and the receipt; None where nothing is new.

    Raises:
        Refused: the actor may not propose.
        Conflict: somebody else proposed in between.
    """
    new = [one for one in proposed if facts.body(PROPOSAL, one.key) is None]
    if not new:
        return [], None
    written = [Fact(PROPOSAL, one.key, one.as_json()) for one in new]
    return new, desk.amend(written, subject=dataset, seen=facts)


def _proposed(asked: Asked, found: Held, profile: Profile, made: str) -> list[Proposal]:
    """What holds in all rows; of the references of a column the likeliest that does."""
    proposed, referring = [], set()
    for draft, counted in _counted(asked, found, profile):
        one = proposal(draft, counted, profile.dataset, asked.desk.actor.name, made)
        if one is None or (draft.kind == "reference" and draft.column in referring):
            continue
        referring |= {draft.column} if draft.kind == "reference" else set()
        proposed.append(one)
    return proposed


def _counted(asked: Asked, found: Held, profile: Profile) -> Iterator[tuple[Draft, Counted]]:
    """Each draft that the contract does not say, with what all rows say of it."""
    drafts = [*column_drafts(profile), *table_drafts(profile)]
    drafts += _references(asked, profile, found.facts)
    masked = _masked(asked.desk, found.ref)
    drafts = [draft for draft in drafts if not masked & {draft.column, *draft.columns}]
    contract = None if found.facts.body("contract", profile.dataset) is None else found.contract()
    if contract is not None:
        drafts = [draft for draft in drafts if not said(draft, contract)]
    for start in range(0, len(drafts), _AT_ONCE):
        yield from _scanned(asked, found.ref, drafts[start : start + _AT_ONCE])


def _masked(desk: Desk, ref: Ref) -> set[str | None]:
    """Columns that the asker sees by a mask: what they look like is no rule for what they are."""
    told = desk.explain(f"SELECT count(*) FROM {table(ref)}")  # noqa: S608 - names are quoted
    return {
        column["name"]
        for one in told.tables
        for column in one["columns"]
        if column["shown"] != AS_IT_IS
    }


def _scanned(asked: Asked, ref: Ref, drafts: Sequence[Draft]) -> Iterator[tuple[Draft, Counted]]:
    """Conditions counted in one scan; the others each by its own statement."""
    counts = "".join(
        f", coalesce(count_if({draft.filled}), 0), coalesce(count_if({draft.broken}), 0)"
        for draft in drafts
    )
    parameters = [value for draft in drafts for value in draft.parameters]
    row = asked.row(f"SELECT count(*){counts} FROM {table(ref)}", parameters)  # noqa: S608 - names are quoted
    receipt = asked.receipts[-1]
    for at, draft in enumerate(drafts):
        rows, broken = int(row[1 + 2 * at]), int(row[2 + 2 * at])
        if draft.statement is None:
            yield draft, Counted(rows, broken, receipt)
        elif (alone := _number(asked, draft.statement)) is not None:
            yield draft, Counted(rows, alone, asked.receipts[-1])


def _references(asked: Asked, profile: Profile, facts: Facts) -> Iterator[Draft]:
    """Those to which what is asked of the other dataset speaks for."""
    for target in targets(profile, facts):
        if _fits(asked, target):
            yield target.draft(Ref.parse(profile.dataset))


def _fits(asked: Asked, target: Target) -> bool:
    if not target.named:
        sql, values = target.probe
        if _number(asked, sql, values) != len(values):
            return False
    return target.declared or _number(asked, target.repeated) == 0


def _number(asked: Asked, sql: str, parameters: Sequence[str] = ()) -> int | None:
    """A number of another dataset too; None where it may not be asked for."""
    try:
        return asked.number(sql, parameters)
    except (Faulty, NotFound, Refused):
        return None


def _outcome(
    profile: Profile, proposed: Sequence[Proposal], new: Sequence[Proposal], receipts: Sequence[str]
) -> Outcome:
    keys = {one.key for one in new}
    return Outcome(
        json={
            "dataset": profile.dataset,
            "rows": profile.rows,
            "proposals": [
                {"key": one.key, "new": one.key in keys, **one.as_json()} for one in proposed
            ],
            "new": len(new),
            "receipts": list(receipts),
        },
        drawn=(
            Table(
                (msg("proposal"), msg("column"), msg("rule"), msg("rows"), msg("confidence")),
                tuple(
                    (one.key, one.column or "", words(one), f"{one.evidence['rows']:,}",
                     f"{one.confidence:.2f}")
                    for one in proposed
                ),
            ),
        ) if proposed else (),
        said=(_summed(len(proposed), len(new)),),
    )  # fmt: skip


def _summed(proposed: int, new: int) -> Message:
    if not proposed:
        return msg("Nothing to propose: no rule holds in enough rows that the contract lacks.")
    return msg(
        "{new} of {proposed} proposals are new. None is in force before somebody accepts it.",
        new=new,
        proposed=proposed,
    )
