"""A node whose queue is worked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import doumen
from doumen.session import Node, create
from doumen.session import worker as module
from doumen.session.node import now


@pytest.fixture(scope="module")
def made(store: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node with an analyst and a dataset of theirs to read."""
    folder = tmp_path_factory.mktemp("jobs") / "node"
    create(folder, "jobs")
    with doumen.open(folder) as node:
        owner = node.session()
        owner.derive("select i as n from range(10) t(i)", "t.base")
        owner.derive("select i as n from range(100000) t(i)", "t.wide")
        owner.do("actor add", name="ana", role=("analyst",))
        owner.do("actor add", name="sue", role=("steward",))
        owner.do("actor add", name="bob")
    return folder


@pytest.fixture
def node(made: Path) -> Iterator[Node]:
    with doumen.open(made) as node:
        yield node
        for job in node.means.queue.all(states=("queued", "running")):
            node.means.queue.cancel(job.id, "2026-11-29T00:00:00.000000Z", None)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a minute had passed, for workers: leases of before have lapsed."""
    monkeypatch.setattr(module, "now", lambda: now() + timedelta(minutes=1))
