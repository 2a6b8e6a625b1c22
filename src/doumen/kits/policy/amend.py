"""Who may change facts, bring data in and write derived datasets: by role, before any rule."""

from __future__ import annotations

from doumen.model.actor import OWNER, Actor
from doumen.model.errors import Invalid, Refused
from doumen.model.fact import Fact
from doumen.model.ref import RESERVED_DOMAINS, Ref, identifier

_BY_STEWARD = frozenset({"rule", "contract", "label", "purpose"})


def may_amend(actor: Actor, fact: Fact) -> None:
    """Check that the actor may change this fact.

    Rules, contracts, labels and purposes are changed by owner or steward, actors by the owner,
    tokens by the owner and by whom they are of; every other kind of fact follows from jobs and
    keys alone.

    Raises:
        Refused: they may not.
    """
    if fact.kind == "actor":
        if fact.key == OWNER:
            raise Refused(
                "Actor `owner` is fixed: everything of the node is theirs.", detail="role"
            )
        if not actor.is_owner:
            raise _role(actor, f"change actor `{fact.key}`", "the owner")
    elif fact.kind == "token":
        if not actor.is_owner and token_holder(fact.key) != actor.name:
            raise _role(actor, "make or revoke a token of another", "the owner")
    elif fact.kind not in _BY_STEWARD:
        raise Refused(
            f"A fact of kind `{fact.kind}` is not changed by hand.",
            why="It follows from what jobs do.",
            detail="fact",
        )
    elif not actor.governs:
        raise _role(actor, f"change {fact.kind} `{fact.key}`", "the owner or a steward")


def may_collect(actor: Actor) -> None:
    """Check that the actor may bring data in: the owner.

    Raises:
        Refused: they may not.
    """
    if not actor.is_owner:
        raise _role(actor, "collect data or examine files", "the owner")


def may_derive(actor: Actor, into: Ref) -> None:
    """Check that the actor may write a derived dataset of this name.

    The owner writes anywhere; everyone else into the domain that bears their own name, so that
    a name that is taken never tells of a dataset that may not be discovered.

    Raises:
        Refused: they may not.
    """
    if into.node is not None or into.domain in RESERVED_DOMAINS or into.is_quarantine:
        raise Refused(
            f"`{into}` is not a name for a derived dataset.",
            why="Other nodes, the domains of the system and quarantines are not written to.",
            next=f"Choose another name for `--into`, such as `{_own(actor) or 'lab'}.result`.",
            detail="into",
        )
    own = _own(actor)
    if actor.is_owner or into.domain == own:
        return
    raise Refused(
        f"Actor `{actor.name}` may not write into domain `{into.domain}`.",
        why="Derived datasets of everyone but the owner live in the domain of their own name.",
        next=f"Write `--into {own}.{into.name}`." if own else "Ask the owner to derive it.",
        detail="into",
    )


def token_holder(key: str) -> str:
    """Name of the actor that a token is of, told by the key of its fact."""
    return key.rpartition("/")[0]


def _own(actor: Actor) -> str | None:
    try:
        return identifier(actor.name, "domain")
    except Invalid:
        return None


def _role(actor: Actor, verb: str, who: str) -> Refused:
    return Refused(
        f"Actor `{actor.name}` may not {verb}.",
        why=f"Only {who} may.",
        next=f"Ask {who}.",
        detail="role",
    )
