"""The verb `worker`: does queued jobs until it is told to stop."""

from __future__ import annotations

import json
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from doumen.model.errors import Invalid
from doumen.model.message import LISTENER, msg
from doumen.model.operation import Outcome
from doumen.session import Node
from doumen.session.node import now
from doumen.session.worker import Worker


def serve(folder: Path, *, jobs: int = 1, until_idle: bool = False, grace: int = 30) -> Outcome:
    """Do jobs until SIGTERM or SIGINT, or until nothing waits.

    Raises:
        Invalid: less than one job at a time.
        DoumenError: the node does not open.
    """
    if jobs < 1 or grace < 0:
        raise Invalid(msg("--jobs is 1 or more, --grace 0 or more."), detail="worker")
    with Node.open(folder, warm=True) as node:
        worker = Worker(node, line, LISTENER.get())

        def stopped(*_: object) -> None:
            worker.stop()
            late = threading.Timer(grace, worker.give_up)
            late.daemon = True
            late.start()

        former = {s: signal.signal(s, stopped) for s in (signal.SIGTERM, signal.SIGINT)}
        line({"event": "worker.started", "jobs": jobs})
        try:
            done = worker.run(jobs, until_idle=until_idle)
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)
    return Outcome(json={"done": done}, said=(msg("The worker has stopped; jobs: {done}.",
                                                  done=done),))  # fmt: skip


def line(said: dict[str, Any]) -> None:
    """A line of JSON to standard error."""
    stamped = {"time": now().isoformat(timespec="milliseconds"), **said}
    print(json.dumps(stamped, ensure_ascii=False), file=sys.stderr, flush=True)
