"""Who may read a dataset in which state of its life; see `doumen.model.life`.

A draft is for the owner, for who derived it, and for roles that are named; for all others it is
absent, but for those who oversee the node, who know that it is there. A retired one is known as
before, and read by the owner and by roles that are named. Whoever is named reads by their rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from doumen.kits.policy.flow import derived_by
from doumen.kits.policy.refusals import drafted, retired
from doumen.kits.policy.ruling import absent
from doumen.kits.policy.standing import Standing
from doumen.model.actor import Actor
from doumen.model.errors import Refused
from doumen.model.fact import Facts
from doumen.model.life import DRAFT, NAMED, READERS, RETIRED, STATE, Life
from doumen.model.message import msg
from doumen.model.ref import Ref


def life(facts: Facts, ref: Ref, now: datetime) -> Life:
    """Where a dataset stands at a time."""
    return Life.of_json(facts.body(STATE, str(ref))).on(now.astimezone(UTC).date())


def readers(facts: Facts, state: str) -> frozenset[str]:
    """The roles that read in a state beside the owner, as far as their rules let them."""
    body = facts.body(READERS, state)
    return NAMED.get(state, frozenset()) if body is None else frozenset(body["roles"])


def concealed(standing: Standing, ref: Ref) -> bool:
    """Whether a dataset is a draft that this actor may not even know of."""
    return not standing.actor.oversees and not _reads_draft(standing, ref)


def check_life(standing: Standing, ref: Ref, successor: str | None) -> None:
    """Check that the state of a dataset lets this actor read it; they may know of it.

    Args:
        standing: Who asks, and when.
        ref: The dataset.
        successor: What takes its place, as far as they may know.

    Raises:
        Refused: it is a draft or retired, and no role of theirs is named for that.
    """
    found = life(standing.facts, ref, standing.now)
    if found.state == RETIRED and not _named(standing, RETIRED):
        raise retired(ref, found.reason, successor)
    if not _reads_draft(standing, ref):
        raise drafted(ref)


def check_delivered(facts: Facts, refs: Iterable[Ref], now: datetime) -> None:
    """Check that datasets are still given to other participants.

    Raises:
        Refused: one of them is retired by now.
        NotFound: one is a draft, of which they do not know.
    """
    for ref in refs:
        found = life(facts, ref, now)
        if found.state == RETIRED:
            raise retired(ref, found.reason, None)
        if found.state == DRAFT:
            raise absent(ref)


def check_written(facts: Facts, ref: Ref, actor: Actor, now: datetime) -> None:
    """Check that data may be brought into a dataset by somebody who may bring data there.

    Raises:
        Refused: it is retired; what takes its place is told to those who oversee the node.
    """
    found = life(facts, ref, now)
    if found.state != RETIRED:
        return
    successor = found.successor if actor.oversees else None
    told = {"ref": ref, "successor": successor}
    raise Refused(
        msg("`{ref}` is retired: nothing is brought into it any more.", **told),
        why=msg("The reason given: {reason}", reason=found.reason) if found.reason else None,
        next=msg("Bring it into `{successor}`, or take `{ref}` into use again: "
                 "`doumen dataset state {ref} active`.", **told)
        if successor
        else msg("Take it into use again: `doumen dataset state {ref} active`.", **told),
        detail="retired",
    )  # fmt: skip


def _reads_draft(standing: Standing, ref: Ref) -> bool:
    if life(standing.facts, ref, standing.now).state != DRAFT:
        return True
    own = derived_by(standing.facts, ref, standing.actor.name)
    return own or _named(standing, DRAFT)


def _named(standing: Standing, state: str) -> bool:
    actor = standing.actor
    return actor.is_owner or not actor.roles.isdisjoint(readers(standing.facts, state))
