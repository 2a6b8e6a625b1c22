"""A code list as a rule of ODCS 3.1, for a column whose values are its codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from doumen.kits.meaning.codes import valid_at
from doumen.model.meaning import Code, CodeList
from doumen.model.ref import Ref


def check_of(found: CodeList, day: date) -> Mapping[str, Any] | None:
    """The change of a contract that holds a column to a code list, as a proposal names it.

    Of a list in its fact `{"quality": rule}`: no value but the codes valid at the day. Of one in
    a dataset `{"set": ["relationships", [one]]}`: values must be codes there, of any edition,
    for rows may be older than the edition in force.

    Returns:
        None: there is nothing to hold a column to, or the asker may not know the dataset.
    """
    if found.dataset is not None:
        return {"set": ["relationships", [_relationship(Ref.parse(found.dataset))]]}
    codes = _names(valid_at(found.codes, day))
    return {"quality": _set(codes, found)} if codes else None


def _set(codes: Sequence[str], found: CodeList) -> dict[str, Any]:
    return {
        "name": f"codes of {found.key}",
        "metric": "invalidValues",
        "mustBe": 0,
        "arguments": {"validValues": list(codes)},
    }


def _relationship(ref: Ref) -> dict[str, Any]:
    return {
        "to": f"{ref.name}.code",
        "customProperties": [{"property": "doumenDataset", "value": str(ref)}],
    }


def _names(codes: Sequence[Code]) -> list[str]:
    return sorted({one.code for one in codes})
