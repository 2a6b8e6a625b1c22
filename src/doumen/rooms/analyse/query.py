"""The verb `query`: a question answered, written to a file, kept as a dataset, or explained."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from doumen.model.answer import Answer, Explained, Made
from doumen.model.errors import Invalid
from doumen.model.fact import Facts
from doumen.model.life import Notice
from doumen.model.message import Message, joined, msg, plain
from doumen.model.operation import Outcome, Table, Text
from doumen.model.plan import Scalar
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.rooms.analyse.export import export, writer
from doumen.rooms.analyse.forms import Form
from doumen.rooms.analyse.kept import Kept

if TYPE_CHECKING:
    from doumen.gate.desk import Desk


class _Under(TypedDict):
    """Under what a question is asked."""

    agreement: Sequence[str]
    as_of: int | datetime | None


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
    agreement: Sequence[str] = (),
    as_of: str | None = None,
) -> Outcome:
    """Ask a question.

    Args:
        desk: The actor at the gate.
        sql: One SELECT.
        into: Dataset to be written in place of an answer.
        output: File to be written in place of an answer.
        explain: Only say what would happen.
        param: Values of the `?` of the statement, as `scalar` reads them.
        agreement: Keys of the agreements under which providers are asked.
        as_of: Version or moment at which datasets are read.

    Raises:
        Invalid: both a dataset and a file are asked for, or the file has no known format.
    """
    if into is not None and output is not None:
        raise Invalid(
            msg("An answer goes to a dataset or to a file, not to both."),
            next=msg("Leave out `--into` or `-o`."),
            detail="usage",
        )
    ref = None if into is None else Ref.parse(into)
    path = None if output is None else Path(output)
    write = None if path is None else writer(path)
    parameters = tuple(scalar(text) for text in param)
    under: _Under = {"agreement": agreement, "as_of": moment(as_of)}
    if explain:
        return explained(desk.explain(sql, parameters, **under), desk.facts())
    if ref is not None:
        return _derived(desk.derive(sql, ref, parameters, **under))
    answer = desk.query(sql, parameters, **under)
    if path is not None and write is not None:
        return exported(answer, path, write)
    return answered(answer)


def scalar(text: str) -> Scalar:
    """A parameter as typed: JSON where it is a number, true, false, null or a quoted text."""
    try:
        value = json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return text
    return text if isinstance(value, (list, dict)) else value


def moment(text: str | None) -> int | datetime | None:
    """A version where it is a whole number, else a moment, in UTC where it names no zone.

    Raises:
        Invalid: it is neither.

    Examples:
        >>> moment("3"), moment("2026-01-31")
        (3, datetime.datetime(2026, 1, 31, 0, 0))
    """
    if text is None or (text.isascii() and text.isdecimal()):
        return None if text is None else int(text)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            msg("`{text}` is no version and no moment.", text=text),
            next=msg("Write a number, or a moment as `2026-01-31` or `2026-01-31T08:00:00Z`."),
            detail="value",
        ) from None


def answered(answer: Answer) -> Outcome:
    """What `query` gives of an answer."""
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
        drawn += (Text(_left(len(rows) - SHOWN)),)
    return Outcome(
        json={
            "columns": named_columns(answer.schema),
            "rows": rows,
            "truncated": answer.truncated,
            "receipt": answer.receipt,
            **_keeping(answer),
        },
        drawn=drawn,
        said=_said(_rows(len(rows)), answer),
    )


def exported(answer: Answer, path: Path, write: Form) -> Outcome:
    """What `query` gives of an answer that it writes to a file in a form."""
    rows = export(answer, path, write)
    return Outcome(
        json={
            "file": str(path),
            "columns": named_columns(answer.schema),
            "rows": rows,
            "truncated": answer.truncated,
            "receipt": answer.receipt,
            **_keeping(answer),
        },
        said=_said(_written(rows, path), answer),
    )


def _derived(made: Made) -> Outcome:
    where = {"ref": made.ref, "snapshot": made.snapshot}
    done = (
        msg("1 row written to {ref}, snapshot {snapshot}.", **where)
        if made.landed == 1
        else msg("{rows:,} rows written to {ref}, snapshot {snapshot}.", rows=made.landed, **where)
    )
    return Outcome(
        json={
            "dataset": str(made.ref),
            "rows": made.landed,
            "snapshot": made.snapshot,
            "receipt": made.receipt,
            **_noticed(made.notices),
        },
        said=(
            done,
            *(one.words for one in made.notices),
            *evidence(made.receipt),
            msg("See it: doumen describe {made}", made=made.ref),
        ),
    )


def explained(found: Explained, facts: Facts) -> Outcome:
    """What `query --explain` gives; `facts` are those that the asker may know."""
    drawn: list[Table | Text] = []
    for table in found.tables:
        drawn.append(
            Table(
                title=_title(table),
                columns=(msg("column"), msg("type"), msg("shown")),
                rows=tuple((c["name"], c["type"], c["shown"]) for c in table["columns"]),
            )
        )
        if table["rules"]:
            rules = ((r["id"], *_effect(r, facts)) for r in table["rules"])
            drawn.append(Table((msg("rule"), msg("does"), msg("duties")), tuple(rules)))
    drawn.append(
        Table(
            (msg("column"), msg("type")),
            tuple((c.name, c.type) for c in found.columns),
            msg("Answer"),
        )
    )
    charges = tuple(
        (
            c["account"],
            _unit(c["unit"]),
            msg("as many as are given") if c["amount"] is None else c["amount"],
            c.get("left", ""),
        )
        for c in found.charges
    )
    if charges:
        heads: tuple[Message, ...] = (msg("account"), msg("unit"), msg("amount"), msg("left today"))
        counted = any(row[3] != "" for row in charges)
        shown = charges if counted else tuple(row[:3] for row in charges)
        drawn.append(Table(heads if counted else heads[:3], shown, msg("Charges")))
    drawn.extend(Text(f"{table['view']};") for table in found.tables if "view" in table)
    drawn.append(Text(found.statement))
    return Outcome(
        json={
            "statement": found.statement,
            "tables": list(found.tables),
            "columns": named_columns(found.columns),
            "charges": list(found.charges),
            **({"expires": found.expires} if found.expires else {}),
        },
        drawn=tuple(drawn),
        said=(*_firsts(found), msg("Nothing was run, written or charged.")),
    )


def _firsts(explained: Explained) -> Iterator[Message]:
    """What is fetched from others before the statement runs here."""
    for table in explained.tables:
        if "first" in table:
            yield msg("First, under {agreement}: {sql}", agreement=table["agreement"],
                      sql=table["first"])  # fmt: skip


def _title(table: Mapping[str, Any]) -> Message:
    """A dataset, and whether all of its rows are read."""
    if table["rows"] == "all":
        return msg("{dataset}: all rows", dataset=table["dataset"])
    return msg("{dataset}: filtered rows", dataset=table["dataset"])


def _unit(name: str) -> Message:
    """What a charge counts; units that are not ours keep their name."""
    known = {"queries": msg("queries"), "rows": msg("rows")}
    return known.get(name) or plain(name)


def _effect(rule: Mapping[str, Any], facts: Facts) -> tuple[Message, Message]:
    """What a rule does to a dataset, in words: permits or denies, on which duties."""
    body = facts.body("rule", rule["id"])
    denies = body is not None and "deny" in body
    if denies:
        return msg("denies"), plain("")
    duties = rule["duties"]
    return msg("permits"), joined(msg("; "), duties) if duties else msg("none")


def _said(done: Message, answer: Answer) -> tuple[Message, ...]:
    told = (one.words for one in answer.notices)
    cut = (msg("The limit of a rule cut the answer."),) if answer.truncated else ()
    keep = (msg("It may be kept until {day} (UTC).", day=answer.expires),) if answer.expires else ()
    return (done, *cut, *keep, *told, *evidence(answer.receipt))


def evidence(receipt: str) -> tuple[Message, ...]:
    """The sentences that tell of a receipt."""
    return (
        msg("Receipt {receipt}", receipt=receipt),
        msg("Verify it: doumen receipt verify {receipt}", receipt=receipt),
    )


def _keeping(answer: Answer) -> dict[str, Any]:
    """Until when the answer may be kept, where a rule says so, and what is said of its datasets."""
    kept = {} if answer.expires is None else {"expires": answer.expires.isoformat()}
    return {**kept, **_noticed(answer.notices)}


def _noticed(notices: Sequence[Notice]) -> dict[str, Any]:
    return {"notices": [one.as_json() for one in notices]} if notices else {}


def named_columns(schema: Schema) -> list[dict[str, str]]:
    """Columns in the JSON of verbs."""
    return [{"name": column.name, "type": column.type} for column in schema]


def _rows(count: int) -> Message:
    return msg("1 row.") if count == 1 else msg("{count:,} rows.", count=count)


def _left(count: int) -> Message:
    if count == 1:
        return msg("… 1 more row, use -o FILE")
    return msg("… {count:,} more rows, use -o FILE", count=count)


def _written(rows: int, path: Path) -> Message:
    if rows == 1:
        return msg("1 row written to {path}.", path=path)
    return msg("{rows:,} rows written to {path}.", rows=rows, path=path)


def _cell(value: Any, type: str) -> Any:
    """A JSON value for people; what is text in JSON for exactness alone is a number again."""
    if value is None:
        return "NULL"
    if isinstance(value, str) and _EXACT.fullmatch(type):
        return Decimal(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value
