"""Frames: what is sent is received, and nothing else is believed."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator

import pytest

from doumen.engines.sandbox.frames import Channel, Closed, TooLarge


@pytest.fixture
def pair() -> Iterator[tuple[Channel, Channel]]:
    one, other = (Channel(end) for end in socket.socketpair())
    yield one, other
    one.close()
    other.close()


def test_a_frame_arrives_as_it_was_sent(pair: tuple[Channel, Channel]) -> None:
    one, other = pair
    one.send(b"A", b"ab", memoryview(b"cd"), bytearray(b"e"))
    one.send_json(b"J", {"k": ["é", 1]})
    one.send(b"Z")
    assert other.receive(100) == (b"A", bytearray(b"abcde"))
    assert other.receive(100) == (b"J", bytearray(b'{"k": ["\\u00e9", 1]}'))
    assert other.receive(0) == (b"Z", bytearray())


def test_a_long_announcement_is_not_believed(pair: tuple[Channel, Channel]) -> None:
    one, other = pair
    one.end.sendall(struct.pack(">cQ", b"B", 1 << 60))
    with pytest.raises(TooLarge):
        other.receive(1 << 20)


def test_silence_ends_at_the_deadline(pair: tuple[Channel, Channel]) -> None:
    _, other = pair
    with pytest.raises(TimeoutError):
        other.receive(10, time.monotonic() + 0.02)
    with pytest.raises(TimeoutError):
        other.receive(10, time.monotonic() - 1)


def test_the_end_of_the_other_side_is_told(pair: tuple[Channel, Channel]) -> None:
    one, other = pair
    assert other.idle()
    one.end.sendall(b"B")
    assert not other.idle()
    one.close()
    with pytest.raises(Closed):
        other.receive(10)
    assert not other.idle()
    with pytest.raises(Closed):
        other.send(b"A", b"x" * 10_000_000)
    other.close()
    assert not other.idle()
    with pytest.raises(Closed):
        other.receive(10)
