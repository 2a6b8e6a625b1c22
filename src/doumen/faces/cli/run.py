"""Puts an operation before the gate of the node that was asked for, and shows its outcome."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from importlib import import_module
from typing import Any

from doumen.faces.cli import terminal
from doumen.faces.cli.asked import Asked
from doumen.faces.cli.progress import Line, silent
from doumen.faces.cli.show import show
from doumen.model.operation import Operation, Outcome


def perform(asked: Asked, operation: Operation, values: Mapping[str, Any]) -> int:
    """Run an operation with the values of the command line; gives the exit code."""
    outcome = _do(asked, operation, values)
    show(outcome, json=terminal.wants_json(asked.json, asked.table), talk=_talks(asked))
    return outcome.exit


def _do(asked: Asked, operation: Operation, values: Mapping[str, Any]) -> Outcome:
    if not operation.needs_node:
        module, _, function = operation.run.partition(":")
        outcome: Outcome = getattr(import_module(module), function)(**values)
        return outcome
    from doumen.session import open as open_node  # noqa: PLC0415 (brings engine and stores)

    with ExitStack() as stack:
        node = stack.enter_context(open_node(asked.node))
        progress = stack.enter_context(Line(sys.stderr)) if terminal.watched() else silent
        session = node.session(actor=asked.actor, purpose=asked.purpose, progress=progress)
        return session.do(operation, **values)


def _talks(asked: Asked) -> bool:
    """Whether sentences are said: not into a pipe that expects JSON or nothing."""
    return terminal.watched() or not terminal.wants_json(asked.json, asked.table)
