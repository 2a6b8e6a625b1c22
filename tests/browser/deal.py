"""A university that takes from the city: one agreement with it, and one request that waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import parties
from tests.parties import Party

import doumen

TERMS = (
    "for: [research]\nuntil: 2099-12-31\ndatasets: {traffic.charging: {}}\nquota: {queries: 50}\n"
)
PATIENCE = 120.0


def do(party: Party, verb: str, **given: Any) -> Any:
    """A verb of the owner; gives its JSON."""
    with doumen.open(party.folder) as node:
        return node.session(None, "research").do(verb, **given).json


def until(party: Party, negotiation: str, fits: Callable[[Any], bool]) -> Any:
    """How a negotiation stands, once it stands as is waited for."""
    late = time.monotonic() + PATIENCE
    while not fits(found := do(party, "negotiation show", negotiation=negotiation)):
        assert time.monotonic() < late, found
        time.sleep(0.2)
    return found


@contextmanager
def dealt(city: Party, folder: Path) -> Iterator[Mapping[str, str]]:
    """Both are served; gives the names of what there is between them."""
    university = parties.party(folder, "university")
    parties.introduce(city, university)
    parties.introduce(university, city)
    terms = folder / "terms.yaml"
    terms.write_text(TERMS, "utf-8")
    do(city, "offer create", product="charging", terms=str(terms))
    do(city, "product publish", name="charging")
    city.serve("--rate", "10000")
    university.serve()
    try:
        asked: dict[str, Any] = {"offer": "charging-1", "at": city.name, "wait": 0}
        ours = do(university, "negotiation start", **asked)["negotiation"]
        (theirs,) = do(city, "negotiation list")["negotiations"]
        do(city, "negotiation accept", negotiation=theirs["negotiation"], wait=0)
        agreement = until(university, ours, lambda one: one["over"])["agreement"]
        do(university, "negotiation start", **asked)
        waiting = [one for one in do(city, "negotiation list")["negotiations"] if one["decide"]]
        yield {"agreement": agreement, "negotiation": waiting[0]["negotiation"]}
    finally:
        university.stop()
        city.stop()
