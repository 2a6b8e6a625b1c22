"""What a policy is held against: a request, and the state of the world at one moment.

The world is closed as to relations (who is not said to be a member is none) and open as to
values: what is not said of an operand is unknown. Time, counts and memberships are all handed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from doumen.kits.policy.odrl.policy import Operand, Value
from doumen.kits.policy.odrl.report import Performance

Values = Mapping[Operand, tuple[Value, ...]]
Relation = Mapping[str, frozenset[str]]
"""A thing → those that it directly relates to."""

NOW: Operand = ("odrl:dateTime", None)


@dataclass(frozen=True, slots=True)
class Request:
    """May this party do this with this asset?"""

    party: str
    action: str
    asset: str
    uid: str | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is known of a rule from before.

    Attributes:
        performance: Whether its action was performed, or can no longer be.
        attempted: Whether somebody asked for it.
        violated: Whether it was violated at any time: its consequences stay due.
    """

    performance: Performance = Performance.UNKNOWN
    attempted: bool = False
    violated: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """The state of the world.

    Attributes:
        now: The moment of the request, with its zone.
        part_of: Party, asset or value → the collections or wholes that it is part of.
        kinds: Value → its classes, class → broader classes.
        values: What is known of the exercise that is asked for, by operand: purpose, place, count.
        attributes: Party or asset → what is known of it, for refinements.
        earlier: Rule → what is known of it from before.
        since: Constraint → since when it holds, for `andSequence`; others hold since now.
    """

    now: datetime
    part_of: Relation = field(default_factory=dict)
    kinds: Relation = field(default_factory=dict)
    values: Values = field(default_factory=dict)
    attributes: Mapping[str, Values] = field(default_factory=dict)
    earlier: Mapping[str, Earlier] = field(default_factory=dict)
    since: Mapping[str, datetime] = field(default_factory=dict)


def reached(relation: Relation, start: str) -> frozenset[str]:
    """A thing and all that it relates to, over any number of steps; circles do no harm."""
    found: set[str] = set()
    open = [start]
    while open:
        one = open.pop()
        if one not in found:
            found.add(one)
            open += relation.get(one, ())
    return frozenset(found)
