"""Second station: names to facts. What the actor may not discover does not exist.

All facts of one job are of one version; a job decides on nothing else.
"""

from __future__ import annotations

from dataclasses import replace

from doumen.gate import agreed
from doumen.gate.past import History, snapshot_at
from doumen.gate.stages import Asked, Known
from doumen.kits import policy
from doumen.kits.policy import Asked as Question
from doumen.kits.sql.past import Past
from doumen.model.actor import OWNER, Actor
from doumen.model.errors import Invalid, NotFound
from doumen.model.fact import Facts
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.model.rule import Action
from doumen.model.schema import Schema
from doumen.model.snapshot import Snapshot
from doumen.model.system import SCHEMAS


def actor_of(name: str, facts: Facts) -> Actor:
    """The actor who asks.

    Raises:
        NotFound: the node has no such actor.
    """
    actor = facts.actor(name) or _member(name, facts)
    if actor is None:
        raise NotFound(
            msg("There is no actor `{name}` on this node.", name=name),
            next=msg(
                "`doumen actor list` shows them; `doumen actor add {name}` adds one.", name=name
            ),
            detail="actor",
        )
    return actor


def _member(name: str, facts: Facts) -> Actor | None:
    """Another participant, or an actor of theirs: no role, and any purpose may be stated.

    What they may do follows from agreements, which name their purposes; whether their actor may
    state one, their own node decides.
    """
    participant, _, own = name.partition("#")
    if facts.body("participant", participant) is None:
        return None
    purposes = frozenset(policy.purposes(facts)) if own else frozenset()
    return Actor(name, participant=participant, purposes=purposes)


def resolve(asked: Asked, facts: Facts, history: History) -> Known:
    """Find the version of each dataset that the statement names.

    Args:
        asked: The question.
        facts: The one version of the facts that the job reads.
        history: Gives the earlier facts of a dataset.

    Raises:
        Invalid: the purpose is not on the list. Refused: it is not assigned to the actor.
        NotFound: a dataset that is absent, or that the actor may not discover: both alike, and
            before anything is said of the other datasets; or the agreement.
    """
    actor = actor_of(asked.job.actor or OWNER, facts)
    listed(asked.job.purpose, facts)
    policy.check_purpose(actor, asked.job.purpose)
    agreement = agreed.agreement(asked, actor, facts)
    if agreement is not None:
        facts = policy.governed(facts, agreement, actor.name)
    snapshots: dict[Ref, Snapshot] = {}
    tables: dict[Ref, Schema] = {}
    fetched = {one.ref: one.schema for one in asked.query.fetched}
    for ref in sorted(asked.statement.tables):
        if ref in fetched:
            tables[ref] = fetched[ref]
        elif ref.is_system:
            schema = None if agreement else SCHEMAS.get(ref.name)
            if schema is None:
                raise policy.absent(ref)
            tables[ref] = schema
        else:
            snapshots[ref] = _discovered(asked, actor, facts, ref)
    for past in asked.statement.past:
        _discovered(asked, actor, facts, past.ref)
    if agreement is not None:
        for ref in sorted({*snapshots, *(past.ref for past in asked.statement.past)}):
            policy.check_givable(facts, ref)
    for past in asked.statement.past:
        snapshots[past.stand_in] = _past(asked, actor, facts, past, history)
    return Known(asked, actor, facts, snapshots, tables, agreement)


def listed(purpose: str | None, facts: Facts) -> None:
    """Let a purpose pass that is on the list of the node.

    Raises:
        Invalid: it is not.
    """
    if purpose is not None and purpose not in policy.purposes(facts):
        raise Invalid(
            msg("There is no purpose `{purpose}` on this node.", purpose=purpose),
            next=msg(
                "`doumen purpose list` shows them; `doumen purpose add {purpose}` adds one.",
                purpose=purpose,
            ),
            detail="purpose",
        )


def _past(asked: Asked, actor: Actor, facts: Facts, past: Past, history: History) -> Snapshot:
    """An earlier version, for whoever may query the one in force, and of its columns only.

    Rules and labels speak of the columns that there are now; none guards one that was dropped.
    """
    current = _discovered(asked, actor, facts, past.ref, Action.QUERY)
    found = snapshot_at(past, facts, history)
    if actor.is_owner:
        return found
    kept = tuple(c for c in found.schema if current.schema.find(c.name) is not None)
    return replace(found, schema=Schema(kept))


def _discovered(
    asked: Asked, actor: Actor, facts: Facts, ref: Ref, action: Action = Action.DISCOVER
) -> Snapshot:
    """The version in force of a dataset that the actor may know of, or may query."""
    snapshot = facts.snapshot(ref)
    if snapshot is None:
        raise policy.absent(ref)
    policy.rule_dataset(
        Question(
            actor=actor,
            purpose=asked.job.purpose,
            action=action,
            ref=snapshot.ref,
            schema=snapshot.schema,
            facts=facts,
            now=asked.now,
        )
    )
    return snapshot
