"""Outcomes as a terminal of 80 columns shows them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, cast

import pyarrow as pa
import pytest

from doumen.faces.cli.draw import draw
from doumen.faces.cli.failure import tell
from doumen.faces.languages import catalogue
from doumen.model.answer import Explained, Made
from doumen.model.errors import DoumenError, Faulty, NotFound, Refused, Tampered
from doumen.model.fact import Facts
from doumen.model.life import Notice
from doumen.model.message import joined, msg, plain
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.ref import Ref
from doumen.model.schema import Column, Schema
from doumen.rooms.analyse.query import query

FLIGHTS = pa.table(
    {
        "carrier": ["UA", "AA", None],
        "name": ["United Air Lines Inc.", "American Airlines Inc.", "南方航空"],
        "flights": [58665, 32729, 1],
        "delay": [13.5, float("nan"), None],
        "paid": pa.array([Decimal(1), None, Decimal("22.5")], pa.decimal128(12, 2)),
        "first": pa.array([1356998400000000] * 3, pa.timestamp("us")),
    }
)
TYPES = ("VARCHAR", "VARCHAR", "BIGINT", "DOUBLE", "DECIMAL(12,2)", "TIMESTAMP")
WIDE = pa.table({f"column_{n}": [n, n * 1000] for n in range(19)})
LONG = pa.table({"n": list(range(45))})


class Answer:
    """A table as an answer."""

    receipt = "01JDGK7Z6T0000000000000000"
    expires = None
    notices: tuple[Notice, ...] = ()

    def __init__(self, table: pa.Table, types: tuple[str, ...] | None = None) -> None:
        names = table.column_names
        types = types or ("BIGINT",) * len(names)
        self.schema = Schema(tuple(map(Column, names, types)))
        self.truncated = len(names) == 1
        self._table = table

    def batches(self) -> Iterator[pa.RecordBatch]:
        return iter(self._table.to_batches())


class Desk:
    """Gives what it was made with."""

    def __init__(self, gives: Any) -> None:
        self._gives = gives

    def query(self, *_: Any, **named: Any) -> Any:
        return self._gives

    derive = explain = query

    def facts(self) -> Facts:
        return Facts()


HASHED = msg("column `{column}` is shown {shown}", column="tailnum", shown=msg("as a keyed hash"))
EXPLAINED = Explained(
    statement="select tailnum, distance from transport.flights",
    tables=(
        {
            "dataset": "transport.flights",
            "columns": [
                {"name": "tailnum", "type": "VARCHAR", "shown": HASHED},
                {"name": "distance", "type": "BIGINT", "shown": msg("as it is")},
            ],
            "rows": "filtered",
            "rules": [
                {
                    "id": "analysts-read-flights",
                    "duties": [
                        msg("only the rows that its condition lets through"),
                        HASHED,
                        msg("at most {rows} rows of the result", rows=100000),
                    ],
                }
            ],
        },
    ),
    charges=(
        {"account": "actor:ana", "unit": "queries", "amount": 1},
        {"account": "actor:ana", "unit": "rows", "amount": None},
    ),
    columns=Schema.of(tailnum="VARCHAR", distance="BIGINT"),
)
MADE = Made(Ref("transport", "delays"), 336776, 336776, 0, (), 2, "01JDGK7Z6T0000000000000001")

OUTCOMES: dict[str, Callable[[], Outcome]] = {
    "query": lambda: asked(Answer(FLIGHTS, TYPES)),
    "query-wide": lambda: asked(Answer(WIDE)),
    "query-long": lambda: asked(Answer(LONG)),
    "query-empty": lambda: asked(Answer(FLIGHTS.slice(3), TYPES)),
    "query-explain": lambda: asked(EXPLAINED, explain=True),
    "query-into": lambda: asked(MADE, into="transport.delays"),
    "fields": lambda: Outcome(
        json={},
        drawn=(
            Fields(
                (
                    (msg("name"), "航班"),
                    (msg("rows"), 336776),
                    (msg("labels"), ("personal", "core")),
                ),
                plain("transport.flights"),
            ),
            Table(
                (msg("column"), msg("description")),
                (("tailnum", "Number of the plane. " * 6), ("机尾号", "飞机的注册编号，" * 12)),
            ),
        ),
    ),
}
FAILURES: dict[str, BaseException] = {
    "refused": Refused(
        msg(
            "Rule `{rule}` denies column `{column}` of `{ruling}`.",
            rule="ids-only-for-audit",
            column="id_no",
            ruling="people.persons",
        ),
        why=msg("Naming a denied column is refused; `SELECT *` leaves it out."),
        next=msg("Leave it out, or see `doumen rule explain {rule}`.", rule="ids-only-for-audit"),
        rule="ids-only-for-audit",
    ),
    "not-found": NotFound(msg("There is no dataset `{ref}`.", ref="transport.flihgts")),
    "faulty": Faulty(
        msg(
            "{said}{place}.",
            said=msg("A value cannot be converted to the type asked for"),
            place=msg(
                " (line {line}, column {column}: `{text}`)",
                line=1,
                column=8,
                text="cast(x as int)",
            ),
        ),
        next=msg("Use TRY_CAST(… AS …), which gives NULL instead."),
    ),
    "tampered": Tampered(
        msg("The certificate of the working key does not hold."),
        why=joined(
            "\n",
            [
                msg("It was changed after it was signed."),
                msg("It comes from another ledger, or was signed with another key."),
            ],
        ),
    ),
    "unknown": RuntimeError("hidden"),
    "interrupted": KeyboardInterrupt(),
}


def asked(gives: Any, **more: Any) -> Outcome:
    return query(cast("Any", Desk(gives)), sql="…", **more)


@pytest.mark.parametrize("name", OUTCOMES)
def test_drawn(
    name: str,
    golden: Callable[[str, str], None],
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    outcome = OUTCOMES[name]()
    stream = io.StringIO()
    say = catalogue(language)
    draw(outcome.drawn, stream, 80, say)
    said = "".join(f"| {sentence.into(say)}\n" for sentence in outcome.said)
    golden(f"drawn/{name}.txt", stream.getvalue() + said)


@pytest.mark.parametrize("name", FAILURES)
def test_failure(
    name: str,
    golden: Callable[[str, str], None],
    language: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = FAILURES[name]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    say = catalogue(language)
    code = tell(error, json=False, debug=False, say=say)
    captured = capsys.readouterr().err
    code_json = tell(error, json=True, debug=False, say=say)
    assert code == code_json
    assert code == (error.exit if isinstance(error, DoumenError) else code)
    golden(f"drawn/error-{name}.txt", f"{captured}{capsys.readouterr().err}exit {code}\n")
