"""Texts that are handed in and out as files: receipts, key files, checkpoints, proofs."""

from __future__ import annotations

import json
from pathlib import Path

from doumen.model.errors import Invalid
from doumen.model.files import already_there, reading, unwritable
from doumen.model.message import msg


def read(path: Path) -> str:
    """The text of a file.

    Raises:
        NotFound: it is not there.
        Unavailable: it cannot be read.
        Invalid: it is no text.
    """
    with reading(path):
        return path.read_text(encoding="utf-8")


def read_proof(path: Path) -> list[str]:
    """The hashes of a consistency proof, as `doumen ledger prove --from SIZE --json` prints it.

    Raises:
        NotFound, Unavailable: the file is not there, or cannot be read.
        Invalid: it is no such proof.
    """
    try:
        proof = json.loads(read(path))["proof"]
    except (ValueError, TypeError, KeyError):
        proof = None
    if not isinstance(proof, list) or not all(isinstance(one, str) for one in proof):
        raise Invalid(
            msg("`{path}` is no consistency proof.", path=path),
            next=msg("Ask for the output of `doumen ledger prove --from SIZE --json`."),
            detail="prove",
        )
    return proof


def write(path: Path, text: str) -> None:
    """Write a text that can be had again, over what is there.

    Raises:
        Unavailable: the file cannot be written.
    """
    _write(path, text, "w")


def write_new(path: Path, text: str) -> None:
    """Write a text that cannot be had again: what is there is kept.

    Raises:
        Conflict: the file is there already.
        Unavailable: it cannot be written.
    """
    _write(path, text, "x")


def _write(path: Path, text: str, mode: str) -> None:
    try:
        with path.open(mode, encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        raise already_there(path) from None
    except OSError as error:
        raise unwritable(path, error) from None
