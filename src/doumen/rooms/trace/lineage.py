"""The verb `dataset lineage`: what a dataset is made of, and what is made of it, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.model.errors import Invalid
from doumen.model.fact import Facts
from doumen.model.message import msg
from doumen.model.operation import Outcome, Table
from doumen.model.ref import Ref

DEEPEST = 10

Edge = tuple[str, str]
"""Key of what is read, key of what is made of it."""


@dataclass(frozen=True, slots=True)
class Node:
    """One thing of a lineage.

    Attributes:
        key: `domain.name` of a dataset; of a source or product its name with `source:` or
            `product:` before it.
        kind: `dataset`, `source` or `product`.
        step: From the dataset that was asked for; before it negative.
    """

    key: str
    kind: str
    step: int


def lineage(desk: Desk, dataset: str, depth: int = 2) -> Outcome:
    """Show the lineage of a dataset, as far as the asker may know.

    Raises:
        NotFound: there is no such dataset that the asker may know. Invalid: the depth is none.
    """
    if not 1 <= depth <= DEEPEST:
        raise Invalid(
            msg("`{name}` is not between 1 and {most}.", name="depth", most=DEEPEST),
            detail="limit",
        )
    ref, facts = Ref.parse(dataset), desk.facts()
    if facts.dataset(ref) is None:
        raise policy.absent(ref)
    nodes, edges = around(str(ref), set(_edges(facts)), depth)
    told = [{"key": n.key, "kind": n.kind, "step": n.step} for n in nodes]
    return Outcome(
        json={"dataset": str(ref), "nodes": told, "edges": [list(e) for e in edges]},
        drawn=(Table((msg("of"), msg("is made")), tuple(edges)),) if edges else (),
        said=() if edges else (msg("Nothing is known of where it comes from or what it became."),),
    )


def around(key: str, edges: set[Edge], depth: int) -> tuple[list[Node], list[Edge]]:
    """What lies within so many steps before and after something, and the edges among it."""
    steps = {key: 0}
    for sign, ends in ((-1, _before), (1, _after)):
        edge_of: Callable[[set[Edge], str], list[str]] = ends
        front = [key]
        for step in range(1, depth + 1):
            front = sorted({n for at in front for n in edge_of(edges, at)} - steps.keys())
            steps |= dict.fromkeys(front, sign * step)
    nodes = [
        Node(name, _kind(name), step)
        for name, step in sorted(steps.items(), key=lambda pair: (pair[1], pair[0]))
    ]
    return nodes, sorted((a, b) for a, b in edges if a in steps and b in steps)


def _edges(facts: Facts) -> Iterator[Edge]:
    known = {key for key, _ in facts.all("dataset")}
    for key, body in facts.all("dataset"):
        yield from ((source, key) for source in body.get("sources", ()) if source in known)
    for key, _ in facts.all("stream"):
        source, _, dataset = key.partition("/")
        if dataset in known:
            yield f"source:{source}", dataset
    for key, body in facts.all("product"):
        yield from ((one, f"product:{key}") for one in _datasets(body) if one in known)


def _datasets(body: Any) -> tuple[str, ...]:
    return tuple(body.get("datasets", ()))


def _before(edges: set[Edge], at: str) -> list[str]:
    return [a for a, b in edges if b == at]


def _after(edges: set[Edge], at: str) -> list[str]:
    return [b for a, b in edges if a == at]


def _kind(key: str) -> str:
    kind, colon, _ = key.partition(":")
    return kind if colon else "dataset"
