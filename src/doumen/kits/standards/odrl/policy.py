"""Rules as a policy of ODRL 2.2 in JSON-LD, and back: `read_policy(write_policy(rules))` is them.

A policy that others wrote is read where the rules of a node can say the same, and else refused
with everything that is not understood. The order of the rules has no meaning, and the `uid` of
the policy names the document: neither is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from doumen.kits.policy import rule_as_json, rule_from_json
from doumen.kits.standards.odrl.asset import read_target, write_target
from doumen.kits.standards.odrl.constraint import read_constraint, read_terms, write_terms
from doumen.kits.standards.odrl.document import check, parse, raise_faults
from doumen.kits.standards.odrl.duty import ordered, read_count, read_duty, write_duties
from doumen.kits.standards.odrl.nodes import Fields, Item, Reading, at, items, under, word_of
from doumen.kits.standards.odrl.party import read_assignee, write_assignee
from doumen.kits.standards.odrl.terms import CONTEXT, NAMESPACES, PROFILE, iri, named
from doumen.model.errors import Invalid
from doumen.model.message import Message, clauses, enumerated, msg
from doumen.model.rule import Rule

_ACTIONS = {"query": "read", "discover": "doumen:discover", "files": "reproduce"}
_ACTION_OF = {"odrl:read": "query", "doumen:discover": "discover", "odrl:reproduce": "files"}
_EFFECTS = {"odrl:permission": "permit", "odrl:prohibition": "deny"}
_SHARED = ("odrl:target", "odrl:assignee", "odrl:action")
_POLICY_KEYS = frozenset({"@id", "odrl:profile", "odrl:conflict", *_EFFECTS, *_SHARED})
_RULE_KEYS = frozenset({"@id", "odrl:constraint", "odrl:duty", *_SHARED})
_FIELDS = frozenset({"id", "permit", "deny", "who", "on", "for", "until", "duties"})


def write_policy(rules: Iterable[Rule], *, uid: str) -> dict[str, Any]:
    """The rules as one policy of type Set, as a JSON-LD object.

    Args:
        rules: The rules.
        uid: IRI of the policy.
    """
    nodes: dict[str, list[dict[str, Any]]] = {"permission": [], "prohibition": []}
    for rule in rules:
        body = rule_as_json(rule)
        nodes["permission" if "permit" in body else "prohibition"].append(_write_rule(body))
    return {
        "@context": [CONTEXT, {"doumen": NAMESPACES["doumen"]}],
        "@type": "Set",
        "uid": uid,
        "profile": PROFILE,
        "conflict": "prohibit",
        **{key: listed for key, listed in nodes.items() if listed},
    }


def policy_uid(rules: Iterable[Rule]) -> str:
    """An IRI that follows from the rules: the same rules are the same policy."""
    bodies = sorted(json.dumps(rule_as_json(rule), sort_keys=True) for rule in rules)
    return f"urn:doumen:policy:{hashlib.sha256(chr(10).join(bodies).encode()).hexdigest()[:32]}"


def _write_rule(body: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(body) - _FIELDS
    if unknown:  # a field that a rule gains must get its term, rather than be lost
        raise LookupError(*unknown)
    duties, counts = write_duties(body["id"], body.get("duties", ()))
    constraints = [*write_terms(body), *counts]
    node = {
        "uid": iri("rule", body["id"]),
        "target": write_target(body["on"]),
        "assignee": write_assignee(body["who"]),
        "action": _ACTIONS[body.get("permit") or body["deny"]],
    }
    more = {"constraint": constraints, "duty": duties}
    return {**node, **{key: listed for key, listed in more.items() if listed}}


def read_policy(document: str | Mapping[str, Any]) -> tuple[Rule, ...]:
    """The rules of a policy, or of several (an array, or `@graph`): permissions come first.

    Args:
        document: JSON text, or its values.

    Raises:
        Invalid: it is no JSON, or it says what rules cannot say; all faults at once, with places.
    """
    if isinstance(document, str):
        document = parse(document)
    else:
        check(document)
    faults: list[Message] = []
    rules: list[Rule] = []
    for place, one, context in _policies(document, faults):
        reading = Reading(faults=faults)
        reading.declare(context)
        rules += _read_policy(reading, place, one)
    ids = Counter(rule.id for rule in rules)
    faults += [
        msg("rule `{id}`: the id is used {count} times", id=id, count=n)
        for id, n in ids.items()
        if n > 1
    ]
    raise_faults(faults)
    return tuple(rules)


def _policies(document: Any, faults: list[Message]) -> Iterator[tuple[str, Any, Any]]:
    """Place, body and context of every policy of a document."""
    found = 0
    for place, one in items(document, ""):
        if not isinstance(one, Mapping):
            faults.append(at(place, msg("an object is expected here")))
            continue
        graph = one.get("@graph")
        if graph is not None:
            extra = [key for key in one if key not in ("@context", "@graph")]
            if extra:
                words = msg("{keys} beside `@graph` is not understood", keys=enumerated(extra))
                faults.append(at(place, words))
        for where, body in items(graph, under(place, "@graph")) if graph is not None else [
            (place, {key: value for key, value in one.items() if key != "@context"})
        ]:  # fmt: skip
            found += 1
            yield where, body, one.get("@context")
    if not found and not faults:
        faults.append(at("", msg("there is no policy")))


def _read_policy(reading: Reading, place: str, raw: Any) -> list[Rule]:
    before = len(reading.faults)
    fields = reading.node(raw, place, _POLICY_KEYS, ("Set", "Policy"))
    if not fields:
        if len(reading.faults) == before:
            reading.fault(place, msg("the policy is empty"))
        return []
    uid = reading.reference(reading.only(fields, "@id", place))
    if uid is not None and ":" not in uid:
        reading.fault(under(place, "@id"), msg("`{uid}` is not an IRI", uid=uid))
    shared = {key: fields[key] for key in _SHARED if key in fields}
    rules = [
        _read_rule(reading, one, effect, shared, place)
        for key, effect in _EFFECTS.items()
        for one in items(fields.get(key), under(place, key))
    ]
    if not rules:
        reading.fault(place, msg("a policy has a `permission` or a `prohibition`"))
    _strategy(reading, fields, place)
    check_profile(reading, fields, place)
    return [rule for rule in rules if rule is not None]


def _strategy(reading: Reading, fields: Fields, place: str) -> None:
    """Hold `conflict` to the one strategy of a node; absent it is only where nothing conflicts."""
    both = all(key in fields for key in _EFFECTS)
    if "odrl:conflict" not in fields and not both:
        return
    found = reading.only(fields, "odrl:conflict", place)
    strategy = reading.reference(found, vocabulary=True)
    if strategy not in (None, "odrl:prohibit"):
        where = under(place, "odrl:conflict")
        reading.fault(where, msg("on a node a prohibition beats every permission: say `prohibit`"))


def check_profile(reading: Reading, fields: Fields, place: str) -> None:
    """Hold `profile` to ours; it is needed where one of its terms is used."""
    where = under(place, "odrl:profile")
    found = [reading.reference(one) for one in items(fields.get("odrl:profile"), where)]
    for one in found:
        if one not in (None, PROFILE):
            reading.fault(
                where, msg("profile `{one}` is not known; `{profile}` is", one=one, profile=PROFILE)
            )
    if reading.profiled and PROFILE not in found:
        reading.fault(
            place, msg("terms of a profile are used: say `profile` `{profile}`", profile=PROFILE)
        )


def _read_rule(
    reading: Reading, item: Item, effect: str, shared: Fields, policy: str
) -> Rule | None:
    place, raw = item
    before = len(reading.faults)
    type = "Permission" if effect == "permit" else "Prohibition"
    fields = reading.node(raw, place, _RULE_KEYS, (type,))
    id = _rule_id(reading, fields, place)

    def part(key: str) -> Item | None:
        if key not in shared:
            return reading.only(fields, key, place)
        if key in fields:
            reading.fault(under(place, key), msg("the policy has one too: leave one of them out"))
        return reading.only(shared, key, policy)

    body = {
        "id": id,
        effect: _action(reading, part("odrl:action")),
        "who": read_assignee(reading, part("odrl:assignee")),
        "on": read_target(reading, part("odrl:target")),
        **_conditions(reading, fields, place, id),
    }
    if len(reading.faults) > before:
        return None
    try:
        return rule_from_json(body)
    except Invalid as error:
        reading.fault(place, clauses(error.why or error.what))
        return None


def _conditions(reading: Reading, fields: Fields, place: str, id: str | None) -> dict[str, Any]:
    """`for`, `until` and `duties` of a rule."""
    listed = items(fields.get("odrl:constraint"), under(place, "odrl:constraint"))
    found = [one for one in (read_constraint(reading, item) for item in listed) if one is not None]
    duties = [
        read_duty(reading, one, id)
        for one in items(fields.get("odrl:duty"), under(place, "odrl:duty"))
    ]
    duties += [read_count(reading, one, id) for one in found if one.left == "odrl:count"]
    terms = read_terms(reading, [one for one in found if one.left != "odrl:count"])
    sound = ordered(reading, place, [duty for duty in duties if duty is not None])
    return {**terms, **({"duties": sound} if sound else {})}


def _rule_id(reading: Reading, fields: Fields, place: str) -> str | None:
    if "@id" not in fields:
        reading.fault(place, msg("`uid` is missing; give `urn:doumen:rule:ID`"))
        return None
    uid = reading.reference(reading.only(fields, "@id", place))
    id = None if uid is None else named("rule", uid)
    if uid is not None and id is None:
        reading.fault(
            under(place, "@id"), msg("`{uid}` is no rule; `urn:doumen:rule:ID` is", uid=uid)
        )
    return id


def _action(reading: Reading, item: Item | None) -> str | None:
    if item is None:
        return None
    place, raw = item
    if isinstance(raw, Mapping):
        fields = reading.node(raw, place, frozenset({"@id", "rdf:value"}), ("Action",))
        key = "@id" if "@id" in fields else "rdf:value"
        item = reading.only(fields, key, place)
        if len(fields) > 1:
            reading.fault(place, msg("an action has either `uid` or `rdf:value`"))
    term = reading.reference(item, vocabulary=True)
    if term is not None and term not in _ACTION_OF:
        reading.fault(
            place,
            msg(
                "action `{word_of}` is not understood; `read`, `reproduce`, `doumen:discover` are",
                word_of=word_of(term),
            ),
        )
    return _ACTION_OF.get(term or "")
