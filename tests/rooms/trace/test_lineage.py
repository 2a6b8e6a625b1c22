"""What lies around a dataset, by steps: both ways, no further than asked, no circle without end."""

from __future__ import annotations

from doumen.rooms.trace.lineage import Node, around

EDGES = {
    ("source:shop", "a"), ("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("d", "product:p"),
    ("x", "y"),
}  # fmt: skip


def steps(key: str, depth: int) -> dict[str, int]:
    nodes, _ = around(key, EDGES, depth)
    return {node.key: node.step for node in nodes}


def test_steps_are_counted_in_each_direction() -> None:
    assert steps("b", 1) == {"a": -1, "b": 0, "d": 1}
    assert steps("b", 2) == {"source:shop": -2, "a": -1, "b": 0, "d": 1, "product:p": 2}
    assert steps("x", 9) == {"x": 0, "y": 1}


def test_edges_are_those_among_what_is_shown() -> None:
    _, edges = around("b", EDGES, 1)
    assert edges == [("a", "b"), ("b", "d")]


def test_kinds_are_told_by_the_key() -> None:
    nodes, _ = around("d", EDGES, 9)
    assert Node("product:p", "product", 1) in nodes
    assert {n.kind for n in nodes} == {"dataset", "source", "product"}


def test_a_circle_ends() -> None:
    nodes, edges = around("a", {("a", "b"), ("b", "a")}, 9)
    assert {node.key for node in nodes} == {"a", "b"}
    assert len(edges) == 2
