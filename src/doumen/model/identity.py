"""How actors sign in, as facts: what each kind holds, whose it is, what of it nobody is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from doumen.model.fact import Fact, Facts

SESSION, TICKET, PASSWORD, TOTP, ATTEMPTS = "session", "ticket", "password", "totp", "attempts"
SUBJECT = "subject"
"""That an actor is who a provider calls so; its key is `actor/digest` of issuer and subject."""
PROVIDER = "provider"
"""Whoever else says who somebody is: of the owner alone."""
KEPT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        SESSION: frozenset({"hash"}),
        TICKET: frozenset({"hash"}),
        PASSWORD: frozenset({"hash"}),
        TOTP: frozenset({"sealed", "recovery", "step"}),
        ATTEMPTS: frozenset({"used"}),
        SUBJECT: frozenset(),
    }
)
"""Kinds that are of one actor each → what of their bodies only the node itself reads."""


def holder(key: str) -> str:
    """Name of the actor that a fact is of: its key is `actor`, or `actor/id`."""
    return key.rpartition("/")[0] or key


def identity_of(facts: Facts, actor: str, *kinds: str) -> Iterator[Fact]:
    """What takes back all by which an actor signs in, of these kinds or of all."""
    for kind in kinds or KEPT:
        yield from (Fact(kind, key, None) for key, _ in facts.all(kind) if holder(key) == actor)
