"""The lake: files that are whole, unseen until they count, and swept when nobody needs them."""

from __future__ import annotations

import json
import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import forked

from doumen.model.errors import DoumenError, Faulty, Invalid, Tampered, Unavailable
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.model.snapshot import Bound, DataFile, Snapshot
from doumen.stores.lake import Lake

Write = Callable[..., tuple[DataFile, ...]]
TABLE = "transport.flights"
SCHEMA = Schema.of(x="INTEGER")


def test_a_table_has_a_folder_of_its_own(lake: Lake) -> None:
    assert lake.table_dir(TABLE) == lake.root / "transport" / "flights"
    assert lake.table_dir("运输.航班") == lake.root / "运输" / "航班"
    with pytest.raises(Invalid):
        lake.table_dir("../../x")


def test_each_stage_is_another_folder_in_the_table(lake: Lake) -> None:
    one, two = lake.stage(TABLE), lake.stage(TABLE)
    assert one != two
    assert one.parent == two.parent == lake.table_dir(TABLE)
    assert list(one.iterdir()) == []


def test_settled_files_are_sealed_and_counted(lake: Lake, put: Write) -> None:
    files = put(TABLE, "SELECT range::INTEGER AS x FROM range(5)", "SELECT 1 AS x")
    assert [file.rows for file in files] == [5, 1]
    for file in files:
        path = lake.path(file)
        assert path.parent == lake.table_dir(TABLE)
        assert path.stat().st_size == file.size
        assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert not list(lake.table_dir(TABLE).glob("_staged-*"))


def test_files_keep_the_order_of_their_numbers(lake: Lake, put: Write) -> None:
    files = put(TABLE, *(f"SELECT range AS x FROM range({n + 1})" for n in range(12)))
    assert [file.rows for file in files] == list(range(1, 13))
    assert [file.path for file in files] == sorted(file.path for file in files)


def test_files_without_rows_are_dropped(lake: Lake, put: Write) -> None:
    assert put(TABLE, "SELECT 1 AS x WHERE false") == ()
    assert list(lake.table_dir(TABLE).iterdir()) == []


def test_nothing_written_is_nothing_settled(lake: Lake, put: Write) -> None:
    assert put(TABLE) == ()


def link(stage: Path) -> None:
    target = stage.parent / "elsewhere.parquet"
    target.write_bytes(b"secret")
    (stage / "data_0.parquet").symlink_to(target)


@pytest.mark.parametrize(
    "leave",
    [
        lambda stage: (stage / "data_0.parquet").write_bytes(b"PAR1 no"),
        lambda stage: (stage / "data_0.csv").write_bytes(b"a,b"),
        lambda stage: (stage / "data_0.parquet").mkdir(),
        link,
    ],
)
def test_anything_else_is_a_fault_of_the_job(lake: Lake, leave: Callable[[Path], object]) -> None:
    stage = lake.stage(TABLE)
    leave(stage)
    with pytest.raises(Faulty):
        lake.settle(stage, TABLE)


def test_files_are_synced_before_they_are_named_and_all_folders_after(
    lake: Lake, put: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    real_sync, real_rename = os.fsync, Path.rename

    def fsync(descriptor: int) -> None:
        seen.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real_sync(descriptor)

    def rename(self: Path, target: Path) -> Path:
        seen.append("name")
        return real_rename(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "rename", rename)
    put(TABLE, "SELECT 1 AS x")
    root = lake.root.parent.name
    assert seen == ["data_0.parquet", "name", "flights", "transport", "lake", root]


def test_a_lake_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable):
        Lake(tmp_path / "file").stage(TABLE)
    lake = Lake(tmp_path / "lake")
    with pytest.raises(Unavailable):
        lake.settle(lake.table_dir(TABLE) / "_staged-none", TABLE)


def test_a_lake_where_delta_cannot_work(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="%"):
        Lake(tmp_path / "50%20").stage(TABLE)


@pytest.mark.parametrize("path", ["/outside/x", "../outside/x", "a/../../outside"])
def test_a_path_outside_the_lake_is_not_followed(lake: Lake, path: str) -> None:
    with pytest.raises(Tampered):
        lake.path(DataFile(path, 1, 1))


def test_missing_files_are_named(lake: Lake, put: Write) -> None:
    one, two, three = put(TABLE, *["SELECT 1 AS x"] * 3)
    snapshot = Snapshot(Ref.parse(TABLE), 1, SCHEMA, (one, two, three))
    assert lake.missing(snapshot) == []
    lake.path(one).unlink()
    lake.path(two).chmod(0o644)
    lake.path(two).write_bytes(b"short")
    assert lake.missing(snapshot) == [one.path, two.path]


def test_a_file_that_is_gone_is_not_registered(lake: Lake, put: Write) -> None:
    files = put(TABLE, "SELECT 1 AS x")
    lake.path(files[0]).unlink()
    with pytest.raises(Unavailable, match="missing"):
        lake.commit(TABLE, schema=SCHEMA, files=files, mode="replace", expected=None)


def test_sweeping_takes_what_nobody_names(lake: Lake, put: Write) -> None:
    kept, loose = put(TABLE, "SELECT 1 AS x", "SELECT 2 AS x")
    lake.commit(TABLE, schema=SCHEMA, files=[kept], mode="replace", expected=None)
    stage = lake.stage(TABLE)
    (stage / "data_0.parquet").write_bytes(b"half")
    (lake.table_dir(TABLE) / "notes.txt").write_text("not ours", encoding="ascii")
    expected = sorted([Path(loose.path), stage.relative_to(lake.root)])
    assert lake.sweep({kept.path}, 3600) == []
    assert sorted(lake.sweep({kept.path}, 0, dry=True)) == expected
    assert stage.exists()
    assert sorted(lake.sweep({kept.path}, 0)) == expected
    assert lake.sweep({kept.path}, 0) == []
    assert lake.path(kept).exists()
    assert not lake.path(loose).exists()
    assert not stage.exists()
    assert (lake.table_dir(TABLE) / "notes.txt").exists()


def test_a_stage_is_as_young_as_the_youngest_thing_in_it(lake: Lake) -> None:
    stage = lake.stage(TABLE)
    (stage / "data_0.parquet").write_bytes(b"half")
    os.utime(stage, (0, 0))
    assert lake.sweep((), 60) == []


def test_sweeping_an_empty_place(lake: Lake) -> None:
    assert lake.sweep((), 0) == []


def test_what_cannot_be_removed_is_said(
    lake: Lake, put: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(TABLE, "SELECT 1 AS x")

    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(Unavailable) as caught:
        lake.sweep((), 0)
    assert caught.value.why == "Permission denied"


WRITER = """
import sys
from pathlib import Path
import duckdb
from sqlalchemy import Connection
from doumen.model.fact import Fact
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.stores.catalog import Catalog
from doumen.stores.database import Database
from doumen.stores.lake import Lake

folder, count = Path(sys.argv[1]), int(sys.argv[2])
database, lake = Database.open(f"sqlite:///{folder / 'store.sqlite'}"), Lake(folder / "lake")
catalog, engine, schema = Catalog(database), duckdb.connect(), Schema.of(x="INTEGER")
for number in range(count):
    stage = lake.stage("a.b")
    engine.execute(f"COPY (SELECT {number}::INTEGER AS x) TO '{stage}/data_0.parquet'")
    files = lake.settle(stage, "a.b")
    with database.write() as connection:
        before = catalog.current(connection).body("dataset", "a.b")
        version = lake.commit("a.b", schema=schema, files=files,
                              mode="append", expected=before and before["version"])
        made = [{"path": f.path, "size": f.size, "rows": f.rows} for f in files]
        body = {"version": version, "columns": [{"name": "x", "type": "INTEGER"}],
                "files": (before["files"] if before else []) + made}
        catalog.append(connection, [Fact("dataset", "a.b", body)], "E", "T")
    print(version, flush=True)
"""


@pytest.mark.law
@pytest.mark.parametrize("step", ["lake.settled", "lake.committed", "catalog.appended"])
def test_a_kill_leaves_only_what_is_swept(tmp_path: Path, step: str) -> None:
    from deltalake import DeltaTable

    from doumen.stores.catalog import Catalog
    from doumen.stores.database import Database

    database = Database.open(f"sqlite:///{tmp_path / 'store.sqlite'}", create=True)
    lake, catalog = Lake(tmp_path / "lake"), Catalog(database)

    def run(count: int, failpoint: str = "") -> tuple[int, list[str]]:
        armed = {"DOUMEN_FAILPOINT": failpoint}
        done = forked.run(WRITER, str(tmp_path), str(count), environment=armed)
        return done.returncode, done.stdout.split()

    ended, said = run(3, f"{step}:2")
    assert (ended, len(said)) == (-signal.SIGKILL, 1)
    snapshot = catalog.current().snapshot(Ref.parse("a.b"))
    assert snapshot is not None
    assert [str(snapshot.version)] == said
    assert snapshot.rows == 1
    assert lake.missing(snapshot) == []
    assert len(lake.sweep({f.path for f in snapshot.files}, 0, dry=True)) == 1
    ended, said = run(2)
    assert (ended, len(said)) == (0, 2)
    snapshot = catalog.current().snapshot(Ref.parse("a.b"))
    assert snapshot is not None
    assert snapshot.rows == 3
    table = DeltaTable(lake.table_dir("a.b"))
    assert table.version() == snapshot.version
    assert sorted(Path(uri).name for uri in table.file_uris()) == sorted(
        Path(file.path).name for file in snapshot.files
    )
    lake.sweep({f.path for f in snapshot.files}, 0)
    assert lake.missing(snapshot) == []
    database.close()


def test_errors_name_no_place_of_this_machine_but_the_one_given(lake: Lake) -> None:
    with pytest.raises(DoumenError) as caught:
        lake.settle(lake.table_dir(TABLE), "a.b")
    assert str(lake.root) not in str(caught.value.as_json())


def test_a_stage_is_discarded_with_what_is_in_it(lake: Lake) -> None:
    stage = lake.stage(TABLE)
    (stage / "sub").mkdir()
    (stage / "sub" / "x.parquet").write_bytes(b"x")
    lake.discard(stage)
    lake.discard(stage)
    assert not stage.exists()


def test_bounds_of_a_file_survive_as_json() -> None:
    bounds = (Bound("a", "1", "9", 0), Bound("b", None, None, 3))
    file = DataFile("a/b/c.parquet", 10, 3, bounds=bounds)
    assert DataFile.of_json(json.loads(json.dumps(file.as_json()))) == file
    assert "bounds" not in DataFile("a/b/c.parquet", 10, 3).as_json()
