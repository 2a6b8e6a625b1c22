"""Labels: put one on a dataset or a column, take one off, list them.

A body keeps beside `labels` what came from elsewhere: `contract` or `derived` hold the labels
as that origin gave them, so that a later contract changes its own labels and no others; and
`reason`, what was said at the last change, which those who oversee the node are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.model.errors import NotFound
from doumen.model.fact import Fact, Facts
from doumen.model.message import Message, enumerated, joined, msg, paragraph
from doumen.model.operation import Outcome, Table
from doumen.model.ref import ColumnRef, Ref

SET, REASON = "set", "reason"


def put(desk: Desk, target: str, label: str, reason: str | None = None) -> Outcome:
    """Put a label on a dataset or a column, and say why.

    Raises:
        NotFound: there is no such dataset or column that the asker may know.
        Invalid: it is no label.
        Refused: only owner and steward may.
    """
    facts, name = desk.facts(), policy.read_label(label)
    ref, column, key = _place(facts, target)
    labels = _labels(facts, key)
    if _same(labels, name) is None:
        labels = [*labels, name]
    return _changed(
        desk,
        facts,
        (ref, column, key),
        labels,
        msg("Label `{label}` is on `{key}`.", label=name, key=key),
        reason=reason,
    )


def take_off(desk: Desk, target: str, label: str, reason: str | None = None) -> Outcome:
    """Take a label off: what it guarded is released, on record under the asker's name.

    Raises:
        NotFound: there is no such place, or it does not carry the label itself.
        Invalid: it is no label.
        Refused: only owner and steward may.
    """
    facts, name = desk.facts(), policy.read_label(label)
    ref, column, key = _place(facts, target)
    labels = _labels(facts, key)
    worn = _same(labels, name)
    if worn is None:
        raise NotFound(
            msg("`{key}` does not carry label `{name}` itself.", key=key, name=name),
            why=msg(
                "It carries {labels}.",
                labels=enumerated(labels) if labels else msg("none"),
            ),
            next=msg(
                "`doumen label list {ref}` shows the labels of the dataset and its columns.",
                ref=ref,
            ),
            detail="label",
        )
    left = [other for other in labels if other != worn]
    return _changed(
        desk,
        facts,
        (ref, column, key),
        left,
        msg("Label `{label}` is off `{key}`.", label=worn, key=key),
        reason=reason,
    )


def show_all(desk: Desk, dataset: str | None = None) -> Outcome:
    """The labels of a dataset and its columns, or of all that the asker may know.

    Raises:
        NotFound: there is no such dataset that the asker may know.
    """
    facts = desk.facts()
    only = None if dataset is None else _dataset(facts, Ref.parse(dataset))
    shown = []
    for key, body in facts.all("label"):
        domain, name, *column = key.split(".", 2)
        if body["labels"] and only in (None, Ref(domain, name)):
            shown.append(
                {
                    "dataset": f"{domain}.{name}",
                    "column": column[0] if column else None,
                    "labels": sorted(body["labels"]),
                    "origin": body["origin"],
                    "reason": body.get(REASON),
                }
            )
    rows = tuple(
        (label["dataset"], label["column"] or "", tuple(label["labels"]), label["origin"])
        for label in shown
    )
    return Outcome(
        json={"labels": shown},
        drawn=(Table((msg("dataset"), msg("column"), msg("labels"), msg("origin")), rows),),
    )


def _changed(
    desk: Desk,
    facts: Facts,
    place: tuple[Ref, str | None, str],
    labels: list[str],
    done: Message,
    *,
    reason: str | None,
) -> Outcome:
    ref, column, key = place
    before: Mapping[str, Any] = facts.body("label", key) or {}
    kept = {k: v for k, v in before.items() if k not in {"labels", "origin", REASON}}
    if before and before["origin"] != SET:
        kept.setdefault(before["origin"], list(before["labels"]))
    body = {**kept, "labels": sorted(labels), "origin": SET}
    if reason:
        body[REASON] = reason
    receipt = desk.amend([Fact("label", key, body)], subject=key, seen=facts)
    return Outcome(
        json={
            "dataset": str(ref),
            "column": column,
            "labels": body["labels"],
            "receipt": receipt,
        },
        said=(
            paragraph((done, msg("Receipt {receipt}.", receipt=receipt))),
            msg("Next: `doumen label list {ref}`.", ref=ref),
        ),
    )


def _labels(facts: Facts, key: str) -> list[str]:
    return list((facts.body("label", key) or {}).get("labels", ()))


def _same(labels: list[str], name: str) -> str | None:
    """The label among these that is the same without regard to case."""
    return next((other for other in labels if other.casefold() == name.casefold()), None)


def _dataset(facts: Facts, ref: Ref) -> Ref:
    if facts.dataset(ref) is None:
        raise policy.absent(ref)
    return ref


def _place(facts: Facts, target: str) -> tuple[Ref, str | None, str]:
    """Dataset, column and fact key of what a label is on."""
    if target.count(".") < 2:
        ref = _dataset(facts, Ref.parse(target))
        return ref, None, str(ref)
    place = ColumnRef.parse(target)
    ref = _dataset(facts, place.ref)
    columns = [column["name"] for column in (facts.dataset(ref) or {})["columns"]]
    name = next((c for c in columns if c.casefold() == place.column.casefold()), None)
    if name is None:
        raise NotFound(
            msg("`{ref}` has no column `{column}`.", ref=ref, column=place.column),
            why=msg("It has {columns}.", columns=joined(msg(", "), columns)),
            detail="column",
        )
    return ref, name, f"{ref}.{name}"
