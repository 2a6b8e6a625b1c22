"""The ledger: its head, its audit, proofs from it, and what others need to verify with."""

from __future__ import annotations

import json
from pathlib import Path

from doumen.gate.desk import Desk
from doumen.kits.evidence.keys import read_key_file
from doumen.kits.evidence.merkle import verify_consistency
from doumen.kits.evidence.note import Checkpoint, open_by_any
from doumen.model.errors import Invalid, Tampered, Unavailable
from doumen.model.files import reason
from doumen.model.message import Message, msg, plain
from doumen.model.operation import Fields, Outcome, Table, Text
from doumen.rooms.trace.files import read, write_new


def head(desk: Desk, *, output: Path | None = None) -> Outcome:
    """The latest checkpoint; with `output`, written as it is to a new file."""
    note = desk.checkpoint()
    if output is None:
        return Outcome(json={"checkpoint": note}, drawn=(Text(note),))
    write_new(output, note)
    return Outcome(
        json={"checkpoint": note, "output": str(output)},
        said=(
            msg("Wrote the checkpoint to {output}.", output=output),
            msg("Later: doumen ledger verify --checkpoint {output}", output=output),
        ),
    )


def verify(desk: Desk, *, checkpoint: Path | None = None) -> Outcome:
    """Recompute the ledger; with a checkpoint, show that the ledger extends it."""
    faults = [(f.where, f.what) for f in desk.inspect()]
    current = _opened(desk, desk.checkpoint())
    if checkpoint is not None:
        faults += _extends(desk, current, read(checkpoint))
    said = (
        msg("The ledger does NOT hold.")
        if faults
        else msg(
            "The ledger holds: {size} entries, root {root}….",
            size=current.size,
            root=current.root.hex()[:16],
        )
    )
    return Outcome(
        json={
            "holds": not faults,
            "size": current.size,
            "root": current.root.hex(),
            "faults": [{"where": where, "what": what} for where, what in faults],
        },
        drawn=(Table((msg("where"), msg("what")), tuple(faults)),) if faults else (),
        said=(said,),
        exit=Tampered.exit if faults else 0,
    )


def prove(desk: Desk, *, event: str | None = None, old: int | None = None) -> Outcome:
    """An inclusion proof of an event, or a consistency proof from an older size."""
    if (event is None) == (old is None):
        raise Invalid(
            msg("Say what to prove: an event, or `--from SIZE`."),
            next=plain("doumen ledger prove ID, or doumen ledger prove --from SIZE"),
            detail="prove",
        )
    if event is not None:
        place = desk.prove(event)
        return Outcome(
            json={
                "event": event,
                "index": place.index,
                "size": place.size,
                "proof": list(place.proof),
                "checkpoint": place.checkpoint,
            },
            drawn=(
                Fields(
                    (
                        (msg("event"), event),
                        (msg("index"), place.index),
                        (msg("size"), place.size),
                    )
                ),
                Text("\n".join(place.proof)),
            ),
        )
    assert old is not None
    note = desk.checkpoint()
    opened = _opened(desk, note)
    proof = desk.consistency(old, opened.size)
    return Outcome(
        json={"old": old, "new": opened.size, "proof": list(proof), "checkpoint": note},
        drawn=(Fields(((msg("from"), old), (msg("to"), opened.size))), Text("\n".join(proof))),
    )


def export(desk: Desk, *, directory: Path, keys_only: bool = False) -> Outcome:
    """Write key file, checkpoint and, unless told otherwise, all entries."""
    note = desk.checkpoint()
    count = 0
    try:
        directory.mkdir(parents=True, exist_ok=True)
        keys = json.dumps(desk.keys(), ensure_ascii=False, indent=2)
        (directory / "keys.json").write_text(keys + "\n", encoding="utf-8")
        (directory / "checkpoint.txt").write_text(note, encoding="utf-8")
        if not keys_only:
            with (directory / "entries.jsonl").open("wb") as file:
                for entry in desk.entries(0, _opened(desk, note).size):
                    file.write(entry + b"\n")
                    count += 1
    except OSError as error:
        raise Unavailable(
            msg("`{directory}` cannot be written.", directory=directory),
            why=reason(error),
            detail="file",
        ) from None
    return Outcome(
        json={"directory": str(directory), "entries": count, "checkpoint": note},
        drawn=(Fields(((msg("directory"), str(directory)), (msg("entries"), count))),),
        said=(msg("Others verify with: python tools/verify_receipt.py RECEIPT keys.json"),),
    )


def keys(desk: Desk) -> Outcome:
    """The root key and the certificates of all working keys."""
    file = read_key_file(json.dumps(desk.keys()))
    rows = tuple(
        (
            c["kid"],
            _minute(c["issued"]),
            _minute(c["retired"]) if "retired" in c else msg("in force"),
        )
        for c in file.certificates
    )
    return Outcome(
        json=file.as_json(),
        drawn=(
            Fields(((msg("origin"), file.origin), (msg("root key"), file.root))),
            Table((msg("working key"), msg("issued"), msg("retired")), rows),
        ),
    )


def rotate(desk: Desk) -> Outcome:
    """Put a new working key in force."""
    receipt = desk.rotate()
    file = read_key_file(json.dumps(desk.keys()))
    kid = file.certificates[-1]["kid"]
    return Outcome(
        json={"kid": kid, "receipt": receipt},
        drawn=(Fields(((msg("working key"), kid), (msg("receipt"), receipt))),),
        said=(msg("Publish the key file again: doumen ledger export DIR --keys-only"),),
    )


def _extends(desk: Desk, current: Checkpoint, held: str) -> list[tuple[str, Message]]:
    try:
        old = _opened(desk, held)
    except Tampered as error:
        return [("checkpoint", error.what)]
    if old.size > current.size:
        what = msg(
            "It was shortened: {old} entries then, {new} now.", old=old.size, new=current.size
        )
        return [("ledger", what)]
    if old.size == current.size:
        same = old.root == current.root
    else:
        proof = [bytes.fromhex(h) for h in desk.consistency(old.size, current.size)]
        same = verify_consistency(old.size, current.size, old.root, current.root, proof)
    what = msg(
        "It was forked: the first {size} entries are not those of the checkpoint.", size=old.size
    )
    return [] if same else [(msg("ledger"), what)]


def _opened(desk: Desk, note: str) -> Checkpoint:
    """The checkpoint in a note that one of the keys of this node signed.

    Raises:
        Tampered: none did, or it is no checkpoint.
    """
    file = read_key_file(json.dumps(desk.keys()))
    return open_by_any(note, file.origin, (c["public"] for c in reversed(file.certificates)))


def _minute(time: str) -> str:
    """A time of an event, for people."""
    return f"{time[:16].replace('T', ' ')}Z"
