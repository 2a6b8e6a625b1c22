"""Processes that begin in a moment: forked from one that has imported the house.

To import it costs a process near two seconds. A process that is forked dies at a failpoint, by a
signal and at its end as one that was started does, and has opened nothing when it begins.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import tempfile
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

HOUSE = (
    "doumen.session", "doumen.operations", "doumen.faces.cli.app",
    "doumen.rooms.collect.verbs", "doumen.rooms.analyse.query", "doumen.kits.evidence.rowbytes",
)  # fmt: skip
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(list(HOUSE))
BEGIN = """
import os, sys
os.environ.clear()
os.environ.update({environment!r})
os.chdir({folder!r})
sys.argv = ["-c", *{arguments!r}]
from doumen import failpoint
failpoint.__spec__.loader.exec_module(failpoint)
"""
HEARD = """
for number, path in enumerate((sys.argv.pop(1), sys.argv.pop(1)), 1):
    os.dup2(os.open(path, os.O_WRONLY), number)
"""
COMMAND = """
from doumen.faces.cli.app import main
sys.exit(main(sys.argv[1:]))
"""


def start(work: str, *arguments: str, **environment: str) -> ForkServerProcess:
    """A process that does `work`, with this environment besides the one of now."""
    begin = BEGIN.format(
        environment=dict(os.environ) | environment, folder=str(Path.cwd()), arguments=arguments
    )
    process = _FORKS.Process(target=exec, args=(begin + work, {"__name__": "__main__"}))
    process.start()
    return process


def finish(process: ForkServerProcess, seconds: float = 240) -> int:
    """Wait for it: 0, or the number of the signal that killed it, below zero.

    Raises:
        AssertionError: it failed, for the reason on standard error, or did not end.
    """
    code = _ended(process, seconds)
    assert code in (0, -9), f"it ended with {code}"
    return code


def command(
    *line: str, environment: Mapping[str, str] | None = None, seconds: float = 120
) -> subprocess.CompletedProcess[str]:
    """What a line to `doumen` says into pipes, and its code."""
    return run(COMMAND, *line, environment=environment, seconds=seconds)


def run(
    work: str, *arguments: str, environment: Mapping[str, str] | None = None, seconds: float = 120
) -> subprocess.CompletedProcess[str]:
    """Do `work` to its end: what it said, and its code."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        for path in (out, err):
            path.touch()
        process = start(HEARD + work, str(out), str(err), *arguments, **(environment or {}))
        code = _ended(process, seconds)
        said = [path.read_text("utf-8") for path in (out, err)]
    return subprocess.CompletedProcess(arguments, code, *said)


def _ended(process: ForkServerProcess, seconds: float) -> int:
    process.join(seconds)
    code = process.exitcode
    process.kill()
    process.join()
    process.close()
    assert code is not None, f"it did not end within {seconds} seconds"
    return code
