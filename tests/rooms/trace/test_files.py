"""Files handed in and out: each fault has its class and its exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doumen.model.errors import Conflict, Invalid, NotFound, Unavailable
from doumen.rooms.trace.files import read, read_proof, write, write_new


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no file"):
        read(tmp_path / "none")
    with pytest.raises(Unavailable, match="cannot be read"):
        read(tmp_path)
    (tmp_path / "noise").write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(Invalid, match="UTF-8"):
        read(tmp_path / "noise")


def test_what_is_there_is_kept_or_not(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write(path, "one\n")
    write(path, "zwei ü\n")
    assert path.read_bytes() == "zwei ü\n".encode()
    with pytest.raises(Conflict, match="there already"):
        write_new(path, "three")
    assert read(path) == "zwei ü\n"
    with pytest.raises(Unavailable, match="cannot be written"):
        write(tmp_path / "none" / "a", "x")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"proof": "ab"}', '{"proof": [1]}', "null"])
def test_what_is_no_proof(tmp_path: Path, text: str) -> None:
    path = tmp_path / "proof.json"
    path.write_text(text)
    with pytest.raises(Invalid, match="no consistency proof"):
        read_proof(path)


def test_a_proof(tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    path.write_text(json.dumps({"proof": ["ab", "cd"], "old": 1}))
    assert read_proof(path) == ["ab", "cd"]
