"""A changed contract put in force: the version that it gets, and the facts that follow."""

from __future__ import annotations

from collections.abc import Sequence

from doumen.kits.standards.odcs.compare import Change, next_version, version_key
from doumen.kits.standards.odcs.contract import Contract, fingerprint
from doumen.kits.standards.odcs.edit import edit
from doumen.kits.standards.odcs.labels import label_facts
from doumen.kits.standards.odcs.read import read_contract
from doumen.model.fact import Fact, Facts
from doumen.model.ref import Ref


def put_in_force(
    old: Contract, new: Contract, changes: Sequence[Change], ref: Ref, facts: Facts
) -> tuple[Contract, list[Fact]]:
    """The contract with its version raised as the changes ask, and the facts to be made true.

    Args:
        old: The contract in force.
        new: What takes its place.
        changes: What differs, by `compare`.
        ref: The dataset.
        facts: The state that both were made from.
    """
    version = _version(old.version, new.version, next_version(old.version, changes))
    if version != new.version:
        new = read_contract(edit(new.text, [("version", version)]))
    body = {
        "version": new.version,
        "description": new.description,
        "text": new.text,
        "hash": fingerprint(new),
    }
    return new, [Fact("contract", str(ref), body), *label_facts(new, ref, facts)]


def _version(old: str, written: str, due: str) -> str:
    """The version that a changed text gets: its own where that is far enough, else the one due."""
    own, least, before = map(version_key, (written, due, old))
    assert least is not None
    if own is None or own < least or own == before:
        return due
    return written
