"""Whether a contract says already what a draft would have it say, or something of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doumen.kits.standards import odcs
from doumen.kits.standards.odcs.document import parse
from doumen.rooms.refine.profile.drafts import Draft

_ALIKE = {
    "minimum": ("minimum", "exclusive_minimum", "set"),
    "maximum": ("maximum", "exclusive_maximum", "set"),
    "pattern": ("pattern", "set"),
    "min_length": ("min_length", "pattern", "set"),
    "max_length": ("max_length", "pattern", "set"),
}
"""Kind of a draft → kinds of row rules that leave it nothing to say."""


def said(draft: Draft, contract: odcs.Contract) -> bool:
    """Whether the contract has such a rule, of whatever bounds or values."""
    if draft.kind in ("unique", "composite", "reference", "row_count"):
        kind = "unique" if draft.kind == "composite" else draft.kind
        columns = set(draft.columns)
        return any(r.kind == kind and set(r.columns) == columns for r in contract.reports)
    quality = draft.change.get("quality")
    if quality is not None and quality.get("type") == "custom":
        return quality["implementation"] in _implementations(contract)
    found = contract.property(draft.column or "")
    if found is None:
        return False
    reported = {r.check.kind for r in contract.reports if r.check and r.columns == draft.columns}
    kinds = {check.kind for check in found.column.checks} | reported
    if draft.kind == "required":
        nulls = ("null_values", "missing_values")
        return "required" in kinds or any(
            r.kind in nulls and r.columns == (found.column.name,) for r in contract.reports
        )
    return bool(kinds & set(_ALIKE.get(draft.kind, (draft.kind,))))


def _implementations(contract: odcs.Contract) -> list[Any]:
    """Of all custom rules, as they are written."""
    schema: Mapping[str, Any] = next(iter(parse(contract.text).data.get("schema") or ()), {})
    places = [schema, *(schema.get("properties") or ())]
    return [rule.get("implementation") for place in places for rule in place.get("quality") or ()]
