"""Marks: what is before them, by how late rows may be, and what is after."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from doumen.model.errors import Invalid
from doumen.rooms.collect.sources import marks

NOON = datetime(2026, 3, 1, 12)


@pytest.mark.parametrize(("mark", "late", "found"), [
    (100, "30", 70),
    (Decimal("1.5"), "0.25", Decimal("1.25")),
    (date(2026, 3, 1), "1d", date(2026, 2, 28)),
    (NOON, "36h", datetime(2026, 2, 28)),
    (NOON.replace(tzinfo=UTC), "1.5 h", datetime(2026, 3, 1, 10, 30, tzinfo=UTC)),
    (None, "1d", None),
    ("text", None, "text"),
])  # fmt: skip
def test_earlier(mark: Any, late: str | None, found: Any) -> None:
    assert marks.earlier(mark, late) == found


@pytest.mark.parametrize(("mark", "late"), [
    ("text", "1"), (100, "1h"), (NOON, "5"), (date(1, 1, 2), "99w"), (True and "x", "1d"),
])  # fmt: skip
def test_what_has_nothing_before_it(mark: Any, late: str) -> None:
    with pytest.raises(Invalid, match="does not go with the cursor"):
        marks.earlier(mark, late)


def test_later() -> None:
    assert marks.later(None, 3) == 3
    assert marks.later(3, None) == 3
    assert marks.later(5, 3) == 5
    assert marks.later(None, None) is None


def test_spans() -> None:
    assert all(map(marks.is_span, ("1", "2.5h", "7 d", "1w")))
    assert not any(map(marks.is_span, ("", "-1", "1y", "h", "1h2m")))
