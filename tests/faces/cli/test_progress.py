"""Progress: nothing for short work, one line for long, and no trace of it afterwards."""

from __future__ import annotations

import io

from doumen.faces.cli.progress import PATIENCE, PAUSE, WIDTH, Line
from doumen.model.message import plain


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_short_work_shows_nothing() -> None:
    stream, clock = io.StringIO(), Clock()
    with Line(stream, clock) as line:
        clock.now = PATIENCE / 2
        line(0.5, plain("reading"))
    assert stream.getvalue() == ""


def test_long_work_is_drawn_now_and_then_and_erased() -> None:
    stream, clock = io.StringIO(), Clock()
    with Line(stream, clock) as line:
        clock.now = PATIENCE
        line(0.5, plain("reading flights.csv"))
        line(0.6, plain("too soon"))
        clock.now += PAUSE
        line(None, plain("writ\x1bing\n" + "x" * 200))
        clock.now += PAUSE
        line(7.0, plain("done"))
    shown = stream.getvalue().split("\r\x1b[K")
    assert shown[:2] == ["", " 50% reading flights.csv"]
    assert shown[2].startswith("writ\\x1bing x")
    assert len(shown[2]) == WIDTH
    assert shown[3:] == ["100% done", ""]
    line.close()
    assert stream.getvalue().count("\r") == 4
