"""Sixteen clients at two services and two workers: killed, without a store, without room.

No wrong answer, nothing acknowledged is lost, charges balance, memory stays; errors say what is
the matter, and all goes on by itself. Twenty seconds of it in the check, ten minutes by
`make soak` (`DOUMEN_SOAK_SECONDS` for another time).
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.load.namespace import Small, small_disk
from tests.load.scene import Scene, both, prepared, service
from tests.load.storm import Told, Weather, flat, killing, settle, storm, watched

import doumen
from doumen.model.errors import DoumenError

SHORT = 120.0
SECONDS = float(os.environ.get("DOUMEN_SOAK_SECONDS", "600"))
Written = Callable[[str, str, Told], None]


def calm(seconds: float) -> Weather:
    """Nothing happens for so long."""
    yield seconds, lambda: None


@pytest.fixture
def scene(choose: Any, tmp_path: Path) -> Iterator[Scene]:
    """Two services and two workers on one node, whose store is PostgreSQL."""
    with choose("postgresql"):
        made = prepared(tmp_path / "node")
        both(made, tmp_path)
        yield made
        made.stop()


def test_two_kills(scene: Scene, tmp_path: Path) -> None:
    told = storm(scene, tmp_path, itertools.chain(killing(scene, 3, times=2), calm(3)))
    settle(scene, told)
    assert told.done["ask"] > 10
    assert told.done["bring"] > 3


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_kills(scene: Scene, tmp_path: Path, written: Written) -> None:
    with watched(scene) as memory:
        told = storm(scene, tmp_path, killing(scene, 10), SECONDS)
    settle(scene, told)
    flat(memory)
    kills = sum(one.kills for one in scene.processes)
    written(
        "load: 16 clients, two services, two workers, kills",
        f"{SECONDS:.0f} s, {kills} kills",
        told,
    )


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_memory_stays(scene: Scene, tmp_path: Path, written: Written) -> None:
    with watched(scene) as memory:
        told = storm(scene, tmp_path, calm(SECONDS))
    settle(scene, told)
    flat(memory, grown=0.05)
    largest = max(memory) >> 20
    written("load: memory without kills", f"{SECONDS:.0f} s, at most {largest} MiB", told)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_the_store_is_away(scene: Scene, tmp_path: Path, postgres: Any, written: Written) -> None:
    weather = iter([(10.0, postgres.stop), (20.0, postgres.start)])
    told = storm(scene, tmp_path, weather, SHORT)
    settle(scene, told)
    assert told.errors["unavailable.store"]
    written("load: the store away for 20 s", f"{SHORT:.0f} s", told)


@pytest.fixture(params=["sqlite", "postgresql"])
def cramped(choose: Any, request: Any, tmp_path: Path) -> Iterator[tuple[Scene, Small]]:
    """Two services on a node whose folder is a small disk."""
    with choose(request.param), small_disk(tmp_path / "disk", mib=96) as disk:
        made = prepared(tmp_path / "node")
        shutil.move(made.folder, disk.outside / "node")
        both(made, tmp_path, disk.command, disk.inside / "node")
        yield made, disk
        made.stop()


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_the_disk_is_full(
    cramped: tuple[Scene, Small], tmp_path: Path, written: Written, request: Any
) -> None:
    scene, disk = cramped
    told = storm(scene, tmp_path, iter([(10.0, disk.fill), (20.0, disk.clear)]), SHORT)
    scene.stop()
    scene.folder = Path(shutil.copytree(disk.outside / "node", tmp_path / "after"))
    settle(scene, told)
    assert sum(told.errors.values())
    kind = request.node.callspec.params["cramped"]
    written(f"load: the disk full for 20 s, {kind}", f"{SHORT:.0f} s", told)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_full_disk_is_told_and_forgotten(choose: Any, kind: str, tmp_path: Path) -> None:
    with choose(kind), small_disk(tmp_path / "disk", mib=48) as disk:
        scene = prepared(tmp_path / "node")
        shutil.move(scene.folder, disk.outside / "node")
        service(scene, tmp_path / "log", disk.command, disk.inside / "node")
        scene.processes[0].start()
        path = tmp_path / "rows.csv"
        path.write_text("client,batch,n\n" + "".join(f"1,1,{n}\n" for n in range(5000)))
        given = {"path": path, "as_dataset": "load.intake", "append": True}
        with doumen.connect(scene.urls[0], scene.tokens["owner"]) as node:
            disk.fill()
            with pytest.raises(DoumenError) as error:
                node.do("collect", **given)
            assert error.value.code.startswith("unavailable."), error.value.as_json()
            assert error.value.next
            disk.clear()
            assert node.do("collect", **given).json["landed"] == 5000
            assert node.do("ledger verify").exit == 0
            assert node.query("SELECT count(*) FROM load.intake").rows() == [(5001,)]
        scene.stop()
