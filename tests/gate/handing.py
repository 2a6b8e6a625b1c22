"""A node with a dataset that an analyst may take as files, and requests by the keys of grants."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests import granted
from tests.gate.conftest import World

from doumen.gate import Counter, Gate, Means
from doumen.gate.commit import Draft
from doumen.model.event import Event
from doumen.model.fact import Fact
from doumen.model.handed import Granted, Shelf
from doumen.model.ref import Ref
from doumen.session.node import silent

RULES = """
rules:
  - {{id: see-{0}, permit: query, who: {{role: analyst}}, on: h.{0}}}
  - {{id: take-{0}, permit: files, who: {{role: analyst}}, on: h.{0}}}
"""


def dataset(world: World, name: str) -> Ref:
    """A dataset of two files, which analysts may take."""
    world.collect(f"{name}-1.csv", "id,city\n1,Wenzhou\n2,Ningbo\n", f"h.{name}")
    world.collect(f"{name}-2.csv", "id,city\n3,Lishui\n", f"h.{name}")
    rule(world, RULES.format(name))
    return Ref("h", name)


def rule(world: World, text: str) -> None:
    (world.folder / "handed.yaml").write_text(text)
    world.owner.do("rule add", file=world.folder / "handed.yaml")


def give(world: World, ref: Ref, actor: str = "ana", hours: int = 1) -> Granted:
    return world.as_(actor).desk.hand_over(ref, hours)


def counter(means: Means, actor: str = "owner") -> Counter:
    return Counter(Gate(means), actor, None, silent)


def later(means: Means, by: timedelta) -> Means:
    return replace(means, clock=lambda: means.clock() + by)


def take(world: World, given: Granted, by: timedelta = timedelta()) -> Shelf:
    """What the keys of a grant let in to, perhaps later."""
    means = later(world.node.means, by)
    request = granted.signed(given.grant.id, given.secret, means.clock())
    return counter(means).shelf(request)


def events(world: World, kind: str) -> list[dict[str, Any]]:
    found = map(json.loads, world.owner.desk.entries())
    return [event for event in found if event["type"] == kind]


def without(world: World, ref: Ref, column: str, **more: Any) -> None:
    """A column is taken out of the fact of a dataset, and out of no file."""
    means = world.node.means
    body = means.catalog.current().dataset(ref)
    assert body is not None
    less = {**body, "columns": [c for c in body["columns"] if c["name"] != column], **more}
    event = Event(id=f"without {ref}", time="2026", type="amend", actor="owner")
    means.commits.submit(lambda _: Draft(event, [Fact("dataset", str(ref), less)]))
