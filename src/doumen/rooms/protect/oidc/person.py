"""Who somebody is here, by what a provider says of them: the actor, with roles as of now. Pure.

An actor is bound to issuer and subject, which a provider never gives to another; the name that it
tells is only for the first time, since people rename themselves. An actor who was here before is
taken by name only where the document of the provider adopts them, and the owner never.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doumen.model.errors import Conflict, DoumenError, Invalid, Refused
from doumen.model.fact import Fact, Facts
from doumen.model.identity import SUBJECT, holder
from doumen.model.message import Message, msg
from doumen.model.ref import identifier
from doumen.rooms.protect.actors import check_free
from doumen.rooms.protect.oidc.document import Provider

LONGEST = 200
"""Characters of a claim that is kept."""


@dataclass(frozen=True, slots=True)
class Person:
    """An actor, and what changes as they come in."""

    actor: str
    facts: tuple[Fact, ...]


def person(facts: Facts, provider: Provider, claims: Mapping[str, Any], now: str) -> Person:
    """Who the claims of a provider are of.

    Args:
        facts: As the owner knows them.
        provider: Who says it.
        claims: Checked.
        now: RFC 3339.

    Raises:
        Refused: they may not come in by this provider.
    """
    groups = frozenset(_groups(claims.get(provider.groups)))
    if provider.only and not groups & set(provider.only):
        raise refused(msg("You are in none of the groups that it lets in."))
    digest = subject_of(provider.issuer, claims["sub"])
    bound = next((k for k in facts.rows.get(SUBJECT, {}) if k.endswith(f"/{digest}")), None)
    actor = holder(bound) if bound is not None else _new(facts, provider, claims)
    body = facts.body("actor", actor)
    changed: list[Fact] = []
    if bound is None:
        link = {"provider": provider.name, "since": now}
        changed.append(Fact(SUBJECT, f"{actor}/{digest}", link))
    told = _body(provider, groups, claims, body or {})
    if told != body:
        changed.append(Fact("actor", actor, told))
    return Person(actor, tuple(changed))


def subject_of(issuer: str, subject: str) -> str:
    """What an actor is bound to, as its fact is called."""
    return hashlib.sha256(f"{issuer}\n{subject}".encode("utf-8", "surrogatepass")).hexdigest()


def refused(why: Message) -> Refused:
    """Somebody whom the provider knows, and who does not come in by it."""
    return Refused(
        msg("You are not signed in."),
        why=why,
        next=msg("Ask the owner of the node."),
        detail="provider",
    )


def _new(facts: Facts, provider: Provider, claims: Mapping[str, Any]) -> str:
    """Name of the actor of somebody who comes for the first time."""
    given = claims.get(provider.actor)
    try:
        name = identifier(given if isinstance(given, str) else "", msg("actor name"))
    except Invalid:
        raise refused(msg("Your account there has no name that an actor can have here.")) from None
    if facts.body("actor", name) is not None:
        if name not in provider.adopt:
            raise refused(msg("Your name belongs to somebody else here."))
        return name
    if not provider.create:
        raise refused(msg("Nobody has made an actor for you."))
    try:
        check_free(facts, name)
    except Conflict:
        raise refused(msg("Your name belongs to somebody else here.")) from None
    return name


def _body(
    provider: Provider,
    groups: frozenset[str],
    claims: Mapping[str, Any],
    before: Mapping[str, Any],
) -> dict[str, Any]:
    """The actor: what the provider gives is as it says now, all else as it was."""
    kept = {k: v for k, v in before.get("claims", {}).items() if k not in provider.claims}
    told = {k: _text(claims[k]) for k in provider.claims if k in claims}
    return {
        "participant": before.get("participant", ""),
        "roles": _given(provider.roles, groups, before.get("roles", ())),
        "purposes": _given(provider.purposes, groups, before.get("purposes", ())),
        "claims": dict(sorted({**kept, **{k: v for k, v in told.items() if v}}.items())),
    }


def _given(
    table: Mapping[str, tuple[str, ...]], groups: frozenset[str], before: Sequence[str]
) -> list[str]:
    """What groups give, in place of all that any group could have given before."""
    managed = {one for names in table.values() for one in names}
    gained = {one for group, names in table.items() if group in groups for one in names}
    return sorted((set(before) - managed) | gained)


def _groups(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (one for one in value if isinstance(one, str))


def _text(value: Any) -> str:
    """A claim as a text; empty where it is none that can be kept."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value) if isinstance(value, int | float | str) else ""
    return text if len(text) <= LONGEST and text.isprintable() else ""


def unknown() -> DoumenError:
    """What is told where there is no such provider."""
    return Refused(
        msg("You are not signed in."),
        why=msg("There is no provider of this name."),
        next=msg("Begin again at the page of the sign-in."),
        detail="provider",
    )
