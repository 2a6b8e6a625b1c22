"""No error of the engine carries a value, whatever the statement and the rules."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doumen.engines.duckdb import query
from doumen.engines.duckdb.errors import Written, translated
from doumen.engines.duckdb.instance import Instance, Reach
from doumen.kits.sql.splice import Splice, spliced
from doumen.model.errors import DoumenError, Faulty, Invalid
from doumen.model.message import msg
from doumen.model.plan import GovernedTable, QueryPlan

CANARY = "CANARY7431"

FAILING = (
    "CAST(s AS INTEGER)",
    "CAST(s AS DATE)",
    "CAST(s AS DECIMAL(5,2))",
    "strptime(s, '%Y-%m-%d')",
    "json_extract(s, '$.a')",
    "regexp_matches('x', '(' || s)",
    "error(s)",
    "from_base64(s)",
    "unhex(s)",
    "date_trunc(s, DATE '2020-01-01')",
    "CAST(i AS TINYINT)",
    "i % (i - i)",
    "i * 9223372036854775807",
    "make_date(2020, i, 1)",
    "chr(-i)",
    "factorial(i)",
    "CAST(s AS BOOLEAN)",
    "CAST(s AS UUID)",
    "CAST([s] AS INTEGER[])",
    "(SELECT s FROM x.y) = s",
    "'x' LIKE s ESCAPE s",
)
"""Expressions over `s` (a text) and `i` (a number) that fail on the canary's row."""

POLICIES: dict[str, dict[str, Any]] = {
    "all": {},
    "filter": {"where": ("i <> 7431",)},
    "null": {"show": [("s", "VARCHAR", "CAST(NULL AS VARCHAR)"), ("i", "BIGINT", "i - 7431")]},
    "masked": {"show": [("s", "VARCHAR", "'m' || sha256(s)"), ("i", "BIGINT")]},
}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Instance, str]]:
    """An engine that reaches one file, in which one row holds the canary."""
    folder = tmp_path_factory.mktemp("closed")
    file = str(folder / "t.parquet")
    pq.write_table(pa.table({"s": ["1", CANARY], "i": pa.array([1, 7431], pa.int64())}), file)
    one = Instance(folder)
    one.lock(Reach((file,), (), 1 << 28, 2))
    yield one, file
    one.close()


def _run(one: Instance, plan: QueryPlan) -> DoumenError | None:
    with one.session(plan) as connection:
        try:
            relation, _ = query.columns(connection, plan)
            relation.to_arrow_reader(100).read_all()
        except (duckdb.Error, OSError, DoumenError) as error:
            return translated(error, Written(plan.statement))
    return None


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("expression", FAILING)
@pytest.mark.parametrize("form", ["SELECT {} AS o FROM x.y", "SELECT 1 FROM x.y WHERE {} IS NULL"])
def test_no_error_holds_a_value(
    closed: tuple[Instance, str],
    table: Callable[..., GovernedTable],
    plan: Callable[..., QueryPlan],
    policy: str,
    expression: str,
    form: str,
) -> None:
    one, file = closed
    seen = table("x.y", {"s": "VARCHAR", "i": "BIGINT"}, file, **POLICIES[policy])
    error = _run(one, plan(form.format(expression), seen))
    if policy == "all" and "WHERE" not in form:
        assert error is not None
    if error is not None:
        assert CANARY not in str(error.as_json())
        assert "7431" not in str(error.as_json())
        assert error.kind in {"faulty", "invalid"}


def test_hidden_rows_cause_no_error(
    closed: tuple[Instance, str],
    table: Callable[..., GovernedTable],
    plan: Callable[..., QueryPlan],
) -> None:
    one, file = closed
    for expression in ("CAST(s AS INTEGER)", "strptime(s, '%j')", "10 % (i - 7431)"):
        seen = table("x.y", {"s": "VARCHAR", "i": "BIGINT"}, file, where=("i <> 7431",))
        for form in ("SELECT {} FROM x.y", "SELECT count(*) FROM x.y WHERE {} IS NOT NULL"):
            assert _run(one, plan(form.format(expression), seen)) is None


def test_statistics_of_hidden_rows_are_hidden(
    closed: tuple[Instance, str],
    table: Callable[..., GovernedTable],
    plan: Callable[..., QueryPlan],
) -> None:
    one, file = closed
    seen = table("x.y", {"s": "VARCHAR", "i": "BIGINT"}, file, where=("length(s) < 2",))
    with one.session(plan("SELECT 1", seen)) as session:
        found = session.execute("SELECT stats(i), stats(s) FROM x.y").fetchall()
    assert len(found) == 1
    assert "7431" not in str(found)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("CAST(s AS INTEGER)", "faulty.conversion"),
        ("i * 9223372036854775807", "faulty.out-of-range"),
        ("i % 0", "faulty.division-by-zero"),
        ("error(s)", "faulty.invalid-input"),
        ("(SELECT s FROM x.y) = s", "faulty.invalid-input"),
        ("nope", "invalid.bind"),
        ("sum(s)", "invalid.bind"),
    ],
)
def test_each_kind_has_its_code(
    closed: tuple[Instance, str],
    table: Callable[..., GovernedTable],
    plan: Callable[..., QueryPlan],
    expression: str,
    code: str,
) -> None:
    one, file = closed
    seen = table("x.y", {"s": "VARCHAR", "i": "BIGINT"}, file)
    error = _run(one, plan(f"SELECT {expression} FROM x.y", seen))
    assert error is not None
    assert error.code == code


def test_the_place_is_one_of_the_users_text(
    closed: tuple[Instance, str],
    table: Callable[..., GovernedTable],
    plan: Callable[..., QueryPlan],
) -> None:
    one, file = closed
    seen = table("x.y", {"s": "VARCHAR", "i": "BIGINT"}, file)
    error = _run(one, plan("SELECT '中文',\n  CAST(s\n  AS INTEGER) FROM x.y", seen))
    assert error is not None
    assert error.what.endswith("(line 2, column 3: `CAST(s AS INTEGER)`).")
    long = f"CAST(s || '{'x' * 100}' AS INTEGER)"
    error = _run(one, plan(f"SELECT {long} FROM x.y", seen))
    assert error is not None
    assert error.what.endswith("…`).")


SPLICES = [
    # the user's text, what is put where, and the place that the user is told
    ("SELECT {}", [(0, 0, "/* 中文 */ ")], "line 1, column 8: `{}`"),
    ("SELECT '中文' AS a,\n  {}", [(0, 0, "SELECT * FROM (\n"), (-1, -1, "\n)")],
     "line 2, column 3: `{}`"),
    ("SELECT 'é' AS a, {} FROM x.y", [(-4, -1, '"x"."y@1" AS y')], "line 1, column 18: `{}`"),
    ("SELECT a, {} FROM x.old", [(7, 8, "1 AS\nü")], "line 1, column 11: `{}`"),
    ("SELECT {} LIMIT 1", [(-8, -8, "\nHAVING true\n")], "line 1, column 8: `{}`"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "changes", "place"), SPLICES)
def test_the_place_is_told_before_the_changes(
    closed: tuple[Instance, str], text: str, changes: list[tuple[int, int, str]], place: str
) -> None:
    failing = "CAST('ß' || 'x' AS INTEGER)"
    own = text.format(failing)
    end = len(own) + 1
    splices = tuple(Splice(s % end, (e if e >= 0 else end + e) % end, t) for s, e, t in changes)
    statement = spliced(own, splices).replace(" FROM x.old", "").replace(' FROM "x"."y@1" AS y', "")
    with closed[0].connection() as connection, pytest.raises(duckdb.Error) as raised:
        connection.execute(statement).fetchall()
    error = translated(raised.value, Written(own, splices))
    assert error.what.endswith(f"({place.format(failing)}).")


def test_a_place_in_what_was_put_in_is_where_it_was_put_in() -> None:
    own, splices = "SELECT é FROM t", (Splice(15, 15, "\nHAVING CAST('x' AS INT) > 1"),)
    statement = spliced(own, splices)
    start = len(statement[: statement.index("CAST")].encode())
    body = json.dumps({"exception_message": CANARY, "location": f"[{start}, 8]"})
    error = translated(OSError(f"Conversion Error: {body}"), Written(own, splices))
    assert error.what == "A value cannot be converted to the type asked for."


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("SELECT nope FROM x.y", "There is no column `nope` here."),
        ("SELECT z.s FROM x.y", "There is no table `z` here."),
        ("SELECT t.nope FROM x.y t", "There is no column `nope` here."),
        ("SELECT * FROM nope", "There is no table `nope`."),
        ("SELECT nope(s) FROM x.y", "There is no function `nope`."),
        ("SELECT s FROM x.y GROUP BY i", "`s` is not grouped by."),
        ("SELECT sum(s) FROM x.y", "`sum` does not take these types."),
        (
            "SELECT (SELECT s, i FROM x.y LIMIT 1)",
            "The statement does not fit the columns and types of its tables.",
        ),
    ],
)
def test_names_are_told_where_the_user_wrote_them(
    closed: tuple[Instance, str],
    table: Callable[..., GovernedTable],
    plan: Callable[..., QueryPlan],
    statement: str,
    what: str,
) -> None:
    one, file = closed
    error = _run(one, plan(statement, table("x.y", {"s": "VARCHAR", "i": "BIGINT"}, file)))
    assert isinstance(error, Invalid)
    assert error.what == what


def test_parameters_that_do_not_fit_are_invalid(
    closed: tuple[Instance, str], plan: Callable[..., QueryPlan]
) -> None:
    error = _run(closed[0], plan("SELECT ?", parameters=(1, 2)))
    assert isinstance(error, Invalid)
    assert error.code == "invalid.parameters"


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (duckdb.OutOfMemoryException(f"Out of Memory Error: {CANARY}"), "over-budget.memory"),
        (MemoryError(CANARY), "over-budget.memory"),
        (OSError(f"Out of Memory Error: {CANARY}"), "over-budget.memory"),
        (OSError(f"INTERRUPT Error: {CANARY}"), "over-budget.time"),
        (OSError(errno.ENOENT, CANARY), "unavailable.files"),
        (duckdb.IOException(f"IO Error: {CANARY}"), "unavailable.files"),
        (OSError(errno.ENOSPC, CANARY), "unavailable.disk"),
        (
            duckdb.IOException(f"IO Error: {CANARY}: No space left on device"),
            "unavailable.disk",
        ),
        (duckdb.PermissionException(f"Permission Error: {CANARY}"), "unavailable.files"),
        (duckdb.ParserException(f"Parser Error: {CANARY}"), "invalid.syntax"),
        (duckdb.InternalException(f"INTERNAL Error: {CANARY}"), "faulty.engine"),
        (ValueError(CANARY), "faulty.engine"),
        (duckdb.BinderException(f'Binder Error: Referenced column "{CANARY}" no'), "invalid.bind"),
    ],
)
def test_nothing_of_the_engines_text_passes(raised: Exception, code: str) -> None:
    error = translated(raised, Written("SELECT 1"))
    assert error.code == code
    assert CANARY not in str(error.as_json())


@pytest.mark.parametrize("location", ["[0, 0]", "[900, 3]", "[-4, 3]", '"x"', "[1]", "[1, 2]"])
def test_a_place_outside_the_text_is_no_place(location: str) -> None:
    body = f'{{"exception_message": "{CANARY}", "location": {location!r}}}'.replace("'", '"')
    error = translated(OSError(f"Conversion Error: {body}"), Written("中文"))
    assert error.what == "A value cannot be converted to the type asked for."


def test_an_error_of_ours_stays() -> None:
    mine = Faulty(msg("mine"))
    assert translated(mine, Written("")) is mine


def test_a_path_is_not_told(
    closed: tuple[Instance, str], plan: Callable[..., QueryPlan], tmp_path: Path
) -> None:
    error = _run(closed[0], plan(f"SELECT * FROM read_parquet('{tmp_path}/no.parquet')"))
    assert error is not None
    assert error.code == "unavailable.files"
    assert str(tmp_path) not in str(error.as_json())
