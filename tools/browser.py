"""Puts what tests of pages need into `.venv/browser`: a Chromium, and axe-core from npm.

The Chromium is one that is there (`DOUMEN_CHROMIUM`, or a program of the path), else Debian's, that
root may install, else that of the npm package `@sparticuz/chromium` (x86-64, headless). A machine
with none fails: pages that nobody looked at are not tested pages.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from hatch_build import run  # noqa: E402 - it lies at the root, where hatchling looks for it

PACKAGES = ROOT / "tests" / "browser" / "npm"
TARGET = ROOT / ".venv" / "browser"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DEBIAN = ("chromium", "fonts-noto-cjk")
UNPACK = """
const { readFileSync, writeFileSync } = require("node:fs");
const [from, to] = process.argv.slice(1);
writeFileSync(to, require("node:zlib").brotliDecompressSync(readFileSync(from)));
"""


@contextmanager
def installed(package: str) -> Iterator[Path]:
    """The folder of packages of one lock, for a while."""
    with tempfile.TemporaryDirectory(prefix="doumen-npm-") as name:
        work = Path(shutil.copytree(PACKAGES / package, Path(name, package)))
        run("npm", ["ci", "--ignore-scripts"], work)
        yield work / "node_modules"


def there() -> Path | None:
    """A Chromium that the machine has."""
    named = os.environ.get("DOUMEN_CHROMIUM")
    found = [named] if named else [shutil.which(name) for name in NAMES]
    return next((Path(one) for one in found if one and Path(one).is_file()), None)


def debian() -> Path | None:
    """Debian's, with letters for Chinese, where we may install it."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return None
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    wait = ["-qq", "-o", "DPkg::Lock::Timeout=300"]
    for command in (["update"], ["install", "-y", "--no-install-recommends", *DEBIAN]):
        ended = subprocess.run(["apt-get", *wait, *command], env=quiet, check=False)
        if ended.returncode:
            return None
    return there()


def packed() -> Path | None:
    """That of npm, unpacked beside what it needs, with a script that starts it."""
    if os.uname().sysname != "Linux" or os.uname().machine != "x86_64":
        return None
    home = TARGET / "chromium"
    home.mkdir(exist_ok=True)
    with installed("chromium") as packages:
        held = packages / "@sparticuz" / "chromium" / "bin"
        for name in ("chromium", "swiftshader.tar", "al2023.tar"):
            run("node", ["-e", UNPACK, str(held / f"{name}.br"), str(home / name)], ROOT)
    for archive in home.glob("*.tar"):
        with tarfile.open(archive) as opened:
            opened.extractall(home, filter="data")
        archive.unlink()
    (home / "chromium").chmod(0o755)
    start = home / "start"
    start.write_text(
        f'#!/bin/sh\nLD_LIBRARY_PATH="{home / "lib"}" exec "{home / "chromium"}" "$@"\n', "utf-8"
    )
    start.chmod(0o755)
    return start


def browser() -> Path:
    """The Chromium of the tests.

    Raises:
        SystemExit: there is none.
    """
    ways: tuple[Callable[[], Path | None], ...] = (there, debian, packed)
    for way in ways:
        found = way()
        if found is not None and _starts(found):
            return found
    raise SystemExit(
        "error: no Chromium is here, and none could be installed\n"
        "hint: install it, or name it: DOUMEN_CHROMIUM=/path/to/chromium make check"
    )


def _starts(program: Path) -> bool:
    try:
        ended = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    print(f"{program}: {ended.stdout.strip() or ended.stderr.strip()}")
    return ended.returncode == 0


def main() -> int:
    """Put both in place."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with installed("axe") as packages:
        shutil.copy(packages / "axe-core" / "axe.min.js", TARGET)
    (TARGET / "path").write_text(str(browser()), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
