"""What a process that digests rows says, and that it ends with its parent."""

from __future__ import annotations

import os
import socket
import threading

import pyarrow as pa
import pytest

from doumen.engines.digests import worker
from doumen.engines.sandbox import Channel, arrow
from doumen.kits.evidence.digest import row_digests


def test_it_answers_batch_after_batch_until_the_parent_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nice: list[int] = []
    monkeypatch.setattr(os, "nice", nice.append)
    ours, theirs = socket.socketpair()
    channel, thread = Channel(ours), threading.Thread(target=worker.serve, args=[Channel(theirs)])
    thread.start()
    for rows in (3, 0, 5):
        batch = pa.record_batch({"n": pa.array(range(rows), pa.int64())})
        channel.send(worker.FLOATS, bytes([False]))
        channel.send(worker.BATCH, memoryview(arrow.written(batch)))
        kinds = [channel.receive(1 << 20) for _ in range(2)]
        assert [kind for kind, _ in kinds] == [worker.EXACT, worker.WHOLE]
        assert tuple(bytes(each) for _, each in kinds) == row_digests(batch, [False])
    channel.close()
    thread.join(10)
    assert not thread.is_alive()
    theirs.close()
    assert nice == [10]
