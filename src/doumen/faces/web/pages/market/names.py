"""What participants are called here, and what every page of the market shows beside its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from doumen.faces.web.page import Crumb, Visit
from doumen.model.message import Message, msg

MARKET = Crumb(msg("Market"), "/market")


def names(visit: Visit) -> dict[str, str]:
    """DID → what a participant is called here, as far as the visitor may know."""
    return {one["id"]: str(one["alias"]) for one in participants(visit)}


def participants(visit: Visit) -> Sequence[Mapping[str, Any]]:
    """The participants that the visitor may know."""
    told: Sequence[Mapping[str, Any]] = visit.do("participant list")["participants"]
    return told


def rights(visit: Visit) -> dict[str, bool]:
    """What is offered to the visitor at all."""
    actor = visit.actor
    return {"govern": actor.governs, "see": actor.governs or actor.audits}


def last(iri: str) -> str:
    """The name at the end of an IRI of Doumen; another IRI as it is."""
    return iri.rpartition(":")[2] if iri.startswith("urn:doumen:") else iri


def sentences(said: Sequence[Message]) -> tuple[Message, ...]:
    """The news of a verb without its commands, which buttons of the pages stand for."""
    return tuple(one for one in said if "doumen " not in one)


def agreed(words: Sequence[Sequence[Message]]) -> list[Sequence[Message]]:
    """Terms in words between two that know each other: to whom is not said again."""
    return [pair for pair in words if pair[0] != "to"]
