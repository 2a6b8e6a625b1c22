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
from doumen.model.answer import Explained, Made
from doumen.model.errors import DoumenError, Faulty, NotFound, Refused, Tampered
from doumen.model.fact import Facts
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

    def query(self, *_: Any) -> Any:
        return self._gives

    derive = explain = query

    def facts(self) -> Facts:
        return Facts()


EXPLAINED = Explained(
    statement="select tailnum, distance from transport.flights",
    tables=(
        {
            "dataset": "transport.flights",
            "columns": [
                {"name": "tailnum", "type": "VARCHAR", "shown": "mask tailnum by hash"},
                {"name": "distance", "type": "BIGINT", "shown": "as it is"},
            ],
            "rows": "filtered",
            "rules": [
                {
                    "id": "analysts-read-flights",
                    "duties": ["rows filtered", "mask tailnum by hash", "at most 100000 rows"],
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
                (("名称", "航班"), ("rows", 336776), ("labels", ("personal", "core"))), "Dataset"
            ),
            Table(("column", "about"), (("tailnum", "Number of the plane. " * 6),)),
        ),
    ),
}
FAILURES: dict[str, BaseException] = {
    "refused": Refused(
        "Rule `ids-only-for-audit` denies column `id_no` for purpose `research`.",
        next="Leave it out, or ask for a purpose that permits it: "
        "doumen rule explain ids-only-for-audit",
        rule="ids-only-for-audit",
    ),
    "not-found": NotFound("There is no dataset `transport.flihgts`."),
    "faulty": Faulty("A value cannot be cast.", why="At column 8: `cast(x as int)`."),
    "tampered": Tampered(
        "The receipt does not hold.", why="The signature is wrong.\nSo is the proof."
    ),
    "unknown": RuntimeError("hidden"),
    "interrupted": KeyboardInterrupt(),
}


def asked(gives: Any, **more: Any) -> Outcome:
    return query(cast("Any", Desk(gives)), sql="…", **more)


@pytest.mark.parametrize("name", OUTCOMES)
def test_drawn(
    name: str, golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    outcome = OUTCOMES[name]()
    stream = io.StringIO()
    draw(outcome.drawn, stream, 80)
    said = "".join(f"| {sentence}\n" for sentence in outcome.said)
    golden(f"drawn/{name}.txt", stream.getvalue() + said)


@pytest.mark.parametrize("name", FAILURES)
def test_failure(
    name: str,
    golden: Callable[[str, str], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = FAILURES[name]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    code = tell(error, json=False, debug=False)
    captured = capsys.readouterr().err
    code_json = tell(error, json=True, debug=False)
    assert code == code_json
    assert code == (error.exit if isinstance(error, DoumenError) else code)
    golden(f"drawn/error-{name}.txt", f"{captured}{capsys.readouterr().err}exit {code}\n")
