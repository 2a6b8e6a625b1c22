"""When two answers tell the same."""

from __future__ import annotations

from typing import Any

import pytest

from doumen.model.trial import Seen
from doumen.rooms.protect.prove.sameness import Order, differs

NAN = float("nan")


def seen(*rows: tuple[Any, ...], **more: Any) -> Seen:
    return Seen((("x", "BIGINT"),), rows, **more)


@pytest.mark.parametrize(
    ("one", "two", "order"),
    [
        (seen((1,), (2,)), seen((2,), (1,)), "bag"),
        (seen((1,), (2,)), seen((1,), (2,)), "sequence"),
        (seen((1.0,), (2.0,)), seen((2.0 + 1e-12,), (1.0 - 1e-12,)), "bag"),
        (seen((NAN,)), seen((NAN,)), "sequence"),
        (seen((1,)), seen((7,)), "open"),
        (seen(("a" * 64,), ("b" * 64,)), seen(("c" * 64,), ("d" * 64,)), "bag"),
        (seen(([1, {"k": 2.0}],)), seen(([1, {"k": 2.0 + 1e-13}],)), "bag"),
        (Seen(error={"code": "over-budget.time"}), seen((1,)), "bag"),
    ],
)
def test_the_same(one: Seen, two: Seen, order: Order) -> None:
    assert differs(one, two, order) is None


@pytest.mark.parametrize(
    ("one", "two", "order", "what"),
    [
        (seen((1,), (2,)), seen((2,), (1,)), "sequence", "the rows"),
        (seen((1,)), seen((2,)), "bag", "the rows"),
        (seen((1,)), seen((1.0,)), "bag", "the rows"),
        (seen((None,)), seen((0,)), "bag", "the rows"),
        (seen((1,), (1,)), seen((1,)), "open", "the number of rows"),
        (seen(("g" * 64,)), seen(("h" * 64,)), "bag", "the rows"),
        (seen((1.0,)), seen((1.0 + 1e-6,)), "bag", "the rows"),
        (seen((1.0,)), seen((NAN,)), "bag", "the rows"),
        (seen(([1, 2],)), seen(([1],)), "bag", "the rows"),
        (seen((1,), truncated=True), seen((1,)), "bag", "whether the answer was cut"),
        (Seen(error={"code": "faulty"}), Seen(error={"code": "invalid"}), "bag", "the error"),
        (seen((1,)), Seen(error={"code": "faulty"}), "bag", "the error"),
        (seen((1,)), Seen((("y", "BIGINT"),), ((1,),)), "bag", "the columns"),
        (seen((1,), explained={"a": 1}), seen((1,), explained={"a": 2}), "bag", "the explanation"),
    ],
)
def test_not_the_same(one: Seen, two: Seen, order: Order, what: str) -> None:
    assert differs(one, two, order) == what
