"""The Delta log: it follows the catalogue, whatever was left in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pyarrow as pa
import pytest
from deltalake import DeltaTable, TableFeatures
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction

from doumen.model.errors import Conflict, Faulty, Invalid, Unavailable
from doumen.model.schema import Column, Schema
from doumen.model.snapshot import DataFile
from doumen.stores.lake import Lake, delta
from doumen.stores.lake.names import LOG

Write = Callable[..., tuple[DataFile, ...]]
Commit = Callable[..., int]
TABLE = "transport.flights"
X = Schema.of(x="INTEGER")


@pytest.fixture
def commit(lake: Lake, put: Write) -> Commit:
    """Writes one file of one row and commits it: `commit(value, mode, expected)`."""

    def commit_(value: int, mode: Any, expected: int | None, schema: Schema = X) -> int:
        files = put(TABLE, f"SELECT {value}::INTEGER AS x")
        return lake.commit(TABLE, schema=schema, files=files, mode=mode, expected=expected)

    return commit_


def values(lake: Lake, table: str = TABLE, column: str = "x") -> list[Any]:
    """What any Delta reader sees."""
    return sorted(DeltaTable(lake.table_dir(table)).to_pyarrow_table().column(column).to_pylist())


def log(lake: Lake) -> Path:
    return lake.table_dir(TABLE) / LOG


def name(version: int) -> str:
    return f"{version:020d}.json"


def test_versions_count_from_one(lake: Lake, commit: Commit) -> None:
    assert commit(1, "replace", None) == 1
    assert commit(2, "append", 1) == 2
    assert values(lake) == [1, 2]
    assert commit(3, "replace", 2) == 3
    assert values(lake) == [3]


def test_a_table_without_rows(lake: Lake) -> None:
    assert lake.commit(TABLE, schema=X, files=(), mode="replace", expected=None) == 1
    assert DeltaTable(lake.table_dir(TABLE)).schema().to_arrow().names == ["x"]
    assert lake.commit(TABLE, schema=X, files=(), mode="append", expected=1) == 2


def test_the_log_says_how_many_rows_a_file_has(lake: Lake, put: Write) -> None:
    files = put(TABLE, "SELECT range::INTEGER AS x FROM range(7)")
    lake.commit(TABLE, schema=X, files=files, mode="replace", expected=None)
    actions = pa.table(DeltaTable(lake.table_dir(TABLE)).get_add_actions(flatten=True)).to_pylist()
    assert [(a["num_records"], a["size_bytes"]) for a in actions] == [(7, files[0].size)]
    assert actions[0]["path"] == files[0].path.rpartition("/")[2]


def test_a_commit_that_never_came_true_is_undone(lake: Lake, commit: Commit) -> None:
    commit(1, "replace", None)
    commit(2, "append", 1)  # cut off before the catalogue said 2
    assert commit(3, "append", 1) == 4
    assert values(lake) == [1, 3]
    commit(4, "replace", 4)  # cut off
    assert commit(5, "append", 4) == 7
    assert values(lake) == [1, 3, 5]


def test_a_change_of_columns_that_never_came_true_is_undone(lake: Lake, put: Write) -> None:
    one = put(TABLE, "SELECT 1::INTEGER AS x")
    lake.commit(TABLE, schema=X, files=one, mode="replace", expected=None)
    other = Schema.of(t="TIMESTAMP")
    two = put(TABLE, "SELECT TIMESTAMP '2020-01-01' AS t")
    lake.commit(TABLE, schema=other, files=two, mode="replace", expected=1)
    three = put(TABLE, "SELECT 3::INTEGER AS x")
    lake.commit(TABLE, schema=X, files=three, mode="append", expected=1)
    assert values(lake) == [1, 3]


def test_files_of_a_commit_that_never_came_true_may_be_gone(lake: Lake, commit: Commit) -> None:
    commit(1, "replace", None)
    keep = {path.name for path in lake.table_dir(TABLE).glob("*.parquet")}
    commit(2, "append", 1)
    lake.sweep({f"transport/flights/{n}" for n in keep}, 0)
    commit(3, "append", 1)
    assert values(lake) == [1, 3]


def test_a_table_that_never_came_true_is_taken_over(lake: Lake, commit: Commit) -> None:
    commit(1, "replace", None)
    assert commit(2, "append", None) == 2
    assert values(lake) == [2]


@pytest.mark.parametrize("content", [b"", b'{"commitInfo":{"timest', b"\x00" * 64])
def test_an_end_torn_by_a_crash_is_removed(lake: Lake, commit: Commit, content: bytes) -> None:
    commit(1, "replace", None)
    (log(lake) / name(2)).write_bytes(content)
    commit(3, "append", 1)
    assert values(lake) == [1, 3]


@pytest.mark.parametrize("content", [b"", b'{"proto'])
def test_a_beginning_torn_by_a_crash_is_removed(lake: Lake, commit: Commit, content: bytes) -> None:
    log(lake).mkdir(parents=True)
    (log(lake) / name(0)).write_bytes(content)
    (log(lake) / "_commit_left.json.tmp").write_bytes(content)
    commit(3, "append", None)
    assert values(lake) == [3]


def test_a_torn_checkpoint_is_removed_with_its_version(lake: Lake, commit: Commit) -> None:
    commit(1, "replace", None)
    commit(2, "append", 1)
    DeltaTable(lake.table_dir(TABLE)).create_checkpoint()
    for path in log(lake).iterdir():
        if path.suffix == ".parquet" or path.name == "_last_checkpoint":
            path.write_bytes(b"torn")
    assert commit(3, "append", 1) == 2
    assert values(lake) == [1, 3]


def test_a_log_that_lacks_the_version_in_force(lake: Lake, commit: Commit) -> None:
    commit(1, "replace", None)
    with pytest.raises(Unavailable) as caught:
        commit(2, "append", 5)
    assert caught.value.why == "It ends at 1, before version 5."


def test_the_version_in_force_is_never_removed(lake: Lake, commit: Commit) -> None:
    commit(1, "replace", None)
    (log(lake) / name(1)).write_bytes(b'{"torn')
    (log(lake) / name(2)).write_bytes(b'{"torn')
    with pytest.raises(Unavailable) as caught:
        commit(2, "append", 1)
    assert caught.value.code == "unavailable.delta"
    assert (log(lake) / name(1)).exists()
    assert not (log(lake) / name(2)).exists()


def test_a_log_that_is_gone(lake: Lake, put: Write) -> None:
    files = put(TABLE, "SELECT 1::INTEGER AS x")
    with pytest.raises(Unavailable):
        lake.commit(TABLE, schema=X, files=files, mode="append", expected=3)


def test_a_column_may_be_added(lake: Lake, commit: Commit, put: Write) -> None:
    commit(1, "replace", None)
    wider = Schema.of(x="INTEGER", t="TIMESTAMP")
    files = put(TABLE, "SELECT 2::INTEGER AS x, TIMESTAMP '2020-01-01' AS t")
    version = lake.commit(TABLE, schema=wider, files=files, mode="append", expected=1)
    assert values(lake) == [1, 2]
    assert DeltaTable(lake.table_dir(TABLE)).version() == version
    commit(3, "append", version)
    assert values(lake) == [1, 2, 3]


@pytest.mark.parametrize("changed", [Schema.of(x="BIGINT"), Schema.of(X="INTEGER")])
def test_a_column_may_not_change_under_rows_that_stay(
    lake: Lake, commit: Commit, put: Write, changed: Schema
) -> None:
    commit(1, "replace", None)
    column = changed.columns[0]
    files = put(TABLE, f"SELECT 2::{column.type} AS {column.name}")
    with pytest.raises(Conflict, match="appended"):
        lake.commit(TABLE, schema=changed, files=files, mode="append", expected=1)
    assert lake.commit(TABLE, schema=changed, files=files, mode="replace", expected=1) == 2


def test_a_type_that_must_be_cast_first(lake: Lake) -> None:
    with pytest.raises(Invalid) as caught:
        lake.commit(TABLE, schema=Schema.of(u="UUID"), files=(), mode="replace", expected=None)
    assert caught.value.next == "Cast it to VARCHAR."


def test_files_of_other_types_are_not_registered(lake: Lake, put: Write) -> None:
    files = put(TABLE, "SELECT uuid() AS u")
    with pytest.raises(Faulty):
        lake.commit(
            TABLE, schema=Schema.of(u="VARCHAR"), files=files, mode="replace", expected=None
        )
    assert not log(lake).exists()


def test_every_type_is_read_by_others_as_it_was_written(lake: Lake, put: Write) -> None:
    columns = {
        "b": ("BOOLEAN", "true"),
        "i8": ("TINYINT", "-1"),
        "i16": ("SMALLINT", "-1"),
        "i32": ("INTEGER", "-1"),
        "i64": ("BIGINT", "-1"),
        "f": ("FLOAT", "1.5"),
        "d": ("DOUBLE", "1.5"),
        "n": ("DECIMAL(38,2)", "1.25"),
        "s": ("VARCHAR", "'航班'"),
        "raw": ("BLOB", "'\\x00\\xFF'"),
        "day": ("DATE", "'2020-02-29'"),
        "t": ("TIMESTAMP", "'2020-02-29 01:02:03.123456'"),
        "tz": ("TIMESTAMP WITH TIME ZONE", "'2020-02-29 01:02:03+00'"),
        "l": ("INTEGER[]", "[1, NULL]"),
        "st": ('STRUCT("a b" INTEGER, c VARCHAR[])', "{'a b': 1, 'c': ['x']}"),
        "m": ("MAP(VARCHAR, DECIMAL(5,2))", "MAP {'k': 1.25}"),
        "a b ,;{}": ("INTEGER", "7"),
    }
    schema = Schema(tuple(Column(n, t) for n, (t, _) in columns.items()))
    select = ", ".join(f'CAST({v} AS {t}) AS "{n}"' for n, (t, v) in columns.items())
    table = "运输.各种类型"
    files = put(table, f"SELECT {select}")
    lake.commit(table, schema=schema, files=files, mode="replace", expected=None)
    opened = DeltaTable(lake.table_dir(table))
    read = opened.to_pyarrow_table().to_pylist()[0]
    assert list(read) == list(schema.names)
    assert (read["i8"], read["i64"], read["s"], read["raw"]) == (-1, -1, "航班", b"\x00\xff")
    assert str(read["n"]) == "1.25"
    assert read["t"].isoformat() == "2020-02-29T01:02:03.123456"
    assert read["tz"].isoformat() == "2020-02-29T01:02:03+00:00"
    assert read["l"] == [1, None]
    assert read["st"] == {"a b": 1, "c": ["x"]}
    assert read["m"][0][0] == "k"
    assert read["a b ,;{}"] == 7


def test_a_table_with_features_of_others_is_refused(lake: Lake, commit: Commit) -> None:
    commit(1, "replace", None)
    DeltaTable(lake.table_dir(TABLE)).alter.add_feature(
        TableFeatures.DeletionVectors, allow_protocol_versions_increase=True
    )
    with pytest.raises(Unavailable) as caught:
        commit(2, "append", 2)
    assert caught.value.why == "Another program turned on deletionVectors."


def test_what_others_wrote_is_undone(lake: Lake, commit: Commit) -> None:
    commit(1, "replace", None)
    table = DeltaTable(lake.table_dir(TABLE))
    foreign = AddAction("foreign.parquet", 1, {}, 1, True, "{}")
    table.create_write_transaction([foreign], "append", table.schema())
    commit(2, "append", 1)
    assert values(lake) == [1, 2]


def test_a_writer_at_the_same_time_is_a_conflict(
    lake: Lake, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(1, "replace", None)
    real = delta.delta_schema

    def meanwhile(schema: Schema) -> Any:
        table = DeltaTable(lake.table_dir(TABLE))
        table.create_write_transaction([], "append", table.schema())
        return real(schema)

    monkeypatch.setattr(delta, "delta_schema", meanwhile)
    with pytest.raises(Conflict, match="at the same time"):
        commit(2, "append", 1)


def test_every_new_file_of_the_log_is_synced(
    lake: Lake, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(delta, "sync", synced.append)
    commit(1, "replace", None)
    folder = lake.table_dir(TABLE)
    assert {path.name for path in synced[:-2]} == {name(0), name(1)}
    assert synced[-2:] == [folder / LOG, folder]
    synced.clear()
    commit(2, "append", 1)
    assert [path.name for path in synced] == [name(2), LOG, "flights"]


def test_many_commits_make_checkpoints_and_lose_no_history(lake: Lake) -> None:
    version = lake.commit(TABLE, schema=X, files=(), mode="replace", expected=None)
    for _ in range(101):
        version = lake.commit(TABLE, schema=X, files=(), mode="append", expected=version)
    names = {path.name for path in log(lake).iterdir()}
    assert "_last_checkpoint" in names
    assert {name(v) for v in range(version + 1)} <= names


FULL = "Generic LocalFileSystem error\nUnable to copy data to file\nNo space left on device"
"""What the library said on a disk that was full, without the number at its end."""


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (OSError(f"{FULL} (os error 28)"), "unavailable.disk"),
        (DeltaError("Disk quota exceeded (os error 122)"), "unavailable.disk"),
        (OSError(28, "No space left on device"), "unavailable.disk"),
        (OSError("Permission denied (os error 13)"), "unavailable.delta"),
        (OSError(FULL), "unavailable.delta"),
    ],
)
def test_a_full_disk_is_told_apart(
    lake: Lake, commit: Commit, monkeypatch: pytest.MonkeyPatch, said: Exception, code: str
) -> None:
    version = commit(1, "append", None)
    monkeypatch.setattr(delta, "DeltaTable", Mock(side_effect=said))
    with pytest.raises(Unavailable) as error:
        delta.names(lake.table_dir(TABLE), version)
    assert error.value.code == code
    with pytest.raises(Unavailable) as error:
        commit(2, "append", version)
    assert error.value.code == code
