"""A job whose asker went away is ended at once, wherever it is, and the next one is answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from doumen.engines.duckdb import DuckDB
from doumen.model.errors import Unavailable
from doumen.model.plan import QueryPlan
from doumen.model.wanted import WANTED, Wanted

Plans = Callable[..., QueryPlan]
LONG = "SELECT count(*) FROM range(400000) a, range(400000) b WHERE a.range % 7 = b.range % 11"


@pytest.fixture
def wanted() -> Iterator[Wanted]:
    made = Wanted()
    token = WANTED.set(made)
    yield made
    WANTED.reset(token)


def test_who_waits_is_told_at_once(engine: DuckDB, plan: Plans, wanted: Wanted) -> None:
    threading.Timer(0.5, wanted.end).start()
    since = time.monotonic()
    with pytest.raises(Unavailable) as error:
        list(engine.query(plan(LONG), "ana"))
    assert error.value.code == "unavailable.abandoned"
    assert time.monotonic() - since < 30
    WANTED.set(None)
    assert [b.num_rows for b in engine.query(plan("SELECT 1 AS a"), "ana")] == [1]


def test_what_was_given_up_before_does_not_run(engine: DuckDB, plan: Plans, wanted: Wanted) -> None:
    wanted.end()
    with pytest.raises(Unavailable, match="before it was done"):
        list(engine.query(plan(LONG), "ana"))


def test_giving_up_what_is_over_harms_nobody(engine: DuckDB, plan: Plans, wanted: Wanted) -> None:
    assert sum(b.num_rows for b in engine.query(plan("SELECT 1 AS a"), "ana")) == 1
    WANTED.set(None)
    stream = engine.query(plan("SELECT range AS a FROM range(3000000)"), "ana")
    next(iter(stream))
    wanted.end()
    assert sum(b.num_rows for b in stream) > 0
