"""Notices: sent at least once, by one at a time, later where nobody takes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from doumen.model.alert import Notice
from doumen.model.message import msg
from doumen.stores.database import Database
from doumen.stores.queue import Notices


def at(second: int) -> str:
    return f"2026-11-29T00:00:{second:02d}.000000Z"


def notice(number: int, alert: str = "a") -> Notice:
    subject = msg("schedule `{schedule}` fails", schedule="nightly")
    return Notice(
        f"N{number}", alert, "failing.begun", at(number), {"job": "J"}, subject, (subject,)
    )


@pytest.fixture
def notices(url: str) -> Iterator[Notices]:
    database = Database.open(url, create=True)
    yield Notices(database)
    database.close()


def put(notices: Notices, *new: Notice) -> None:
    with notices._database.write() as connection:
        notices.put(connection, new)


def claim(notices: Notices, second: int) -> Notice:
    found = notices.claim(at(second), at(second + 10))
    assert found is not None
    return found


def test_a_notice_is_taken_once_and_sent(notices: Notices) -> None:
    put(notices, notice(1))
    assert notices.claim(at(0), at(10)) is None
    mine = claim(notices, 2)
    assert (mine.id, mine.attempt, mine.data) == ("N1", 1, {"job": "J"})
    words = {"schedule `{schedule}` fails": "定时任务 `{schedule}` 失败"}
    assert mine.subject.into(lambda text: words.get(text, text)) == "定时任务 `nightly` 失败"
    assert mine.lines == (mine.subject,)
    assert notices.claim(at(3), at(13)) is None
    notices.took(mine, at(4))
    assert notices.claim(at(50), at(59)) is None
    (kept,) = notices.of("a", 5)
    assert (kept.sent, kept.code) == (at(4), None)


def test_who_dies_over_one_leaves_it_to_another(notices: Notices) -> None:
    put(notices, notice(1))
    claim(notices, 2)
    again = claim(notices, 13)
    assert (again.id, again.attempt) == ("N1", 2)


def test_what_waits_for_one_place_waits_together(notices: Notices) -> None:
    put(notices, notice(1, "dead"), notice(2, "dead"), notice(3, "well"))
    first = claim(notices, 4)
    assert first.alert == "dead"
    notices.back(first, at(40), "unavailable.webhook")
    other = claim(notices, 5)
    assert other.alert == "well"
    notices.took(other, at(6))
    assert notices.claim(at(39), at(49)) is None
    again = claim(notices, 40)
    assert (again.id, again.attempt, again.code) == ("N1", 2, "unavailable.webhook")
    assert claim(notices, 41).id == "N2"


def test_what_waits_can_be_hastened(notices: Notices) -> None:
    put(notices, notice(1))
    notices.back(claim(notices, 2), at(50), "unavailable.webhook")
    notices.hasten("other", at(3))
    assert notices.claim(at(3), at(13)) is None
    notices.hasten("a", at(3))
    assert claim(notices, 3).id == "N1"


def test_what_is_given_up_is_not_tried(notices: Notices) -> None:
    put(notices, notice(1))
    notices.give_up(claim(notices, 2), at(3), "unavailable.gone")
    assert notices.claim(at(50), at(59)) is None
    (kept,) = notices.of("a", 5)
    assert (kept.given_up, kept.sent, kept.code) == (at(3), None, "unavailable.gone")


def test_old_ones_and_those_of_no_alert_are_forgotten(notices: Notices) -> None:
    put(notices, notice(1), notice(5), notice(6, "gone"))
    assert [one.id for one in notices.of("a", 5)] == ["N5", "N1"]
    assert notices.forget(at(0), ["a", "gone"]) == 0
    assert notices.forget(at(3), ["a"]) == 2
    assert [one.id for one in notices.of("a", 5)] == ["N5"]
    assert notices.of("gone", 5) == []
