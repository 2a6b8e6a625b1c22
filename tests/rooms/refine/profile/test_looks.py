from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from doumen.model.message import Message, msg
from doumen.rooms.refine.profile import looks as module
from doumen.rooms.refine.profile.looks import looks


def seen(texts: list[str]) -> dict[str, Any] | None:
    return looks(pa.array(texts, pa.string()), np.ones(len(texts), np.int64))


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (["2026-01-02", "1999-12-31"], "date"),
        (["2026年1月2日", "2025年12月31日"], "date"),
        (["20260102", "19991231"], "date"),
        (["2026-01-02T03:04:05Z", "2026-01-02 03:04"], "timestamp"),
        (["03:04", "23:59:59"], "time"),
        (["1", "-20", "300"], "integer"),
        (["1.5", "2", "3e10"], "number"),
        (["a@b.cn", "x.y@z.org"], "email"),
        (["https://a.cn/x", "http://b"], "url"),
        (["是", "否"], "boolean"),
        (["123e4567-e89b-12d3-a456-426614174000"], "uuid"),
    ],
)
def test_texts_look_like_something(texts: list[str], name: str) -> None:
    assert seen(texts) == {"as": name, "share": 1.0}


@pytest.mark.parametrize("texts", [[], [""], ["007", "008"], ["abc", "1"], ["2026-13-45"]])
def test_texts_that_look_like_nothing_known(texts: list[str]) -> None:
    assert seen(texts) is None


def test_a_few_that_do_not_fit_are_a_share() -> None:
    texts = [str(number) for number in range(99)] + ["n/a"]
    assert seen(texts) == {"as": "integer", "share": 0.99}
    assert seen([*texts[:90], *"abcdefghij"]) is None


def test_identifiers_are_named_by_their_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    class Even:
        name = "even"
        title: Message = msg("even")
        source = "here"
        examples = ("2",)

        def invalid(self, text: str) -> str:
            return "false"

        def accepts(self, text: str) -> bool:
            return text.isdigit() and int(text) % 2 == 0

    monkeypatch.setattr(module, "BY_NAME", {"even": Even()})
    assert seen([str(2 * n) for n in range(40)]) == {"as": "even", "share": 1.0}
    assert seen([str(n) for n in range(40)]) == {"as": "integer", "share": 1.0}
    assert seen(["2", "4"]) == {"as": "integer", "share": 1.0}
    assert seen([str(2 * n + 1) for n in range(40)]) == {"as": "integer", "share": 1.0}
