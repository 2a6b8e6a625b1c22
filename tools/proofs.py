"""What verify_bundle.py stands on: signatures, notes, trees, and the files of a bundle.

It needs `cryptography` and nothing of Doumen.
"""

import json
from base64 import b64decode, urlsafe_b64decode
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import Any
from zipfile import ZipFile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIDES = ("provider", "consumer")
FAULTS: list[str] = []
KEYS: dict[tuple[str, str], str] = {}
"""Side and key id: the public key, certified by the root key of the side."""


def check(holds: object, place: str, what: str) -> None:
    """Note what does not hold, with its place."""
    FAULTS.extend([] if holds else [f"{place}: {what}"])


def verdict() -> bool:
    """Print what does not hold; whether there is anything."""
    for fault in FAULTS:
        print(f"BROKEN: {fault}")
    print("It does not hold." if FAULTS else "All of it holds.")
    return bool(FAULTS)


def bits(text: str) -> bytes:
    """The bytes of base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signed(public: str, signature: bytes, message: str) -> bool:
    """Whether a signature of Ed25519 (RFC 8032) holds; the key in hexadecimal."""
    with suppress(InvalidSignature, ValueError):
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        return key.verify(signature, message.encode()) is None
    return False


def certified(cert: Any, root: str, origin: str) -> bool:
    """Whether a root key says that a working key speaks for the ledger of this origin."""
    body = {name: cert[name] for name in ("issued", "kid", "origin", "public")}
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    return bool(cert["origin"] == origin) and signed(root, bytes.fromhex(cert["signature"]), text)


def opened(jws: str) -> tuple[Any, set[str]]:
    """What a JWS (RFC 7515, compact or general) says, and the sides that signed it."""
    parts: Any = dict(zip(("protected", "payload", "signature"), jws.split("."), strict=False))
    body: Any = json.loads(jws) if jws[:1] == "{" else {**parts, "signatures": [parts]}
    by: set[str] = set()
    for mark in body["signatures"]:
        kid = json.loads(bits(mark["protected"]))["kid"].rpartition("#")[2]
        message, value = f"{mark['protected']}.{body['payload']}", bits(mark["signature"])
        by |= {side for side in SIDES if signed(KEYS.get((side, kid), ""), value, message)}
    return json.loads(bits(body["payload"])), by


def lines(note: str, name: str) -> tuple[str, list[bytes]]:
    """The text of a signed note (c2sp.org/signed-note), and what `name` signed under it."""
    text, _, marks = note.rpartition("\n\n")
    found = [line.split(" ") for line in marks.splitlines()]
    return f"{text}\n", [b64decode(mark) for _, who, mark in found if who == name]


def cosigned(note: str, name: str, public: str) -> int:
    """When a witness signed a checkpoint (c2sp.org/tlog-cosignature); 0: it did not."""
    text, marks = lines(note, name)
    key = sha256(f"{name}\n\4".encode() + bytes.fromhex(public)).digest()[:4]
    for mark in marks:
        time = int.from_bytes(mark[4:12], "big")
        message = f"cosignature/v1\ntime {time}\n{text}"
        if mark[:4] == key and signed(public, mark[12:], message):
            return time
    return 0


def roots(first: int, last: int, way: list[str]) -> tuple[bytes, bytes]:
    """The roots of the trees that end at `first` and `last`, by a proof: RFC 9162, 2.1.3-4."""
    old = new = bytes.fromhex(way[0])
    for step in map(bytes.fromhex, way[1:]):
        while first == last and first & 1 == 0 < last:  # nothing stands beside it on this level
            first, last = first >> 1, last >> 1
        old = sha256(b"\1" + step + old).digest() if first & 1 else old
        new = sha256(b"\1" + (step + new if first & 1 else new + step)).digest()
        first, last = first >> 1, last >> 1 if last else -1
    return (old, new) if last == 0 else (b"", b"")


def included(entry: str, index: int, size: int, root: bytes, proof: list[str]) -> bool:
    """Whether an entry stands at this place of the tree."""
    way = [sha256(b"\0" + entry.encode()).hexdigest(), *proof]
    return 0 <= index < size and roots(index, size - 1, way)[1] == root


def continues(new: tuple[int, bytes], old: tuple[int, bytes], proof: list[str] | None) -> bool:
    """Whether the tree `new` (size, root) begins with the tree `old`."""
    (n, _), (m, root) = new, old
    if m >= n or m < 1 or proof is None:
        return new == old
    step = m & -m
    way = [root.hex()] * (m == step) + proof
    return roots(m // step - 1, (n - 1) // step, way) == (root, new[1])


def seconds(time: str) -> float:
    """A time of an event (RFC 3339) in seconds since 1970."""
    return datetime.fromisoformat(time).timestamp()


def commitment(said: Any, parameters: str) -> str:
    """The commitment to a statement, its parameters (canonical JSON) and its salt."""
    parts = bytes.fromhex(said["salt"]), said["statement"].encode(), parameters.encode()
    return sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()


def charged(event: Any, key: str) -> dict[str, int]:
    """What an event charges to an agreement."""
    sums = {"queries": 0, "rows": 0}
    for charge in event["charges"]:
        if charge["account"] == f"agreement:{key}":
            sums[charge["unit"]] += charge["amount"]
    return sums


class Bundle:
    """What one side shows of an agreement: files, keys, and who signed what."""

    def __init__(self, path: str, trusted: dict[str, str]) -> None:
        """Read the files of a bundle, and the keys that the root keys given certify."""
        with ZipFile(path) as archive:
            self.files = {name: archive.read(name).decode() for name in archive.namelist()}
        self.said = self.json("manifest")
        self.me, self.key = str(self.said["side"]), str(self.said["agreement"])
        self.did = {side: str(self.said[side]["id"]) for side in SIDES}
        self.name = {side: str(self.said[side]["origin"]) for side in SIDES}
        self.root = {self.name[side]: trusted[self.did[side]] for side in SIDES}
        self.talk: list[Any] = (self.json("negotiation") or {"said": []})["said"]
        self.reads: dict[str, str] = {}  # request: payload of the receipt that both signed
        self.end = (0, b"")  # size and root of the head of the bundle
        self.seen: list[tuple[tuple[int, bytes], str]] = []  # heads of the other side, and where
        for side, name in self.name.items():
            for cert in self.json(f"keys-{side}")["certificates"]:
                if certified(cert, self.root[name], name):
                    KEYS[side, cert["kid"]] = cert["public"]

    def json(self, name: str) -> Any:
        """A file of one value."""
        return json.loads(self.files[f"{name}.json"])

    def rows(self, name: str) -> list[Any]:
        """A file of one value a line."""
        return [json.loads(line) for line in self.files[f"{name}.jsonl"].splitlines()]

    def sealed(self) -> None:
        """The side signed the manifest, and that these are the files."""
        said, by = opened(self.files["manifest.jws"])
        check(self.me in by and said == self.said, f"{self.me}, manifest", "it is not signed")
        for name, digest in self.said["files"].items():
            same = sha256(self.files.get(name, "").encode()).hexdigest() == digest
            check(same, f"{self.me}, {name}", "it was changed after the manifest was signed")

    def spoken(self, token: str, side: str, text: str, place: str) -> Any:
        """What a token says, which this side signed over a text for the other."""
        (said, by), (other,) = opened(token) if token else ({}, set()), {*SIDES} - {side}
        about = (self.did[side], self.did[other], sha256(text.encode()).digest())
        holds = side in by and (said["iss"], said["aud"], bits(said["digest"])) == about
        check(holds, place, f"it is not signed by the {side} over this text")
        return {"iat": 0, "exp": 0, "jti": "", "re": "", "htu": "", **said}

    def head(self, note: str, side: str, place: str) -> tuple[int, bytes]:
        """Size and root of a head (c2sp.org/tlog-checkpoint) that this side signed."""
        text, marks = lines(note, self.name[side])
        keys = [key for (whose, _), key in KEYS.items() if whose == side]
        holds = any(signed(key, mark[4:], text) for key in keys for mark in marks)
        origin, size, root = text.split("\n")[:3]
        check(holds and origin == self.name[side], place, f"its head is not of the {side}")
        return int(size), b64decode(root)

    def extends(self, old: tuple[int, bytes], place: str) -> None:
        """The ledger of this side begins with this head, by the proofs in the bundle."""
        holds = continues(self.end, old, self.json("proofs").get(str(old[0])))
        what = f"the {self.me} does not show that its ledger continues the head of size {old[0]}"
        check(holds, place, what)

    def ledger(self) -> dict[str, Any]:
        """The entries by id: each is in the ledger of the head; their charges are the usage."""
        self.end = self.head(self.files["checkpoint.txt"], self.me, f"{self.me}, checkpoint")
        entries, sums = {}, {"queries": 0, "rows": 0}
        for one in self.rows("entries"):
            event = json.loads(one["entry"])
            holds = included(one["entry"], one["index"], *self.end, one["proof"])
            check(holds, f"{self.me}, entry {one['index']}", "it is not in the ledger of the head")
            entries[event["id"]] = {**one, "event": event}
            sums = {unit: n + charged(event, self.key)[unit] for unit, n in sums.items()}
        same = sums == {unit: self.said["usage"][unit] for unit in sums}
        check(same, f"{self.me}, usage", f"its entries come to {sums}")
        return entries
