"""The shelf of checks of our own: one file per kind, all listed here."""

from doumen.kits.quality.checks.codes import CodeList
from doumen.kits.quality.checks.compare import Compare
from doumen.kits.quality.checks.condition import Condition
from doumen.kits.quality.checks.distribution import Distribution
from doumen.kits.quality.checks.freshness import Freshness
from doumen.kits.quality.checks.identifier import Identifier
from doumen.kits.quality.checks.interface import (
    CheckKind,
    Judged,
    Measure,
    Options,
    Own,
    Rows,
    Subject,
    Tolerant,
    Whole,
    tolerated,
)
from doumen.kits.quality.checks.lookup import Lookup
from doumen.kits.quality.checks.phone import Phone
from doumen.kits.quality.checks.postcode import Postcode
from doumen.kits.quality.checks.volume import Volume

KINDS: tuple[CheckKind, ...] = (
    Identifier(),
    Phone(),
    Postcode(),
    CodeList(),
    Compare(),
    Condition(),
    Lookup(),
    Freshness(),
    Volume(),
    Distribution(),
)
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
    "Tolerant",
    "Whole",
    "tolerated",
]
