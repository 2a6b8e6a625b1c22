"""Alerts from end to end: what goes wrong with runs comes to whom an alert names, once."""

from __future__ import annotations

import base64
import signal
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests import forked, shop
from tests.flows.conftest import Stand
from tests.told import Hook, hooked, mailed

from doumen.faces.cli import app
from doumen.flows.alert import outbox
from doumen.flows.alert.ways import webhook
from doumen.flows.times import moment
from doumen.model.errors import Invalid, NotFound, Refused, Unavailable
from doumen.model.message import as_written

HOUR = timedelta(hours=1)
CLOCK = """
import sys
from datetime import timedelta
import doumen
from doumen.session import worker
from doumen.session.node import now
ahead = timedelta(seconds=float(sys.argv[2]))
worker.now = lambda: now() + ahead
with doumen.open(sys.argv[1]) as node:
    worker.Worker(node).run(until_idle=True)
"""


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    monkeypatch.setenv("HOOK_SECRET", "whsec_" + base64.b64encode(bytes(32)).decode())
    with hooked() as made:
        yield made


def alert(stand: Stand, url: str, more: str = "", name: str = "oncall") -> Any:
    file = stand.folder / f"{name}.yaml"
    file.write_text(f"webhook: {{url: '{url}', secret: {{env: HOOK_SECRET}}}}\n{more}\n")
    return stand.do("alert add", name=name, file=file)


def types(hook: Hook) -> list[str]:
    return [told["type"] for told in hook.told]


def break_shop(stand: Stand) -> None:
    (stand.folder / "shop.db").rename(stand.folder / "gone.db")


def mend_shop(stand: Stand) -> None:
    (stand.folder / "gone.db").rename(stand.folder / "shop.db")


def test_what_fails_is_told_once_and_once_when_it_works_again(stand: Stand, hook: Hook) -> None:
    alert(stand, hook.url)
    stand.add("nightly", every="1h")
    break_shop(stand)
    for hours in (1, 2, 3):
        stand.ahead = hours * HOUR + timedelta(minutes=1)
        stand.work()
    assert types(hook) == ["failing.begun"]
    shown = stand.do("alert show", name="oncall")
    assert [(one["kind"], one["subject"]) for one in shown["wrong"]] == [("failing", "nightly")]
    assert stand.do("alert list")["alerts"][0]["wrong"] == 1
    mend_shop(stand)
    for hours in (4, 5):
        stand.ahead = hours * HOUR + timedelta(minutes=1)
        stand.work()
    assert types(hook) == ["failing.begun", "failing.over"]
    begun, over = hook.told
    assert begun["data"]["code"] == begun["data"]["failed"][0]["code"] == "not-found.path"
    assert begun["data"]["node"] == "Shop & Sons"
    assert "fails" in begun["data"]["message"]
    assert over["data"]["job"] != begun["data"]["job"]
    assert stand.do("alert show", name="oncall")["wrong"] == []


def test_what_was_missed_is_told_when_a_worker_is_back(stand: Stand, hook: Hook) -> None:
    alert(stand, hook.url, "late_after: 30m")
    stand.add("nightly", every="1h")
    stand.work()
    stand.ahead = 5 * HOUR
    stand.work()
    assert types(hook) == ["late.begun", "late.over"]
    begun = hook.told[0]["data"]
    assert moment(begun["by"]) - moment(begun["occurrence"]) == timedelta(minutes=30)
    assert moment(begun["occurrence"]) < stand.now - 3 * HOUR
    stand.ahead = 5 * HOUR + timedelta(minutes=59)
    stand.work()
    assert len(hook.came) == 2


def test_a_run_that_goes_on_for_too_long_is_late(stand: Stand, hook: Hook) -> None:
    alert(stand, hook.url, "late_after: 30m")
    stand.add("nightly", every="1h")
    stand.ahead = HOUR + timedelta(minutes=1)
    stand.attend()
    stand.ahead = 2 * HOUR
    stand.attend()
    stand.attend()
    assert [one["type"] for one in notices(stand)] == ["late.begun"]
    stand.do("schedule pause", name="nightly")
    stand.attend()
    assert stand.do("alert show", name="oncall")["wrong"] == []


def notices(stand: Stand) -> list[Any]:
    told: list[Any] = stand.do("alert show", name="oncall")["notices"]
    return told[::-1]


def test_a_stream_that_brings_nothing_new_is_stale(stand: Stand, hook: Hook) -> None:
    alert(stand, hook.url, "stale_after: 2h")
    stand.do("source run")
    stand.work()
    assert types(hook) == []
    stand.ahead = 3 * HOUR
    stand.work()
    stand.work()
    assert types(hook) == ["late.begun"]
    assert hook.told[0]["data"]["dataset"] == "shop.orders"
    shop.sold(stand.folder, 10, 12)
    stand.do("source run")  # it is told by the clock of now, which is three hours behind
    stand.ahead = HOUR
    stand.work()
    assert types(hook) == ["late.begun", "late.over"]
    stand.ahead = 9 * HOUR
    stand.work()
    stand.do("source pause", name="shop")
    stand.work()
    assert types(hook)[2:] == ["late.begun"]
    assert stand.do("alert show", name="oncall")["wrong"] == []
    assert stand.do("alert show", name="oncall")["stale_after"] == "2h"


def test_other_columns_are_told_as_drift(stand: Stand, hook: Hook) -> None:
    alert(stand, hook.url, "on: [drifting]")
    stand.add("nightly", every="1h")
    stand.ahead = HOUR + timedelta(minutes=1)
    stand.work()
    place = sqlite3.connect(stand.folder / "shop.db")
    with place:
        place.execute("ALTER TABLE orders ADD COLUMN note TEXT")
        place.execute("INSERT INTO orders VALUES (77, 1, '138-0000-0001')")
    for hours in (2, 3):
        stand.ahead = hours * HOUR + timedelta(minutes=1)
        stand.work()
    assert types(hook) == ["drifting.begun"]
    told = hook.told[0]["data"]
    assert (told["code"], told["dataset"]) == ("faulty.extra", "shop.orders")
    assert b"138-0000" not in hook.came[0][1]
    with place:
        place.execute("ALTER TABLE orders DROP COLUMN note")
    place.close()
    stand.ahead += HOUR
    stand.work()
    assert types(hook) == ["drifting.begun", "drifting.over"]


def test_a_place_that_is_dead_stops_no_other(stand: Stand, hook: Hook) -> None:
    hook.answers = [503, 503, 204]
    alert(stand, hook.url, "on: [failing]")
    with mailed() as box:
        file = stand.folder / "mail.yaml"
        file.write_text(
            f"smtp: {{host: 127.0.0.1, port: {box.port}, tls: none, from: n@x, to: a@x}}\n"
            "on: [failing]\n"
        )
        stand.do("alert add", name="mail", file=file)
        break_shop(stand)
        stand.add("nightly", every="1h")
        stand.ahead = HOUR + timedelta(minutes=1)
        lines = stand.work()
    told = {line["alert"]: line["event"] for line in lines if "alert" in line}
    assert told == {"oncall": "alert.failed", "mail": "alert.sent"}
    assert box.came[0][2]["Subject"] == "Shop & Sons: schedule `nightly` fails"
    for pause, tries in ((outbox.PAUSES[0], 2), (outbox.PAUSES[1], 3)):
        assert stand.work() == []
        stand.ahead += timedelta(seconds=pause + 1)
        stand.work()
        assert len(hook.came) == tries
    (notice,) = notices(stand)
    assert (notice["attempt"], notice["code"], notice["due"]) == (3, None, None)
    assert notice["sent"] is not None
    assert len({headers["webhook-id"] for headers, _ in hook.came}) == 1


@pytest.mark.parametrize(("answer", "tries"), [(503, len(outbox.PAUSES) + 1), (410, 1)])
def test_what_nobody_takes_is_given_up(
    stand: Stand, hook: Hook, monkeypatch: pytest.MonkeyPatch, answer: int, tries: int
) -> None:
    monkeypatch.setattr(outbox, "PAUSES", tuple(0 for _ in outbox.PAUSES))
    hook.answers = [answer]
    alert(stand, hook.url)
    break_shop(stand)
    stand.add("nightly", every="1h")
    stand.ahead = HOUR + timedelta(minutes=1)
    assert stand.work()[-1]["event"] == "alert.given-up"
    assert len(hook.came) == tries
    (notice,) = notices(stand)
    assert notice["given_up"] is not None
    assert stand.work() == []


@pytest.mark.parametrize("point", ["schedule.moved:3", "notice.claimed:1", "notice.sent:1"])
def test_who_is_killed_leaves_nothing_untold(stand: Stand, hook: Hook, point: str) -> None:
    alert(stand, hook.url, "on: [failing]")
    stand.add("nightly", every="1h")
    break_shop(stand)
    ahead = HOUR + timedelta(minutes=1)
    line = (str(stand.folder / "node"), str(ahead.total_seconds()))
    killed = forked.start(CLOCK, *line, DOUMEN_FAILPOINT=point)
    assert forked.finish(killed) == -signal.SIGKILL
    stand.ahead = ahead + timedelta(minutes=3)
    stand.work()
    twice = point.startswith("notice.sent")
    assert types(hook) == ["failing.begun"] * (2 if twice else 1)
    assert len({headers["webhook-id"] for headers, _ in hook.came}) == 1


def test_an_alert_that_is_removed_tells_nothing(stand: Stand, hook: Hook) -> None:
    hook.answers = [503]
    alert(stand, hook.url)
    break_shop(stand)
    stand.add("nightly", every="1h")
    stand.ahead = HOUR + timedelta(minutes=1)
    stand.work()
    stand.do("alert remove", name="oncall")
    alert(stand, hook.url, name="other")
    stand.ahead += timedelta(minutes=10)
    line = outbox.deliver(stand.node.session().desk, lambda: stand.now, as_written)
    assert line is not None
    assert (line["event"], line["code"]) == ("alert.given-up", "not-found.alert")
    assert len(hook.came) == 1
    stand.work()  # it also tidies
    assert stand.node.session().desk.schedules().notices("oncall") == []
    with pytest.raises(NotFound, match="no alert `oncall`"):
        stand.do("alert show", name="oncall")
    alert(stand, hook.url)  # another of its name: it is told anew
    stand.ahead += HOUR
    stand.work()
    assert hook.told[-1]["type"] == "failing.begun"


def test_it_can_be_tried_and_what_waits_is_sent_then(stand: Stand, hook: Hook) -> None:
    hook.answers = [503, 204]
    alert(stand, hook.url)
    break_shop(stand)
    stand.add("nightly", every="1h")
    stand.ahead = HOUR + timedelta(minutes=1)
    stand.work()
    assert types(hook) == ["failing.begun"]
    tried = stand.do("alert test", name="oncall")
    assert hook.told[1]["type"] == "test"
    assert hook.came[1][0]["webhook-id"] == tried["notice"]
    assert stand.work()[0]["event"] == "alert.sent"
    assert types(hook) == ["failing.begun", "test", "failing.begun"]
    hook.answers = [500]
    with pytest.raises(Unavailable, match="it answers 500"):
        stand.do("alert test", name="oncall")


def test_what_is_told_of_alerts(stand: Stand, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    assert stand.do("alert list") == {"alerts": []}
    alert(stand, hook.url, "on: [late]\nsources: [shop]")
    (listed,) = stand.do("alert list")["alerts"]
    assert (listed["alert"], listed["on"], listed["sources"], listed["late_after"]) == (
        "oncall", ["late"], ["shop"], "1h",
    )  # fmt: skip
    assert listed["webhook"]["secret"] == {"env": "HOOK_SECRET"}
    assert (base64.b64encode(bytes(32)).decode()) not in str(listed)
    shown = stand.node.session().do("alert show", name="oncall")
    pairs = {str(name): str(value) for name, value in shown.drawn[0].pairs}  # type: ignore[union-attr]
    assert pairs["schedules"] == "none"
    assert pairs["sources"] == "shop"
    assert pairs["stale after"] == "not looked at"
    file = stand.folder / "secret.yaml"
    file.write_text("webhook: {url: {env: HOOK_URL}, secret: {env: HOOK_SECRET}}\nstale_after: 1d")
    outcome = stand.node.session().do("alert add", name="kept", file=file)
    assert outcome.said[0] == "Alert `kept` is described."
    shown = stand.node.session().do("alert show", name="kept")
    pairs = {str(name): str(value) for name, value in shown.drawn[0].pairs}  # type: ignore[union-attr]
    assert (pairs["way"], pairs["schedules"]) == ("an address kept at env `HOOK_URL`", "all")
    with pytest.raises(Invalid):
        stand.do("alert add", name="no name", file=file)


def test_mail_is_in_the_language_of_the_worker(stand: Stand) -> None:
    break_shop(stand)
    stand.add("nightly", every="1h")
    stand.ahead = HOUR + timedelta(minutes=1)
    with mailed() as box:
        file = stand.folder / "mail.yaml"
        file.write_text(
            f"smtp: {{host: 127.0.0.1, port: {box.port}, tls: none, from: n@x, to: a@x}}"
        )
        stand.do("alert add", name="mail", file=file)
        line = ["--node", str(stand.folder / "node"), "--lang", "zh", "worker", "--until-idle"]
        assert app.main(line) == 0
    (letter,) = [letter for _, _, letter in box.came]
    assert letter["Subject"] == "Shop & Sons：定时任务 `nightly` 失败"
    told = letter.get_content()
    assert "shop.orders：没有文件" in told  # what the source says is in the language, too
    assert "doumen schedule run-now nightly" in told


def test_only_the_owner_may(stand: Stand, hook: Hook) -> None:
    alert(stand, hook.url)
    stand.do("actor add", name="sue", role=("steward",))
    stand.do("actor add", name="ana")
    sue, ana = stand.node.session("sue"), stand.node.session("ana")
    for words, more in (
        ("alert add", {"file": stand.folder / "oncall.yaml"}),
        ("alert test", {}),
        ("alert remove", {}),
    ):
        for who in (sue, ana):
            with pytest.raises(Refused, match="may not change schedules or alerts"):
                who.do(words, name="oncall", **more)
    for who in (sue, ana):
        assert who.do("alert list").json == {"alerts": []}
        with pytest.raises(NotFound):
            who.do("alert show", name="oncall")


def test_what_nobody_expected_is_tried_again(
    stand: Stand, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert(stand, hook.url)
    break_shop(stand)
    stand.add("nightly", every="1h")

    def broken(*_: Any) -> Any:
        raise RuntimeError("138-0000-0001")

    with monkeypatch.context() as patch:
        patch.setattr(webhook.Sender, "send", broken)
        stand.ahead = HOUR + timedelta(minutes=1)
        assert stand.work()[-1]["code"] == "internal"
    stand.ahead += timedelta(seconds=10)
    assert stand.work()[-1]["event"] == "alert.sent"
