"""A request that is given up: what was registered before and after is ended, each once."""

from __future__ import annotations

from contextvars import copy_context

from doumen.model.wanted import WANTED, Wanted


def test_all_that_is_registered_is_ended() -> None:
    ended: list[str] = []
    wanted = Wanted()
    wanted.on_end(lambda: ended.append("before"))
    assert not wanted.over
    wanted.end()
    wanted.on_end(lambda: ended.append("after"))
    assert (wanted.over, ended) == (True, ["before", "after"])


def test_it_is_of_one_context() -> None:
    context = copy_context()
    context.run(WANTED.set, Wanted())
    assert context[WANTED] is not None
    assert WANTED.get() is None
