"""The verb `query`: a question answered, written to a file, kept as a dataset, or explained."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doumen.model.answer import Answer, Explained
from doumen.model.errors import Invalid
from doumen.model.fact import Facts
from doumen.model.operation import Outcome, Table, Text
from doumen.model.plan import Scalar
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.rooms.analyse.export import export, writer
from doumen.rooms.analyse.kept import Kept

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

SHOWN = 40
"""Rows drawn on a terminal."""
_EXACT = re.compile(r"DECIMAL\(\d+,\d+\)|U?(BIG|HUGE)INT")


def query(
    desk: Desk,
    *,
    sql: str,
    into: str | None = None,
    output: Path | str | None = None,
    explain: bool = False,
    param: Sequence[str] = (),
) -> Outcome:
    """Ask a question.

    Args:
        desk: The actor at the gate.
        sql: One SELECT.
        into: Dataset to be written in place of an answer.
        output: File to be written in place of an answer.
        explain: Only say what would happen.
        param: Values of the `?` of the statement, as `scalar` reads them.

    Raises:
        Invalid: both a dataset and a file are asked for, or the file has no known format.
    """
    if into is not None and output is not None:
        raise Invalid(
            "An answer goes to a dataset or to a file, not to both.",
            next="Leave out `--into` or `-o`.",
            detail="usage",
        )
    ref = None if into is None else Ref.parse(into)
    path = None if output is None else Path(output)
    write = None if path is None else writer(path)
    parameters = tuple(scalar(text) for text in param)
    if explain:
        return _explained(desk.explain(sql, parameters), desk.facts())
    if ref is not None:
        return _derived(desk, sql, ref, parameters)
    answer = desk.query(sql, parameters)
    if path is not None and write is not None:
        return _exported(answer, path, export(answer, path, write))
    return _answered(answer)


def scalar(text: str) -> Scalar:
    """A parameter as typed: JSON where it is a number, true, false, null or a quoted text."""
    try:
        value = json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return text
    return text if isinstance(value, (list, dict)) else value


def _answered(answer: Answer) -> Outcome:
    rows = Kept(answer)
    drawn: tuple[Table | Text, ...] = (
        Table(
            columns=answer.schema.names,
            rows=tuple(
                tuple(map(_cell, row, (column.type for column in answer.schema)))
                for row in islice(rows, SHOWN)
            ),
        ),
    )
    if len(rows) > SHOWN:
        drawn += (Text(f"… {_count(len(rows) - SHOWN, 'more row')}, use -o FILE"),)
    return Outcome(
        json={
            "columns": _columns(answer.schema),
            "rows": rows,
            "truncated": answer.truncated,
            "receipt": answer.receipt,
            **_keeping(answer),
        },
        drawn=drawn,
        said=_said(f"{_count(len(rows), 'row')}.", answer),
    )


def _exported(answer: Answer, path: Path, rows: int) -> Outcome:
    return Outcome(
        json={
            "file": str(path),
            "columns": _columns(answer.schema),
            "rows": rows,
            "truncated": answer.truncated,
            "receipt": answer.receipt,
            **_keeping(answer),
        },
        said=_said(f"{_count(rows, 'row')} written to {path}.", answer),
    )


def _derived(desk: Desk, sql: str, ref: Ref, parameters: Sequence[Scalar]) -> Outcome:
    made = desk.derive(sql, ref, parameters)
    done = f"{_count(made.landed, 'row')} written to {made.ref}, snapshot {made.snapshot}."
    return Outcome(
        json={
            "dataset": str(made.ref),
            "rows": made.landed,
            "snapshot": made.snapshot,
            "receipt": made.receipt,
        },
        said=(done, *_evidence(made.receipt), f"See it: doumen describe {made.ref}"),
    )


def _explained(explained: Explained, facts: Facts) -> Outcome:
    drawn: list[Table | Text] = []
    for table in explained.tables:
        drawn.append(
            Table(
                title=f"{table['dataset']}: {table['rows']} rows",
                columns=("column", "type", "shown"),
                rows=tuple((c["name"], c["type"], c["shown"]) for c in table["columns"]),
            )
        )
        if table["rules"]:
            rules = ((r["id"], *_effect(r, facts)) for r in table["rules"])
            drawn.append(Table(("rule", "does", "duties"), tuple(rules)))
    drawn.append(
        Table(("column", "type"), tuple((c.name, c.type) for c in explained.columns), "Answer")
    )
    charges = tuple(
        (
            c["account"],
            c["unit"],
            "as many as are given" if c["amount"] is None else c["amount"],
            c.get("left", ""),
        )
        for c in explained.charges
    )
    if charges:
        heads = ("account", "unit", "amount", "left today")
        counted = any(row[3] != "" for row in charges)
        shown = charges if counted else tuple(row[:3] for row in charges)
        drawn.append(Table(heads if counted else heads[:3], shown, "Charges"))
    drawn.append(Text(explained.statement))
    return Outcome(
        json={
            "statement": explained.statement,
            "tables": list(explained.tables),
            "columns": _columns(explained.columns),
            "charges": list(explained.charges),
            **({"expires": explained.expires} if explained.expires else {}),
        },
        drawn=tuple(drawn),
        said=("Nothing was run, written or charged.",),
    )


def _effect(rule: Mapping[str, Any], facts: Facts) -> tuple[str, str]:
    """What a rule does to a dataset, in words: permits or denies, on which duties."""
    body = facts.body("rule", rule["id"])
    denies = body is not None and "deny" in body
    if denies:
        return "denies", ""
    return "permits", "; ".join(rule["duties"]) or "none"


def _said(done: str, answer: Answer) -> tuple[str, ...]:
    cut = ("The limit of a rule cut the answer.",) if answer.truncated else ()
    keep = (f"It may be kept until {answer.expires} (UTC).",) if answer.expires else ()
    return (done, *cut, *keep, *_evidence(answer.receipt))


def _evidence(receipt: str) -> tuple[str, ...]:
    return (f"Receipt {receipt}", f"Verify it: doumen receipt verify {receipt}")


def _keeping(answer: Answer) -> dict[str, str]:
    """Until when the answer may be kept, where a rule says so."""
    return {} if answer.expires is None else {"expires": answer.expires.isoformat()}


def _columns(schema: Schema) -> list[dict[str, str]]:
    return [{"name": column.name, "type": column.type} for column in schema]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _cell(value: Any, type: str) -> Any:
    """A JSON value for people; what is text in JSON for exactness alone is a number again."""
    if value is None:
        return "NULL"
    if isinstance(value, str) and _EXACT.fullmatch(type):
        return Decimal(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value
