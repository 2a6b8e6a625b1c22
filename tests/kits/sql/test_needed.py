"""Files left out change no answer: generated conditions, joins and parameters, run both ways.

Shown to fail by each of `FAULTS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp
from tests.counts import count

from doumen.engines.duckdb.compact import cut
from doumen.engines.duckdb.instance import Instance, Reach
from doumen.kits import sql
from doumen.kits.sql import narrow, needed_files
from doumen.kits.sql import needed as module
from doumen.model.plan import Bounds, GovernedColumn, GovernedTable, QueryPlan, Scalar
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.model.snapshot import Bound

NOW = datetime(2026, 1, 1)
SCHEMA = Schema.of(
    id="BIGINT", v="VARCHAR", d="DATE", t="TIMESTAMP", z="TIMESTAMP WITH TIME ZONE",
    m="DECIMAL(10,2)", b="BOOLEAN", x="DOUBLE", s="VARCHAR",
)  # fmt: skip
ROWS = """
    SELECT CASE WHEN n % 11 = 0 THEN NULL ELSE n // 3 END AS id,
      CASE WHEN n % 7 = 0 THEN NULL
        ELSE ['', 'a', 'Z', 'zz', 'é', '中文', '😀', 'a' || n][n % 8 + 1] END AS v,
      DATE '2026-01-01' + CAST(n // 4 AS INTEGER) AS d,
      CASE WHEN n > 90 THEN NULL ELSE TIMESTAMP '2026-01-01 00:00:00' + INTERVAL (n) HOUR END AS t,
      TIMESTAMPTZ '2026-01-01 00:00:00+00' + INTERVAL (n) MINUTE AS z,
      CAST(n / 7 AS DECIMAL(10,2)) AS m, n % 2 = 0 AS b,
      CASE n % 5 WHEN 0 THEN 'NaN'::DOUBLE WHEN 1 THEN NULL ELSE n / 10 END AS x,
      CAST(n AS VARCHAR) AS s
    FROM range(100) AS r(n)
"""
PLAIN = tuple(GovernedColumn(c.name, c.type) for c in SCHEMA)


class Lake:
    """Two datasets in files with bounds, and an engine that may open them."""

    def __init__(self, folder: Path) -> None:
        self.tables = {
            Ref("a", "t"): self._table(folder, Ref("a", "t"), "id", 10),
            Ref("a", "u"): self._table(folder, Ref("a", "u"), "v", 17),
        }
        self._instance = Instance(folder)
        files = [file for table in self.tables.values() for file in table.files]
        self._instance.lock(Reach.of(Bounds(memory=256 << 20), files))

    def _table(self, folder: Path, ref: Ref, by: str, rows: int) -> GovernedTable:
        files, bounds = [], []
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"CREATE TABLE r AS SELECT * FROM ({ROWS}) ORDER BY {by}")
            for start in range(0, 100, rows):
                path = folder / f"{ref.name}{start:03}.parquet"
                some = f"(SELECT * FROM r WHERE rowid >= {start} AND rowid < {start + rows})"
                connection.execute(f"COPY {some} TO '{path}' (FORMAT parquet)")
                files.append(str(path))
                found = [
                    (c.name, *connection.execute(
                        f"SELECT CAST(min({c.name}) AS VARCHAR), CAST(max({c.name}) AS VARCHAR), "
                        f"count(*) - count({c.name}) FROM {some}"
                    ).fetchall()[0])
                    for c in SCHEMA
                ]  # fmt: skip
                bounds.append(
                    tuple(Bound(name, *cut(low, high), nulls) for name, low, high, nulls in found)
                )
        return GovernedTable(ref, SCHEMA, PLAIN, tuple(files), bounds=tuple(bounds))

    def plan(self, statement: str, values: tuple[Scalar, ...] = (), **change: Any) -> QueryPlan:
        tables = [replace(t, **change) for t in self.tables.values() if str(t.ref) in statement]
        return QueryPlan(statement, tuple(tables), NOW, values)

    def rows(self, plan: QueryPlan) -> list[str]:
        """The answer, or what kind of error there is."""
        with self._instance.session(plan) as connection:
            try:
                found = connection.execute(plan.statement, list(plan.parameters)).fetchall()
            except duckdb.Error as error:
                return [type(error).__name__]
        return sorted(map(repr, found))


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake(tmp_path_factory.mktemp("needed"))


def left(lake: Lake, statement: str, values: tuple[Scalar, ...] = (), **change: Any) -> list[int]:
    """How many files of each dataset are left; the answer is the same as over all of them."""
    plan = lake.plan(statement, values, **change)
    cut_down = needed_files(plan, sql.parse(statement))
    assert lake.rows(cut_down) == lake.rows(plan)
    return [len(table.files) for table in cut_down.tables]


NUMBERS = st.integers(-2, 36).map(str)
DECIMALS = st.decimals(-1, 16, places=1).map(str)
TEXTS = st.sampled_from(["''", "'a'", "'Z'", "'é'", "'中文'", "'zz'", "'😀'", "'a5'", "'b''c'"])
DAYS = st.dates(datetime(2025, 12, 30).date(), datetime(2026, 1, 30).date())
MOMENTS = st.datetimes(datetime(2025, 12, 31), datetime(2026, 1, 5)).map(
    lambda moment: moment.replace(microsecond=0)
)
CONSTANTS: dict[str, st.SearchStrategy[str]] = {
    "id": st.one_of(NUMBERS, DECIMALS, st.just("1e1"), st.just("NULL"), st.just("'7'")),
    "m": st.one_of(NUMBERS, DECIMALS, st.just("7::DOUBLE")),
    "v": TEXTS,
    "d": st.one_of(
        DAYS.map(lambda day: f"'{day}'"), DAYS.map(lambda day: f"DATE '{day}'"),
        MOMENTS.map(lambda moment: f"TIMESTAMP '{moment}'"),
    ),
    "t": st.one_of(
        MOMENTS.map(lambda moment: f"'{moment}'"), DAYS.map(lambda day: f"DATE '{day}'"),
        MOMENTS.map(lambda moment: f"TIMESTAMPTZ '{moment}+00'"),
    ),
    "z": st.one_of(
        MOMENTS.map(lambda moment: f"'{moment}+02'"), DAYS.map(lambda day: f"'{day}'"),
        MOMENTS.map(lambda moment: f"TIMESTAMPTZ '{moment}+00'"),
    ),
    "b": st.sampled_from(["true", "false", "1"]),
    "x": st.one_of(NUMBERS, DECIMALS, st.just("'NaN'::DOUBLE")),
}  # fmt: skip


@st.composite
def comparison(draw: st.DrawFn, name: str) -> str:
    column = draw(st.sampled_from(sorted(CONSTANTS)))
    value = CONSTANTS[column]
    at = f"{name}.{column}" if name else column
    match draw(st.integers(0, 6)):
        case 0:
            return f"{at} BETWEEN {draw(value)} AND {draw(value)}"
        case 1:
            listed = ", ".join(draw(st.lists(value, min_size=1, max_size=3)))
            return f"{at} {draw(st.sampled_from(['IN', 'NOT IN']))} ({listed})"
        case 2:
            return f"{at} IS {draw(st.sampled_from(['NULL', 'NOT NULL']))}"
        case 3:
            turned = draw(st.sampled_from(["=", "<", "<=", ">", ">="]))
            return f"{draw(value)} {turned} {at}"
        case _:
            kind = draw(st.sampled_from(["=", "=", "<", "<=", ">", ">=", "<>", "IS DISTINCT FROM"]))
            return f"{at} {kind} {draw(value)}"


def condition(name: str) -> st.SearchStrategy[str]:
    return st.recursive(
        comparison(name),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["AND", "AND", "OR"]), inner).map(
                lambda parts: f"({' '.join(parts)})"
            ),
            inner.map(lambda one: f"NOT ({one})"),
        ),
        max_leaves=4,
    )


@st.composite
def statement(draw: st.DrawFn) -> str:
    join = draw(st.sampled_from(
        [",", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "SEMI JOIN", "ANTI JOIN",
         "NATURAL JOIN", "ASOF JOIN", "POSITIONAL JOIN", "CROSS JOIN"]
    ))  # fmt: skip
    on = "" if join in {",", "NATURAL JOIN", "POSITIONAL JOIN", "CROSS JOIN"} else " ON p.s = q.s"
    on = " ON p.b = q.b AND p.m >= q.m" if join == "ASOF JOIN" else on
    other = draw(st.sampled_from(["a.t", "a.u"]))
    shown = "p.s" if join in {"SEMI JOIN", "ANTI JOIN"} else "p.s, q.s"
    where = draw(condition(draw(st.sampled_from(["p", "p"] if shown == "p.s" else ["p", "q"]))))
    single = draw(condition(draw(st.sampled_from(["", "t"]))))
    forms = [
        f"SELECT * FROM a.t WHERE {single}",
        f"SELECT count(*), sum(m), max(v) FROM a.t WHERE {single}",
        f"SELECT b, count(*) FROM a.t WHERE {single} GROUP BY b HAVING count(*) > 2",
        f"SELECT s, row_number() OVER (ORDER BY s) FROM a.t WHERE {single} QUALIFY true",
        f"SELECT {shown} FROM a.t AS p {join} {other} AS q{on} WHERE {where}",
        f"SELECT {shown} FROM {other} AS p {join} a.t AS q{on} WHERE {where}",
        f"SELECT s FROM a.t WHERE {single} UNION ALL SELECT s FROM a.t",
        f"WITH c AS (SELECT * FROM a.t WHERE {single}) SELECT count(*) FROM c JOIN a.u USING (s)",
        f"SELECT s FROM a.u WHERE EXISTS (SELECT 1 FROM a.t WHERE a.t.s = a.u.s AND {single})",
        f"SELECT s, (SELECT count(*) FROM a.t WHERE {single}) FROM a.u WHERE id < 3",
        f"SELECT * FROM (SELECT id, s AS v FROM a.t) WHERE {'id = 3'}",
        f"SELECT s FROM a.t USING SAMPLE 50% (bernoulli, 7) WHERE {single}",
        f"SELECT t.s FROM a.t, LATERAL (SELECT s FROM a.u WHERE a.u.s = t.s) AS w WHERE {single}"
        if "t." in single
        else "SELECT s FROM a.t",
    ]  # fmt: skip
    return draw(st.sampled_from(forms))


@settings(derandomize=True, deadline=None, max_examples=count(600))
@given(text=statement())
def test_no_answer_changes(lake: Lake, text: str) -> None:
    left(lake, text)


@pytest.mark.parametrize(
    ("where", "files"),
    [
        ("id = 3", [2]), ("3 = id", [2]), ("(id) = 3 AND v <> 'a'", [2]), ("a.t.id = 3", [2]),
        ("t.id = 3", [2]), ("id < 0", [1]), ("id > 32", [1]), ("id >= 32", [2]), ("id <= 0", [2]),
        ("id BETWEEN 3 AND 5", [3]), ("id IN (3, 31)", [3]), ("id = 3 OR id = 31", [3]),
        ("id = 3.0", [2]), ("id IS NULL", [1]), ("ID = -1", [1]), ("id = 3 AND x / 0 > 1", [2]),
        ("d = '2026-01-02'", [2]), ("d = DATE '2026-01-02'", [2]),
        ("t = TIMESTAMP '2026-01-01 05:00:00'", [2]), ("t = DATE '2026-01-02'", [2]),
        ("z <= '2026-01-01 01:05:00+01'", [2]), ("m < 0.5", [2]),
        # what is not certain needs all
        ("id <> 3", [10]), ("NOT id = 3", [10]), ("id = 1e0", [10]), ("id + 0 = 3", [10]),
        ("id = NULL", [10]), ("id = '3'", [10]),
        ("id = 3 OR length(s) = 1", [10]), ("id IN (SELECT 3)", [10]), ("x = 1", [10]),
        ("d = TIMESTAMP '2026-01-02 00:00:00'", [10]), ("t = '2026-01-02 00:00:00+02'", [10]),
        ("id IS NOT DISTINCT FROM 3", [10]), ("d = '2026-1-2'", [10]),
        ("id IN (3, 3.5::DOUBLE)", [10]),
        ("v COLLATE NOCASE = 'z'", [10]), ("true", [10]),
    ],
)  # fmt: skip
def test_how_many_files_are_left(lake: Lake, where: str, files: list[int]) -> None:
    assert left(lake, f"SELECT s FROM a.t WHERE {where}") == files


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("SELECT s FROM a.t AS p WHERE p.id = 3", [2]),
        ("SELECT p.s FROM a.t AS p JOIN a.u AS q USING (s) WHERE p.id = 3", [2, 6]),
        ("SELECT p.s FROM a.t AS p LEFT JOIN a.u AS q USING (s) WHERE p.id = 3", [2, 6]),
        ("SELECT q.s FROM a.u AS q LEFT JOIN a.t AS p USING (s) WHERE p.id = 3", [10, 6]),
        ("SELECT q.s FROM a.u AS q RIGHT JOIN a.t AS p USING (s) WHERE p.id = 3", [2, 6]),
        ("SELECT q.s FROM a.u AS q FULL JOIN a.t AS p USING (s) WHERE p.id = 3", [10, 6]),
        ("SELECT p.s FROM a.t AS p SEMI JOIN a.u AS q USING (s) WHERE p.id = 3", [2, 6]),
        ("SELECT q.s FROM a.u AS q ANTI JOIN a.t AS p USING (s) WHERE q.id = 3", [10, 6]),
        ("SELECT p.s FROM a.t AS p JOIN a.u AS q USING (s) WHERE id = 3", [10, 6]),
        ("SELECT p.s FROM a.t AS p, (SELECT 1 AS y) AS q WHERE id = 3", [10]),
        ("SELECT p.s FROM a.t AS p, a.t AS q WHERE p.id = 3", [10]),
        ("SELECT p.s FROM a.t AS p, a.t AS q WHERE p.id = 3 AND q.id = 31", [3]),
        ("SELECT s FROM a.t WHERE id = 3 UNION SELECT s FROM a.t WHERE id = 31", [3]),
        ("SELECT s FROM (SELECT * FROM a.t) WHERE id = 3", [10]),
        ("SELECT s FROM (SELECT * FROM a.t WHERE id = 3)", [2]),
        ("SELECT y FROM a.t AS p(y) WHERE y = 3", [10]),
        ("SELECT s FROM a.t TABLESAMPLE 50% (bernoulli, 7) WHERE id = 3", [10]),
        ("FROM a.t PIVOT (count(*) FOR b IN (true, false)) WHERE id = 3", [10]),
        ("SELECT p.s FROM (a.t AS p JOIN a.u AS q USING (s)) WHERE p.id = 3", [10, 6]),
        ("TABLE a.t", [10]),
        ("SELECT 1", []),
    ],
)
def test_where_a_condition_counts(lake: Lake, text: str, files: list[int]) -> None:
    assert left(lake, text) == files


@pytest.mark.parametrize(
    ("where", "values", "files"),
    [
        ("id = ?", (3,), 2), ("id BETWEEN ? AND ?", (3, 5), 3), ("id = $2 AND v = $1", ("a", 3), 2),
        ("v = ? AND id = ?", ("a", 3), 2), ("id = ?", (3.0,), 10), ("id = ?", (None,), 10),
        ("id = ?", (True,), 10), ("b = ? AND id < 0", (True,), 1), ("d = ?", ("2026-01-02",), 2),
        ("t = ?", (datetime(2026, 1, 1, 5),), 2), ("id = ?", (1 << 70,), 1), ("id = ?", ("3",), 10),
        ("id = ? AND s = '?'", (3,), 1),
    ],
)  # fmt: skip
def test_values_of_parameters(
    lake: Lake, where: str, values: tuple[Scalar, ...], files: int
) -> None:
    assert left(lake, f"SELECT s FROM a.t WHERE {where}", values) == [files]


def test_masked_columns_tell_nothing(lake: Lake) -> None:
    masked = tuple(replace(c, expression="id + 30") if c.name == "id" else c for c in PLAIN)
    assert left(lake, "SELECT s FROM a.t WHERE id = 33", columns=masked) == [10]
    cast = tuple(replace(c, type="INTEGER") if c.name == "id" else c for c in PLAIN)
    plan = lake.plan("SELECT s FROM a.t WHERE id = 3", columns=cast)
    assert needed_files(plan, sql.parse(plan.statement)) == plan


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("SELECT CAST(s AS INTEGER) FROM a.t WHERE id = 3", 2),
        ("SELECT s FROM a.t AS p WHERE p.id = 3 AND p.v <> 'a'", 2),
        ("SELECT s FROM a.t WHERE id = 3 AND CAST(s AS INTEGER) > 1", 10),
        ("SELECT s FROM a.t WHERE id = 3 AND a.t.v = 'a'", 10),
        ("SELECT s FROM a.t WHERE id = 3 AND nix = 'a'", 10),
        ("SELECT s FROM a.t WHERE id = 3 AND s IN (SELECT s FROM a.t)", 10),
        ("SELECT p.s FROM a.t AS p, a.t AS q WHERE p.id = 3 AND q.id = 3", 10),
    ],
)
def test_where_rows_are_hidden_nothing_may_fail(lake: Lake, text: str, files: int) -> None:
    assert left(lake, text, where=("id <> 4",)) == [files]


def test_a_plan_that_copies_reads_all_that_is_shown(lake: Lake) -> None:
    plan = lake.plan("SELECT s FROM a.t WHERE id = 3", where=("id <> 4",))
    statement = sql.parse(plan.statement)
    for odd in (replace(plan, copied=True), replace(plan, sized=True)):
        assert needed_files(odd, statement) == odd


def test_earlier_versions_have_files_of_their_own(lake: Lake) -> None:
    text = "SELECT s FROM a.t AT (VERSION => 1) WHERE id = 3"
    statement = sql.parse(text)
    stand_in = statement.past[0].stand_in
    past = replace(lake.tables[Ref("a", "t")], ref=stand_in)
    plan = QueryPlan(statement.runs, (past,), NOW)
    found = needed_files(plan, statement)
    assert len(found.tables[0].files) == 2
    assert lake.rows(found) == lake.rows(plan)


def test_as_of_a_moment_parameters_leave_files_out_too(lake: Lake) -> None:
    text = "SELECT s FROM a.t WHERE id BETWEEN ? AND ?"
    statement = sql.parse(text, 1)
    past = replace(lake.tables[Ref("a", "t")], ref=statement.past[0].stand_in)
    plan = QueryPlan(statement.runs, (past,), NOW, (3, 5))
    found = needed_files(plan, statement)
    assert len(found.tables[0].files) == 3
    assert lake.rows(found) == lake.rows(plan)


def test_files_of_which_nothing_is_known_are_needed(lake: Lake) -> None:
    table = lake.tables[Ref("a", "t")]
    odd = (
        Bound("id", "x", "y", 0),
        Bound("v", "a", None, 0),
        Bound("d", "20000-01-01", "20000-01-02", 0),
    )
    known = replace(table, bounds=((), odd, *table.bounds[2:]))
    cases = [("id = 31", 4), ("v = 'nix' AND id = 31", 4), ("d = '2030-01-01'", 3)]
    for where, files in cases:
        text = f"SELECT s FROM a.t WHERE {where}"
        found = needed_files(QueryPlan(text, (known,), NOW), sql.parse(text))
        assert len(found.tables[0].files) == files
        assert set(table.files[:2]) <= set(found.tables[0].files)


def test_plans_without_bounds_are_left_as_they_are(lake: Lake) -> None:
    plan = lake.plan("SELECT s FROM a.t WHERE id = 3", bounds=())
    assert needed_files(plan, sql.parse(plan.statement)) is plan


FAULTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "sides": lambda patch: patch.setattr(module, "_keeps", lambda *_: True),
    "bounds": lambda patch: patch.setattr(
        narrow, "_fits", lambda kind, low, high, value: low < value < high
    ),
    "places": lambda patch: patch.setattr(
        module._Needs, "tables", _first_place_only(module._Needs.tables)
    ),
    "or": lambda patch: patch.setattr(narrow.Narrow, "of", _either(narrow.Narrow.of)),
}


def _first_place_only(tables: Any) -> Any:
    def faulty(self: Any) -> Any:
        found = list(self._tree.find_all(exp.Table))[:1]
        self._tree = type("Tree", (), {"find_all": lambda _, kind: found})()
        return tables(self)

    return faulty


def _either(of: Any) -> Any:
    def faulty(self: Any, node: Any) -> Any:
        while isinstance(node, exp.Paren):
            node = node.this
        return of(self, node.left) if isinstance(node, exp.Or) else of(self, node)

    return faulty


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(lake: Lake, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    FAULTS[fault](monkeypatch)
    texts = [
        "SELECT q.s, p.s FROM a.u AS q LEFT JOIN a.t AS p USING (s) WHERE p.id IS NULL",
        "SELECT s FROM a.t WHERE id <= 3", "SELECT s FROM a.t WHERE id = 3 OR id = 31",
        "SELECT s FROM a.t WHERE id = 3 UNION ALL SELECT s FROM a.t",
    ]  # fmt: skip
    with pytest.raises(AssertionError):
        list(map(partial(left, lake), texts))


def test_the_data_has_what_is_odd(lake: Lake) -> None:
    plan = lake.plan("SELECT count(*) FILTER (isnan(x)) > 9, count(id) < 95 FROM a.t")
    assert lake.rows(plan) == ["(True, True)"]
