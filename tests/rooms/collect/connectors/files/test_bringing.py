"""A file on its way: tries, parts, sizes, and the room on the disk."""

from __future__ import annotations

import shutil
import time
from collections.abc import Generator
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.rooms.collect.connectors.files.conftest import quiet

from doumen.model.errors import Conflict, Unavailable
from doumen.model.message import msg
from doumen.rooms.collect.connectors import bringing
from doumen.rooms.collect.connectors.bringing import Broken, brought
from doumen.rooms.collect.connectors.interface import Item

DATA = bytes(range(256)) * 4


class Source:
    """Gives a file, and breaks after so many bytes, each time it is asked."""

    def __init__(self, *breaks: int, resumes: bool = True, data: bytes = DATA) -> None:
        self.breaks = list(breaks)
        self.resumes = resumes
        self.data = data
        self.asked: list[int] = []

    def rest(self, start: int) -> tuple[int, Generator[bytes]]:
        self.asked.append(start)
        begin = start if self.resumes else 0
        return begin, self.chunks(begin)

    def chunks(self, start: int) -> Generator[bytes]:
        left = self.breaks.pop(0) if self.breaks else len(self.data)
        for place in range(start, min(len(self.data), start + left), 100):
            yield self.data[place : min(place + 100, start + left)]
        if start + left < len(self.data):
            raise Broken(Unavailable(msg("It broke.")))


def item(size: int | None = len(DATA)) -> Item:
    return Item("a.csv", size, None)


@pytest.mark.parametrize("size", [len(DATA), None])
def test_it_goes_on_where_it_broke(tmp_path: Path, size: int | None) -> None:
    source = Source(150, 0, 200, 0, 0, 0)
    brought(item(size), tmp_path / "a", quiet, source.rest)
    assert (tmp_path / "a").read_bytes() == DATA
    assert source.asked == [0, 150, 150, 350, 350, 350, 350]


def test_it_begins_anew_where_no_part_is_given(tmp_path: Path) -> None:
    source = Source(700, 100, resumes=False)
    brought(item(), tmp_path / "a", quiet, source.rest)
    assert (tmp_path / "a").read_bytes() == DATA
    assert source.asked == [0, 700, 100]


def test_it_gives_up_and_waits_longer_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(bringing, "PAUSE", 1.0)
    monkeypatch.setattr(bringing, "time", SimpleNamespace(sleep=waited.append))
    source = Source(10, *[0] * 9)
    with pytest.raises(Unavailable, match="It broke"):
        brought(item(), tmp_path / "a", quiet, source.rest)
    assert waited == [1.0, 2.0, 4.0, 8.0]
    assert time.sleep is not None


def test_a_break_behind_the_last_byte_is_none(tmp_path: Path) -> None:
    source = Source(data=DATA[:1000])

    def rest(start: int) -> tuple[int, Generator[bytes]]:
        def chunks() -> Generator[bytes]:
            yield from source.chunks(start)
            raise Broken(Unavailable(msg("It broke.")))

        return start, chunks()

    brought(item(1000), tmp_path / "a", quiet, rest)
    assert (tmp_path / "a").read_bytes() == DATA[:1000]


@pytest.mark.parametrize("size", [len(DATA) - 1, len(DATA) + 1, 1])
def test_another_size_is_another_content(tmp_path: Path, size: int) -> None:
    with pytest.raises(Conflict):
        brought(item(size), tmp_path / "a", quiet, Source().rest)


def test_the_disk_keeps_its_reserve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing, "_LOOKED", 300)
    frees = iter([2 << 30, 2 << 30, 1 << 20])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=next(frees)))
    with pytest.raises(Unavailable) as caught:
        brought(item(), tmp_path / "a", quiet, Source().rest)
    assert caught.value.code == "unavailable.disk"
    assert (tmp_path / "a").stat().st_size <= 700


def test_how_much_came_is_told(tmp_path: Path) -> None:
    told: list[float | None] = []
    brought(item(), tmp_path / "a", lambda part, doing: told.append(part), Source(500).rest)
    assert told[0] == pytest.approx(100 / 1024)
    assert told[-1] == 1.0
    told.clear()
    brought(item(None), tmp_path / "b", lambda part, doing: told.append(part), Source().rest)
    assert set(told) == {None}
