"""Second station: names to facts. What the actor may not discover does not exist.

All facts of one job are of one version; a job decides on nothing else.
"""

from __future__ import annotations

from doumen.gate import system
from doumen.gate.stages import Asked, Known
from doumen.kits import policy
from doumen.model.actor import OWNER, Actor
from doumen.model.errors import NotFound
from doumen.model.fact import Facts
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.model.snapshot import Snapshot


def actor_of(name: str, facts: Facts) -> Actor:
    """The actor who asks.

    Raises:
        NotFound: the node has no such actor.
    """
    actor = facts.actor(name)
    if actor is None:
        raise NotFound(
            f"There is no actor `{name}` on this node.",
            next=f"`doumen actor list` shows them; `doumen actor add {name}` adds one.",
            detail="actor",
        )
    return actor


def resolve(asked: Asked, facts: Facts) -> Known:
    """Find the version of each dataset that the statement names.

    Raises:
        NotFound: a dataset that is absent, or that the actor may not discover: both alike.
    """
    actor = actor_of(asked.job.actor or OWNER, facts)
    snapshots: dict[Ref, Snapshot] = {}
    tables: dict[Ref, Schema] = {}
    for ref in sorted(asked.statement.tables):
        if ref.is_system:
            schema = system.SCHEMAS.get(ref.name)
            if schema is None:
                raise policy.absent(ref)
            tables[ref] = schema
        else:
            snapshot = facts.snapshot(ref)
            if snapshot is None:
                raise policy.absent(ref)
            snapshots[ref] = snapshot
    return Known(asked, actor, facts, snapshots, tables)
