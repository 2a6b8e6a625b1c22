"""Commits written by hand are commits to every reader of Delta, and are made once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from deltalake import DeltaTable

from doumen.model.errors import Conflict
from doumen.model.schema import Schema
from doumen.model.snapshot import DataFile
from doumen.stores.lake import Lake, delta, entry
from doumen.stores.lake.names import LOG

Write = Callable[..., tuple[DataFile, ...]]
TABLE = "shop.stock"
X = Schema.of(x="INTEGER")


def put_one(put: Write, value: int) -> tuple[DataFile, ...]:
    return put(TABLE, f"SELECT {value}::INTEGER AS x")


def values(lake: Lake, version: int | None = None) -> list[Any]:
    table = DeltaTable(lake.table_dir(TABLE), version=version)
    return sorted(table.to_pyarrow_table().column("x").to_pylist())


def test_some_go_and_some_come(lake: Lake, put: Write) -> None:
    one, two = put_one(put, 1), put_one(put, 2)
    lake.commit(TABLE, schema=X, files=[*one, *two], mode="replace", expected=None)
    three = put_one(put, 3)
    version = lake.commit(TABLE, schema=X, files=three, mode="append", expected=1, removed=one)
    assert version == 2
    assert values(lake) == [2, 3]
    assert values(lake, 1) == [1, 2]
    lake.commit(TABLE, schema=X, files=(), mode="append", expected=2, removed=[*two, *three])
    assert values(lake) == []
    assert not list((lake.table_dir(TABLE) / LOG).glob("*.tmp"))


def test_a_version_is_written_once(lake: Lake, put: Write, monkeypatch: Any) -> None:
    one = put_one(put, 1)
    lake.commit(TABLE, schema=X, files=one, mode="replace", expected=None)

    def late(*args: Any, **named: Any) -> None:
        monkeypatch.undo()
        entry.write(lake.table_dir(TABLE), 2, added=(), removed=one, now=1)
        entry.write(*args, **named)

    monkeypatch.setattr(entry, "write", late)
    with pytest.raises(Conflict, match="at the same time"):
        lake.commit(TABLE, schema=X, files=put_one(put, 2), mode="append", expected=1, removed=one)
    assert values(lake) == []


def test_checkpoints_come_as_they_do_by_the_library(
    lake: Lake, put: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delta, "_CHECKPOINT", 2)
    one = put_one(put, 1)
    lake.commit(TABLE, schema=X, files=one, mode="replace", expected=None)
    lake.commit(TABLE, schema=X, files=put_one(put, 2), mode="append", expected=1, removed=one)
    log = lake.table_dir(TABLE) / LOG
    assert (log / "00000000000000000002.checkpoint.parquet").exists()
    assert values(lake) == [2]


def test_a_merge_that_was_cut_off_is_undone(lake: Lake, put: Write) -> None:
    one = put_one(put, 1)
    lake.commit(TABLE, schema=X, files=one, mode="replace", expected=None)
    lake.commit(TABLE, schema=X, files=put_one(put, 2), mode="append", expected=1, removed=one)
    lake.commit(TABLE, schema=X, files=put_one(put, 5), mode="append", expected=1)
    assert values(lake) == [1, 5]
