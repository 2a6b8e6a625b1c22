"""What of a run is told: as it begins, as it ends, and never what a run does not show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from doumen.flows.alert import judging, saying
from doumen.flows.alert.saying import Teller
from doumen.flows.times import stamp
from doumen.model.alert import Alert, Kind, Told, Webhook
from doumen.model.errors import Unavailable
from doumen.model.message import msg
from doumen.model.queued import Queued
from doumen.model.schedule import Cron, Position, Schedule
from doumen.model.source import Keeps, Secret

NOW = datetime(2026, 11, 29, 2, 10, tzinfo=UTC)
TIME = stamp(datetime(2026, 11, 29, 2, 0, tzinfo=UTC))
NEXT = stamp(datetime(2026, 11, 30, 2, 0, tzinfo=UTC))
ALERT = Alert("oncall", Webhook("https://x", Secret(Keeps.ENV, "S"), {}), frozenset(Kind))
NIGHTLY = Schedule(
    "nightly", "source run", "source run shop", {"name": "shop"}, "owner", Cron("0 2 * * *")
)
AFTER = Position("nightly", "E1", 3, NEXT)
RUN = Queued(
    "J1", "source run", "owner", TIME, inputs={"name": "shop"}, state="done", exit=0,
    schedule="nightly", occurrence=TIME, outcome={"streams": [], "failed": 0},
)  # fmt: skip


@pytest.fixture
def teller() -> Teller:
    ids: Iterator[int] = count()
    return Teller("Shop", NOW, lambda: f"N{next(ids)}")


def of_run(
    teller: Teller, job: Queued, alert: Alert = ALERT, schedule: Schedule = NIGHTLY,
    then: Position = AFTER,
) -> dict[tuple[str, str], Told]:  # fmt: skip
    found = judging.of_run([alert], schedule, job, then, teller)
    return {(one.condition.kind.value, one.condition.subject): one for one in found}


def stream(**more: Any) -> dict[str, Any]:
    told = {
        "source": "shop", "dataset": "shop.orders", "table": "orders", "rows_in": 1000,
        "landed": 1000, "quarantined": 0, "reasons": [], "unchanged": False, "cursor": "9",
        "receipts": ["R"], "error": None,
    }  # fmt: skip
    return told | more


def with_stream(**more: Any) -> Queued:
    one = stream(**more)
    failed = one["error"] is not None
    return replace(RUN, outcome={"streams": [one], "failed": int(failed)}, exit=int(failed))


def error(code: str) -> dict[str, Any]:
    return {"code": code, "what": "What happened.", "why": None, "next": None, "rule": None}


def test_a_run_that_went_well_ends_what_was_wrong(teller: Teller) -> None:
    told = of_run(teller, with_stream())
    assert {key: one.holds for key, one in told.items()} == {
        ("failing", "nightly"): False,
        ("late", "nightly"): False,
        ("drifting", "shop/shop.orders"): False,
    }
    notice = told["failing", "nightly"].notice
    assert notice is not None
    assert (notice.type, notice.subject) == (
        "failing.over", "Shop: schedule `nightly` works again",
    )  # fmt: skip


def test_a_run_with_streams_that_failed_fails(teller: Teller) -> None:
    said = (msg("{place}: {what}", place="shop.orders", what=msg("Nobody answers there.")),)
    job = replace(with_stream(error=error("unavailable.place"), rows_in=0, landed=0), said=said)
    told = of_run(teller, job)
    assert told["failing", "nightly"].holds
    notice = told["failing", "nightly"].notice
    assert notice is not None
    assert (notice.type, notice.created, notice.alert) == ("failing.begun", stamp(NOW), "oncall")
    assert notice.data == {
        "node": "Shop", "alert": "oncall", "schedule": "nightly", "operation": "source run",
        "occurrence": TIME, "job": "J1", "state": "done", "code": "unavailable.place",
        "failed": [
            {"source": "shop", "dataset": "shop.orders", "rows_in": 0, "landed": 0,
             "quarantined": 0, "reasons": [], "code": "unavailable.place",
             "what": "What happened."}
        ],
    }  # fmt: skip
    assert notice.subject == "Shop: schedule `nightly` fails"
    assert "shop.orders: Nobody answers there." in notice.lines
    assert ("drifting", "shop/shop.orders") not in told


def test_a_job_that_failed_fails(teller: Teller) -> None:
    away = Unavailable(msg("The store cannot be used."), why=msg("The disk is full."), detail="x")
    told = of_run(teller, replace(RUN, state="failed", exit=4, error=away.as_json(), outcome=None))
    notice = told["failing", "nightly"].notice
    assert notice is not None
    assert notice.lines[1:3] == ("The store cannot be used.", "The disk is full.")
    assert notice.data["code"] == "unavailable.x"


def test_one_that_was_cancelled_says_nothing_of_whether_it_fails(teller: Teller) -> None:
    told = of_run(teller, replace(RUN, state="cancelled", exit=None, outcome=None))
    assert set(told) == {("late", "nightly")}


def test_what_is_yet_overdue_is_late_yet(teller: Teller) -> None:
    behind = replace(AFTER, next=stamp(NOW - timedelta(hours=3)))
    assert ("late", "nightly") not in of_run(teller, RUN, then=behind)
    paused = replace(NIGHTLY, paused=True)
    assert ("late", "nightly") in of_run(teller, RUN, schedule=paused, then=behind)


@pytest.mark.parametrize("on", list(Kind))
def test_what_is_not_asked_for_is_not_told(teller: Teller, on: Kind) -> None:
    told = of_run(teller, with_stream(), replace(ALERT, on=frozenset({on})))
    assert {kind for kind, _ in told} == {on.value}


@pytest.mark.parametrize(
    ("schedules", "sources", "inputs", "run", "own"),
    [
        (None, None, {"name": "shop"}, True, True),
        ({"nightly"}, None, {"name": "shop"}, True, True),
        ({"other"}, None, {"name": "shop"}, False, False),
        (None, {"shop"}, {"name": "shop"}, True, True),
        (None, {"shop"}, {}, True, True),
        (None, {"bank"}, {}, True, False),
        (None, {"bank"}, {"name": "shop"}, False, False),
        ({"nightly"}, {"bank"}, {"name": "shop"}, True, True),
        ({"other"}, {"shop"}, {"name": "shop"}, True, True),
    ],
)
def test_of_which_schedules_and_streams(
    teller: Teller, schedules: Any, sources: Any, inputs: Any, run: bool, own: bool
) -> None:
    """`run`: the alert speaks of the schedule; `own`: it speaks of the stream of `shop`."""
    alert = replace(
        ALERT,
        schedules=schedules and frozenset(schedules),
        sources=sources and frozenset(sources),
    )
    schedule = replace(NIGHTLY, inputs=inputs)
    told = of_run(teller, with_stream(), alert, schedule)
    assert (("failing", "nightly") in told) is run
    assert (("drifting", "shop/shop.orders") in told) is own


def test_an_alert_of_sources_is_of_runs_of_sources_only() -> None:
    other = replace(NIGHTLY, operation="query")
    assert not judging.concerns(replace(ALERT, sources=frozenset({"shop"})), other)
    assert judging.concerns(ALERT, other)


@pytest.mark.parametrize(
    ("more", "drifts"),
    [
        ({}, False),
        ({"quarantined": 50}, False),
        ({"quarantined": 51}, True),
        ({"quarantined": 5, "reasons": [{"column": "n", "reason": "type", "rows": 5}]}, False),
        ({"quarantined": 6, "reasons": [{"column": "n", "reason": "type", "rows": 6}]}, True),
        ({"quarantined": 6, "reasons": [{"column": "n", "reason": "minimum", "rows": 6}]}, False),
        (
            {
                "quarantined": 8,
                "reasons": [{"column": c, "reason": "type", "rows": 4} for c in "ab"],
            },
            False,
        ),
        ({"rows_in": 0}, None),
        ({"rows_in": 0, "cursor": None}, False),
        ({"error": {"code": "unavailable.place"}}, None),
        *(({"error": {"code": code}}, True) for code in sorted(judging.COLUMNS)),
    ],
)
def test_what_drifts(more: dict[str, Any], drifts: bool | None) -> None:
    assert judging.drifted(stream(**more), 0.05) is drifts


def test_a_drift_is_told_by_columns_and_counts(teller: Teller) -> None:
    reasons = [{"column": "amount", "reason": "type", "rows": 90},
               {"column": "id", "reason": "odd", "rows": 10}]  # fmt: skip
    told = of_run(teller, with_stream(quarantined=100, landed=900, reasons=reasons))
    notice = told["drifting", "shop/shop.orders"].notice
    assert notice is not None
    assert [notice.subject, *notice.lines] == [
        "Shop: `shop.orders` drifts from its contract",
        "100 of 1,000 rows are set aside.",
        "90 rows: `amount` is not of the declared type",
        "10 rows: `id` breaks the rule `odd`",
        "See it: doumen query 'SELECT * FROM shop.orders__quarantine LIMIT 20'",
    ]
    assert notice.data["reasons"] == reasons
    told = of_run(teller, with_stream(error=error("faulty.extra")))
    notice = told["drifting", "shop/shop.orders"].notice
    assert notice is not None
    assert notice.lines == (
        "It was stopped: columns or types are not those of the contract (`faulty.extra`).",
        "See it: doumen job show J1",
    )


def test_a_collection_drifts_too(teller: Teller) -> None:
    schedule = replace(NIGHTLY, operation="collect", inputs={"as_dataset": "a.b"})
    whole = {"dataset": "a.b", "rows_in": 10, "landed": 0, "quarantined": 10, "reasons": []}
    assert of_run(teller, replace(RUN, outcome=whole), schedule=schedule)["drifting", "a.b"].holds
    stopped = replace(
        RUN, state="failed", outcome=None, error=error("faulty.missing"), inputs=schedule.inputs
    )
    assert of_run(teller, stopped, schedule=schedule)["drifting", "a.b"].holds
    bare = replace(RUN, state="failed", outcome=None, error=error("faulty.missing"), inputs={})
    assert ("drifting", "a.b") not in of_run(teller, bare, schedule=schedule)


def test_a_run_is_late_when_it_has_not_ended(teller: Teller) -> None:
    tight = replace(ALERT, late_after=300)

    def late(position: Position, alert: Alert = tight, schedule: Schedule = NIGHTLY) -> Any:
        return judging.of_time(alert, schedule, position, teller)

    waiting = Position("nightly", "E1", 1, TIME)
    going = replace(AFTER, job="J1", occurrence=TIME)
    for position, words in ((waiting, "It was not begun"), (going, "It is job J1")):
        told = late(position)
        assert told.holds
        assert told.notice is not None
        assert told.notice.type == "late.begun"
        assert told.notice.data["by"] == stamp(NOW - timedelta(minutes=5))
        assert any(line.startswith(words) for line in told.notice.lines)
    assert late(AFTER) is None
    assert late(waiting, ALERT) is None
    assert late(waiting, replace(tight, on=frozenset({Kind.FAILING}))) is None
    assert late(waiting, replace(tight, schedules=frozenset({"other"}))) is None
    assert late(waiting, schedule=replace(NIGHTLY, paused=True)) is None
    by_hand = replace(waiting, job="J2", occurrence=NEXT)  # a run by hand, while one is overdue
    assert late(by_hand).notice.data["occurrence"] == TIME


def test_a_stream_is_stale_when_it_brings_nothing_new(teller: Teller) -> None:
    bound = replace(ALERT, stale_after=3600)

    def stale(alert: Alert, minutes: int) -> Told | None:
        since = stamp(NOW - timedelta(minutes=minutes))
        return judging.of_stream(alert, "shop", "shop.orders", since, teller)

    found = stale(bound, 61)
    assert found is not None
    assert found.holds
    assert found.notice is not None
    assert found.notice.lines[0] == (
        "Source `shop` brought nothing new since 2026-11-29 01:09:00Z, and 1h is the bound."
    )
    assert found.condition.subject == "shop/shop.orders"
    well = stale(bound, 59)
    assert well is not None
    assert not well.holds
    assert well.notice is not None
    assert well.notice.subject == "Shop: new rows in `shop.orders` again"
    assert stale(ALERT, 61) is None
    assert stale(replace(bound, on=frozenset({Kind.DRIFTING})), 61) is None
    assert stale(replace(bound, sources=frozenset({"bank"})), 61) is None
    assert stale(replace(bound, schedules=frozenset({"nightly"})), 61) is None


def test_columns_that_a_contract_does_not_know_are_drift() -> None:
    """Whether it takes them or sets rows aside, and though all rows fit."""
    for does in ("take", "quarantine"):
        drift = {"does": does, "columns": ["w"]}
        stream = {"dataset": "d.t", "rows_in": 10, "quarantined": 0, "reasons": [], "drift": drift}
        assert judging.drifted(stream, 0.5) is True
        assert judging._told(stream)["drift"] == drift
        assert "`w`" in saying._columns(drift)[0]
    assert judging.drifted({**stream, "drift": None}, 0.5) is False
    assert saying._columns(None) == []
