"""Jobs in a queue, as tests ask for them and look at them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from doumen.session import Node
from doumen.session.worker import Worker


def ids() -> Iterator[str]:
    yield from (f"t.d{number}" for number in range(1000))


NAMES = ids()


def asked(node: Node, actor: str = "owner", **more: Any) -> tuple[str, str]:
    """A job that writes a dataset: its id, and the dataset."""
    name = next(NAMES)
    told = node.session(actor).submit("query", sql="select n from t.base", into=name, **more)
    return str(told.json["job"]), name


def state(node: Node, job: str) -> str:
    return str(node.session().do("job show", job=job).json["state"])


def events_of(node: Node, dataset: str) -> int:
    """How often a dataset was made."""
    return sum(
        dataset in {g["dataset"] for g in json.loads(entry)["generated"]}
        for entry in node.session().desk.entries()
    )


def work(node: Node) -> list[dict[str, Any]]:
    """Do all that waits; gives the lines of the log."""
    lines: list[dict[str, Any]] = []
    Worker(node, lines.append).run(until_idle=True)
    return lines
