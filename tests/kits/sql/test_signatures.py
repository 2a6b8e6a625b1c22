"""Signatures: one for each admitted function, as the engine that is installed tells them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from doumen.kits.sql.functions import FUNCTIONS, Kind
from doumen.kits.sql.functions.signatures import SIGNATURES

TOOL = Path(__file__).parents[3] / "tools" / "signatures.py"


def test_every_admitted_function_has_one_and_no_other() -> None:
    admitted = {
        name
        for name, function in FUNCTIONS.items()
        if function.kind is not Kind.REFUSED and re.fullmatch("[a-z_][a-z0-9_]*", name)
    }
    assert set(SIGNATURES) == admitted
    assert SIGNATURES["date_trunc"] == "date_trunc(part, timestamp)"
    assert SIGNATURES["array_value"] == "array_value(…)"
    for name, signature in SIGNATURES.items():
        assert re.fullmatch(r"\(.*\)", signature.removeprefix(name))


def test_they_are_those_of_the_engine() -> None:
    done = subprocess.run(
        [sys.executable, TOOL, "--check"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
