"""What is asked of schedules: described, listed, shown, paused, run by hand; by the owner alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.flows.conftest import Stand

from doumen.flows.schedule import rounds, telling
from doumen.flows.times import moment
from doumen.model.errors import Conflict, Invalid, NotFound, Refused
from doumen.model.schedule import Position

HOUR = timedelta(hours=1)


def test_a_schedule_is_described(stand: Stand) -> None:
    told = stand.add("Nightly", cron=" 0  2 * * * ", zone="Asia/Shanghai", catch_up="all",
                     at_most=7)  # fmt: skip
    receipt = told.pop("receipt")
    assert told == {
        "schedule": "nightly", "operation": "source run", "command": "source run shop",
        "inputs": {"name": "shop"}, "actor": "owner", "purpose": None, "catch_up": "all",
        "most": 7, "paused": False, "cron": "0 2 * * *", "zone": "Asia/Shanghai", "every": None,
        "anchor": None, "on_arrival": False, "next": told["next"], "running": None, "last": None,
    }  # fmt: skip
    assert moment(told["next"]).hour == 18
    assert stand.node.session().do("receipt verify", receipt=receipt).exit == 0


def test_one_of_its_name_is_replaced_and_stays_paused(stand: Stand) -> None:
    stand.add("nightly", every="1h")
    stand.do("schedule pause", name="nightly")
    told = stand.add("nightly", every="2h")
    assert (told["every"], told["paused"], told["next"]) == ("2h", True, None)


@pytest.mark.parametrize(
    ("line", "when", "says"),
    [
        ("source run", {}, "give one of `--cron`, `--every` and `--on-arrival`"),
        ("source run", {"cron": "0 2 * * *", "every": "1h"}, "give one of"),
        ("source run", {"cron": "0 2 * * *", "on_arrival": True}, "give one of"),
        ("source run", {"every": "1h", "zone": "UTC"}, "`--zone` goes with `--cron`"),
        ("source run", {"on_arrival": True, "catch_up": "all"}, "nothing to catch up"),
        ("collect a.csv --as-dataset a.b", {"on_arrival": True}, "does nothing where nothing came"),
        ("source run", {"every": "1h", "at_most": 3}, "goes with `--catch-up all`"),
        ("source run", {"every": "1h", "catch_up": "all", "at_most": 0}, "from 1 to 10,000"),
    ],
)
def test_what_does_not_go_together(stand: Stand, line: str, when: Any, says: str) -> None:
    with pytest.raises(Invalid) as caught:
        stand.add("nightly", line=line, **when)
    assert says in str(caught.value.why)


@pytest.mark.parametrize(
    ("line", "when", "kind", "says"),
    [
        ("source run", {"every": "9s"}, Invalid, "`9s` is not a time between two runs"),
        ("source run", {"cron": "0 2"}, Invalid, "names no times"),
        ("source run", {"cron": "0 2 * * *", "zone": "Here"}, Invalid, "no time zone `Here`"),
        ("source run bank", {"every": "1h"}, NotFound, "no source `bank`"),
        ("job list", {"every": "1h"}, Invalid, "is not queued"),
        ("query 'select 1'", {"every": "1h"}, Invalid, "needs `into`"),
        ("source run --all", {"every": "1h"}, Invalid, "does not fit `source run`"),
    ],
)
def test_what_cannot_be_scheduled(
    stand: Stand, line: str, when: Any, kind: type[Exception], says: str
) -> None:
    with pytest.raises(kind, match=says):
        stand.add("nightly", line=line, **when)
    assert stand.do("schedule list") == {"schedules": []}


def test_schedules_are_listed_with_their_next_and_last_run(stand: Stand) -> None:
    empty = stand.node.session().do("schedule list")
    assert empty.said
    stand.add("nightly", cron="0 2 * * *")
    stand.add("often", every="1h")
    before = {one["schedule"]: one for one in stand.do("schedule list")["schedules"]}
    assert before["often"]["next"] is not None  # no worker has looked at it yet
    assert before["often"]["last"] is None
    stand.ahead = HOUR + timedelta(minutes=1)
    stand.work()
    after = {one["schedule"]: one for one in stand.do("schedule list")["schedules"]}
    assert moment(after["often"]["next"]) == moment(before["often"]["next"]) + HOUR
    assert (after["often"]["last"]["state"], after["often"]["last"]["exit"]) == ("done", 0)
    table = stand.node.session().do("schedule list").drawn[0]
    rows = {row[0]: [str(cell) for cell in row] for row in table.rows}  # type: ignore[union-attr]
    assert rows["nightly"][2] == "0 2 * * * UTC"
    assert rows["often"][2] == "every 1h"
    assert rows["often"][4].startswith("went well, ")


def test_a_schedule_is_shown_with_its_runs(stand: Stand) -> None:
    stand.add("often", every="1h", catch_up="all", at_most=2)
    stand.ahead = 3 * HOUR + timedelta(minutes=1)
    stand.work()
    shown = stand.node.session().do("schedule show", name="often")
    assert [run["state"] for run in shown.json["runs"]] == ["done", "done"]
    assert shown.json["runs"][0]["occurrence"] > shown.json["runs"][1]["occurrence"]
    pairs = {str(name): str(value) for name, value in shown.drawn[0].pairs}  # type: ignore[union-attr]
    assert pairs["missed runs"] == "each, 2 at most"
    assert pairs["paused"] == "no"
    stand.do("schedule pause", name="often")
    pairs = {
        str(name): str(value)
        for name, value in stand.node.session().do("schedule show", name="often").drawn[0].pairs  # type: ignore[union-attr]
    }
    assert (pairs["paused"], pairs["next"]) == ("yes", "")
    with pytest.raises(NotFound, match="no schedule `other`"):
        stand.do("schedule show", name="other")


def test_a_run_by_hand_leaves_the_next_where_it_is(stand: Stand) -> None:
    stand.add("nightly", cron="0 2 * * *")
    next_time = stand.do("schedule show", name="nightly")["next"]
    told = stand.do("schedule run-now", name="nightly")
    with pytest.raises(Conflict, match="is not over") as caught:
        stand.do("schedule run-now", name="nightly")
    assert told["job"] in str(caught.value.why)
    stand.work()
    assert stand.do("job show", job=told["job"])["state"] == "done"
    assert stand.do("schedule show", name="nightly")["next"] == next_time
    stand.do("schedule pause", name="nightly")
    again = stand.do("schedule run-now", name="nightly")
    stand.work()
    last = stand.do("schedule show", name="nightly")["last"]
    assert (last["job"], last["state"]) == (again["job"], "done")


def test_a_run_by_hand_takes_its_turn_with_workers(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of its steps may be made by a worker meanwhile; then it looks again."""
    stand.add("nightly", cron="0 2 * * *")
    for step in ("started", "heard", "run"):
        real, turns = getattr(rounds.Attending, step), list[int]()

        def once(*given: Any, real: Any = real, turns: list[int] = turns) -> Any:
            turns.append(1)
            return None if len(turns) == 1 else real(*given)

        with monkeypatch.context() as patch:
            patch.setattr(rounds.Attending, step, once)
            job = stand.do("schedule run-now", name="nightly")["job"]
        assert len(turns) >= 2
        stand.work()
        assert stand.do("job show", job=job)["state"] == "done"


def test_a_run_that_is_done_again_by_hand_is_of_its_schedule(stand: Stand) -> None:
    stand.add("nightly", line="query 'select x from shop.nothing' --into a.b", every="1h")
    stand.ahead = HOUR + timedelta(minutes=1)
    stand.work()
    (run,) = stand.runs("nightly")
    again = stand.do("job retry", job=run.id, reason="once more")
    assert (again["schedule"], again["occurrence"]) == ("nightly", run.occurrence)


def test_only_the_owner_may_and_those_who_oversee_may_look(stand: Stand) -> None:
    stand.add("nightly", cron="0 2 * * *")
    stand.work()
    stand.do("actor add", name="sue", role=("steward",))
    stand.do("actor add", name="ana")
    sue, ana = stand.node.session("sue"), stand.node.session("ana")
    more = {"command_line": "source run", "every": "1h"}
    for words in ("schedule pause", "schedule resume", "schedule remove", "schedule run-now"):
        for who in (sue, ana):
            with pytest.raises(Refused, match="may not change schedules"):
                who.do(words, name="nightly")
    with pytest.raises(Refused, match="may not change schedules"):
        sue.do("schedule add", name="nightly", **more)
    shown = sue.do("schedule show", name="nightly").json
    assert shown["next"] is not None
    assert (shown["command"], shown["inputs"]) == ("source run", {})
    assert ana.do("schedule list").json == {"schedules": []}
    with pytest.raises(NotFound, match="no schedule `nightly`"):
        ana.do("schedule show", name="nightly")


@pytest.mark.parametrize(
    ("last", "says"),
    [
        (None, ""),
        ({"state": "done", "exit": 0}, "went well, 2026-11-29 02:00:00Z"),
        ({"state": "done", "exit": 1}, "failed, 2026-11-29 02:00:00Z"),
        ({"state": "failed", "exit": 4}, "failed, 2026-11-29 02:00:00Z"),
        ({"state": "cancelled", "exit": None}, "cancelled, 2026-11-29 02:00:00Z"),
    ],
)
def test_how_a_run_ended_in_words(last: Any, says: str) -> None:
    time = "2026-11-29T02:00:00.000000Z"
    told = None if last is None else last | {"finished": time}
    position = Position("n", "E", 1, time, last=told)
    assert telling.last(position) == says
    going = Position("n", "E", 1, time, "J", time, told)
    assert telling.last(going) == "goes on since 2026-11-29 02:00:00Z"
    assert telling.last(None) == ""
