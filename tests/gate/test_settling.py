"""What goes on behind an answer is waited for."""

from __future__ import annotations

import time

import pyarrow as pa
import pytest

from doumen.gate.settling import Settling
from doumen.gate.trail import Trail
from doumen.kits.evidence.digest import Digester
from doumen.model.errors import Unavailable
from doumen.model.schema import Schema


def test_a_node_that_closes_waits_for_what_is_recorded_and_hashes_no_more() -> None:
    settling = Settling()
    done: list[int] = []

    def work() -> None:
        time.sleep(0.2)
        done.append(1)

    settling.run(work)
    settling.close()
    assert done == [1]
    trail = Trail(Digester(Schema.of(n="BIGINT"), ordered=False), settling.hashing)
    with pytest.raises(Unavailable) as error:
        trail.put(pa.record_batch({"n": pa.array([1], pa.int64())}))
    assert error.value.code == "unavailable.closed"
