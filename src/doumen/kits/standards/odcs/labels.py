"""Labels that a contract gives, as facts: they change with it and spare all others.

The body of a label fact holds all labels in force under `labels`, and under `contract` those
that come from the contract alone. The others (set by hand, derived) are never touched, and one
of the contract's that a steward took off stays off until the contract itself drops it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from doumen.kits.standards.odcs.contract import Contract
from doumen.model.fact import Fact, Facts
from doumen.model.ref import Ref

ORIGIN = "contract"


def label_facts(contract: Contract, ref: Ref, facts: Facts) -> list[Fact]:
    """The label facts of a dataset that change when this contract comes into force."""
    wanted = {str(ref): contract.labels}
    wanted |= {f"{ref}.{p.column.name}": p.labels for p in contract.properties}
    known = dict(_known(ref, facts))
    changed = []
    for key in sorted(wanted.keys() | known.keys()):
        fact = Fact("label", key, _body(known.get(key), wanted.get(key, ())))
        if fact.body != known.get(key):
            changed.append(fact)
    return changed


def _known(ref: Ref, facts: Facts) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, body in facts.all("label"):
        if key == str(ref) or key.startswith(f"{ref}."):
            yield key, body


def _body(before: Mapping[str, Any] | None, given: tuple[str, ...]) -> dict[str, Any] | None:
    """The body in force under a contract that gives these labels; None for no fact."""
    body = dict(before or {})
    labels = set(body.get("labels", ()))
    given_before = set(body.get("contract", labels if body.get("origin") == ORIGIN else ()))
    kept, released = labels - given_before, given_before - labels
    if not kept and not given:
        return None if given_before or before is None else body
    body["labels"] = sorted(kept | (set(given) - released))
    body["origin"] = body.get("origin", ORIGIN) if kept or released else ORIGIN
    body.pop("contract", None)
    if set(given) - kept:
        body["contract"] = sorted(set(given) - kept)
    return body
