"""A bucket as the place of a lake: what is kept there, what is brought, and what it refuses."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.objects import BUCKET, Folder

from doumen.model.errors import Conflict, DoumenError, Tampered, Unavailable
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.model.snapshot import DataFile, Snapshot
from doumen.stores.lake import Lake
from doumen.stores.lake.bucket import Address, Bucket

TABLE = "运输.航班"
SCHEMA = Schema.of(x="INTEGER")
pytestmark = pytest.mark.usefixtures("in_bucket")


@pytest.fixture
def folder(objects: Any) -> Folder:
    """A folder of the bucket, to be looked at from outside."""
    made: Folder = objects.folder()
    return made


def lake_in(folder: Folder, cache: Path, limit: int = 1 << 30) -> Lake:
    """The lake in it, read by a cache."""
    address = f"s3://{BUCKET}/{folder.prefix}?endpoint={folder.endpoint}"
    return Lake(Bucket(Address.parse(address), cache, limit))


def put(lake: Lake, *queries: str) -> tuple[DataFile, ...]:
    """Write each SELECT to a file, staged and settled."""
    stage = lake.stage(TABLE)
    with duckdb.connect() as engine:
        for number, query in enumerate(queries):
            engine.execute(f"COPY ({query}) TO '{stage}/data_{number}.parquet'")
    return lake.settle(stage, TABLE)


def rows(lake: Lake, files: tuple[DataFile, ...]) -> Any:
    lake.bring(files)
    return len(duckdb.from_parquet([str(lake.path(f)) for f in files]))


def keys(folder: Folder) -> list[str]:
    """Names of all that is in the bucket."""
    return sorted(one["path"] for page in folder.store.list() for one in page)


def test_what_settles_is_in_the_bucket_and_can_be_read_elsewhere(
    folder: Folder, tmp_path: Path
) -> None:
    lake = lake_in(folder, tmp_path / "one")
    files = put(lake, "SELECT range::INTEGER AS x FROM range(5)", "SELECT 1::INTEGER AS x")
    assert keys(folder) == [file.path for file in files]
    assert all(len(file.digest) == 64 for file in files)
    assert rows(lake_in(folder, tmp_path / "two"), files) == 6
    assert [lake.size(file) for file in files] == [file.size for file in files]


def test_commits_follow_each_other_from_two_caches(folder: Folder, tmp_path: Path) -> None:
    one, two = lake_in(folder, tmp_path / "one"), lake_in(folder, tmp_path / "two")
    first = put(one, "SELECT 1::INTEGER AS x")
    version = one.commit(TABLE, schema=SCHEMA, files=first, mode="replace", expected=None)
    more = put(two, "SELECT 2::INTEGER AS x")
    version = two.commit(TABLE, schema=SCHEMA, files=more, mode="append", expected=version)
    last = put(one, "SELECT 3::INTEGER AS x")
    version = one.commit(
        TABLE, schema=SCHEMA, files=last, mode="append", expected=version, removed=first
    )
    snapshot = Snapshot(Ref.parse(TABLE), version, SCHEMA, (*more, *last))
    assert one.agrees(snapshot)
    assert two.agrees(snapshot)
    assert len(two.log(TABLE, version)) == version + 1


def test_what_a_cut_off_job_left_in_the_log_is_undone(folder: Folder, tmp_path: Path) -> None:
    lake = lake_in(folder, tmp_path / "one")
    first = put(lake, "SELECT 1::INTEGER AS x")
    version = lake.commit(TABLE, schema=SCHEMA, files=first, mode="replace", expected=None)
    lake.commit(
        TABLE, schema=SCHEMA, files=put(lake, "SELECT 2::INTEGER AS x"), mode="append",
        expected=version,
    )  # fmt: skip
    snapshot = Snapshot(Ref.parse(TABLE), version, SCHEMA, first)
    assert not lake.agrees(snapshot)
    lake.follow(snapshot)
    more = put(lake, "SELECT 3::INTEGER AS x")
    new = lake.commit(TABLE, schema=SCHEMA, files=more, mode="append", expected=version)
    assert lake.agrees(Snapshot(Ref.parse(TABLE), new, SCHEMA, (*first, *more)))


def test_a_hundred_commits_leave_a_checkpoint_that_counts(folder: Folder, tmp_path: Path) -> None:
    lake, version = lake_in(folder, tmp_path / "one"), None
    file = put(lake, "SELECT 1::INTEGER AS x")
    for _ in range(101):
        version = lake.commit(TABLE, schema=SCHEMA, files=file, mode="replace", expected=version)
    assert any("checkpoint.parquet" in key for key in keys(folder))
    assert version is not None
    other = lake_in(folder, tmp_path / "two")
    assert other.agrees(Snapshot(Ref.parse(TABLE), version, SCHEMA, file))


def test_what_is_not_what_was_kept_is_found(folder: Folder, tmp_path: Path) -> None:
    lake = lake_in(folder, tmp_path / "one")
    (file,) = put(lake, "SELECT 1::INTEGER AS x")
    path = lake.path(file)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    folder.store.put(file.path, bytes(content))
    lake.bring([file])  # the cache has it as it was
    shutil.rmtree(tmp_path / "one")
    with pytest.raises(Tampered) as raised:
        lake.bring([file])
    assert file.path in raised.value.what
    assert not path.exists()


def test_what_is_gone_is_told(folder: Folder, tmp_path: Path) -> None:
    lake = lake_in(folder, tmp_path / "one")
    files = put(lake, "SELECT 1::INTEGER AS x", "SELECT 2::INTEGER AS x")
    folder.store.delete(files[0].path)
    snapshot = Snapshot(Ref.parse(TABLE), 1, SCHEMA, files)
    assert lake.missing(snapshot) == [files[0].path]
    assert lake.present(files) == files[1:]
    assert lake.size(files[0]) is None
    shutil.rmtree(tmp_path / "one")
    with pytest.raises(Unavailable) as raised:
        lake.bring(files)
    assert raised.value.code == "unavailable.lake"


def test_sizes_of_many_come_from_a_list(folder: Folder, tmp_path: Path) -> None:
    lake = lake_in(folder, tmp_path / "one")
    files = put(lake, *(f"SELECT {n}::INTEGER AS x" for n in range(20)))
    assert lake.present(files) == files
    assert lake.freed(files) == sum(file.size for file in files)
    lake.remove(files[:19])
    assert lake.present(files) == files[19:]
    assert keys(folder) == [files[19].path]


def test_what_nothing_names_is_swept(folder: Folder, tmp_path: Path) -> None:
    lake = lake_in(folder, tmp_path / "one")
    live = put(lake, "SELECT 1::INTEGER AS x")
    loose = put(lake, "SELECT 2::INTEGER AS x")
    lake.stage(TABLE)
    assert lake.sweep({live[0].path}, older_than=60) == []
    found = lake.sweep({live[0].path}, older_than=-60, dry=True)
    assert str(found[-1]) == loose[0].path or str(found[0]) == loose[0].path
    assert len(found) == 2
    assert keys(folder) == sorted([live[0].path, loose[0].path])
    assert lake.sweep({live[0].path}, older_than=-60) == found
    assert keys(folder) == [live[0].path]


def test_the_cache_gives_up_what_was_asked_for_longest_ago(folder: Folder, tmp_path: Path) -> None:
    lake = lake_in(folder, tmp_path / "one", limit=500)
    files = put(lake, *(f"SELECT {n}::INTEGER AS x" for n in range(4)))
    assert sum(file.size for file in files) > 500
    assert all(lake.path(file).exists() for file in files)  # all of the last hour
    for age, file in enumerate(files):
        then = time.time() - 7200 - age
        os.utime(lake.path(file), (then, then))
    lake.bring(files[3:])  # asked for again, so it stays
    put(lake, "SELECT 9::INTEGER AS x")
    there = [lake.path(file).exists() for file in files]
    assert there[3]
    assert not all(there)
    assert rows(lake, files) == 4


def test_a_folder_belongs_to_one_node(folder: Folder, tmp_path: Path) -> None:
    lake_in(folder, tmp_path / "one").create("bureau-1")
    for again in ("bureau-1", "bureau-2"):
        with pytest.raises(Conflict) as raised:
            lake_in(folder, tmp_path / "two").create(again)
        assert raised.value.code == "conflict.lake"
    lake_in(folder, tmp_path / "two").forget("bureau-2")
    assert keys(folder) == ["doumen.origin"]
    lake_in(folder, tmp_path / "one").forget("bureau-1")
    lake_in(folder, tmp_path / "one").forget("bureau-1")
    lake_in(folder, tmp_path / "two").create("bureau-2")


def test_files_of_somebody_else_are_left_alone(folder: Folder, tmp_path: Path) -> None:
    folder.store.put("sales/2024/part-0.parquet", b"theirs")
    with pytest.raises(Conflict) as raised:
        lake_in(folder, tmp_path / "one").create("bureau-1")
    assert raised.value.code == "conflict.lake"
    assert lake_in(folder, tmp_path / "one").sweep(set(), older_than=-60) == []
    assert keys(folder) == ["sales/2024/part-0.parquet"]


def test_what_came_again_by_a_retry_is_no_other_program(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from doumen.stores.lake.bucket.store import Store, Taken

    lake, make = lake_in(folder, tmp_path / "one"), Store.make

    def twice(store: Store, name: str, content: bytes) -> str:
        make(store, name, content)
        raise Taken

    file = put(lake, "SELECT 1::INTEGER AS x")
    monkeypatch.setattr(Store, "make", twice)
    version = lake.commit(TABLE, schema=SCHEMA, files=file, mode="replace", expected=None)
    assert lake.agrees(Snapshot(Ref.parse(TABLE), version, SCHEMA, file))


def test_a_log_that_was_cut_on_this_machine_is_brought_again(
    folder: Folder, tmp_path: Path
) -> None:
    lake = lake_in(folder, tmp_path / "one")
    file = put(lake, "SELECT 1::INTEGER AS x")
    version = lake.commit(TABLE, schema=SCHEMA, files=file, mode="replace", expected=None)
    assert len(lake.log(TABLE, version)) == version + 1
    for path in (tmp_path / "one" / ".logs").rglob("*.json.*"):
        path.write_bytes(b"")
    assert lake.agrees(Snapshot(Ref.parse(TABLE), version, SCHEMA, file))


def test_a_disk_that_is_too_small_is_told_before_anything_comes(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(lake_in(folder, tmp_path / "one"), "SELECT 1::INTEGER AS x")
    monkeypatch.setattr("doumen.stores.lake.bucket.cache.SPARE", 1 << 62)
    with pytest.raises(Unavailable) as raised:
        lake_in(folder, tmp_path / "two").bring(file)
    assert raised.value.code == "unavailable.disk"


def test_what_nothing_names_goes_from_other_machines_too(folder: Folder, tmp_path: Path) -> None:
    one, two = lake_in(folder, tmp_path / "one"), lake_in(folder, tmp_path / "two")
    live, gone = put(one, "SELECT 1::INTEGER AS x"), put(one, "SELECT 2::INTEGER AS x")
    two.bring((*live, *gone))
    one.remove(gone)
    assert two.path(gone[0]).exists()
    two.sweep({live[0].path}, older_than=-60)
    assert not two.path(gone[0]).exists()
    assert two.path(live[0]).exists()


def test_the_original_is_looked_at_whatever_was_brought(folder: Folder, tmp_path: Path) -> None:
    lake = lake_in(folder, tmp_path / "one")
    (file,) = put(lake, "SELECT 1::INTEGER AS x")
    with lake.original(file) as path:
        assert path != lake.path(file)
        assert path.read_bytes() == lake.path(file).read_bytes()
    folder.store.put(file.path, b"x" * file.size)
    with pytest.raises(Tampered), lake.original(file):
        pass


def test_a_store_that_puts_one_file_in_place_of_another_is_refused(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from doumen.stores.lake.bucket.store import Store

    monkeypatch.setattr(Store, "make", lambda *_: "tag")
    with pytest.raises(DoumenError) as raised:
        lake_in(folder, tmp_path / "one").create("bureau-1")
    assert raised.value.code == "invalid.lake"


@pytest.mark.parametrize(
    ("bucket", "key", "why"),
    [
        ("none-such", "", "There is no such bucket."),
        (BUCKET, "wrong", "The keys"),
    ],
)
def test_why_a_bucket_cannot_be_used_is_told(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bucket: str, key: str, why: str
) -> None:
    if key:
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key)
    address = Address.parse(f"s3://{bucket}/{folder.prefix}?endpoint={folder.endpoint}")
    with pytest.raises(Unavailable) as raised:
        Lake(Bucket(address, tmp_path, 1 << 20)).forget("bureau-1")
    assert str(raised.value.why).startswith(why)


def test_nobody_at_the_port_is_told(tmp_path: Path) -> None:
    address = Address.parse(f"s3://{BUCKET}/x?endpoint=http://127.0.0.1:9")
    with pytest.raises(Unavailable) as raised:
        Lake(Bucket(address, tmp_path, 1 << 20)).create("bureau-1")
    assert raised.value.why == "Nobody answers at that port."


def test_files_of_a_job_are_as_young_as_the_last_of_them(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from doumen.stores.lake.bucket.store import Store

    put(lake_in(folder, tmp_path / "one"), "SELECT 1::INTEGER AS x", "SELECT 2::INTEGER AS x")
    listed, old = Store.listed, datetime(2026, 1, 1, tzinfo=UTC)

    def slowly(store: Store, of: str) -> Iterator[dict[str, Any]]:
        for one in listed(store, of):
            yield one | ({"last_modified": old} if "-00000" in one["path"] else {})

    monkeypatch.setattr(Store, "listed", slowly)
    assert lake_in(folder, tmp_path / "two").sweep(set(), older_than=600, dry=True) == []
    assert len(lake_in(folder, tmp_path / "two").sweep(set(), older_than=-600, dry=True)) == 2
