"""Errors of bounds and of a broken engine, in constant words."""

from __future__ import annotations

from doumen.model.errors import OverBudget, Unavailable
from doumen.model.message import msg


def out_of_memory() -> OverBudget:
    """The job needed more memory than it may have."""
    return OverBudget(
        msg("The job needs more memory than one job may have."),
        next=msg("Ask for fewer rows or columns, or raise `memory_mib` of the node."),
        detail="memory",
    )


def out_of_time() -> OverBudget:
    """The job ran longer than it may."""
    return OverBudget(
        msg("The job ran longer than one job may."),
        next=msg("Ask for less, or raise `seconds` of the node."),
        detail="time",
    )


def too_much() -> OverBudget:
    """The answer is larger than it may be."""
    return OverBudget(
        msg("The answer is larger than one answer may be."),
        next=msg("Ask for fewer rows or columns, or raise `output_mib` of the node."),
        detail="output",
    )


def broken() -> Unavailable:
    """The engine died of something that is no bound."""
    return Unavailable(
        msg("The engine stopped in the middle of the job."),
        next=msg("Try again; if it persists, please report the statement."),
        detail="engine",
    )
