"""Live parts of pages: drawn anew when they change, ended by the time and with the right to see."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from doumen.faces.web.outer import Gone
from doumen.faces.web.page import live
from doumen.faces.web.page.noun import Live, Page, View
from doumen.model.errors import NotFound, Unavailable
from doumen.model.message import msg
from doumen.rooms.protect.tokens import Bearer

ANA = Bearer("t1", "ana", frozenset({"read"}))


class Looks:
    """What a page shows at each look; the last stays."""

    def __init__(self, bodies: Sequence[Mapping[str, Any] | Exception]) -> None:
        self.bodies = list(bodies)

    def __call__(self, *_: Any) -> tuple[Mapping[str, Any], str]:
        body = self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]
        if isinstance(body, Exception):
            raise body
        return body, f"<p>{body['n']}</p>\n<p>two</p>"


async def _at_door(step: Any) -> Any:
    return step()


HOUSE: Any = SimpleNamespace(work=SimpleNamespace(at_door=_at_door))
PAGE = Page("/j/{job}", "x.html", lambda visit: View(msg("Jobs"), {}), "collect")
LIVE = Live("y.html", lambda body: bool(body.get("over")))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LOOK", 0.001)


def told(monkeypatch: pytest.MonkeyPatch, *bodies: Mapping[str, Any] | Exception) -> list[bytes]:
    monkeypatch.setattr(live, "_look", Looks(bodies))

    async def gather() -> list[bytes]:
        return [one async for one in live._events(HOUSE, PAGE, LIVE, {})]

    return asyncio.run(gather())


def test_a_change_is_told_once_and_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    found = told(monkeypatch, {"n": 1}, {"n": 1}, {"n": 2}, {"n": 3, "over": True})
    assert found == [
        b"data: <p>1</p>\ndata: <p>two</p>\n\n",
        b": still there\n\n",
        b"data: <p>2</p>\ndata: <p>two</p>\n\n",
        b"data: <p>3</p>\ndata: <p>two</p>\n\n",
        live.OVER,
    ]


def test_it_ends_by_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LASTS", 0.0)
    assert len(told(monkeypatch, {"n": 1})) == 1


def test_it_ends_with_the_right_to_see(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = NotFound(msg("There is no job `{id}`.", id="x"))
    assert told(monkeypatch, {"n": 1}, gone)[-1] == live.OVER
    with pytest.raises(NotFound):
        told(monkeypatch, gone)


def test_places_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "OF_ONE", 1)
    monkeypatch.setattr(live, "MOST", 2)
    streams = live.Streams()
    with streams.place(ANA):
        again = Bearer("another sign-in", "ana", frozenset())
        with pytest.raises(Unavailable, match="Too many"), streams.place(again):
            pass
        with (
            streams.place(Bearer("t2", "sue", frozenset())),
            pytest.raises(Unavailable),
            streams.place(Bearer("t3", "aud", frozenset())),
        ):
            pass
    with streams.place(ANA):
        pass
    assert not streams._open


def run(monkeypatch: pytest.MonkeyPatch, send: Any, receive: Any) -> None:
    monkeypatch.setattr(live, "_look", Looks([{"n": 1}]))
    asyncio.run(live._sent(live._events(HOUSE, PAGE, LIVE, {}), receive, send, 0.05))


def test_whoever_hangs_up_is_not_told_more(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    with pytest.raises(Gone):
        run(monkeypatch, send, receive)
    assert len(sent) <= 3


def test_whoever_takes_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async def send(event: Any) -> None:
        if event["type"] == "http.response.body":
            await asyncio.sleep(10)

    async def receive() -> Any:
        await asyncio.sleep(10)

    with pytest.raises(Gone):
        run(monkeypatch, send, receive)
