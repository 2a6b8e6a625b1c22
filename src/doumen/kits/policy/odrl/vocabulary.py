"""The terms that an evaluation understands: those that ODRL 2.2 publishes, and those of profiles.

Source: ODRL Vocabulary & Expression 2.2 (W3C Recommendation of 15 February 2018), with its
ontology. An action that is published as deprecated means what it is published to match exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from doumen.kits.policy.odrl.world import Relation, reached


class Operator(StrEnum):
    """How a constraint compares."""

    EQ = "odrl:eq"
    NEQ = "odrl:neq"
    LT = "odrl:lt"
    LTEQ = "odrl:lteq"
    GT = "odrl:gt"
    GTEQ = "odrl:gteq"
    IS_A = "odrl:isA"
    HAS_PART = "odrl:hasPart"
    IS_PART_OF = "odrl:isPartOf"
    IS_ALL_OF = "odrl:isAllOf"
    IS_ANY_OF = "odrl:isAnyOf"
    IS_NONE_OF = "odrl:isNoneOf"


LISTED = frozenset({Operator.IS_ALL_OF, Operator.IS_ANY_OF, Operator.IS_NONE_OF})
"""Operators whose right operand is a set of values."""


class Connective(StrEnum):
    """How a logical constraint joins others."""

    AND = "odrl:and"
    OR = "odrl:or"
    XONE = "odrl:xone"
    AND_SEQUENCE = "odrl:andSequence"


class Strategy(StrEnum):
    """What holds where a permission and a prohibition conflict."""

    PERM = "odrl:perm"
    PROHIBIT = "odrl:prohibit"
    INVALID = "odrl:invalid"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Terms that are understood.

    Attributes:
        actions: Action → the actions that it is directly included in.
        operands: Left operands.
        same: Deprecated action → the action that it matches exactly.
        implies: Action → actions that may not be prohibited, for it to be possible.
        profiles: IRIs of profiles.
    """

    actions: Relation
    operands: frozenset[str]
    same: Mapping[str, str] = field(default_factory=dict)
    implies: Relation = field(default_factory=dict)
    profiles: frozenset[str] = frozenset()

    def extended(
        self,
        profile: str,
        *,
        actions: Mapping[str, str] | None = None,
        operands: Iterable[str] = (),
        implies: Relation | None = None,
    ) -> Vocabulary:
        """This vocabulary with the terms of a profile.

        Args:
            profile: IRI of the profile.
            actions: Action → the action that it is included in.
            operands: Left operands.
            implies: Action → actions that it implies.
        """
        more = {action: frozenset({wider}) for action, wider in (actions or {}).items()}
        return replace(
            self,
            actions={**self.actions, **more},
            operands=self.operands | frozenset(operands),
            implies={**self.implies, **(implies or {})},
            profiles=self.profiles | {profile},
        )

    def knows(self, action: str) -> bool:
        """Whether an action is understood."""
        return self._meant(action) in self.actions

    def wider(self, action: str) -> frozenset[str]:
        """An action and all that it is included in; permitting or prohibiting one means it."""
        return reached(self.actions, self._meant(action))

    def covers(self, ruled: str, asked: str) -> bool:
        """Whether a rule on one action speaks of another."""
        return self._meant(ruled) in self.wider(asked)

    def implied(self, action: str) -> frozenset[str]:
        """An action and all that may not be prohibited, for it to be possible."""
        return reached(self.implies, action)

    def _meant(self, term: str) -> str:
        return self.same.get(term, term)


def _terms(names: str) -> list[str]:
    return [name if ":" in name else f"odrl:{name}" for name in names.split()]


_USES = """
acceptTracking aggregate annotate anonymize archive attribute compensate concurrentUse delete
derive digitize distribute ensureExclusivity execute grantUse include index inform install modify
move nextPolicy obtainConsent play present print read reproduce reviewPolicy stream synchronize
textToSpeech transform translate uninstall watermark cc:Attribution cc:CommercialUse
cc:DerivativeWorks cc:Distribution cc:Notice cc:Reproduction cc:ShareAlike cc:Sharing cc:SourceCode
"""
_ALONE = """
use transfer adHocShare extractChar extractPage extractWord lease lend preview secondaryUse
"""
"""Included in nothing; all but the first two are deprecated."""
_OPERANDS = """
absolutePosition absoluteSize absoluteSpatialPosition absoluteTemporalPosition count dateTime
delayPeriod deliveryChannel elapsedTime event fileFormat industry language media meteredTime
payAmount percentage product purpose recipient relativePosition relativeSize
relativeSpatialPosition relativeTemporalPosition resolution spatial spatialCoordinates systemDevice
timeInterval unitOfCount version virtualLocation
"""

ODRL = Vocabulary(
    actions={
        **{action: frozenset() for action in _terms(_ALONE)},
        **{action: frozenset({"odrl:use"}) for action in _terms(_USES)},
        "odrl:display": frozenset({"odrl:play"}),
        "odrl:extract": frozenset({"odrl:reproduce"}),
        "odrl:give": frozenset({"odrl:transfer"}),
        "odrl:sell": frozenset({"odrl:transfer"}),
    },
    operands=frozenset(_terms(_OPERANDS)),
    same={
        "odrl:append": "odrl:modify",
        "odrl:appendTo": "odrl:modify",
        "odrl:attachPolicy": "cc:Notice",
        "odrl:attachSource": "cc:SourceCode",
        "odrl:commercialize": "cc:CommercialUse",
        "odrl:copy": "odrl:reproduce",
        "odrl:export": "odrl:transform",
        "odrl:license": "odrl:grantUse",
        "odrl:pay": "odrl:compensate",
        "odrl:share": "cc:Sharing",
        "odrl:shareAlike": "cc:ShareAlike",
        "odrl:write": "odrl:modify",
        "odrl:writeTo": "odrl:modify",
    },
    profiles=frozenset({"odrl:core"}),
)
"""ODRL's own terms; it publishes no action that implies another."""

NUMBER, DURATION = (int, float, Decimal), (timedelta,)
RIGHT: Mapping[str, tuple[type, ...]] = {
    "odrl:count": NUMBER,
    "odrl:dateTime": (date,),
    "odrl:delayPeriod": DURATION,
    "odrl:elapsedTime": DURATION,
    "odrl:meteredTime": DURATION,
    "odrl:payAmount": NUMBER,
    "odrl:percentage": NUMBER,
    "odrl:timeInterval": DURATION,
}
"""Left operand → what its right operand must be; a moment is a date too."""
