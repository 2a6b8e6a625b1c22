"""The life of a dataset as it is kept and told."""

from __future__ import annotations

from datetime import date

from doumen.model.life import DEPRECATED, RETIRED, Life, Notice

DAY = date(2027, 6, 30)


def test_what_is_written_is_read() -> None:
    for life in (Life(), Life(DEPRECATED, "a.b", DAY, "Old."), Life(RETIRED, reason="Gone.")):
        assert Life.of_json(life.as_json()) == life
    assert Life.of_json(None) == Life()
    for notice in (Notice("a.b"), Notice("a.b", "c.d"), Notice("a.b", None, "2027-06-30")):
        assert Notice.of_json(notice.as_json()) == notice


def test_the_last_day_is_included() -> None:
    life = Life(DEPRECATED, until=DAY)
    assert life.on(DAY) == life
    assert life.on(date(2027, 7, 1)).state == RETIRED
    assert Life(until=DAY).on(date(2027, 7, 1)).state == "active"


def test_a_notice_says_what_it_knows() -> None:
    said = [str(Notice("a.b", *more).words) for more in (
        (), ("c.d",), (None, "2027-06-30"), ("c.d", "2027-06-30"))]  # fmt: skip
    assert ["c.d" in one for one in said] == [False, True, False, True]
    assert ["2027-06-30" in one for one in said] == [False, False, True, True]
    assert all("`a.b` is deprecated" in one for one in said)
