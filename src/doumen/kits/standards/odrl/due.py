"""What a consumer owes, as duties of a permission: to report, attribute, delete and pay.

The actions are ODRL's own. The words of an attribution and of a price are texts for people, for
which ODRL has no operand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from doumen.kits.standards.odrl.constraint import Constraint, constraint
from doumen.kits.standards.odrl.duty import refined
from doumen.kits.standards.odrl.nodes import Reading, word_of
from doumen.kits.standards.odrl.values import days, write_days
from doumen.model.message import msg

REPORT, ATTRIBUTE, DELETE, PRICE = "report", "attribute", "delete", "price"
_FORMS: Mapping[str, tuple[str, str, str]] = {
    REPORT: ("odrl:inform", "odrl:timeInterval", "odrl:eq"),
    ATTRIBUTE: ("odrl:attribute", "doumen:attribution", "odrl:eq"),
    DELETE: ("odrl:delete", "odrl:delayPeriod", "odrl:lteq"),
    PRICE: ("odrl:compensate", "doumen:price", "odrl:eq"),
}
"""What is owed → action, operand of its one refinement, operator."""
DUES = {action: name for name, (action, _, _) in _FORMS.items()}
"""Action → what is owed."""


def write_dues(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The duties for `due` and `price` of terms in their written form."""
    owed = {**body.get("due", {}), **({PRICE: body[PRICE]} if PRICE in body else {})}
    for name, (action, operand, operator) in _FORMS.items():
        if name in owed:
            value = owed[name]
            right = write_days(value) if isinstance(value, int) else value
            refinement = constraint(operand, word_of(operator), right)
            yield {"action": refined(action, refinement)}


def read_due(
    reading: Reading, place: str, action: str, refinements: list[Constraint]
) -> tuple[str, Any] | None:
    """What is owed and how; None, with a fault, where the refinement says something else."""
    name = DUES[action]
    _, operand, operator = _FORMS[name]
    timed = name in (REPORT, DELETE)
    one = refinements[0] if len(refinements) == 1 and len(refinements[0].right) == 1 else None
    if one is not None and (one.left, one.operator) == (operand, operator):
        (value,) = one.right
        plain = value.type in (None, "xsd:string") and isinstance(value.value, str)
        found = days(value) if timed else value.value if plain else None
        if found is not None and one.unit is None and one.uid is None:
            return name, found
    example = msg("whole days, such as P30D") if timed else msg("a text")
    reading.fault(
        place,
        msg(
            "`{action}` is read with `{operand} {operator}` {example}, and no more",
            action=word_of(action),
            operand=word_of(operand),
            operator=word_of(operator),
            example=example,
        ),
    )
    return None
