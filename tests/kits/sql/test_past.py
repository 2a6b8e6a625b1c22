"""Time travel: what is read of it, and the text that runs in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import duckdb
import pytest

from doumen.kits.sql import check_reading, parse, trace
from doumen.kits.sql.splice import original_place
from doumen.model.errors import Invalid, Refused
from doumen.model.ref import ColumnRef, Ref
from doumen.model.schema import Schema

FLIGHTS, PLANES = Ref("transport", "flights"), Ref("transport", "planes")

RUNS = [
    (
        "SELECT carrier, flights.day FROM transport.flights AT (VERSION => 3) WHERE day > 1",
        'SELECT carrier, flights.day FROM "transport"."flights@1" AS flights WHERE day > 1',
    ),
    (
        "SELECT f.carrier FROM Transport.FLIGHTS AT(version=>0) AS f",
        'SELECT f.carrier FROM "transport"."flights@1"  AS f',
    ),
    (
        'SELECT "Flights".carrier FROM "transport"."Flights" at (VERSION => 3)',
        'SELECT "Flights".carrier FROM "transport"."flights@1" AS "Flights"',
    ),
    (
        "SELECT f.carrier FROM transport.flights f AT (VERSION => 3) JOIN transport.planes p "
        "AT (TIMESTAMP => TIMESTAMP '2026-01-01 00:00:00') USING (tailnum), transport.planes q",
        'SELECT f.carrier FROM "transport"."flights@1" f  JOIN "transport"."planes@2" p '
        " USING (tailnum), transport.planes q",
    ),
    (
        "SELECT 1 FROM transport.flights a AT (VERSION => 3), transport.flights b AT (VERSION => 3)"
        ", transport.flights c AT (VERSION => 4) /* AT (VERSION => 5) */",
        'SELECT 1 FROM "transport"."flights@1" a , "transport"."flights@1" b '
        ', "transport"."flights@2" c  /* AT (VERSION => 5) */',
    ),
    (
        """SELECT '数', 1 FROM transport.flights AS "at"(x) AT (VERSION => 3)""",
        """SELECT '数', 1 FROM "transport"."flights@1" AS "at"(x) """,
    ),
    (
        "WITH c AS (FROM transport.flights AT (VERSION => 1)) SELECT carrier FROM c",
        'WITH c AS (FROM "transport"."flights@1" AS flights) SELECT carrier FROM c',
    ),
    (
        "SELECT (SELECT max(seats) FROM transport.planes AT (VERSION => 1)) FROM transport.flights",
        'SELECT (SELECT max(seats) FROM "transport"."planes@1" AS planes) FROM transport.flights',
    ),
]


@pytest.mark.parametrize(("sql", "runs"), RUNS, ids=[sql for sql, _ in RUNS])
def test_the_text_that_runs_names_stand_ins(
    sql: str, runs: str, read: Callable[[str], str], engine: duckdb.DuckDBPyConnection
) -> None:
    statement = parse(sql)
    assert statement.runs == runs
    assert statement.text == sql
    check_reading(read(statement.runs), statement)
    for past in statement.past:
        engine.execute(f'CREATE OR REPLACE TEMP VIEW "{past.stand_in.name}" AS FROM {past.ref}')
    names = {past.stand_in.name: f'"{past.stand_in.domain}".' for past in statement.past}
    text = runs
    for name, domain in names.items():
        text = text.replace(f'{domain}"{name}"', f'"{name}"')
    engine.execute(text)


@pytest.mark.parametrize(
    ("clause", "version", "moment"),
    [
        ("VERSION => 3", 3, None),
        ("TIMESTAMP => TIMESTAMP '2026-01-01 00:00:00'", None, datetime(2026, 1, 1, tzinfo=UTC)),
        ("TIMESTAMP => '2026-01-01 08:30:00+08:00'", None, datetime(2026, 1, 1, 0, 30, tzinfo=UTC)),
        (
            "TIMESTAMP => TIMESTAMPTZ '2026-01-01 08:00:00+08'",
            None,
            datetime(2026, 1, 1, tzinfo=UTC),
        ),
        ("TIMESTAMP => DATE '2026-01-01'", None, datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_versions_and_moments(clause: str, version: int | None, moment: datetime | None) -> None:
    statement = parse(f"SELECT 1 FROM transport.flights AT ({clause}), transport.planes")
    (past,) = statement.past
    assert (past.ref, past.version, past.moment) == (FLIGHTS, version, moment)
    assert past.stand_in == Ref("transport", "flights@1")
    assert statement.tables == {PLANES}


def test_no_dataset_is_called_as_a_stand_in() -> None:
    with pytest.raises(Invalid, match="not a dataset name"):
        parse('SELECT * FROM transport."flights@1"')


def test_lineage_is_of_the_dataset(schemas: Mapping[Ref, Schema]) -> None:
    sql = "SELECT carrier, gone FROM transport.flights AT (VERSION => 1) WHERE day > 1"
    earlier = Schema.of(carrier="VARCHAR", gone="VARCHAR", day="INTEGER")
    outputs = trace(parse(sql), {**schemas, Ref("transport", "flights@1"): earlier}).outputs
    assert [o.projection for o in outputs] == [
        {ColumnRef(FLIGHTS, "carrier")},
        {ColumnRef(FLIGHTS, "gone")},
    ]
    assert {o.influence for o in outputs} == {frozenset({ColumnRef(FLIGHTS, "day")})}


def test_the_second_reading_is_of_the_text_that_runs(read: Callable[[str], str]) -> None:
    statement = parse("SELECT carrier FROM transport.flights AT (VERSION => 1)")
    with pytest.raises(Refused):
        check_reading(read(statement.text), statement)
    other = statement.runs.replace("flights@1", "flights")
    with pytest.raises(Refused):
        check_reading(read(other), statement)


def test_places_of_errors_are_of_the_users_text() -> None:
    statement = parse("SELECT carrier FROM transport.flights AT (VERSION => 1) WHERE day > 1")
    place = original_place(statement.runs.index("day"), statement.splices)
    assert statement.text[place:].startswith("day")
    answer = (
        f'{{"error": true, "error_type": "parser", "position": "{statement.runs.index("day")}"}}'
    )
    with pytest.raises(Invalid, match=f"character {statement.text.index('day') + 1}"):
        check_reading(answer, statement)


AS_OF = [
    (
        "SELECT carrier FROM transport.flights",
        'SELECT carrier FROM "transport"."flights@1" AS flights',
    ),
    (
        "FROM transport.flights f, transport.planes AT (VERSION => 2), "
        "(SELECT 1 FROM transport.flights)",
        'FROM "transport"."flights@1" f, "transport"."planes@2" AS planes, '
        '(SELECT 1 FROM "transport"."flights@1" AS flights)',
    ),
    ("TABLE transport.flights", 'TABLE "transport"."flights@1"'),
    (
        "WITH c AS (FROM transport.flights) SELECT carrier FROM c, range(3)",
        'WITH c AS (FROM "transport"."flights@1" AS flights) SELECT carrier FROM c, range(3)',
    ),
    ("SELECT 1", "SELECT 1"),
]


@pytest.mark.parametrize(("sql", "runs"), AS_OF, ids=[sql for sql, _ in AS_OF])
def test_as_of_a_moment_every_dataset_is_a_stand_in(
    sql: str, runs: str, read: Callable[[str], str]
) -> None:
    moment = datetime(2026, 1, 31, tzinfo=UTC)
    statement = parse(sql, moment)
    assert statement.runs == runs
    assert (statement.text, statement.as_of, statement.tables) == (sql, moment, frozenset())
    check_reading(read(statement.runs), statement)
    assert {past.moment for past in statement.past if past.version is None} <= {moment}
    if "day" in sql:
        place = original_place(statement.runs.index("day"), statement.splices)
        assert statement.text[place:].startswith("day")


def test_a_recursion_is_read_as_it_grows() -> None:
    statement = parse(
        "WITH RECURSIVE r AS (SELECT 1 AS n FROM transport.flights UNION ALL "
        "SELECT n + 1 FROM r WHERE n < 3) SELECT * FROM r",
        7,
    )
    assert [(past.ref, past.version) for past in statement.past] == [(FLIGHTS, 7)]


def test_one_version_is_of_one_dataset() -> None:
    statement = parse("SELECT 1 FROM transport.flights a, transport.flights b", 3)
    assert [past.version for past in statement.past] == [3]
    with pytest.raises(Invalid, match="several datasets: `transport"):
        parse("SELECT 1 FROM transport.flights, transport.planes", 3)
    parse("SELECT 1 FROM transport.flights, transport.planes AT (VERSION => 1)", 3)
    with pytest.raises(Refused, match=r"`sys.events`"):
        parse("SELECT 1 FROM sys.events", 3)
