"""Hostile statements at the command line: exit codes, standard output and standard error.

What stands on standard error may say where the node is, since whoever types owns the folder;
it never says what stands in it, and shows no trace of a stack.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from tests.hostile.attacks.world import ENVIRONMENT, Place

ASKED = {
    "honest": ("SELECT count(*) FROM v.people", 0),
    "star": ("SELECT * FROM v.people", 0),
    "denied": ("SELECT secret FROM v.people", 3),
    "hidden": ("SELECT * FROM v.closed", 3),
    "quarantine": ("SELECT * FROM v.loaded__quarantine", 3),
    "file": ("SELECT * FROM '{keys}'", 2),
    "file-function": ("SELECT * FROM read_text('{keys}')", 3),
    "environment": (f"SELECT getenv('{ENVIRONMENT}')", 3),
    "fails": ("SELECT CAST(code AS INTEGER) FROM v.people", 1),
    "fails-on-mask": ("SELECT CAST(name AS INTEGER) FROM v.people", 1),
    "syntax": ("SELECT ' FROM v.people", 2),
    "no-statement": ("", 2),
    "half-character": ("SELECT '\udcff'", 2),
    "small-group": ("SELECT person, count(*) FROM v.groups GROUP BY person", 0),
    "too-deep": ("SELECT " + "(" * 1000, 3),
}
COMMANDS = (
    *(("describe", "v.closed"), ("contract", "show", "v.people"), ("rule", "explain", "people")),
    *(("doctor",), ("rule", "add", "{keys}"), ("collect", "{keys}", "--as", "ana.keys")),
)


def shell(place: Place, *line: str) -> subprocess.CompletedProcess[bytes]:
    """What a command line gives."""
    words = [word.format(**place.paths) if "{" in word else word for word in line]
    return subprocess.run(
        [sys.executable, "-m", "doumen", *words, "--node", place.paths["node"], "--as", "ana"],
        capture_output=True,
        cwd=place.folder,
        env={**os.environ, "NO_COLOR": "1"},
        timeout=60,
        check=False,
    )


def _holds(place: Place, done: subprocess.CompletedProcess[bytes], asked: str) -> None:
    told = (done.stdout + done.stderr).decode()
    assert not [hit for hit in place.found(told, asked) if hit != "folder"]
    assert "Traceback" not in told
    assert done.returncode in {0, 1, 2, 3, 4}


@pytest.mark.parametrize("technique", ASKED)
def test_questions(place: Place, technique: str) -> None:
    sql, code = ASKED[technique]
    done = shell(place, "query", sql)
    _holds(place, done, sql)
    assert done.returncode == code, done.stderr.decode()
    if code:
        assert json.loads(done.stderr.splitlines()[-1])["error"]["what"]


def test_other_commands(place: Place) -> None:
    for line in COMMANDS:
        _holds(place, shell(place, *line), " ".join(line))
