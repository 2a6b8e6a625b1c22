"""Whom a rule speaks of, as an assignee: an actor, or actors chosen by role, name and claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doumen.kits.standards.odrl.constraint import Constraint, constraint, read_constraint
from doumen.kits.standards.odrl.nodes import Item, Reading, items, under, word_of
from doumen.kits.standards.odrl.terms import ACTORS, decoded, encoded, iri, named
from doumen.model.message import msg

_KEYS = frozenset({"@id", "odrl:source", "odrl:refinement"})
_CLAIM = "doumen:claim."


def write_assignee(who: Mapping[str, Any]) -> Any:
    """The assignee for whom a rule speaks of."""
    unknown = set(who) - {"role", "actor", "claims"}
    if unknown:
        raise LookupError(*unknown)
    if "role" not in who and not who.get("claims"):
        return iri("actor", who["actor"])
    refinements = [
        constraint(f"doumen:{kind}", "eq", who[kind]) for kind in ("role", "actor") if kind in who
    ]
    for name, values in who.get("claims", {}).items():
        allowed = [values] if isinstance(values, str) else list(values)
        refinements.append(constraint(f"{_CLAIM}{encoded(name)}", "isAnyOf", allowed))
    return {"@type": "PartyCollection", "source": ACTORS, "refinement": refinements}


def read_assignee(reading: Reading, item: Item | None) -> dict[str, Any] | None:
    """Whom a rule speaks of; None, with faults, where the assignee says something else."""
    if item is None:
        return None
    place, raw = item
    if not isinstance(raw, Mapping):
        return _actor(reading, place, reading.reference(item))
    before = len(reading.faults)
    fields = reading.node(raw, place, _KEYS, ("Party", "PartyCollection"))
    if set(fields) == {"@id"}:
        return _actor(reading, place, reading.reference(reading.only(fields, "@id", place)))
    source = reading.reference(reading.only(fields, "odrl:source", place))
    if source is not None and source != ACTORS:
        reading.fault(
            under(place, "odrl:source"),
            msg("`{source}` is not `{actors}`", source=source, actors=ACTORS),
        )
    if "@id" in fields:
        reading.fault(place, msg("a collection that is chosen by refinement has no `uid`"))
    who: dict[str, Any] = {}
    claims: dict[str, list[str]] = {}
    for one in items(fields.get("odrl:refinement"), under(place, "odrl:refinement")):
        found = read_constraint(reading, one)
        if found is not None:
            _refine(reading, found, who, claims)
    if not who and len(reading.faults) == before:
        reading.fault(
            place, msg("a collection of actors is refined by `doumen:role` or `doumen:actor`")
        )
    if len(reading.faults) > before:
        return None
    return {**who, "claims": claims} if claims else who


def _refine(
    reading: Reading, one: Constraint, who: dict[str, Any], claims: dict[str, list[str]]
) -> None:
    words = f"{word_of(one.left)} {word_of(one.operator)}"
    texts = [v.value for v in one.right if v.type in (None, "xsd:string")]
    plain = len(texts) == len(one.right) and all(isinstance(text, str) for text in texts)
    if not plain or one.unit or one.uid:
        reading.fault(
            one.place, msg("`{words}`: actors are chosen by texts and no more", words=words)
        )
        return
    claim = decoded(one.left.removeprefix(_CLAIM)) if one.left.startswith(_CLAIM) else None
    kind = {"doumen:role": "role", "doumen:actor": "actor"}.get(one.left)
    single = one.operator == "odrl:eq" and len(texts) == 1
    if claim is not None and (single or one.operator == "odrl:isAnyOf"):
        twice = claim in claims
        claims[claim] = texts
    elif kind is not None and single:
        twice = kind in who
        who[kind] = texts[0]
    else:
        reading.fault(one.place, msg("`{words}` does not choose actors here", words=words))
        return
    if twice:
        reading.fault(one.place, msg("`{left}` is refined twice", left=one.left))


def _actor(reading: Reading, place: str, iri: str | None) -> dict[str, Any] | None:
    if iri is None:
        return None
    name = named("actor", iri)
    if name is None:
        reading.fault(
            place, msg("`{iri}` is no actor of a node; `urn:doumen:actor:NAME` is", iri=iri)
        )
        return None
    return {"actor": name}
