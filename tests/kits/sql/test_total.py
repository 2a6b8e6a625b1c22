"""Total expressions: what the lists let pass never fails in the engine, whatever the row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import duckdb
import pytest

from doumen.kits.sql.parse import parse
from doumen.kits.sql.scopes import UnknownColumn
from doumen.kits.sql.total import check_total, compares, is_summable, summed
from doumen.model.errors import Invalid, Refused
from doumen.model.plan import Scalar
from doumen.model.schema import Column, Schema

COLUMNS = {
    "v": "VARCHAR", "i": "INTEGER", "b": "BIGINT", "h": "HUGEINT", "ub": "UBIGINT",
    "uh": "UHUGEINT", "t": "BOOLEAN", "f": "FLOAT", "o": "DOUBLE", "d": "DATE",
    "ts": "TIMESTAMP", "tz": "TIMESTAMP WITH TIME ZONE", "money": "DECIMAL(10,2)",
    "fine": "DECIMAL(38,19)", "wide": "DECIMAL(38,0)", "list": "INTEGER[]",
}  # fmt: skip
SCHEMA = Schema.of(**COLUMNS)
LEAST = (
    "('x%\\', -2147483648, -9223372036854775808, "
    "'-170141183460469231731687303715884105728'::HUGEINT, 0, 0, false, '-inf', '-inf', "
    "'-infinity', '-infinity', '-infinity', -99999999.99, "
    "-9999999999999999999.9999999999999999999, -99999999999999999999999999999999999999, [])"
)
MOST = (
    "('', 2147483647, 9223372036854775807, "
    "'170141183460469231731687303715884105727'::HUGEINT, 18446744073709551615, "
    "'340282366920938463463374607431768211455'::UHUGEINT, true, 'nan', 'nan', "
    "'5877642-06-25 (BC)', '294247-01-10 04:00:54.775806', '294247-01-10 04:00:54.775806+00', "
    "99999999.99, 9999999999999999999.9999999999999999999, "
    "99999999999999999999999999999999999999, NULL)"
)
FAR = (
    "(NULL, NULL, NULL, NULL, NULL, NULL, NULL, 3.4e38, 1.7e308, '5881580-07-10', "
    "'290309-12-22 (BC) 00:00:00', '290309-12-22 (BC) 00:00:00+00', NULL, NULL, NULL, [1])"
)
NOON = datetime(2024, 1, 1, 12)


def find(path: Sequence[str]) -> Column:
    column = SCHEMA.find(path[-1])
    assert column is not None
    return column


def check(expression: str, values: Sequence[Scalar] = ()) -> str:
    return check_total(parse(f"SELECT {expression}").tree.expressions[0], find, values)


@pytest.fixture(scope="module")
def rows() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    columns = ", ".join(f'"{name}" {type_}' for name, type_ in COLUMNS.items())
    connection.execute(f"CREATE TABLE r ({columns})")
    for row in (LEAST, MOST, FAR):
        connection.execute(f"INSERT INTO r VALUES {row}")
    return connection


TOTAL = [
    ("v = 'x'", "BOOLEAN"), ("lower(v)", "VARCHAR"), ("v || 'x'", "VARCHAR"),
    ("v LIKE 'x\\'", "BOOLEAN"), ("v LIKE v", "BOOLEAN"), ("length(v) > 3", "BOOLEAN"),
    ("i = 3000000000", "BOOLEAN"), ("i = 1.5", "BOOLEAN"), ("b < ub", "BOOLEAN"),
    ("h > -5", "BOOLEAN"), ("h > ub", "BOOLEAN"), ("uh = uh", "BOOLEAN"), ("f = uh", "BOOLEAN"),
    ("o = h", "BOOLEAN"), ("o = 1e400", "BOOLEAN"), ("f = '1e39'", "BOOLEAN"),
    ("o > fine", "BOOLEAN"), ("b > fine", "BOOLEAN"), ("b > money", "BOOLEAN"),
    ("b BETWEEN money AND fine", "BOOLEAN"), ("i IN (1, 2.5, money)", "BOOLEAN"),
    ("i = '-7'", "BOOLEAN"), ("money = '1.25'", "BOOLEAN"), ("t = 'True'", "BOOLEAN"),
    ("t", "BOOLEAN"),
    ("d = '2024-01-01'", "BOOLEAN"), ("d = DATE '2024-01-01'", "BOOLEAN"),
    ("ts >= DATE '2024-01-01'", "BOOLEAN"), ("tz >= DATE '2024-01-01'", "BOOLEAN"),
    ("ts >= '2024-01-01'", "BOOLEAN"), ("ts >= '2024-01-01 10:00:00.5'", "BOOLEAN"),
    ("tz >= '2024-01-01T10:00:00+05:30'", "BOOLEAN"), ("tz >= '2024-01-01 10:00:00Z'", "BOOLEAN"),
    ("ts < tz", "BOOLEAN"), ("ts < now()", "BOOLEAN"), ("tz < now() - INTERVAL 7 DAY", "BOOLEAN"),
    ("TRY_CAST(d AS TIMESTAMP) < now()", "BOOLEAN"), ("TRY_CAST(v AS INTEGER)", "INTEGER"),
    ("year(d)", "BIGINT"), ("week(ts)", "BIGINT"), ("list = list", "BOOLEAN"),
    ("CASE WHEN t THEN i ELSE 0 END", "INTEGER"), ("CASE WHEN t THEN i ELSE b END", "BIGINT"),
    ("CASE WHEN t THEN i ELSE f END", "DOUBLE"), ("CASE WHEN t THEN 'a' END", "VARCHAR"),
    ("CASE WHEN t THEN ts ELSE tz END", "TIMESTAMP WITH TIME ZONE"),
    ("CASE WHEN t THEN ts ELSE DATE '2024-01-01' END", "TIMESTAMP"),
    ("coalesce(v, '')", "VARCHAR"), ("i IS NULL", "BOOLEAN"), ("NOT (t AND v IS NULL)", "BOOLEAN"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "type_"), TOTAL)
def test_a_total_expression_fails_on_no_row(
    rows: duckdb.DuckDBPyConnection, expression: str, type_: str
) -> None:
    assert check(expression) == type_
    assert len(rows.execute(f"SELECT {expression} FROM r").fetchall()) == 3


FAILING = [
    "v = 7", "v = i", "i = v", "t = 1", "CAST(v AS INTEGER)", "i + 1", "-i", "i / 1", "v[1]",
    "d < ts", "d < tz", "d < now()", "d < TIMESTAMP '2024-01-01 00:00:00'", "d BETWEEN ts AND tz",
    "CASE WHEN t THEN d ELSE ts END < now()", "b BETWEEN fine AND wide", "b IN (fine, wide)",
    "fine = wide", "h = 1.5", "uh = h", "CASE WHEN t THEN fine ELSE 1 END", "coalesce(i, 1.5)",
    "CASE WHEN t THEN ub ELSE b END", "ts = '2024-W01-1'", "ts = '20240101'",
    "ts = '2024-01-01T10'",
    "ts = '2024-01-01 10:00:00,5'", "ts = '2024-01-01x10:00:00'", "ts = 'never'", "i = '\u00a05'",
    "i = ' 5'", "i = '1_0'", "t = 'yes'", "t = '1'", "d = '2024-02-30'", "money = '1.255'",
    "i = '99999999999'", "regexp_matches(v, v)", "strptime(v, '%Y') = ts", "v IN (SELECT 'a')",
    "(SELECT 1) = i", "list[1] = 1", "i = 1e", "random() < 0.5", "t = (i = v)",
]  # fmt: skip


@pytest.mark.parametrize("expression", FAILING)
def test_what_may_fail_is_refused(expression: str) -> None:
    with pytest.raises((Refused, Invalid)):
        check(expression)


def test_a_refusal_says_why_and_no_word_of_filters() -> None:
    with pytest.raises(Refused) as caught:
        check("v = 7")
    told = str(caught.value.as_json())
    assert "compares VARCHAR with INTEGER, which may fail on a row" in told
    assert "The filter" not in told


VALUES: list[tuple[str, list[Scalar], str | None]] = [
    ("i = ?", [5], "BOOLEAN"), ("b = ?", [1 << 40], "BOOLEAN"), ("h = ?", [1 << 100], "BOOLEAN"),
    ("o = ?", [float("nan")], "BOOLEAN"), ("o = ?", [True], None), ("t = ?", [True], "BOOLEAN"),
    ("v = ?", ["x"], "BOOLEAN"), ("v = ?", [5], None), ("v = ?", [None], "BOOLEAN"),
    ("i = ?", ["5"], "BOOLEAN"), ("i = ?", ["x"], None), ("i = ?", [None], "BOOLEAN"),
    ("ts = ?", [NOON], "BOOLEAN"), ("tz = ?", [NOON.replace(tzinfo=UTC)], "BOOLEAN"),
    ("ts = ?", [NOON.replace(tzinfo=UTC)], "BOOLEAN"), ("d = ?", [NOON], None),
    ("d = ?", ["2024-01-01"], "BOOLEAN"), ("d = ?", ["2024"], None),
    ("v = ? AND d = ?", ["x", "2024-01-01"], None), ("d = ? AND v = ?", ["2024-01-01", "x"], None),
    ("v = ? AND v <> ?", ["x", None], "BOOLEAN"),
    ("d > ? AND d < ?", ["2024-01-01"] * 2, "BOOLEAN"),
    ("v = ? AND i = ?", ["x", 5], None), ("v = $2 AND i = $1", [5, "x"], "BOOLEAN"),
    ("d = $1 AND v = $2", ["2024-01-01", "x"], "BOOLEAN"),
    ("d = $2 AND v = $1", ["2024-01-01", "x"], None),
    ("?", [float("inf")], "DOUBLE"), ("CASE WHEN t THEN ? ELSE ? END", [1, 2], "BIGINT"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "values", "type_"), VALUES)
def test_parameters(
    rows: duckdb.DuckDBPyConnection, expression: str, values: list[Scalar], type_: str | None
) -> None:
    if type_ is None:
        with pytest.raises(Refused):
            check(expression, values)
    else:
        assert check(expression, values) == type_
        rows.execute(f"SELECT {expression} FROM r", values[: expression.count("?")] or values)


def test_a_column_that_is_not_there_is_told_as_such() -> None:
    def nothing(path: Sequence[str]) -> Column:
        raise UnknownColumn(None, path[-1], ())

    with pytest.raises(UnknownColumn):
        check_total(parse("SELECT x").tree.expressions[0], nothing, ())


def test_what_was_let_pass_before_is_not_looked_at() -> None:
    tree = parse("SELECT sum(i) > 5 AND t").tree.expressions[0]
    kinds = {"Sum": "HUGEINT"}
    assert check_total(tree, find, (), lambda node: kinds.get(type(node).__name__)) == "BOOLEAN"
    with pytest.raises(Refused):
        check_total(tree, find, ())


def test_columns_that_compare() -> None:
    assert compares("DATE", "DATE")
    assert compares("TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
    assert not compares("DATE", "TIMESTAMP")
    assert not compares("VARCHAR", "BIGINT")


@pytest.mark.parametrize("name", COLUMNS)
def test_sums_cannot_overflow_and_have_the_type_of_the_engine(name: str) -> None:
    type_ = COLUMNS[name]
    if not is_summable(type_):
        assert name not in {"i", "b", "ub", "t", "f", "o", "money"}
        return
    with duckdb.connect() as connection:
        most = {"t": "true", "money": "'99999999.99'"}.get(name, "'1e300'" if name == "o" else "1")
        made = connection.execute(
            f"SELECT typeof(sum(CAST({most} AS {type_}))) FROM range(3)"
        ).fetchall()
    assert made == [(summed(type_),)]
