"""Where a dataset stands in its life, shown and said; and which roles read in which state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.model.agreement import Side
from doumen.model.errors import Invalid, NotFound
from doumen.model.fact import Fact, Facts
from doumen.model.life import (
    ACTIVE,
    DEPRECATED,
    DRAFT,
    NAMED,
    READERS,
    RETIRED,
    STATE,
    Life,
)
from doumen.model.message import Message, enumerated, msg
from doumen.model.operation import Fields, Outcome
from doumen.model.ref import Ref

_WORDS: Mapping[str, Message] = {
    DRAFT: msg("draft"),
    ACTIVE: msg("active"),
    DEPRECATED: msg("deprecated"),
    RETIRED: msg("retired, kept for the record"),
}
LONGEST = 1000
"""Characters of a reason."""


def state_words(state: str) -> Message:
    """A state for people."""
    return _WORDS[state]


def state(
    desk: Desk,
    dataset: str,
    state: str | None = None,
    *,
    successor: str | None = None,
    until: str | None = None,
    reason: str | None = None,
) -> Outcome:
    """Show where a dataset stands, or say where it stands from now on.

    Raises:
        NotFound: there is no such dataset, or successor, that the asker may know.
        Invalid: what is given does not go with the state.
        Refused: only owner and steward may.
    """
    facts, ref, now = desk.facts(), Ref.parse(dataset), datetime.now(UTC)
    if facts.dataset(ref) is None:
        raise policy.absent(ref)
    if state is None:
        _nothing_else(successor, until, reason)
        return _shown(ref, policy.life(facts, ref, now))
    policy.may_amend(desk.actor, Fact(STATE, str(ref), {}))
    named = None if successor is None else str(Ref.parse(successor))
    life = Life(state, named, _day(until), (reason or "").strip())
    _check(life, facts, ref, now.date())
    receipt = None
    if facts.body(STATE, str(ref)) != life.as_json():
        receipt = desk.amend([Fact(STATE, str(ref), life.as_json())], subject=str(ref), seen=facts)
    stopped = _stopped(facts, ref, now.date()) if life.state in NAMED else []
    return Outcome(
        json={**_json(ref, life), "stops": stopped, "receipt": receipt},
        said=tuple(_said(ref, life, stopped, receipt)),
    )


def readers(desk: Desk, state: str, *, role: Sequence[str] = (), none: bool = False) -> Outcome:
    """Show or say which roles read in a state beside the owner.

    Raises:
        Invalid: roles are given, and that there shall be none; or one is no name.
        Refused: only owner and steward may.
    """
    facts = desk.facts()
    if role and none:
        raise Invalid(msg("`--role` and `--none` exclude each other."), detail="usage")
    wrong = [one for one in role if not one.strip() or not one.isprintable()]
    if wrong:
        raise Invalid(msg("`{role}` is no name of a role.", role=wrong[0]), detail="role")
    policy.may_amend(desk.actor, Fact(READERS, state, {}))
    receipt, roles = None, sorted(policy.readers(facts, state))
    if role or none:
        roles = sorted(set(role))
        if facts.body(READERS, state) != {"roles": roles}:
            fact = Fact(READERS, state, {"roles": roles})
            receipt = desk.amend([fact], subject=f"readers {state}", seen=facts)
    told = {"state": _WORDS[state], "roles": enumerated(roles) if roles else ""}
    said = [
        msg("In state `{state}` datasets are read by the owner and by: {roles}.", **told)
        if roles
        else msg("In state `{state}` datasets are read by the owner alone.", **told)
    ]
    if receipt:
        said.append(msg("Receipt {receipt}.", receipt=receipt))
    return Outcome({"state": state, "roles": roles, "receipt": receipt}, said=tuple(said))


def _nothing_else(*given: str | None) -> None:
    if any(one is not None for one in given):
        raise Invalid(
            msg("Say in which state the dataset is, too."),
            next=msg("`doumen dataset state DATASET deprecated --successor DATASET`"),
            detail="usage",
        )


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Invalid(
            msg("`{text}` is no day.", text=text),
            next=msg("Write it as `2027-06-30`."),
            detail="value",
        ) from None


def _check(life: Life, facts: Facts, ref: Ref, today: date) -> None:
    """Check that what is said goes together.

    Raises:
        Invalid, NotFound: it does not.
    """
    faults = list(_faults(life, ref, today))
    if faults:
        raise Invalid(
            faults[0],
            next=msg("`doumen dataset state {ref} deprecated --successor DATASET --until "
                     "YYYY-MM-DD`", ref=ref),
            detail="state",
        )  # fmt: skip
    if life.successor is not None and facts.dataset(Ref.parse(life.successor)) is None:
        raise NotFound(
            msg("There is no dataset `{ref}` to take its place.", ref=life.successor),
            next=msg("`doumen dataset list` shows the datasets."),
            detail="dataset",
        )


def _faults(life: Life, ref: Ref, today: date) -> Iterator[Message]:
    if ref.is_quarantine:
        yield msg("A quarantine goes with its dataset, and has no state of its own.")
    if life.successor is not None and life.state not in (DEPRECATED, RETIRED):
        yield msg("Only what is deprecated or retired has a successor.")
    if life.successor == str(ref):
        yield msg("`{ref}` does not take its own place.", ref=ref)
    if life.until is not None and life.state != DEPRECATED:
        yield msg("Only what is deprecated has a last day.")
    elif life.until is not None and life.until < today:
        yield msg("The last day, {day}, is over.", day=life.until)
    if len(life.reason) > LONGEST or not all(line.isprintable() for line in
                                             life.reason.splitlines()):  # fmt: skip
        yield msg("A reason is a text of at most {most} characters.", most=LONGEST)


def _stopped(facts: Facts, ref: Ref, today: date) -> list[str]:
    """The agreements in force under which a dataset was given to others."""
    return [
        agreement.key
        for agreement in policy.agreements_in_force(facts, today)
        if agreement.side is Side.PROVIDER
        and any(grant.ref == ref for grant in agreement.terms.grants)
    ]


def _json(ref: Ref, life: Life) -> dict[str, Any]:
    return {"dataset": str(ref), **life.as_json()}


def _shown(ref: Ref, life: Life) -> Outcome:
    pairs = (
        (msg("state"), _WORDS[life.state]),
        (msg("successor"), life.successor),
        (msg("read until"), None if life.until is None else life.until.isoformat()),
        (msg("reason"), life.reason),
    )
    filled = tuple((name, value) for name, value in pairs if value)
    return Outcome(
        {**_json(ref, life), "receipt": None},
        (Fields(filled, title=msg("Dataset {dataset}", dataset=ref)),),
    )


def _said(ref: Ref, life: Life, stopped: Sequence[str], receipt: str | None) -> Iterator[Message]:
    told = {"ref": ref, "state": _WORDS[life.state]}
    if receipt is None:
        yield msg("`{ref}` is as it was: {state}.", **told)
        return
    yield msg("`{ref}` is now: {state}.", **told)
    if stopped:
        yield msg(
            "Agreements in force of which nothing of it is given any more: {keys}. They stay what "
            "they are; end those that are done: doumen agreement end KEY",
            keys=enumerated(stopped),
        )
    yield msg("Receipt {receipt}.", receipt=receipt)
