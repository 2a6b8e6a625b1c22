"""Rows that are merged: what a user asks for, and the contracts of such datasets.

Pure. The contract of such a dataset declares all of its columns, those that the merge keeps itself
among them, so that they have descriptions, labels and rules as all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as changed

from doumen.kits.policy.target import folded
from doumen.model.errors import Invalid
from doumen.model.load import LoadColumn, Mode
from doumen.model.merge import Counts, Merge, Vanished
from doumen.model.message import Message, enumerated, msg
from doumen.rooms.collect.terms import Terms


def asked(
    *,
    append: bool,
    replace: bool,
    upsert: bool,
    history: bool,
    key: Sequence[str] = (),
    order: str | None = None,
    vanished: str = Vanished.KEEP,
) -> tuple[Mode, Merge | None]:
    """What the user says is to happen to a dataset that is there, and how rows are merged.

    Raises:
        Invalid: what is said excludes each other, or lacks its key.
    """
    said = {
        Mode.APPEND: append, Mode.REPLACE: replace, Mode.UPSERT: upsert, Mode.HISTORY: history
    }  # fmt: skip
    modes = [mode for mode, is_said in said.items() if is_said]
    if len(modes) > 1:
        options = [f"--{mode}" for mode in modes]
        raise Invalid(
            msg("{options} exclude each other.", options=enumerated(options)),
            next=msg(
                "`--append` keeps what is there, `--replace` puts the file in its place, "
                "`--upsert` keeps the latest row of each key, `--history` all with their times."
            ),
            detail="option",
        )
    mode = modes[0] if modes else Mode.NEW
    merges = mode in {Mode.UPSERT, Mode.HISTORY}
    if merges != bool(key) or (not merges and (order or vanished != Vanished.KEEP)):
        raise Invalid(
            msg("`--key` names the columns by which rows meet under `--upsert` or `--history`."),
            next=msg("Give both, `--order` and `--vanished` with them only."),
            detail="option",
        )
    if mode is Mode.HISTORY and vanished == Vanished.REMOVE:
        raise Invalid(
            msg("A history removes no row."), next=msg("Say `--vanished mark`."), detail="option"
        )
    return mode, Merge(mode, tuple(key), order, Vanished(vanished)) if merges else None


def own(merge: Merge | None) -> tuple[LoadColumn, ...]:
    """The columns that the merge keeps itself, as a contract declares them."""
    kept = () if merge is None else merge.kept
    return tuple(LoadColumn(one.name, one.name, one.type) for one in kept)


def brought(held: Terms, merge: Merge | None) -> tuple[LoadColumn, ...]:
    """The columns of a contract that rows bring.

    Raises:
        Invalid: the contract does not declare a column that the merge keeps, or as another type.
    """
    kept = {one.name: one.type for one in own(merge)}
    declared = {column.name: column.type for column in held.columns}
    wrong = [name for name, type in kept.items() if declared.get(name) != type]
    if wrong:
        raise Invalid(
            msg("{origin} does not declare {names}.", origin=held.origin,
                names=enumerated(wrong)),
            why=msg("Rows that are merged so have these columns, which are times with a zone."),
            next=msg(
                "Add them to its properties, each with `logicalType: timestamp` and "
                "`physicalType: TIMESTAMP WITH TIME ZONE`."
            ),
            detail="contract",
        )  # fmt: skip
    return tuple(column for column in held.columns if column.name not in kept)


def named(merge: Merge | None, columns: Sequence[LoadColumn]) -> Merge | None:
    """The merge with the names that the columns have in the dataset.

    A column may be named as the file or place has it, in any case. What is not found stays as it
    is, for the gate to refuse; an order that no column has is none: it is not kept in the dataset.
    """
    if merge is None:
        return None
    order = None if merge.order is None else _name(merge.order, columns)
    key = tuple(_name(one, columns) or one for one in merge.key)
    return changed(merge, key=key, order=order)


def _name(asked: str, columns: Sequence[LoadColumn]) -> str | None:
    for wanted in (asked, folded(asked)):
        for column in columns:
            names = (column.name, column.source)
            if wanted in names or wanted in map(folded, names):
                return column.name
    return None


def met(counts: Counts | None) -> tuple[tuple[Message, int], ...]:
    """What became of rows that met others by their key; what happened to none is left out."""
    if counts is None:
        return ()
    told = (
        (msg("of these inserted"), counts.inserted),
        (msg("of these updated"), counts.updated),
        (msg("of these unchanged"), counts.unchanged),
        (msg("of these superseded by a later row"), counts.superseded),
        (msg("of these late"), counts.late),
        (msg("vanished"), counts.vanished),
        (msg("in quarantine before"), counts.again),
    )
    return tuple((name, count) for name, count in told if count)
