"""The table of all functions, made of the lists by area, and how a name is looked up in it.

To admit a function, add its name to `scalar` or `rows` (and take it out of `refused`), and to
`nodes.FUNCTIONS` if the parser gives it a class of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from doumen.kits.sql.functions.kind import Function, Kind
from doumen.kits.sql.functions.refused import NEXT, REFUSED
from doumen.kits.sql.functions.rows import AGGREGATE, FAILS, ORDERED, TABLE, WINDOW
from doumen.kits.sql.functions.scalar import FAILING, PHRASES, TOTAL
from doumen.model.message import Message, msg

_ROWS: Mapping[Kind, tuple[str, str]] = {
    Kind.AGGREGATE: ("aggregates", AGGREGATE),
    Kind.ORDERED: ("aggregates that depend on the order", ORDERED),
    Kind.WINDOW: ("windows", WINDOW),
    Kind.TABLE: ("rows of a value", TABLE),
}
_UNKNOWN: Message = msg("It is not on the list of functions that a statement may use.")


def listed() -> Iterator[Function]:
    """Every function, as the lists have it: by kind, area and name."""
    for kind, areas in ((Kind.TOTAL, TOTAL), (Kind.FAILING, FAILING)):
        for area, names in areas.items():
            for name in names.split():
                yield Function(name, kind, area, kind is Kind.FAILING)
    for name in PHRASES:
        yield Function(name, Kind.TOTAL, "operators", fails=False)
    fails = FAILS.split()
    for kind, (area, names) in _ROWS.items():
        for name in names.split():
            yield Function(name, kind, area, name in fails)
    for reason, names in REFUSED.items():
        for name in names.split():
            yield Function(name, Kind.REFUSED, reason=reason, next=NEXT.get(name))


FUNCTIONS: Mapping[str, Function] = {function.name: function for function in listed()}
"""Name, in lower case, to its class; names that are absent are refused."""

CLOCK = frozenset(
    {
        "current_date",
        "current_timestamp",
        "get_current_timestamp",
        "now",
        "today",
        "transaction_timestamp",
    }
)
"""Admitted names that read the clock: the engine binds each to the time of the job."""


def classify(name: str) -> Function:
    """How a function of this name is classed; those not listed are REFUSED."""
    folded = name.lower()
    found = FUNCTIONS.get(folded)
    return found or Function(folded, Kind.REFUSED, reason=_UNKNOWN)


def total(name: str) -> bool:
    """Whether a function of this name is admitted and never fails on values of its types."""
    found = classify(name)
    return found.kind is not Kind.REFUSED and not found.fails
