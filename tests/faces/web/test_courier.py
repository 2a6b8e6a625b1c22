"""The courier of a service goes on, whatever goes wrong with what it looks after."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from doumen.faces.web.courier import Courier
from doumen.model.errors import Unavailable
from doumen.model.message import msg
from doumen.rooms.exchange.negotiation import courier as negotiations
from doumen.rooms.exchange.transfer import courier as transfers


@pytest.mark.parametrize("error", [Unavailable(msg("x"), detail="store"), KeyError("state")])
def test_what_fails_is_tried_again_and_holds_up_nothing(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    tried, reached = [], threading.Event()

    def fails(desk: Any) -> None:
        tried.append(desk)
        raise error

    def goes_on(desk: Any) -> None:
        if len(tried) > 1:
            reached.set()

    monkeypatch.setattr(negotiations, "attend_all", fails)
    monkeypatch.setattr(transfers, "attend_all", goes_on)
    desk: Any = object()
    courier = Courier(desk, pause=60)
    monkeypatch.setattr(courier._rounds, "exchange_all", lambda desk: None)
    courier.start()
    for _ in range(100):
        courier.wake()
        if reached.wait(0.05):
            break
    courier.stop()
    courier.join()
    assert reached.is_set()
    assert tried[:2] == [desk, desk]
