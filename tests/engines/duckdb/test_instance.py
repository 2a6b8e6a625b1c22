"""A locked engine: every door that could be open is tried, without any allow-list before it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doumen.engines.duckdb.instance import MOST_FILES, Instance, Reach
from doumen.model.plan import GovernedTable, QueryPlan

CANARY = "CANARY7431"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a granted file, secrets beside it and ways round."""
    folder = tmp_path_factory.mktemp("doors")
    pq.write_table(pa.table({"a": [1]}), folder / "granted.parquet")
    pq.write_table(pa.table({"a": [CANARY]}), folder / "secret.parquet")
    (folder / "secret.csv").write_text(f"a\n{CANARY}\n")
    (folder / "secret.json").write_text(f'{{"a": "{CANARY}"}}')
    (folder / "worker").mkdir()
    (folder / "worker" / "link.parquet").symlink_to(folder / "secret.parquet")
    with duckdb.connect(str(folder / "secret.duckdb")) as made:
        made.execute(f"CREATE TABLE t AS SELECT '{CANARY}' AS a")
    return folder


@pytest.fixture(scope="module")
def locked(home: Path) -> Iterator[Instance]:
    """An engine that may open the granted file only."""
    one = Instance(home / "worker")
    one.lock(Reach((str(home / "granted.parquet"),), (), 1 << 28, 2))
    yield one
    one.close()


DOORS = (
    "SELECT * FROM read_parquet('{home}/secret.parquet')",
    "SELECT * FROM '{home}/secret.parquet'",
    "SELECT * FROM '{home}/worker/link.parquet'",
    "SELECT * FROM '{home}/worker/../secret.parquet'",
    "SELECT * FROM read_parquet('{home}/*.parquet')",
    "SELECT * FROM parquet_metadata('{home}/secret.parquet')",
    "SELECT * FROM parquet_schema('{home}/secret.parquet')",
    "SELECT * FROM read_csv('{home}/secret.csv')",
    "SELECT * FROM read_csv_auto('{home}/secret.csv')",
    "SELECT * FROM sniff_csv('{home}/secret.csv')",
    "SELECT * FROM read_json('{home}/secret.json')",
    "SELECT * FROM read_text('{home}/secret.csv')",
    "SELECT * FROM read_blob('{home}/secret.csv')",
    "SELECT * FROM read_text('/proc/self/environ')",
    "SELECT * FROM glob('{home}/*')",
    "SELECT * FROM outside",
    "SELECT getenv('HOME')",
    "ATTACH '{home}/secret.duckdb' AS s",
    "ATTACH 'sqlite:{home}/x.db' AS s",
    "COPY (SELECT 1) TO '{home}/out.parquet'",
    "COPY (SELECT 1) TO '{home}/out.csv'",
    "EXPORT DATABASE '{home}/out'",
    "IMPORT DATABASE '{home}'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET allowed_paths = ['{home}/secret.parquet']",
    "SET allowed_directories = ['{home}']",
    "SET memory_limit = '100GB'",
    "SET temp_directory = '{home}'",
    "SET errors_as_json = false",
    "SET TimeZone = 'Asia/Shanghai'",
    "RESET ALL",
    "PRAGMA database_list('{home}')",
    "CREATE PERSISTENT SECRET x (TYPE s3)",
    "SELECT * FROM 'https://127.0.0.1:9/x.parquet'",
)


@pytest.mark.parametrize("door", DOORS)
def test_a_door_is_shut(locked: Instance, home: Path, door: str) -> None:
    outside = pa.table({"a": [CANARY]})
    assert outside.num_rows == 1
    with locked.connection() as connection, pytest.raises(duckdb.Error):
        connection.execute(door.format(home=home)).fetchall()
    assert not list(home.glob("out*"))


def test_the_granted_file_is_open(locked: Instance, home: Path) -> None:
    with locked.connection() as connection:
        found = connection.execute(f"FROM '{home}/granted.parquet'").fetchall()
    assert found == [(1,)]


def test_a_cast_that_may_fail_stays_one(locked: Instance, home: Path) -> None:
    (home / "worker" / "spill").mkdir(exist_ok=True)
    path = home / "worker" / "spill" / "t.csv"
    path.write_text("1\nx\n")
    with locked.connection() as connection:
        found = connection.execute(
            f"SELECT TRY_CAST(a AS BIGINT) FROM read_csv('{path}', auto_detect=false, "
            "header=false, columns={'a': 'VARCHAR'})"
        )
        assert found.fetchall() == [(1,), (None,)]


def test_each_session_has_its_own_variables_and_tables(
    locked: Instance, plan: Callable[..., QueryPlan]
) -> None:
    with locked.session(plan("SELECT 1", variables={"v": "x"})) as first:
        first.execute("CREATE TEMP TABLE left_over AS SELECT 1")
        assert first.execute("SELECT getvariable('v')").fetchall() == [("x",)]
    with locked.session(plan("SELECT 1")) as second:
        assert second.execute("SELECT getvariable('v')").fetchall() == [(None,)]
        with pytest.raises(duckdb.CatalogException):
            second.execute("FROM left_over")


def test_a_reach_covers_what_reads_no_more_and_grows_by_what_was_read() -> None:
    one, two = Reach(("a",), (), 1, 1), Reach(("a", "b"), (), 1, 1)
    assert two.covers(one)
    assert not one.covers(two)
    for other in (
        replace(one, memory=2),
        replace(one, threads=2),
        replace(one, directories=("d",)),
    ):
        assert not two.covers(other)
        assert not replace(other, files=two.files).covers(one)
    assert Reach(("b",), (), 1, 1).joined(one) == two
    writing = Reach(("b",), ("d",), 1, 1)
    assert writing.joined(one) == writing
    assert one.joined(writing) == one
    many = Reach(tuple(map(str, range(MOST_FILES))), (), 1, 1)
    assert one.joined(many) == one
    assert many.joined(Reach(("7",), (), 1, 1)).files == tuple(sorted(many.files))


def test_views_that_are_the_same_stay(
    locked: Instance,
    home: Path,
    table: Callable[..., GovernedTable],
    plan: Callable[..., QueryPlan],
) -> None:
    file = str(home / "granted.parquet")
    one, other = table("x.y", {"a": "BIGINT"}, file), table("x.z", {"a": "BIGINT"}, file)
    held = table("sys.t", {"a": "BIGINT"}, inline=pa.table({"a": [9]}))

    def names(*tables: GovernedTable) -> set[str]:
        with locked.session(plan("SELECT 1", *tables)) as session:
            found = session.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal")
            return {name for (name,) in found.fetchall()}

    assert names(one, other, held) == {"y", "z", "t"}
    locked.clear()
    locked.clear()
    assert names(one) == {"y"}
    assert names() == set()


def test_the_shape_of_tables_of_hidden_columns_is_hidden(
    locked: Instance,
    home: Path,
    table: Callable[..., GovernedTable],
    plan: Callable[..., QueryPlan],
) -> None:
    file = str(home / "granted.parquet")
    seen = table("x.y", {"a": "BIGINT"}, file, show=[("b", "VARCHAR", "a || 'm'")])
    with locked.session(plan("SELECT 1", seen)) as session:
        assert session.sql("FROM x.y").columns == ["b"]
        assert session.execute("FROM x.y").fetchall() == [("1m",)]
    assert os.fspath(home) in file
