"""Any policy of ODRL 2.2 as the nouns that are evaluated: Set, Offer or Agreement.

Only the structure is judged here; terms that no vocabulary knows are refused when the policy is
evaluated. A rule with several actions, parties or assets is as many rules (Information Model
2.7). Nodes stand where they are used, and memberships belong to the world: a policy that tells
them, inherits, or says anything else that is not evaluated is refused with its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, TypeVar

from doumen.kits.policy.odrl import (
    Action,
    Agreement,
    Asset,
    Duty,
    Offer,
    Party,
    Permission,
    Policy,
    Prohibition,
    Set,
    Strategy,
)
from doumen.kits.standards.odrl.condition import read_conditions
from doumen.kits.standards.odrl.document import check, raise_faults
from doumen.kits.standards.odrl.nodes import Fields, Item, Reading, items, under, word_of
from doumen.model.message import msg

_KINDS: Mapping[str, type[Policy]] = {
    "odrl:Policy": Set,
    "odrl:Set": Set,
    "odrl:Offer": Offer,
    "odrl:Agreement": Agreement,
}
_TYPES = tuple(kind.removeprefix("odrl:") for kind in _KINDS)
_SHARED = ("odrl:action", "odrl:assigner", "odrl:assignee", "odrl:target")
_RULES = ("odrl:permission", "odrl:prohibition", "odrl:obligation")
_POLICY = frozenset({"@id", "odrl:profile", "odrl:conflict", "timestamp", *_SHARED, *_RULES})
_MEMBERS = {
    "odrl:permission": "odrl:duty",
    "odrl:prohibition": "odrl:remedy",
    "odrl:obligation": "odrl:consequence",
    "odrl:duty": "odrl:consequence",
}
"""Kind of a rule → the key of the duties in it; a remedy or a consequence has none."""
_WORDS = {
    "odrl:permission": "Permission",
    "odrl:prohibition": "Prohibition",
}
_ACTION = frozenset({"@id", "rdf:value", "odrl:refinement"})
_THING = frozenset({"@id", "odrl:source", "odrl:refinement"})
MAX_RULES = 10_000
"""Atomic rules of one policy."""
Thing = TypeVar("Thing", Party, Asset)
AnyRule = Permission | Prohibition | Duty


def evaluable(document: Mapping[str, Any]) -> Policy:
    """The policy that a document is.

    Args:
        document: One policy as JSON; without a context, as messages carry it, words of ODRL and
            the prefixes of its context hold.

    Raises:
        Invalid: it says what is not evaluated; all faults at once, with places.
    """
    check(document)
    reading = Reading()
    reading.official()
    if "@context" in document:
        reading.declare(document["@context"])
    rest = {key: value for key, value in document.items() if key != "@context"}
    fields = reading.node(rest, "", _POLICY, _TYPES)
    kind = _kind(reading, rest)
    if "timestamp" in fields and kind is not Agreement:
        reading.fault("timestamp", msg("`{word}` is not understood here", word="timestamp"))
    uid = reading.identity(reading.only(fields, "@id", "")) or ""
    rules = _Rules(reading, uid, fields)
    found = {key: rules.read(key) for key in _RULES}
    if not any(found.values()) and not reading.faults:
        reading.fault("", msg("a policy has a rule"))
    policy = kind(
        uid=uid,
        permissions=tuple(one for one in found[_RULES[0]] if isinstance(one, Permission)),
        prohibitions=tuple(one for one in found[_RULES[1]] if isinstance(one, Prohibition)),
        obligations=tuple(one for one in found[_RULES[2]] if isinstance(one, Duty)),
        conflict=_conflict(reading, fields),
        profiles=_profiles(reading, fields),
    )
    raise_faults(reading.faults)
    return policy


def _kind(reading: Reading, raw: Mapping[str, Any]) -> type[Policy]:
    """The narrowest kind that a policy says it is; without one it is a Set (2.1)."""
    named = [
        _KINDS.get(reading.spell(one, vocabulary=True))
        for word, value in raw.items()
        if reading.spell(word, vocabulary=True) == "@type"
        for _, one in items(value, word)
        if isinstance(one, str)
    ]
    narrow = {kind for kind in named if kind is not None and kind is not Set}
    if len(narrow) > 1:
        reading.fault("@type", msg("a policy is either an Offer or an Agreement"))
    return min(narrow, key=lambda kind: kind.__name__, default=Set)


def _conflict(reading: Reading, fields: Fields) -> str:
    if "odrl:conflict" not in fields:
        return Strategy.INVALID
    return reading.reference(reading.only(fields, "odrl:conflict", ""), vocabulary=True) or ""


def _profiles(reading: Reading, fields: Fields) -> tuple[str, ...]:
    found = [reading.identity(one) for one in items(fields.get("odrl:profile"), "profile")]
    return tuple(one for one in found if one is not None)


@dataclass(slots=True)
class _Rules:
    """The rules of one policy while they are read.

    Attributes:
        policy: IRI of the policy; rules without one are named by it and their place.
        shared: The fields of the policy: what it says once for all its rules.
        count: Atomic rules so far.
    """

    reading: Reading
    policy: str
    shared: Fields
    count: int = 0

    def read(self, key: str) -> list[AnyRule]:
        """The rules of a kind."""
        found = items(self.shared.get(key), under("", key))
        return [rule for one in found for rule in self._rules(one, key, self.shared)]

    def _rules(self, item: Item, kind: str, shared: Fields) -> Iterator[AnyRule]:
        """The atomic rules that a node is."""
        place, raw = item
        reading = self.reading
        inner = _MEMBERS.get(kind)
        keys = {"@id", "odrl:constraint", *_SHARED, *([inner] if inner else [])}
        before = len(reading.faults)
        fields = reading.node(raw, place, frozenset(keys), (_WORDS.get(kind, "Duty"),))
        if not fields and len(reading.faults) > before:
            return
        if not {*fields, *shared} & {"odrl:constraint", *_SHARED}:
            reading.fault(place, msg("a rule is empty"))
        uid = f"{self.policy}#{place}"
        if "@id" in fields:
            uid = reading.identity(reading.only(fields, "@id", place)) or uid
        conditions = read_conditions(reading, fields, "odrl:constraint", place)
        duties = tuple(
            rule
            for one in (items(fields.get(inner), under(place, inner)) if inner else ())
            for rule in self._rules(one, inner or "", {})
            if isinstance(rule, Duty)
        )
        for one, parts in self._atomic(uid, fields, shared, place):
            match kind:
                case "odrl:permission":
                    yield Permission(one, **parts, constraints=conditions, duties=duties)
                case "odrl:prohibition":
                    yield Prohibition(one, **parts, constraints=conditions, remedies=duties)
                case _:
                    yield Duty(one, **parts, constraints=conditions, consequences=duties)

    def _atomic(
        self, uid: str, fields: Fields, shared: Fields, place: str
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every choice of one action, assigner, assignee and target, with a name of its own."""
        parts = [list(self._part(key, fields, shared, place)) or [None] for key in _SHARED]
        self.count += prod(len(part) for part in parts)
        if self.count > MAX_RULES:
            words = msg("more than {count} rules, one for each action on an asset", count=MAX_RULES)
            self.reading.fault(place, words)
            return
        choices = list(product(*parts))
        for number, choice in enumerate(choices):
            named = dict(zip(map(word_of, _SHARED), choice, strict=True))
            yield f"{uid}#{number}" if len(choices) > 1 else uid, named

    def _part(self, key: str, fields: Fields, shared: Fields, place: str) -> Iterator[Any]:
        """The actions, parties or assets of a rule: its own, or those of the policy."""
        if key in fields and key in shared:
            words = msg("the policy has one too: leave one of them out")
            self.reading.fault(under(place, key), words)
        where = under(place, key) if key in fields else under("", key)
        for one in items(fields.get(key, shared.get(key)), where):
            found: Action | Party | Asset | None
            if key == "odrl:action":
                found = _action(self.reading, one)
            elif key == "odrl:target":
                found = _thing(self.reading, one, Asset, ("Asset", "AssetCollection"))
            else:
                found = _thing(self.reading, one, Party, ("Party", "PartyCollection"))
            if found is not None:
                yield found


def _action(reading: Reading, item: Item) -> Action | None:
    """An action, perhaps refined; None, with a fault, where none is named."""
    place, raw = item
    if not isinstance(raw, Mapping):
        term = reading.reference(item, vocabulary=True)
        return None if term is None else Action(term)
    fields = reading.node(raw, place, _ACTION, ("Action",))
    key = "@id" if "@id" in fields and "rdf:value" not in fields else "rdf:value"
    if "@id" in fields and len(fields) > 1:
        reading.fault(place, msg("a refined action is named by `rdf:value` and has no `uid`"))
    term = reading.reference(reading.only(fields, key, place), vocabulary=True)
    refinements = read_conditions(reading, fields, "odrl:refinement", place)
    return None if term is None else Action(term, refinements)


def _thing(reading: Reading, item: Item, noun: type[Thing], types: tuple[str, ...]) -> Thing | None:
    """A party or an asset, or a collection of them; None, with a fault, where none is named."""
    place, raw = item
    if not isinstance(raw, Mapping):
        uid = reading.identity(item)
        return None if uid is None else noun(uid)
    before = len(reading.faults)
    fields = reading.node(raw, place, _THING, types)
    if not fields:
        if len(reading.faults) == before:
            reading.fault(place, msg("nothing is named"))
        return None
    uid, source = (
        reading.identity(reading.only(fields, key, place)) if key in fields else None
        for key in ("@id", "odrl:source")
    )
    return noun(uid, source, read_conditions(reading, fields, "odrl:refinement", place))
