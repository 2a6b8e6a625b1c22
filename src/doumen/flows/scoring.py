"""A score as people ask for it: the checks of one room, then the score of another."""

from __future__ import annotations

from pathlib import Path

from doumen.gate.desk import Desk
from doumen.model.operation import Outcome
from doumen.rooms.evaluate.score.verb import score as scored
from doumen.rooms.refine.checks.run import run


def score(desk: Desk, dataset: str, weights: Path | None = None) -> Outcome:
    """Check a dataset, and score it by what was found; see both for what is raised."""
    run(desk, dataset)
    return scored(desk, dataset, weights)
