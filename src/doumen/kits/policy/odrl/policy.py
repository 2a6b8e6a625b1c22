"""The nouns of ODRL 2.2: policies, their rules, and the parties, assets and constraints in them.

Terms of a vocabulary are spelled with a prefix (`odrl:read`); parties, assets and rules have any
IRI. Rules are atomic (Information Model 2.7): one action, one party of each function, one asset;
what a policy says once for all its rules stands in each of them. Nothing is checked here:
`check` refuses what is not understood, with its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

Value = str | bool | int | float | Decimal | date | datetime | timedelta
"""A plain value. IRIs and texts are both `str`: documents in use confuse them."""
Operand = tuple[str, str | None]
"""A left operand and the unit in which it is measured: another unit is another quantity."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A left operand compared with a right one.

    Attributes:
        right: One value; several with `isAnyOf`, `isAllOf` and `isNoneOf`.
        unit: Term of the unit in which left and right are measured.
    """

    left: str
    operator: str
    right: tuple[Value, ...]
    unit: str | None = None
    uid: str | None = None

    @property
    def operand(self) -> Operand:
        """What is looked up in the world."""
        return self.left, self.unit


@dataclass(frozen=True, slots=True)
class Logical:
    """Constraints joined by `and`, `or`, `xone` or `andSequence`; only the last has an order."""

    connective: str
    operands: tuple[Constraint | Logical, ...]
    uid: str | None = None


Condition = Constraint | Logical


@dataclass(frozen=True, slots=True)
class Action:
    """An action, perhaps of a narrower meaning: all refinements hold of how it is exercised."""

    name: str
    refinements: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """A party, or all parties of a collection of which all refinements hold.

    Attributes:
        uid: The party or the collection itself.
        source: Another name of the collection; None beside no uid: all parties.
    """

    uid: str | None = None
    source: str | None = None
    refinements: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset, or all assets of a collection of which all refinements hold; as of parties."""

    uid: str | None = None
    source: str | None = None
    refinements: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """What permissions, prohibitions and duties have in common.

    Attributes:
        uid: IRI of the rule; whoever reads a rule without one gives it one.
        action: None: every action (the Recommendation asks for one, rules in use leave it out).
        assigner: Who issues the rule.
        assignee: Of whom it speaks; None: of everybody.
        target: On what it is; None: on everything.
        constraints: All hold where the rule is active.
    """

    uid: str
    action: Action | None = None
    assigner: Party | None = None
    assignee: Party | None = None
    target: Asset | None = None
    constraints: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Duty(Rule):
    """What must be done: an obligation of a policy, a duty, a remedy or a consequence.

    Attributes:
        consequences: What must be done besides, once the duty was violated.
    """

    consequences: tuple[Duty, ...] = ()


@dataclass(frozen=True, slots=True)
class Permission(Rule):
    """What may be done, unless one of its duties is violated."""

    duties: tuple[Duty, ...] = ()


@dataclass(frozen=True, slots=True)
class Prohibition(Rule):
    """What may not be done.

    Attributes:
        remedies: What makes up for it, once it was done all the same.
    """

    remedies: tuple[Duty, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules that stand together; a policy is a Set, an Offer or an Agreement.

    Attributes:
        conflict: Strategy: `odrl:perm`, `odrl:prohibit` or `odrl:invalid`.
        profiles: IRIs of the profiles whose terms are used.
    """

    uid: str
    permissions: tuple[Permission, ...] = ()
    prohibitions: tuple[Prohibition, ...] = ()
    obligations: tuple[Duty, ...] = ()
    conflict: str = "odrl:invalid"
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Set(Policy):
    """Rules as they are."""


@dataclass(frozen=True, slots=True)
class Offer(Policy):
    """Rules that an assigner proposes: they permit nothing yet."""


@dataclass(frozen=True, slots=True)
class Agreement(Policy):
    """Rules that an assigner and an assignee agreed on."""


def nested(rule: Permission | Prohibition | Duty) -> Iterator[tuple[str, Duty]]:
    """The duties, remedies or consequences of a rule, each with the word and number it has."""
    if isinstance(rule, Permission):
        word, found = "duty", rule.duties
    elif isinstance(rule, Prohibition):
        word, found = "remedy", rule.remedies
    else:
        word, found = "consequence", rule.consequences
    for number, duty in enumerate(found):
        yield f"{word}[{number}]", duty
