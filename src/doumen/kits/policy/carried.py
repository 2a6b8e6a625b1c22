"""What a dataset carries from agreements: the terms under which its data came from others.

A dataset made of data of other participants names their agreements and the datasets there; what
is derived from it carries all of that on. Such terms bind the organisation, so they bind its
owner too: they hold before any rule of the node. They stay with the name of a dataset when its
content is replaced, for its earlier versions can be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from doumen.kits.policy.offers import terms_from_json
from doumen.model.errors import Refused
from doumen.model.fact import Facts
from doumen.model.message import Message, either, msg, sentence
from doumen.model.ref import Ref
from doumen.model.terms import Terms

Carried = Mapping[str, tuple[str, ...]]
"""Key of an agreement → datasets of the other participant, sorted."""


def carried(facts: Facts, ref: Ref) -> Carried:
    """The agreements of which data went into a dataset."""
    body = facts.dataset(ref) or {}
    return {key: tuple(names) for key, names in sorted(body.get("agreements", {}).items())}


@dataclass(frozen=True, slots=True)
class Came:
    """What came under an agreement.

    Attributes:
        agreement: Its key.
        datasets: Of the other participant.
        last: Last day (UTC) on which it may be kept, as the agreement asks for; None: no end.
    """

    agreement: str
    datasets: tuple[str, ...]
    last: date | None = None


def carries(facts: Facts, refs: Iterable[Ref], came: Iterable[Came] = ()) -> dict[str, Any]:
    """What a dataset carries that is made of these: fields of its fact, none where it is free.

    Args:
        facts: Of the node.
        refs: The datasets that it is made of, and itself as it was before.
        came: What came for it from others.

    Returns:
        `agreements` {key: [dataset]} and `delete` {key: last day}.
    """
    names: dict[str, set[str]] = {}
    days: dict[str, str] = {}
    parts = [(dict(carried(facts, ref)), _days(facts, ref)) for ref in refs]
    for one in came:
        last = {} if one.last is None else {one.agreement: one.last.isoformat()}
        parts.append(({one.agreement: one.datasets}, last))
    for held, ends in parts:
        for key, datasets in held.items():
            names.setdefault(key, set()).update(datasets)
        for key, day in ends.items():
            days[key] = min(day, days.get(key, day))
    found: dict[str, Any] = {}
    if names:
        found["agreements"] = {key: sorted(each) for key, each in sorted(names.items())}
    if days:
        found["delete"] = dict(sorted(days.items()))
    return found


def kept(before: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the fact of a dataset goes on carrying when something else is put under its name."""
    return {name: before[name] for name in ("agreements", "delete") if before and name in before}


def check_carried(facts: Facts, ref: Ref, purpose: str | None, now: datetime) -> None:
    """Check that the terms that a dataset carries permit this use.

    Args:
        facts: All facts of the node.
        ref: The dataset.
        purpose: As stated, by whomever.
        now: The time of the job.

    Raises:
        Refused: they do not; every agreement that forbids it is named.
    """
    reasons = [
        reason
        for key in carried(facts, ref)
        for reason in _reasons(key, facts.body("agreement", key), purpose, now)
    ]
    today = now.astimezone(UTC).date().isoformat()
    reasons += [
        msg("agreement `{key}` asks that it was deleted after {day} (UTC)", key=key, day=day)
        for key, day in sorted(_days(facts, ref).items())
        if today > day
    ]
    if reasons:
        raise Refused(
            msg("What `{ref}` was made of does not permit this.", ref=ref),
            why=sentence(reasons),
            next=msg("State a purpose that was agreed, or see `doumen agreement list`."),
            detail="agreement",
        )


def check_givable(facts: Facts, ref: Ref) -> None:
    """Check that what a dataset holds now may be given to another participant.

    That it may not is known to us alone: whose data it holds is not told.

    Raises:
        Refused: it came from others for the use of this organisation alone.
    """
    if carried(facts, ref):
        raise Refused(
            msg("`{ref}` cannot be given to others now.", ref=ref),
            why=msg("What it holds came for the use of its organisation alone."),
            next=msg("Ask whoever runs that node."),
            detail="agreement",
        )


def offering_faults(facts: Facts, refs: Iterable[Ref]) -> Iterator[Message]:
    """Why datasets may not be offered to others: each clause under which data came in."""
    for ref in refs:
        for key, names in carried(facts, ref).items():
            body = facts.body("agreement", key)
            terms = None if body is None else _terms(body)
            for name in names:
                yield msg(
                    "`{ref}` holds data of `{name}` under {clause}, which is for the use of this "
                    "organisation alone",
                    ref=ref,
                    name=name,
                    clause=clause(key, terms, name),
                )


def clause(key: str, terms: Terms | None, name: str) -> str:
    """The name of the clause of an agreement that grants a dataset, as its rules bear it."""
    refs = [] if terms is None else [str(grant.ref) for grant in terms.grants]
    return f"{key}-{refs.index(name) + 1}" if name in refs else key


def _reasons(
    key: str, body: Mapping[str, Any] | None, purpose: str | None, now: datetime
) -> Iterator[Message]:
    if body is None:
        yield msg("agreement `{key}` is not known any more", key=key)
        return
    terms, day = _terms(body), now.astimezone(UTC).date()
    if body.get("ended") is not None:
        yield msg("agreement `{key}` was ended", key=key)
    if terms.until is not None and day > terms.until:
        yield msg("agreement `{key}` ended with {until} (UTC)", key=key, until=terms.until)
    if terms.purposes and purpose not in terms.purposes:
        asked = either(f"`{one}`" for one in terms.purposes)
        yield msg("agreement `{key}` is for purpose {purposes}", key=key, purposes=asked)


def _days(facts: Facts, ref: Ref) -> Mapping[str, str]:
    """Key of an agreement → last day on which it lets a dataset be kept, where there is one."""
    return dict((facts.dataset(ref) or {}).get("delete", {}))


def _terms(body: Mapping[str, Any]) -> Terms:
    return terms_from_json(body["terms"])
