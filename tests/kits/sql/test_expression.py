"""Filters of rules: the compiled form means what the text means, and holds no literal."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.sql import CompiledFilter, UnknownColumn, compile_filter
from doumen.model.errors import DoumenError, Invalid
from doumen.model.schema import Schema

SCHEMA = Schema.of(
    origin="VARCHAR",
    dest="VARCHAR",
    distance="INTEGER",
    big="BIGINT",
    huge="HUGEINT",
    price="DECIMAL(10,2)",
    ratio="DOUBLE",
    flag="BOOLEAN",
    day="DATE",
    moment="TIMESTAMP",
    zoned="TIMESTAMP WITH TIME ZONE",
    tags="VARCHAR[]",
)
ATTRIBUTES = {"dept": "LGA", "level": "3", "since": "2024-01-01", "empty": None}
ROWS = """
    ('LGA', 'JFK', 1, 1, 1, 1.50, 1.5, TRUE, DATE '2024-01-01', TIMESTAMP '2024-01-01 10:00:00',
        TIMESTAMPTZ '2024-01-01 10:00:00+00', ['a']),
    ('JFK', 'O''Hare', 3, -9223372036854775808, 3, -0.01, 'nan', FALSE, DATE '2023-12-31',
        TIMESTAMP '2023-12-31 23:59:59', TIMESTAMPTZ '2023-12-31 23:59:59+00', []),
    ('', '日本%_', -2147483648, 9223372036854775807, 0, 99999999.99, 'inf', NULL,
        DATE 'infinity', TIMESTAMP 'infinity', TIMESTAMPTZ '-infinity', NULL),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ('lga ', 'ORD', 2147483647, 0, 7, 0, -0.0, TRUE, DATE '5881580-07-10',
        TIMESTAMP '1970-01-01', TIMESTAMPTZ '1970-01-01 00:00:00+00', ['b'])
"""

# Filter, and what it says in plain SQL where that is not the same text.
SAME = [
    ("origin <> 'LGA'", None),
    ("NOT (origin = 'LGA' OR dest = 'O''Hare')", None),
    ("Origin = actor.dept", "origin = 'LGA'"),
    ("distance >= actor.level AND flag", "distance >= 3 AND flag"),
    ("day >= actor.since", "day >= DATE '2024-01-01'"),
    ("origin = actor.empty", "origin = NULL"),
    ("origin = actor.absent OR flag", "origin = NULL OR flag"),
    ("actor.empty IS NULL", "TRUE"),
    ("actor.dept IS NULL OR actor.dept = 'LGA'", "TRUE"),
    ("distance = 1", None),
    ("distance > -5", None),
    ("distance < 1.5", None),
    ("distance = '1'", None),
    ("big > 9223372036854775806", None),
    ("big < 1e3", None),
    ("huge > 99999999999999999999", None),
    ("huge = big", None),
    ("price > 1.5", None),
    ("price = '1.50'", None),
    ("price = 1.500", None),
    ("ratio > 1", None),
    ("ratio >= '1.5'", None),
    ("flag = TRUE", None),
    ("flag IS NOT FALSE", "NOT (flag IS FALSE)"),
    ("flag IS TRUE", None),
    ("flag = 'true'", None),
    ("flag", None),
    ("TRUE", None),
    ("day = '2024-01-01'", None),
    ("day <> DATE '2024-01-01'", None),
    ("CAST('2024-01-01' AS DATE) > day", None),
    ("day BETWEEN '2023-01-01' AND '2024-12-31'", None),
    ("moment >= '2024-01-01 00:00:00'", None),
    ("moment >= TIMESTAMP '2024-01-01'", None),
    ("zoned < '2024-01-01 00:00:00'", None),
    ("zoned < TIMESTAMPTZ '2024-01-01 00:00:00+01:00'", None),
    ("moment < now()", None),
    ("moment > now() - INTERVAL 7 DAY", None),
    ("zoned > now() - INTERVAL '2 months'", None),
    ("now() + INTERVAL 1 HOUR > zoned", None),
    ("origin IN ('LGA', 'JFK')", None),
    ("origin NOT IN ('LGA', actor.dept)", "origin NOT IN ('LGA')"),
    ("day IN ('2024-01-01', '2023-12-31')", None),
    ("distance IN (1, 2, 3)", None),
    ("origin LIKE 'L%'", None),
    ("origin NOT LIKE 'L_A'", None),
    ("origin ILIKE 'lg%'", None),
    ("origin NOT ILIKE 'lg%'", None),
    ("dest LIKE '%\\%'", None),
    ("origin IS NULL", None),
    ("origin IS NOT NULL", None),
    ("tags IS NULL", None),
    ("origin IS DISTINCT FROM dest", None),
    ("origin IS NOT DISTINCT FROM NULL", None),
    ("origin || dest = 'LGAJFK'", None),
    ("lower(origin) = 'lga' AND upper(trim(origin)) = 'LGA'", None),
    ("ltrim(origin) = rtrim(origin)", None),
    ("length(origin) > 3", None),
    ("starts_with(origin, 'L') OR contains(origin, 'g')", None),
    ("ends_with(origin, 'A')", "suffix(origin, 'A')"),
    ("coalesce(origin, dest, 'x') = 'LGA'", None),
    ("ifnull(distance, 0) = 0", None),
    ("year(day) = 2024 AND extract(month FROM moment) = 1", None),
    ("CASE WHEN flag THEN distance ELSE 0 END > 0", None),
    ("CASE WHEN flag THEN origin END = 'LGA'", None),
    ("TRY_CAST(origin AS INTEGER) IS NULL", None),
    ("TRY_CAST(origin AS INTEGER) = 1", None),
    ("'LGA' = 'LGA'", None),
]


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    columns = ", ".join(f"{column.name} {column.type}" for column in SCHEMA)
    connection.execute(f"CREATE SCHEMA d; CREATE TABLE raw ({columns})")
    connection.execute(f"INSERT INTO raw VALUES {ROWS}")
    yield connection
    connection.close()


def _rows(con: duckdb.DuckDBPyConnection, compiled: CompiledFilter) -> list[tuple[object, ...]]:
    """The rows that a secure view with the filter shows."""
    for name, value in compiled.variables.items():
        con.execute(f"SET VARIABLE {name} = ?", [value])
    con.execute(f"CREATE OR REPLACE SECURE VIEW d.v AS SELECT * FROM raw WHERE ({compiled.sql})")
    return con.execute(
        "SELECT * REPLACE (day::VARCHAR AS day, moment::VARCHAR AS moment,"
        " zoned::VARCHAR AS zoned, ratio::VARCHAR AS ratio) FROM d.v"
    ).fetchall()


@pytest.mark.parametrize(("text", "plain"), SAME, ids=[text for text, _ in SAME])
def test_it_means_what_it_says(
    text: str, plain: str | None, con: duckdb.DuckDBPyConnection
) -> None:
    compiled = compile_filter(text, SCHEMA, ATTRIBUTES, "p")
    expected = con.execute(
        "SELECT * REPLACE (day::VARCHAR AS day, moment::VARCHAR AS moment,"
        f" zoned::VARCHAR AS zoned, ratio::VARCHAR AS ratio) FROM raw WHERE {plain or text}"
    ).fetchall()
    assert _rows(con, compiled) == expected
    assert "'" not in compiled.sql.replace("getvariable('p_", "").replace("')", "").replace(
        "date_part('", ""
    ).replace("', ", "")
    assert all(name.startswith("p_") for name in compiled.variables)


def test_dates_beyond_the_range_of_timestamps_hide_a_row(con: duckdb.DuckDBPyConnection) -> None:
    """Plain SQL fails here: the date 5881580-07-10 is no timestamp."""
    for text in ("day < now()", "day <= moment", "day < TIMESTAMP '2024-06-01'"):
        assert all(row[0] != "lga " for row in _rows(con, compile_filter(text, SCHEMA, {}, "p")))


def test_what_it_reads() -> None:
    compiled = compile_filter("ORIGIN = 'x' AND (distance > 1 OR origin IS NULL)", SCHEMA, {}, "f0")
    assert compiled.columns == {"origin", "distance"}
    assert dict(compiled.variables) == {"f0_1": "x", "f0_2": 1}
    assert compiled.sql == (
        "((\"origin\" = CAST(getvariable('f0_1') AS VARCHAR)) AND "
        '(("distance" > CAST(getvariable(\'f0_2\') AS INTEGER)) OR ("origin" IS NULL)))'
    )


def test_a_column_name_is_quoted() -> None:
    schema = Schema.of(**{'we"ird': "VARCHAR"})
    assert compile_filter('"we""ird" = \'x\'', schema, {}, "p").sql.startswith('("we""ird" = ')


def test_unknown_attributes_are_only_checked_for_their_form() -> None:
    text = "distance >= actor.level"
    assert compile_filter(text, SCHEMA, None, "p").variables == {"p_1": None}
    with pytest.raises(Invalid, match="no INTEGER") as caught:
        compile_filter(text, SCHEMA, {"level": "secret"}, "p")
    assert "secret" not in str(caught.value.as_json())


@pytest.mark.parametrize("name", ["origi", "d.origin", "actors.dept", "a.b.c"])
def test_a_column_that_is_not_there(name: str) -> None:
    with pytest.raises(UnknownColumn):
        compile_filter(f"{name} = 'x'", SCHEMA, ATTRIBUTES, "p")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "statement|expression|syntax"),
        ("origin =", "syntax"),
        ("origin = 'x'; DROP TABLE t", "more than one"),
        ("origin = 'x', dest = 'y'", "not one expression"),
        ("origin = 'x' FROM t", "not one expression"),
        ("origin = 'x' AS y", "not one expression"),
        ("1 UNION SELECT TRUE", "not one expression"),
        ("origin", "not true or false"),
        ("distance", "not true or false"),
        ("'x'", "not true or false"),
        ("NULL", "not true or false"),
        ("NOT distance", "not true or false"),
        ("origin = 'x' AND distance", "not true or false"),
        ("distance + 1 > 2", "computes"),
        ("distance - INTERVAL 1 DAY > now()", "computes"),
        ("now() - INTERVAL 999999 DAY > moment", "computes"),
        ("now() - INTERVAL (distance) DAY > moment", "computes"),
        ("now() - moment > INTERVAL 1 DAY", "computes"),
        ("distance / 0 > 1", "uses div"),
        ("-distance > 1", "computes"),
        ("distance * 2 > 1", "uses mul"),
        ("CAST(origin AS INTEGER) = 1", "casts"),
        ("origin::INTEGER = 1", "casts"),
        ("TRY_CAST(origin AS VARCHAR[]) IS NULL", "casts"),
        ("TRY_CAST(actor.empty AS DATE) IS NULL", "casts"),
        ("distance IN (SELECT 1)", "subquery"),
        ("EXISTS (SELECT 1)", "uses exists"),
        ("(SELECT TRUE)", "uses subquery"),
        ("count(*) > 1", "uses count"),
        ("sum(distance) > 1", "uses sum"),
        ("row_number() OVER () = 1", "uses window"),
        ("random() > 0.5", "uses rand"),
        ("getenv('HOME') = 'x'", "getenv"),
        ("getvariable('p_1') = 'x'", "getvariable"),
        ("now(1) > moment", "now"),
        ("current_date > day", "uses currentdate"),
        ("error('x')", "error"),
        ("regexp_matches(origin, '[')", "uses regexplike"),
        ("origin SIMILAR TO 'x'", "uses similarto"),
        ("origin LIKE 'x' ESCAPE '!'", "uses escape"),
        ("CASE origin WHEN 'x' THEN TRUE END", "CASE with a value"),
        ("origin IS origin", "syntax|IS without"),
        ("tags = ['a']", "uses array"),
        ("tags[1] = 'a'", "uses bracket"),
        ("list_contains(tags, 'a')", "uses arraycontains"),
        ("trim(BOTH 'x' FROM origin) = ''", "trims other"),
        ("lower(distance) = 'x'", "function of texts"),
        ("distance LIKE '1%'", "function of texts"),
        ("year(origin) = 1", "takes a part"),
        ("year('2024-01-01') = 1", "takes a part"),
        ("extract(epoch FROM moment) > 1", "takes a part"),
        ("origin = 1", "compares VARCHAR with INTEGER"),
        ("origin = distance", "compares VARCHAR with INTEGER"),
        ("flag = 1", "compares BOOLEAN with INTEGER"),
        ("day = 20240101", "compares DATE with INTEGER"),
        ("huge > 1.5", "compares HUGEINT with DECIMAL"),
        ("price > 1.234567890123456789012345678901234567", "compares DECIMAL"),
        ("coalesce(distance, big) = 1", "different types"),
        ("distance = 'one'", "no INTEGER"),
        ("distance = '9999999999'", "no INTEGER"),
        ("price = '1.234'", r"no DECIMAL\(10,2\)"),
        ("price = '123456789.00'", r"no DECIMAL\(10,2\)"),
        ("day = 'yesterday'", "no DATE"),
        ("day = '2024-02-30'", "no DATE"),
        ("day = '20240101'", "no DATE"),
        ("moment = '2024-01-01T00:00:00+01:00'", "no TIMESTAMP"),
        ("flag = 'maybe'", "no BOOLEAN"),
        ("ratio = 'x'", "no DOUBLE"),
        ("big = 999999999999999999999999999999999999999999", "38 digits"),
        ("big = 0." + "1" * 40, "38 digits"),
        ("tags = 'x'", r"no VARCHAR\[\]"),
        ("flag" + " AND flag" * 2000, "characters|nesting"),
        ("NOT " * 300 + "flag", "nesting deeper"),
        ("flag AND ((((" * 40 + "flag" + "))))" * 40, "nesting|deeply"),
    ],
)
def test_what_a_filter_may_not_be(text: str, named: str) -> None:
    with pytest.raises(DoumenError, match=named) as caught:
        compile_filter(text, SCHEMA, ATTRIBUTES, "p")
    assert caught.value.code.startswith(("invalid.", "refused."))


VOCABULARY = """
    origin dest distance price flag day moment = <> < AND OR NOT IN ( ) , 'x' 1 1.5 NULL IS now()
    actor.dept LIKE BETWEEN lower( coalesce( CASE WHEN THEN END '2024-01-01' || - TRUE
"""
PARTS = st.sampled_from(VOCABULARY.split())


@settings(derandomize=True, deadline=None, max_examples=count(400))
@given(st.lists(PARTS, max_size=12).map(" ".join))
def test_what_compiles_runs_on_every_row(text: str) -> None:
    try:
        compiled = compile_filter(text, SCHEMA, ATTRIBUTES, "p")
    except DoumenError:
        return
    con = duckdb.connect()
    columns = ", ".join(f"{column.name} {column.type}" for column in SCHEMA)
    con.execute(f"CREATE SCHEMA d; CREATE TABLE raw ({columns}); INSERT INTO raw VALUES {ROWS}")
    _rows(con, compiled)
    con.close()


def test_a_number_that_is_none_is_told() -> None:
    with pytest.raises(Invalid, match="which is no number"):
        compile_filter("i = 1e", Schema.of(i="INTEGER"), {}, "f")


def test_all_that_is_compared_at_once_compares_with_each_other() -> None:
    columns = Schema.of(b="BIGINT", fine="DECIMAL(38,19)", wide="DECIMAL(38,0)")
    with pytest.raises(Invalid, match="may fail on a row"):
        compile_filter("b BETWEEN fine AND wide", columns, {}, "f")
