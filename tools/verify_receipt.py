"""Verify a receipt without Doumen, as docs/receipts.md describes: exit 0, or 5 if it is broken."""

import argparse
import json
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey as Key


def _check(what: str, holds: bool) -> None:
    print("holds: " if holds else "BROKEN:", what)
    if not holds:
        raise SystemExit(5)


def _signed(public: str, signature: bytes, message: str) -> bool:  # Ed25519, public key in hex
    with suppress(InvalidSignature):
        return not Key.from_public_bytes(bytes.fromhex(public)).verify(signature, message.encode())
    return False


def _head(whose: str, note: str, certs: list[dict[str, str]]) -> tuple[int, bytes]:
    text, _, lines = note.rpartition("\n\n")  # c2sp.org/tlog-checkpoint
    origin = certs[0]["origin"]
    marks = [line.split(" ")[2] for line in lines.split("\n") if line.startswith(f"— {origin} ")]
    valid = any(_signed(c["public"], b64decode(m)[4:], f"{text}\n") for c in certs for m in marks)
    _check(f"signature of the {whose} checkpoint", valid and text.startswith(f"{origin}\n"))
    return int(text.split("\n")[1]), b64decode(text.split("\n")[2])


def _roots(first: int, last: int, way: list[str]) -> tuple[bytes, bytes]:
    old = new = bytes.fromhex(way[0])  # of the trees ending at first and last: RFC 9162, 2.1.3-4
    for step in map(bytes.fromhex, way[1:]):
        while first == last and first & 1 == 0 < last:  # nothing stands beside it on this level
            first, last = first >> 1, last >> 1
        old = sha256(b"\1" + step + old).digest() if first & 1 else old
        new = sha256(b"\1" + (step + new if first & 1 else new + step)).digest()
        first, last = first >> 1, last >> 1 if last else -1
    return (old, new) if last == 0 else (b"", b"")


def _verify(args: argparse.Namespace) -> None:
    jws, trusted = (json.loads(path.read_bytes()) for path in (args.receipt, args.keyfile))
    mark, receipt = jws["signatures"][0], json.loads(urlsafe_b64decode(jws["payload"] + "=="))
    cert, event, place = receipt["certificate"], receipt["event"], receipt["inclusion"]
    fields = {name: cert[name] for name in ("issued", "kid", "origin", "public")}
    text = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
    _check("certificate", _signed(trusted["root"], bytes.fromhex(cert["signature"]), text))
    value = urlsafe_b64decode(mark["signature"] + "==")
    _check("form", urlsafe_b64encode(value).decode() == mark["signature"] + "==")
    _check("signature", _signed(cert["public"], value, f"{mark['protected']}.{jws['payload']}"))
    at, certs = json.loads(event)["time"], [cert, *trusted["certificates"]]
    _check("key in use", all(at <= c.get("retired", "Z") for c in certs if c["kid"] == cert["kid"]))
    if said := receipt["disclosed"]:
        parts = bytes.fromhex(said["salt"]), said["statement"].encode(), said["parameters"].encode()
        digest = sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts))
        _check("statement", digest.hexdigest() == json.loads(event)["data"].get("statement"))
    head = size, root = _head("receipt's", place["checkpoint"], certs)
    way = [sha256(b"\0" + event.encode()).hexdigest(), *place["proof"]]
    _check("inclusion", size == place["size"] and _roots(place["index"], size - 1, way)[1] == root)
    if args.checkpoint:
        (m, old), (n, new) = sorted([head, _head("other", args.checkpoint.read_text(), certs)])
        k = m & -m if 0 < m < n else n
        way = json.loads(args.consistency.read_text())["proof"] if m < n else []
        roots = _roots(m // k - 1, (n - 1) // k, [old.hex()] * (m == k) + way)
        _check("no fork", roots == (old, new))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("receipt", "keyfile", "--checkpoint", "--consistency"):
        parser.add_argument(name, type=Path)
    try:
        _verify(parser.parse_args())
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        _check("form of a file, or a file that is needed is missing", False)
