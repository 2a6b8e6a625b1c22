"""Receipts: shown, verified offline, replayed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits.evidence.keys import KeyFile, read_key_file
from doumen.kits.evidence.receipt import check_receipt, read_receipt
from doumen.model.errors import NotFound, Tampered
from doumen.model.event import ID
from doumen.model.message import Message, msg
from doumen.model.operation import Fields, Outcome, Table
from doumen.rooms.trace.delivered import delivered
from doumen.rooms.trace.files import read, read_proof, write

_STATES: Mapping[str, Message] = {
    "none": msg("there are none"),
    "equal": msg("the same to the last bit"),
    "close": msg("the same within 1e-9"),
    "differs": msg("NOT the same"),
    "unknown": msg("not the same to the last bit; give the result with --result to compare"),
}


def show(desk: Desk | None, *, receipt: str, output: Path | None = None) -> Outcome:
    """Show what a receipt says; with `output`, hand it out as a file."""
    text = _text(desk, receipt)
    told = read_receipt(text)
    said: list[Message] = []
    if output is not None:
        write(output, text + "\n")
        said.append(msg("Wrote the receipt to {output}.", output=output))
    event = told.event
    place = told.inclusion
    pairs: list[tuple[Message, Any]] = [
        (msg("id"), told.id),
        (msg("time"), event["time"]),
        (msg("type"), event["type"]),
        (msg("actor"), event["actor"]),
        (msg("purpose"), event["purpose"]),
        (msg("statement"), told.disclosed.get("statement")),
        (msg("used"), tuple(f"{u['dataset']}@{u['version']}" for u in event["used"])),
        (msg("generated"), tuple(f"{u['dataset']}@{u['version']}" for u in event["generated"])),
        (msg("rules"), tuple(rule["rule"] for rule in told.rules)),
        (msg("rows"), event["data"].get("result", {}).get("rows")),
        (msg("cut"), msg("by the limit of a rule") if event["data"].get("truncated") else None),
        (msg("keep until"), event["data"].get("expires")),
        (
            msg("position"),
            msg(
                "{index}, counted from 0, of {size} in the ledger",
                index=place.index,
                size=place.size,
            ),
        ),
        (msg("signed by"), told.certificate.get("kid")),
    ]
    return Outcome(
        json=json.loads(text),
        drawn=(Fields(tuple((k, v) for k, v in pairs if v not in (None, "", ())), msg("Receipt")),),
        said=(*said, msg("Next: doumen receipt verify {receipt}", receipt=receipt)),
    )


def verify(
    desk: Desk | None,
    *,
    receipt: str,
    key: Path | None = None,
    checkpoint: Path | None = None,
    consistency: Path | None = None,
) -> Outcome:
    """Check everything that a receipt claims; exit 5 where something does not hold."""
    text = _text(desk, receipt)
    keys = _keys(desk, key)
    flaws = check_receipt(
        text,
        keys.root,
        keys.certificates,
        checkpoint=None if checkpoint is None else read(checkpoint),
        consistency=None if consistency is None else read_proof(consistency),
    )
    rows = tuple((flaw.kind, flaw.what) for flaw in flaws)
    said = (
        msg("It does NOT hold.")
        if flaws
        else msg("It holds: signed by this key, in the ledger, as the checkpoint says.")
    )
    return Outcome(
        json={"holds": not flaws, "flaws": [{"kind": k, "what": w} for k, w in rows]},
        drawn=(Table((msg("flaw"), msg("what")), rows),) if rows else (),
        said=(said,),
        exit=Tampered.exit if flaws else 0,
    )


def replay(desk: Desk, *, receipt: str, result: Path | None = None) -> Outcome:
    """Run the statement of a receipt again and compare; exit 5 where the answer is another."""
    told = read_receipt(_text(desk, receipt))
    found = desk.replay(told, None if result is None else lambda schema: delivered(result, schema))
    same = found.exact and found.floating != "differs"
    pairs: list[tuple[Message, Any]] = [
        (msg("rows"), found.rows),
        (msg("exact columns"), msg("the same") if found.exact else msg("NOT the same")),
        (msg("floating columns"), _STATES[found.floating]),
    ]
    if found.sequence is not None:
        order = msg("the same") if found.sequence else msg("another; ties have none")
        pairs.insert(2, (msg("order"), order))
    return Outcome(
        json={
            "receipt": found.receipt,
            "rows": found.rows,
            "exact": found.exact,
            "sequence": found.sequence,
            "floating": found.floating,
            "replay": found.event,
        },
        drawn=(Fields(tuple(pairs), msg("Replay")),),
        said=(msg("The answer is the same.") if same else msg("The answer is NOT the same."),),
        exit=0 if same else Tampered.exit,
    )


def _text(desk: Desk | None, receipt: str) -> str:
    path = Path(receipt)
    if re.fullmatch(ID, receipt) and not (desk is None and path.is_file()):
        return _held(desk, receipt)
    if not path.is_file():
        raise NotFound(
            msg("`{receipt}` is neither a receipt id nor a file.", receipt=receipt),
            next=msg('`doumen query "select id, time, type from sys.events"` lists your receipts.'),
            detail="receipt",
        )
    return read(path).strip()


def _held(desk: Desk | None, id: str) -> str:
    if desk is None:
        raise NotFound(
            msg("There is no node here that could hold receipt `{id}`.", id=id),
            next=msg("Name one with `--node DIR`, or give the receipt as a file."),
            detail="node",
        )
    return desk.receipt(id)


def _keys(desk: Desk | None, key: Path | None) -> KeyFile:
    if key is not None:
        return read_key_file(read(key))
    if desk is None:
        raise NotFound(
            msg("There is no node here whose keys could be used."),
            next=msg("Give the issuer's key file: --key keys.json."),
            detail="key",
        )
    return read_key_file(json.dumps(desk.keys()))
