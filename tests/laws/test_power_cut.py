"""Law 9 on a disk that forgets: whatever was not synced when the power went is gone.

The process notes every file and folder that it syncs. After the kill, each file outside the
store that was not synced since its last change is removed, and so is one whose entry in its
folder was not. SQLite syncs by itself (synchronous FULL) and is left as it is.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests import forked

import doumen
from doumen.session import create

pytestmark = pytest.mark.law

POINTS = ("collect.settled", "lake.committed", "commit.written", "commit.durable")
WORK = """
import os, sys
from pathlib import Path
node = Path(sys.argv[1])
log = open(node.parent / "synced", "a", buffering=1)
real = os.fsync
def fsync(fd):
    real(fd)
    path = os.readlink(f"/proc/self/fd/{fd if isinstance(fd, int) else fd.fileno()}")
    entries = ",".join(sorted(os.listdir(path))) if os.path.isdir(path) else ""
    status = os.stat(path)
    log.write(f"{path}\\t{status.st_ino}\\t{status.st_size}\\t{entries}\\n")
os.fsync = fsync
import doumen
with doumen.open(node) as opened:
    session = opened.session()
    made = session.do("collect", path=Path(sys.argv[2]), as_dataset="law.t", append=True)
    (node.parent / "acks").open("a").write(made.json["receipt"] + "\\n")
"""


def cut_power(node: Path) -> int:
    """Remove what was not synced; gives how many files were lost."""
    sizes: dict[str, str] = {}
    entries: dict[str, set[str]] = {}
    for line in (node.parent / "synced").read_text().splitlines():
        path, inode, size, listed = line.split("\t")
        sizes[inode] = size
        if listed:
            entries[path] = set(listed.split(","))
    lost = 0
    for file in sorted((node / "lake").rglob("*")):
        if not file.is_file():
            continue
        status = file.stat()
        synced = sizes.get(str(status.st_ino)) == str(status.st_size)
        if not (synced and file.name in entries.get(str(file.parent), set())):
            file.unlink()
            lost += 1
    return lost


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
@pytest.mark.parametrize("point", POINTS)
def test_power_cut(tmp_path: Path, point: str) -> None:
    node = tmp_path / "node"
    create(node, "power")
    files = []
    for number in range(3):
        files.append(tmp_path / f"{number}.csv")
        files[-1].write_text("a,b\n" + "".join(f"{number},{row}\n" for row in range(50)))
    for number, path in enumerate(files):
        armed = f"{point}:1" if number == 1 else ""
        run = forked.start(WORK, str(node), str(path), DOUMEN_FAILPOINT=armed)
        assert forked.finish(run) == (-9 if armed else 0)
        cut_power(node)
    with doumen.open(node) as opened:
        session = opened.session()
        events = [json.loads(entry) for entry in session.desk.entries()]
        ids = {event["id"] for event in events}
        assert set((tmp_path / "acks").read_text().split()) <= ids
        landed = sum(e["data"]["landed"] for e in events if e["type"] == "collect")
        assert session.query("select count(*) from law.t").rows() == [(landed,)]
        assert landed in (100, 150)
        session.do("collect", path=files[1], as_dataset="law.t", append=True)
        assert session.query("select count(*) from law.t").rows() == [(150,)]
        assert session.desk.inspect() == ()
