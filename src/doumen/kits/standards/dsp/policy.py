"""Offers and agreements inside messages: ODRL as a JSON object, held to what the schemas demand.

They are kept as they came. What they mean, and every member that the schemas of the protocol do
not name, is for the evaluation of policies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from doumen.kits.standards.dsp.document import Faults, under
from doumen.kits.standards.dsp.forms import IDENTIFIER, TEXT, Choice, Form, Text
from doumen.model.message import enumerated, msg

Policy = Mapping[str, Any]
OPERATORS = (
    "eq", "gt", "gteq", "lteq", "hasPart", "isA", "isAllOf", "isAnyOf", "isNoneOf", "isPartOf",
    "lt", "term-lteq", "neq",
)  # fmt: skip
LOGICAL = ("and", "andSequence", "or", "xone")
_ATOMIC = ("leftOperand", "operator", "rightOperand")
_TIMESTAMP = Text(
    re.compile(
        r"-?([1-9][0-9]{3,}|0[0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
        r"T(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
        r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
    )
)
"""xsd:dateTime."""


@dataclass(frozen=True, slots=True)
class PolicyForm:
    """A policy of one kind.

    Attributes:
        type: `Offer` or `Agreement`.
        typed: Whether `@type` must be given.
        required: Members that must be given, each an identifier.
        targeted: Whether it may name its target; an offer in a catalogue has that of its dataset.
    """

    type: str
    typed: bool = True
    required: tuple[str, ...] = ("@id",)
    targeted: bool = True

    def read(self, faults: Faults, value: Any, place: str) -> Policy | None:
        """The policy as it is."""
        if not isinstance(value, Mapping):
            faults.note(place, msg("an object is expected here"))
            return None
        before = faults.count
        for name in (*self.required, *(("@type",) if self.typed else ())):
            if name not in value:
                faults.note(place, msg("`{field}` is missing", field=name))
        if "target" in value and not self.targeted:
            faults.note(place, msg("an offer in a catalogue names no target"))
        self._members(faults, value, place)
        return value if faults.count == before else None

    def _members(self, faults: Faults, value: Policy, place: str) -> None:
        forms: dict[str, Form] = {
            "@type": Choice((self.type,)),
            "@id": IDENTIFIER,
            "target": IDENTIFIER,
        }
        if self.type == "Agreement":
            forms |= {"assigner": IDENTIFIER, "assignee": IDENTIFIER, "timestamp": _TIMESTAMP}
        for name, form in forms.items():
            if name in value:
                form.read(faults, value[name], under(place, name))
        if "profile" in value:
            _profile(faults, value["profile"], under(place, "profile"))
        if "permission" not in value and "prohibition" not in value:
            faults.note(place, msg("a policy has a `permission` or a `prohibition`"))
        for name in ("permission", "prohibition", "obligation"):
            if name in value:
                _rules(faults, value[name], under(place, name))

    def write(self, value: Policy) -> dict[str, Any]:
        """A copy of the policy."""
        return deepcopy(dict(value))


def _profile(faults: Faults, value: Any, place: str) -> None:
    for number, one in enumerate(value if isinstance(value, list) else [value]):
        TEXT.read(faults, one, f"{place}[{number}]" if isinstance(value, list) else place)


def _rules(faults: Faults, value: Any, place: str) -> None:
    if not isinstance(value, list) or not value:
        faults.note(place, msg("a list with at least one rule is expected here"))
        return
    for number, rule in enumerate(value):
        where = f"{place}[{number}]"
        if not isinstance(rule, Mapping):
            faults.note(where, msg("an object is expected here"))
            continue
        if "action" not in rule:
            faults.note(where, msg("`{field}` is missing", field="action"))
        else:
            TEXT.read(faults, rule["action"], under(where, "action"))
        if "constraint" in rule:
            _constraints(faults, rule["constraint"], under(where, "constraint"))


def _constraints(faults: Faults, value: Any, place: str) -> None:
    if not isinstance(value, list):
        faults.note(place, msg("a list is expected here"))
        return
    for number, one in enumerate(value):
        _constraint(faults, one, f"{place}[{number}]")


def _constraint(faults: Faults, value: Any, place: str) -> None:
    if not isinstance(value, Mapping):
        faults.note(place, msg("an object is expected here"))
        return
    logical = [name for name in LOGICAL if name in value]
    atomic = [name for name in _ATOMIC if name in value]
    if len(logical) == 1 and not atomic:
        _constraints(faults, value[logical[0]], under(place, logical[0]))
    elif logical or len(atomic) != len(_ATOMIC):
        words = enumerated(_ATOMIC)
        ways = enumerated(LOGICAL)
        faults.note(
            place, msg("a constraint has either {words}, or one of {ways}", words=words, ways=ways)
        )
    else:
        TEXT.read(faults, value["leftOperand"], under(place, "leftOperand"))
        Choice(OPERATORS).read(faults, value["operator"], under(place, "operator"))
        if not isinstance(value["rightOperand"], str | Mapping | list):
            where = under(place, "rightOperand")
            faults.note(where, msg("a text, an object or a list is expected here"))


LISTED_OFFER = PolicyForm("Offer", typed=False, targeted=False)
"""An offer of a dataset in a catalogue."""
ASKED_OFFER = PolicyForm("Offer")
"""What a consumer asks for."""
MADE_OFFER = PolicyForm("Offer", required=("@id", "target"))
"""What a provider offers."""
AGREEMENT = PolicyForm("Agreement", required=("@id", "target", "assigner", "assignee"))
