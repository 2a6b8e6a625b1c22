"""What a rule is on, as a target: a dataset, a pattern, a column, a label, an agreement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doumen.kits.standards.odrl.constraint import constraint, read_constraint
from doumen.kits.standards.odrl.nodes import Item, Reading, word_of
from doumen.kits.standards.odrl.terms import COLUMNS, DATASETS, iri, named
from doumen.model.message import msg

_KEYS = frozenset({"@id", "odrl:source", "odrl:refinement"})
_CHOICES = {
    (DATASETS, "doumen:dataset", "doumen:like"): None,
    (COLUMNS, "doumen:label", "odrl:eq"): "label",
}
"""Source, operand and operator of a collection → the key under `on`; None: a pattern."""


def write_target(on: str | Mapping[str, str]) -> Any:
    """The target for what a rule is on."""
    if isinstance(on, str):
        if "*" not in on:
            return iri("dataset", on)
        return _collection(DATASETS, constraint("doumen:dataset", "doumen:like", on))
    ((kind, value),) = on.items()
    if kind in {"column", "agreement"}:
        return iri(kind, value)
    if kind == "label":
        return _collection(COLUMNS, constraint("doumen:label", "eq", value))
    raise LookupError(kind)


def _collection(source: str, refinement: dict[str, Any]) -> dict[str, Any]:
    return {"@type": "AssetCollection", "source": source, "refinement": [refinement]}


def read_target(reading: Reading, item: Item | None) -> Any:
    """What a rule is on; None, with faults, where the target says something else."""
    if item is None:
        return None
    place, raw = item
    if not isinstance(raw, Mapping):
        return _asset(reading, place, reading.reference(item))
    before = len(reading.faults)
    fields = reading.node(raw, place, _KEYS, ("Asset", "AssetCollection"))
    if set(fields) == {"@id"}:
        return _asset(reading, place, reading.reference(reading.only(fields, "@id", place)))
    source = reading.reference(reading.only(fields, "odrl:source", place))
    one = reading.only(fields, "odrl:refinement", place)
    if "@id" in fields:
        reading.fault(place, msg("a collection that is chosen by refinement has no `uid`"))
    found = None if one is None else read_constraint(reading, one)
    if found is None or len(reading.faults) > before:
        return None
    choice = (source or "", found.left, found.operator)
    (value, *more) = found.right
    plain = isinstance(value.value, str) and value.type in (None, "xsd:string") and not more
    if choice not in _CHOICES or not plain or found.unit or found.uid:
        operand, operator = word_of(found.left), word_of(found.operator)
        reading.fault(
            place,
            msg(
                "`{source}` by `{operand} {operator}` is not understood; `{datasets}` by "
                "`doumen:dataset doumen:like PATTERN` and `{columns}` by `doumen:label eq "
                "LABEL` are",
                source=source,
                operand=operand,
                operator=operator,
                datasets=DATASETS,
                columns=COLUMNS,
            ),
        )
        return None
    kind = _CHOICES[choice]
    return value.value if kind is None else {kind: value.value}


def _asset(reading: Reading, place: str, iri: str | None) -> Any:
    if iri is None:
        return None
    dataset = named("dataset", iri)
    if dataset is not None:
        return dataset
    for kind in ("column", "agreement"):
        value = named(kind, iri)
        if value is not None:
            return {kind: value}
    reading.fault(
        place,
        msg(
            "`{iri}` is no asset of a node; `urn:doumen:dataset:domain.name`, "
            "`urn:doumen:column:domain.name.column` and `urn:doumen:agreement:A-…` are",
            iri=iri,
        ),
    )
    return None
