"""What a worker may use, seen from inside a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from doumen.engines.sandbox import confine

_PROBE = """
import json, os, resource, sys
from pathlib import Path
from doumen.engines.sandbox import confine
confine.process(Path(sys.argv[1]))
confine.memory(64 << 20)
try:
    held = bytearray(1 << 30)
    big = "held"
except MemoryError:
    big = "refused"
small = len(bytearray(64 << 20))
again = resource.getrlimit(resource.RLIMIT_DATA)
resource.setrlimit(resource.RLIMIT_DATA, (again[0], again[0]))
confine.memory(1 << 40)
print(json.dumps({
    "cwd": os.getcwd(), "umask": os.umask(0), "big": big, "small": small,
    "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
    "files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    "capped": resource.getrlimit(resource.RLIMIT_DATA)[0] == again[0],
    "resident": confine.resident() > 0,
}))
"""


def test_a_process_is_confined(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, str(tmp_path)], capture_output=True, check=True, text=True
    )
    seen = json.loads(done.stdout)
    assert seen["cwd"] == str(tmp_path.resolve())
    assert seen["umask"] == 0o077
    assert seen["core"] == 0
    assert 0 < seen["files"] <= confine.FILES
    assert seen["big"] == "refused"
    assert seen["small"] == 64 << 20
    assert seen["capped"]
    assert seen["resident"]


def test_without_a_proc_file_system_nothing_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Path, **_: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", fail)
    assert confine.resident() == 0
