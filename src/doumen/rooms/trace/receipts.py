"""Receipts: shown, verified offline, replayed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits.evidence.keys import KeyFile, read_key_file
from doumen.kits.evidence.receipt import check_receipt, read_receipt
from doumen.model.errors import NotFound, Tampered
from doumen.model.operation import Fields, Outcome, Table
from doumen.rooms.trace.delivered import delivered
from doumen.rooms.trace.files import read, read_proof, write

_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_STATES = {
    "none": "there are none",
    "equal": "the same to the last bit",
    "close": "the same within 1e-9",
    "differs": "NOT the same",
    "unknown": "not the same to the last bit; give the result with --result to compare",
}


def show(desk: Desk | None, *, receipt: str, output: Path | None = None) -> Outcome:
    """Show what a receipt says; with `output`, hand it out as a file."""
    text = _text(desk, receipt)
    told = read_receipt(text)
    said = []
    if output is not None:
        write(output, text + "\n")
        said.append(f"Wrote the receipt to {output}.")
    event = told.event
    place = told.inclusion
    pairs: list[tuple[str, Any]] = [
        ("id", told.id),
        ("time", event["time"]),
        ("type", event["type"]),
        ("actor", event["actor"]),
        ("purpose", event["purpose"]),
        ("statement", told.disclosed.get("statement")),
        ("used", ", ".join(f"{u['dataset']}@{u['version']}" for u in event["used"])),
        ("generated", ", ".join(f"{u['dataset']}@{u['version']}" for u in event["generated"])),
        ("rules", ", ".join(rule["rule"] for rule in told.rules)),
        ("rows", event["data"].get("result", {}).get("rows")),
        ("cut", "by the limit of a rule" if event["data"].get("truncated") else None),
        ("keep until", event["data"].get("expires")),
        ("position", f"{place.index}, counted from 0, of {place.size} in the ledger"),
        ("signed by", told.certificate.get("kid")),
    ]
    return Outcome(
        json=json.loads(text),
        drawn=(Fields(tuple((k, v) for k, v in pairs if v not in (None, "")), "Receipt"),),
        said=(*said, f"Next: doumen receipt verify {receipt}"),
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
        ("It does NOT hold.",)
        if flaws
        else ("It holds: signed by this key, in the ledger, as the checkpoint says.",)
    )
    return Outcome(
        json={"holds": not flaws, "flaws": [{"kind": k, "what": w} for k, w in rows]},
        drawn=(Table(("flaw", "what"), rows),) if rows else (),
        said=said,
        exit=Tampered.exit if flaws else 0,
    )


def replay(desk: Desk, *, receipt: str, result: Path | None = None) -> Outcome:
    """Run the statement of a receipt again and compare; exit 5 where the answer is another."""
    told = read_receipt(_text(desk, receipt))
    found = desk.replay(told, None if result is None else lambda schema: delivered(result, schema))
    same = found.exact and found.floating != "differs"
    pairs = [
        ("rows", found.rows),
        ("exact columns", "the same" if found.exact else "NOT the same"),
        ("floating columns", _STATES[found.floating]),
    ]
    if found.sequence is not None:
        pairs.insert(2, ("order", "the same" if found.sequence else "another; ties have none"))
    return Outcome(
        json={
            "receipt": found.receipt,
            "rows": found.rows,
            "exact": found.exact,
            "sequence": found.sequence,
            "floating": found.floating,
            "replay": found.event,
        },
        drawn=(Fields(tuple(pairs), "Replay"),),
        said=("The answer is the same." if same else "The answer is NOT the same.",),
        exit=0 if same else Tampered.exit,
    )


def _text(desk: Desk | None, receipt: str) -> str:
    path = Path(receipt)
    if _ID.fullmatch(receipt) and not (desk is None and path.is_file()):
        return _held(desk, receipt)
    if not path.is_file():
        raise NotFound(
            f"`{receipt}` is neither a receipt id nor a file.",
            next='`doumen query "select id, time, type from sys.events"` lists your receipts.',
            detail="receipt",
        )
    return read(path).strip()


def _held(desk: Desk | None, id: str) -> str:
    if desk is None:
        raise NotFound(
            f"There is no node here that could hold receipt `{id}`.",
            next="Name one with `--node DIR`, or give the receipt as a file.",
            detail="node",
        )
    return desk.receipt(id)


def _keys(desk: Desk | None, key: Path | None) -> KeyFile:
    if key is not None:
        return read_key_file(read(key))
    if desk is None:
        raise NotFound(
            "There is no node here whose keys could be used.",
            next="Give the issuer's key file: --key keys.json.",
            detail="key",
        )
    return read_key_file(json.dumps(desk.keys()))
