"""Actors: who may ask, with which roles, purposes and claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.model.actor import OWNER, Actor
from doumen.model.errors import Conflict, Invalid
from doumen.model.fact import Fact, Facts
from doumen.model.handed import GRANT, grants_of
from doumen.model.identity import identity_of
from doumen.model.message import msg, sentence
from doumen.model.operation import Outcome, Table
from doumen.model.ref import RESERVED_DOMAINS, identifier
from doumen.rooms.protect.known import known
from doumen.rooms.protect.tokens import tokens_of

_OWN = frozenset({"name", "participant"})


def add(
    desk: Desk,
    name: str,
    *,
    role: tuple[str, ...] = (),
    purpose: tuple[str, ...] = (),
    claim: tuple[str, ...] = (),
    participant: str | None = None,
) -> Outcome:
    """Add an actor, or add to what one has.

    Raises:
        Invalid: names, purposes or claims are wrong; all of them are told at once.
        Conflict: the name is that of the owner, or of a domain that holds datasets.
        Refused: only the owner may.
    """
    facts = desk.facts()
    key = identifier(name, msg("actor name"))
    before = facts.actor(key) if facts.body("actor", key) is not None else None
    if before is None:
        check_free(facts, key)
    claims = _checked(facts, role, purpose, claim)
    old = before or Actor(key)
    body = {
        "participant": old.participant if participant is None else participant,
        "roles": sorted({*old.roles, *role}),
        "purposes": sorted({*old.purposes, *purpose}),
        "claims": dict(sorted({**dict(old.claims), **claims}.items())),
    }
    receipt = desk.amend([Fact("actor", key, body)], subject=f"actor {key}", seen=facts)
    return Outcome(
        json={**_described(key, body), "receipt": receipt},
        said=(
            msg("Actor `{key}` is added. Receipt {receipt}.", key=key, receipt=receipt)
            if before is None
            else msg("Actor `{key}` is changed. Receipt {receipt}.", key=key, receipt=receipt),
            msg("Next: `doumen rule add FILE` says what they may see."),
        ),
    )


def show_all(desk: Desk) -> Outcome:
    """The actors that the asker may know."""
    facts = desk.facts()
    actors = dict(facts.all("actor"))
    if desk.actor.oversees:
        actors.setdefault(OWNER, {"roles": [OWNER]})
    shown = [_described(key, body) for key, body in sorted(actors.items())]
    rows = tuple(
        (
            actor["name"],
            tuple(actor["roles"]),
            tuple(actor["purposes"]),
            tuple(f"{k}={v}" for k, v in actor["claims"].items()),
        )
        for actor in shown
    )
    return Outcome(
        json={"actors": shown},
        drawn=(Table((msg("actor"), msg("roles"), msg("purposes"), msg("claims")), rows),),
    )


def remove(desk: Desk, name: str) -> Outcome:
    """Remove an actor, their account, sessions, tokens and grants.

    Who comes later under this name must not own them.

    Raises:
        NotFound: there is none of this name.
        Refused: only the owner may, and the owner stays.
    """
    facts = desk.facts()
    key = known(facts, name)
    gone = [Fact("token", token, None) for token, _ in tokens_of(facts, key)]
    gone += identity_of(facts, key)
    gone += [Fact(GRANT, one.key, None) for one in grants_of(facts.all(GRANT), key)]
    receipt = desk.amend([Fact("actor", key, None), *gone], subject=f"actor {key}")
    return Outcome(
        json={"name": key, "receipt": receipt},
        said=(msg("Actor `{key}` is removed. Receipt {receipt}.", key=key, receipt=receipt),),
    )


def check_free(facts: Facts, key: str) -> None:
    """Check that a new actor's own domain is not one that holds datasets of others.

    Raises:
        Conflict: it is, or the name is that of the owner.
    """
    taken = {dataset.split(".")[0] for dataset, _ in facts.all("dataset")} | RESERVED_DOMAINS
    if key == OWNER or key in taken:
        raise Conflict(
            msg("Name `{key}` is taken.", key=key),
            why=msg(
                "It is the owner's. Derived datasets of an actor live in the domain of their own "
                "name."
            )
            if key == OWNER
            else msg(
                "A domain has this name already. Derived datasets of an actor live in the domain "
                "of their own name."
            ),
            next=msg("Choose another name."),
            detail="actor",
        )


def _checked(
    facts: Facts, roles: tuple[str, ...], purposes: tuple[str, ...], claims: tuple[str, ...]
) -> dict[str, str]:
    """The claims as pairs, once everything given is found right."""
    faults = [
        msg("`{role}` is not a name for a role", role=role)
        for role in roles
        if role != role.strip() or not role
    ]
    faults += policy.purpose_faults(purposes, facts)
    pairs: dict[str, str] = {}
    for claim in claims:
        name, sign, value = claim.partition("=")
        if not sign or not name.isidentifier() or name in _OWN:
            faults.append(
                msg(
                    "claim `{claim}` is not of the form NAME=VALUE with a name of your own",
                    claim=claim,
                )
            )
        pairs[name] = value
    if faults:
        raise Invalid(msg("The actor cannot be added."), why=sentence(faults), detail="actor")
    return pairs


def _described(key: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": key,
        "participant": body.get("participant", ""),
        "roles": list(body.get("roles", ())),
        "purposes": list(body.get("purposes", ())),
        "claims": dict(body.get("claims", {})),
    }
