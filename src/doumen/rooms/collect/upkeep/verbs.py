"""What the verbs of upkeep do: options in, an outcome with its words out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.sql import ordered
from doumen.model.answer import Compacted
from doumen.model.errors import DoumenError, Invalid
from doumen.model.fact import Fact, Facts
from doumen.model.message import Message, enumerated, joined, msg
from doumen.model.operation import Outcome, Table
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.model.snapshot import ATTACHED
from doumen.model.upkeep import UPKEEP, Upkeep
from doumen.rooms.collect.upkeep.choosing import Asked, asked

MOST = 4
"""Columns that files can be ordered by: more never leave a file out."""


def compact(desk: Desk, *, dataset: str | None = None, rows: int | None = None) -> Outcome:
    """Write the files of one dataset anew, or of all that gain by it.

    Raises:
        DoumenError: the one that was named was not compacted; the error says why.
    """
    policy.may_keep(desk.actor)
    if rows is not None and rows < 1:
        raise Invalid(
            msg("A file cannot have {rows} rows.", rows=rows),
            next=msg("Give a number from 1 on, or leave `--rows` out."),
            detail="rows",
        )
    if dataset is not None:
        return _told([desk.compact(Ref.parse(dataset), rows)], [])
    done, failed = [], []
    for ref in _in_lake(desk.facts()):
        try:
            done.append(desk.compact(ref, rows))
        except DoumenError as error:
            failed.append((ref, error))
    return _told([one for one in done if one.receipt], failed)


def _in_lake(facts: Facts) -> list[Ref]:
    return [Ref.parse(key) for key, body in facts.all("dataset") if body["kind"] != ATTACHED]


def _told(done: Sequence[Compacted], failed: Sequence[tuple[Ref, DoumenError]]) -> Outcome:
    shape = {
        "datasets": [
            {
                "dataset": str(one.ref),
                "snapshot": one.snapshot,
                "before": one.before,
                "after": one.after,
                "rows": one.rows,
                "receipt": one.receipt,
            }
            for one in done
        ],
        "failed": [{"dataset": str(ref), **error.as_json()} for ref, error in failed],
    }
    written = [one for one in done if one.receipt]
    heads = (msg("dataset"), msg("files before"), msg("files"), msg("rows written"), msg("receipt"))
    lines = tuple((str(o.ref), o.before, o.after, o.rows, o.receipt) for o in written)
    return Outcome(
        shape,
        (Table(heads, lines),) if written else (),
        tuple(_said(done, written, failed)),
        exit=1 if failed else 0,
    )


def _said(
    done: Sequence[Compacted],
    written: Sequence[Compacted],
    failed: Sequence[tuple[Ref, DoumenError]],
) -> Iterator[Message]:
    for ref, error in failed:
        yield msg("`{ref}` was not compacted: {what}", ref=ref, what=error.what)
    if written:
        yield msg("Earlier versions keep their files until: doumen dataset vacuum")
    elif not failed:
        yield (
            msg("The files of `{ref}` are as they should be.", ref=done[0].ref)
            if done
            else msg("The files of all datasets are as they should be.")
        )


def cluster(
    desk: Desk,
    *,
    dataset: str,
    column: Sequence[str] = (),
    auto: bool = False,
    none: bool = False,
) -> Outcome:
    """Choose the columns that the files of a dataset are ordered by.

    Raises:
        NotFound: there is no such dataset, or no question to choose by.
        Invalid: a column cannot be ordered by, or it is not said which.
    """
    policy.may_keep(desk.actor)
    if bool(column) + bool(auto) + bool(none) != 1:
        raise Invalid(
            msg("Either name columns, or say `--auto`, or `--none`."),
            next=msg("doumen dataset cluster {dataset} --auto", dataset=dataset),
            detail="usage",
        )
    facts, ref = desk.facts(), Ref.parse(dataset)
    schema = _schema(facts, ref)
    counted = asked(desk.entries(), ref, schema) if auto else None
    columns = _columns(schema, column) if counted is None else _chosen(counted, ref)
    before = Upkeep.of_json(facts.body(UPKEEP, str(ref)))
    fact = Fact(UPKEEP, str(ref), replace(before, cluster=columns).as_json())
    receipt = desk.amend([fact], subject=str(ref), seen=facts)
    why = [] if counted is None else list(_why(counted))
    return Outcome(
        {"dataset": str(ref), "columns": list(columns), "why": why, "receipt": receipt},
        said=(*why, _ordered(ref, columns), _next(ref, receipt)),
    )


def _schema(facts: Facts, ref: Ref) -> Schema:
    """The columns of a dataset whose files can be put in order.

    Raises:
        NotFound: there is none of this name.
        Invalid: its files lie elsewhere.
    """
    snapshot = facts.snapshot(ref)
    if snapshot is None:
        raise policy.absent(ref)
    if snapshot.form is not None:
        raise Invalid(
            msg("`{ref}` is attached: its files stay as they are.", ref=ref), detail="attached"
        )
    return snapshot.schema


def _columns(schema: Schema, names: Sequence[str]) -> tuple[str, ...]:
    """The columns as the dataset writes them; all that cannot be ordered by are told."""
    found = [(name, schema.find(name)) for name in names]
    faults = [
        msg("there is no column `{name}`", name=name)
        if one is None
        else msg("`{name}` is {type}", name=name, type=one.type)
        for name, one in found
        if one is None or not ordered(one.type)
    ]
    columns = tuple(one.name for _, one in found if one is not None)
    faults += [msg("`{name}` comes twice", name=n) for n in columns if columns.count(n) > 1][:1]
    if len(columns) > MOST:
        faults.append(msg("more than {most} columns", most=MOST))
    if faults:
        raise Invalid(
            msg("Files cannot be ordered so: {faults}.", faults=joined(msg("; "), faults)),
            why=msg(
                "Whole numbers, decimals, dates, times, texts and truths order files; floating "
                "numbers, lists, structs and blobs leave none out."
            ),
            next=msg(
                "Columns are: {names}.",
                names=enumerated([c.name for c in schema if ordered(c.type)]),
            ),
            detail="columns",
        )
    return columns


def _chosen(counted: Asked, ref: Ref) -> tuple[str, ...]:
    if not counted.columns:
        raise Invalid(
            msg("There is nothing to choose by."),
            why=msg(
                "{answers} answers over `{ref}` are in the ledger, and none was decided by a "
                "column that files can be ordered by.",
                answers=counted.answers,
                ref=ref,
            ),
            next=msg("Name the columns."),
            detail="columns",
        )
    return tuple(name for name, _ in counted.chosen)


def _why(counted: Asked) -> Iterator[Message]:
    for name, count in counted.chosen:
        yield msg(
            "`{name}` decided {count} of {answers} answers.",
            name=name,
            count=count,
            answers=counted.answers,
        )


def _ordered(ref: Ref, columns: Sequence[str]) -> Message:
    if not columns:
        return msg("The files of `{ref}` are kept in no order.", ref=ref)
    return msg(
        "The files of `{ref}` are ordered by {columns}.", ref=ref, columns=enumerated(columns)
    )


def _next(ref: Ref, receipt: str) -> Message:
    return msg("Receipt {receipt}. Next: doumen dataset compact {ref}", receipt=receipt, ref=ref)
