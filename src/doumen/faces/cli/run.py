"""Puts an operation before the gate of the node that was asked for, and shows its outcome."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doumen.faces.cli import terminal
from doumen.faces.cli.asked import Asked
from doumen.faces.cli.progress import Line, silent
from doumen.faces.cli.show import show
from doumen.model.errors import Invalid, NotFound
from doumen.model.message import LISTENER, msg
from doumen.model.operation import Operation, Outcome

if TYPE_CHECKING:
    from doumen.model.plan import Progress
    from doumen.session import Node


def perform(asked: Asked, operation: Operation, values: Mapping[str, Any]) -> int:
    """Run an operation with the values of the command line; gives the exit code."""
    LISTENER.set(asked.say)
    outcome = _do(asked, operation, values)
    json = terminal.wants_json(asked.json, asked.table)
    show(outcome, json=json, talk=_talks(asked), say=asked.say)
    return outcome.exit


def _do(asked: Asked, operation: Operation, values: Mapping[str, Any]) -> Outcome:
    if asked.detach:
        return _queued(asked, operation, values)
    if operation.node in {"none", "folder"}:
        place = (_folder(asked),) if operation.node == "folder" else ()
        with ExitStack() as stack:
            if operation.told:
                values = {**values, "progress": _progress(asked, stack)}
            return _run(operation, *place, **values)
    with ExitStack() as stack:
        node = _node(asked, operation)
        if node is None:
            return _run(operation, None, **values)
        stack.enter_context(node)
        progress = _progress(asked, stack)
        session = node.session(actor=asked.actor, purpose=asked.purpose, progress=progress)
        return session.do(operation, **values)


def _queued(asked: Asked, operation: Operation, values: Mapping[str, Any]) -> Outcome:
    """The job that an operation was queued as."""
    from doumen.session import open as open_node  # noqa: PLC0415 (brings engine and stores)

    with open_node(asked.node) as node:
        session = node.session(actor=asked.actor, purpose=asked.purpose)
        return session.submit(operation, **values)


def _progress(asked: Asked, stack: ExitStack) -> Progress:
    """Where to say how far a job is."""
    watched = terminal.watched()
    return stack.enter_context(Line(sys.stderr, say=asked.say)) if watched else silent


def _run(operation: Operation, *place: Path | None, **values: Any) -> Outcome:
    """Run an operation without a gate; `place` is the folder of the node, or no desk."""
    module, _, function = operation.run.partition(":")
    outcome: Outcome = getattr(import_module(module), function)(*place, **values)
    return outcome


def _folder(asked: Asked) -> Path:
    """The folder of the node, for its owner: nobody is put before a gate."""
    from doumen.session import locate  # noqa: PLC0415 (brings engine and stores)

    if asked.actor:
        raise Invalid(
            msg("This is done by whoever owns the folder of the node, not by an actor."),
            next=msg("Leave out `--as`."),
            detail="actor",
        )
    return locate(asked.node, os.environ, Path.cwd())


def _node(asked: Asked, operation: Operation) -> Node | None:
    """The node, open; None where none is found, none was named and the verb needs none."""
    from doumen.session import open as open_node  # noqa: PLC0415 (brings engine and stores)

    try:
        return open_node(asked.node, warm=operation.queues is not None)
    except NotFound:
        if operation.node == "needed" or asked.node or os.environ.get("DOUMEN_NODE"):
            raise
        return None


def _talks(asked: Asked) -> bool:
    """Whether sentences are said: not into a pipe that expects JSON or nothing."""
    return terminal.watched() or not terminal.wants_json(asked.json, asked.table)
