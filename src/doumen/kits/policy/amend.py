"""Who may change facts, bring data in and write derived datasets: by role, before any rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doumen.model.actor import OWNER, Actor
from doumen.model.alert import ALERT
from doumen.model.errors import Conflict, Invalid, Refused
from doumen.model.fact import Fact
from doumen.model.handed import GRANT
from doumen.model.identity import KEPT, PASSWORD, PROVIDER, SESSION, TICKET, TOTP, holder
from doumen.model.life import READERS, STATE
from doumen.model.meaning import CODELIST, ELEMENT, LINK, TERM
from doumen.model.message import Message, msg
from doumen.model.proposal import PROPOSAL
from doumen.model.question import QUESTION
from doumen.model.ref import RESERVED_DOMAINS, Ref, identifier
from doumen.model.schedule import SCHEDULE
from doumen.model.source import ARRIVAL, CONNECTION
from doumen.model.upkeep import UPKEEP

_KINDS: Mapping[str, Message] = {
    "rule": msg("rule"),
    "contract": msg("contract"),
    "label": msg("label"),
    "purpose": msg("purpose"),
    "decisions": msg("decisions"),
    "participant": msg("participant"),
    "product": msg("product"),
    "offer": msg("offer"),
    STATE: msg("state"),
    READERS: msg("readers"),
    TERM: msg("term"),
    ELEMENT: msg("data element"),
    CODELIST: msg("code list"),
    LINK: msg("link"),
}
_BY_STEWARD = frozenset(_KINDS)
_OWNED = frozenset({CONNECTION, ARRIVAL, SCHEDULE, ALERT, UPKEEP})
_BY_HOLDER = frozenset({TICKET, PASSWORD, TOTP})
EXCHANGED = frozenset({"negotiation", "transfer", "agreement"})
"""What the other side of it changes too, by its messages."""
AGREED = ("id", "side", "product", "terms", "signed", "policy", "negotiation")
"""What of an agreement never changes."""


def may_amend(actor: Actor, fact: Fact) -> None:
    """Check that the actor may change this fact.

    Rules, contracts, labels, purposes, participants, products, offers, where datasets stand in
    their life and what columns mean are changed by owner or steward, actors and what the node does
    by itself (sources, schedules, alerts, how files are kept) by the owner, tokens by the owner and
    by whom they are of. Grants of files are made by jobs, and taken back by those who govern and by
    whom they are of. How somebody signs in is changed by the owner, as the node itself is; their
    password, second factor and links by whom they are of, who ends sessions of their own too.
    Every other kind of fact follows from jobs and keys alone. Negotiations,
    transfers and agreements are changed by those who govern, and by the participant who is the
    other side of them. Proposals are made and settled by those who govern, each their own, and by
    the owner. Questions are saved by whom they are of, and taken back by them and the owner.

    Raises:
        Refused: they may not.
    """
    if fact.kind == "actor":
        _actor(actor, fact)
    elif fact.kind in _OWNED:
        _may_own(actor, fact.kind)
    elif fact.kind == "token" or (fact.kind == GRANT and fact.body is None):
        _held(actor, fact)
    elif fact.kind in KEPT or fact.kind == PROVIDER:
        _identity(actor, fact)
    elif fact.kind == QUESTION:
        _question(actor, fact)
    elif fact.kind == PROPOSAL:
        _proposal(actor, fact)
    elif fact.kind in EXCHANGED and not actor.governs:
        _by_counterparty(actor, fact)
    elif fact.kind not in _BY_STEWARD | EXCHANGED:
        raise Refused(
            msg("A fact of kind `{fact}` is not changed by hand.", fact=fact.kind),
            why=msg("It follows from what jobs do."),
            detail="fact",
        )
    elif not actor.governs:
        raise _governing(
            msg(
                "Actor `{actor}` may not change {kind} `{key}`.",
                actor=actor.name,
                kind=_KINDS[fact.kind],
                key=fact.key,
            )
        )


def _actor(actor: Actor, fact: Fact) -> None:
    """Let the owner change an actor; themselves they cannot."""
    if fact.key == OWNER:
        raise Refused(
            msg("Actor `owner` is fixed: everything of the node is theirs."), detail="role"
        )
    if not actor.is_owner:
        raise _role(
            msg("Actor `{actor}` may not change actor `{key}`.", actor=actor.name, key=fact.key)
        )


def _proposal(actor: Actor, fact: Fact) -> None:
    """Let those who govern make and settle proposals of their own, and the owner all of them.

    A proposal tells of rows as whoever had it made may see them.

    Raises:
        Refused: it is of another, or they do not govern.
    """
    if actor.is_owner or (actor.governs and (fact.body or {}).get("by") == actor.name):
        return
    raise _governing(msg("Actor `{actor}` may not make or settle this proposal.",
                         actor=actor.name))  # fmt: skip


def _question(actor: Actor, fact: Fact) -> None:
    """Let actors save questions of their own, and the owner take any back.

    Raises:
        Refused: it is of another.
    """
    if token_holder(fact.key) != actor.name and not (actor.is_owner and fact.body is None):
        raise Refused(
            msg("Actor `{actor}` may not change a question of another.", actor=actor.name),
            next=msg("Save one of your own: `doumen question save`."),
            detail="role",
        )


def _held(actor: Actor, fact: Fact) -> None:
    """Let whoever holds a token or a grant change it, the owner too, and grants who governs.

    Raises:
        Refused: it is of another.
    """
    if token_holder(fact.key) == actor.name:
        return
    if fact.kind == GRANT and not actor.governs:
        raise _governing(
            msg("Actor `{actor}` may not revoke a grant of another.", actor=actor.name)
        )
    if fact.kind != GRANT and not actor.is_owner:
        raise _role(
            msg("Actor `{actor}` may not make or revoke a token of another.", actor=actor.name)
        )


def _identity(actor: Actor, fact: Fact) -> None:
    """Let the owner change how somebody signs in, and whom it is of what is theirs.

    Nobody opens a session by hand: that follows from a sign-in, which the node itself records.

    Raises:
        Refused: it is not theirs.
    """
    own = fact.kind != PROVIDER and holder(fact.key) == actor.name
    ending = fact.kind == SESSION and fact.body is None
    if actor.is_owner or (own and (fact.kind in _BY_HOLDER or ending)):
        return
    raise _role(
        msg("Actor `{actor}` may not change how others sign in.", actor=actor.name)
        if not own
        else msg("Actor `{actor}` may not change this of how they sign in.", actor=actor.name)
    )


def _may_own(actor: Actor, kind: str) -> None:
    """Let the owner describe what the node does by itself: sources, schedules, alerts, upkeep.

    Raises:
        Refused: it is another.
    """
    if kind == UPKEEP:
        may_keep(actor)
    elif kind in {CONNECTION, ARRIVAL}:
        may_collect(actor)
    else:
        may_schedule(actor)


def _by_counterparty(actor: Actor, fact: Fact) -> None:
    """Let a participant lead on what they are a side of; no actor of theirs, and nothing removed.

    Raises:
        Refused: it is not theirs.
    """
    theirs = fact.body is not None and fact.body["counterparty"] == actor.participant
    if not theirs or actor.name != actor.participant:
        raise _governing(
            msg("Actor `{actor}` may not change {kind} `{key}`.", actor=actor.name,
                kind=fact.kind, key=fact.key)
        )  # fmt: skip


def check_exchanged(fact: Fact, before: Mapping[str, Any] | None) -> None:
    """Check that what is between two stays between them, and what was agreed as it was agreed.

    The names of both are digests that the other side has a part in: one that meets that of
    another must not take its place. An agreement is ended, never taken back, changed or revived.

    Args:
        fact: What is to become true.
        before: Its body until now; None: there was none.

    Raises:
        Conflict: it would be another.
    """
    if fact.kind not in EXCHANGED or before is None:
        return
    body = fact.body or {}
    fixed = {"counterparty", *(AGREED if fact.kind == "agreement" else ())}
    ended = before.get("ended")
    if any(body.get(name) != before.get(name) for name in fixed) or (
        ended is not None and body.get("ended") != ended
    ):
        raise Conflict(
            msg("`{key}` is there already, and stays what it is.", key=fact.key),
            why=msg("What two participants agreed on is not changed, taken back or revived."),
            next=msg("End it, and negotiate anew: `doumen agreement end {key}`.", key=fact.key),
            detail="exchanged",
        )


def may_speak(actor: Actor) -> None:
    """Check that the actor may speak to other nodes in the name of this one: who governs.

    Raises:
        Refused: they may not.
    """
    if not actor.governs:
        raise _governing(
            msg("Actor `{actor}` may not speak to other nodes for this one.", actor=actor.name)
        )


def may_ask_elsewhere(actor: Actor) -> None:
    """Check that the actor may send requests to those who say who somebody is: the owner.

    Raises:
        Refused: they may not.
    """
    if not actor.is_owner:
        raise _role(msg("Actor `{actor}` may not ask providers of identity.", actor=actor.name))


def may_foresee(actor: Actor, other: str) -> None:
    """Check that the actor may be told what another may see: who governs.

    Raises:
        Refused: they may not.
    """
    if actor.name != other and not actor.governs:
        raise _governing(msg("Actor `{actor}` may not ask what another may see.", actor=actor.name))


def may_collect(actor: Actor) -> None:
    """Check that the actor may bring data in: the owner.

    Raises:
        Refused: they may not.
    """
    if not actor.is_owner:
        raise _role(msg("Actor `{actor}` may not collect data or examine files.", actor=actor.name))


def may_repair(actor: Actor) -> None:
    """Check that the actor may repair, replay or give up rows in quarantine: who governs.

    Raises:
        Refused: they may not.
    """
    if not actor.governs:
        raise _governing(
            msg("Actor `{actor}` may not change what is in quarantine.", actor=actor.name)
        )


def may_keep(actor: Actor) -> None:
    """Check that the actor may change how files are kept, or give versions up: the owner.

    Raises:
        Refused: they may not.
    """
    if not actor.is_owner:
        raise _role(msg("Actor `{actor}` may not keep the files of datasets.", actor=actor.name))


def may_schedule(actor: Actor) -> None:
    """Check that the actor may say what is done by itself, and who is told of it: the owner.

    Raises:
        Refused: they may not.
    """
    if not actor.is_owner:
        raise _role(msg("Actor `{actor}` may not change schedules or alerts.", actor=actor.name))


def may_derive(actor: Actor, into: Ref) -> None:
    """Check that the actor may write a derived dataset of this name.

    The owner writes anywhere; everyone else into the domain that bears their own name, so that
    a name that is taken never tells of a dataset that may not be discovered.

    Raises:
        Refused: they may not.
    """
    if into.node is not None or into.domain in RESERVED_DOMAINS or into.is_quarantine:
        raise Refused(
            msg("`{into}` is not a name for a derived dataset.", into=into),
            why=msg("Other nodes, the domains of the system and quarantines are not written to."),
            next=msg(
                "Choose another name for `--into`, such as `{own}.result`.",
                own=_own(actor) or "lab",
            ),
            detail="into",
        )
    own = _own(actor)
    if actor.is_owner or into.domain == own:
        return
    raise Refused(
        msg(
            "Actor `{actor}` may not write into domain `{domain}`.",
            actor=actor.name,
            domain=into.domain,
        ),
        why=msg("Derived datasets of everyone but the owner live in the domain of their own name."),
        next=msg("Write `--into {own}.{into}`.", own=own, into=into.name)
        if own
        else msg("Ask the owner to derive it."),
        detail="into",
    )


def token_holder(key: str) -> str:
    """Name of the actor that a token, a grant or a question is of, told by the key of its fact."""
    return key.rpartition("/")[0]


def _own(actor: Actor) -> str | None:
    try:
        return identifier(actor.name, msg("domain"))
    except Invalid:
        return None


def _role(what: Message) -> Refused:
    """What only the owner may."""
    return Refused(what, why=msg("Only the owner may."), next=msg("Ask the owner."), detail="role")


def _governing(what: Message) -> Refused:
    """What only those may who govern."""
    return Refused(
        what,
        why=msg("Only the owner or a steward may."),
        next=msg("Ask the owner or a steward."),
        detail="role",
    )
