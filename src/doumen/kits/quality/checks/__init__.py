"""The shelf of checks of our own: one file per kind, all listed here."""

from doumen.kits.quality.checks.compare import Compare
from doumen.kits.quality.checks.interface import (
    CheckKind,
    Judged,
    Measure,
    Options,
    Own,
    Rows,
    Subject,
    Whole,
    tolerated,
)

KINDS: tuple[CheckKind, ...] = (Compare(),)
"""All kinds, in the order of the reference."""
BY_NAME = {kind.name: kind for kind in KINDS}

__all__ = [
    "BY_NAME",
    "KINDS",
    "CheckKind",
    "Judged",
    "Measure",
    "Options",
    "Own",
    "Rows",
    "Subject",
    "Whole",
    "tolerated",
]
