"""The script for strangers: it finds and names every way of tampering, and needs no Doumen."""

from __future__ import annotations

import ast
import json
import runpy
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.evidence import keys, merkle, note
from doumen.kits.evidence.canonical import canonical
from doumen.kits.evidence.disclosure import committed, disclose
from doumen.kits.evidence.receipt import check_receipt, seal
from doumen.model.event import Event
from doumen.model.receipt import Inclusion, Receipt

SCRIPT = Path(__file__).parents[2] / "tools" / "verify_receipt.py"
ORIGIN = "example.org/knoten-陡门"
ROOT, KEY, STRANGER = (keys.new_key(bytes([n] * 32)) for n in range(3))
ISSUED = "2026-01-01T00:00:00.000000Z"
CERTIFICATE = keys.certify(ROOT, keys.public_hex(KEY), ORIGIN, ISSUED)
KEYS = keys.KeyFile(ORIGIN, keys.public_hex(ROOT), (CERTIFICATE,))
DISCLOSED = disclose("SELECT 'ä' WHERE ?", (1.5,), bytes(16))


class Ledger:
    """Entries and complete nodes in memory."""

    def __init__(self, texts: list[str]) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.events: list[dict[str, Any]] = []
        for text in texts:
            index = len(self.events)
            data = {"statement": committed(DISCLOSED), "text": text}
            time = f"2026-05-01T12:00:{index:02}.000000Z"
            event = Event(f"e{index}", time, "query", "ana", data=data).as_json()
            self.events.append(event)
            leaf = merkle.leaf_hash(canonical(event))
            for level, place, hash_ in merkle.grown(index, leaf, self.read):
                self.nodes[level, place] = hash_

    def read(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def head(self, size: int, key: Ed25519PrivateKey = KEY) -> str:
        checkpoint = note.Checkpoint(ORIGIN, size, merkle.root(size, self.read))
        return note.sign_checkpoint(checkpoint, ORIGIN, key)

    def receipt(self, index: int, size: int) -> Receipt:
        proof = tuple(hash_.hex() for hash_ in merkle.inclusion(index, size, self.read))
        event = self.events[index]
        place = Inclusion(index, size, proof, self.head(size))
        return Receipt(event["id"], event, DISCLOSED, (), place, CERTIFICATE)

    def consistency(self, old: int, new: int) -> str:
        return json.dumps({"proof": [h.hex() for h in merkle.consistency(old, new, self.read)]})


LEDGER = Ledger([f"entry {n}" for n in range(12)])
TRUE = LEDGER.receipt(3, 7)


class Desk:
    """Files in a folder and the script run over them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.patch = monkeypatch

    def file(self, name: str, data: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return str(path)

    def run(
        self,
        receipt: str | bytes,
        key_file: keys.KeyFile = KEYS,
        head: str | None = None,
        proof: str | None = None,
    ) -> int:
        written = json.dumps(key_file.as_json())
        words = [self.file("receipt", receipt), self.file("keys", written)]
        words += [] if head is None else ["--checkpoint", self.file("head", head)]
        words += [] if proof is None else ["--consistency", self.file("proof", proof)]
        self.patch.setattr(sys, "argv", [str(SCRIPT), *words])
        try:
            runpy.run_path(str(SCRIPT), run_name="__main__")
        except SystemExit as end:
            return int(end.code or 0)
        return 0


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


@pytest.fixture
def broken(desk: Desk, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs the script on what must be broken and gives what it names."""

    def run(*words: Any, **more: Any) -> str:
        assert desk.run(*words, **more) == 5
        lines = capsys.readouterr().out.splitlines()
        assert [line for line in lines if line.startswith("BROKEN:")] == lines[-1:]
        return lines[-1].removeprefix("BROKEN: ")

    return run


def test_the_script_is_short_and_needs_no_doumen() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 80
    modules = {
        name.split(".")[0]
        for item in ast.walk(ast.parse(text))
        for name in (
            [item.module or ""]
            if isinstance(item, ast.ImportFrom)
            else [alias.name for alias in item.names]
            if isinstance(item, ast.Import)
            else []
        )
    }
    assert modules - set(sys.stdlib_module_names) == {"cryptography"}


def test_a_stranger_runs_it(desk: Desk) -> None:
    words = [
        desk.file("receipt", seal(TRUE, KEY)),
        desk.file("keys", json.dumps(KEYS.as_json())),
        "--checkpoint",
        desk.file("head", LEDGER.head(12)),
        "--consistency",
        desk.file("proof", LEDGER.consistency(7, 12)),
    ]
    command = [sys.executable, "-I", str(SCRIPT), *words]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines() == [
        "holds:  certificate",
        "holds:  form",
        "holds:  signature",
        "holds:  key in use",
        "holds:  statement",
        "holds:  signature of the receipt's checkpoint",
        "holds:  inclusion",
        "holds:  signature of the other checkpoint",
        "holds:  no fork",
    ]


def test_every_place_in_every_tree_verifies(desk: Desk) -> None:
    for size in range(1, 13):
        for index in range(size):
            assert desk.run(seal(LEDGER.receipt(index, size), KEY) + "\n") == 0


def test_every_two_sizes_agree(desk: Desk) -> None:
    for other in range(1, 13):
        proof = LEDGER.consistency(*sorted((7, other)))
        assert desk.run(seal(TRUE, KEY), head=LEDGER.head(other), proof=proof) == 0
    assert desk.run(seal(TRUE, KEY), head=LEDGER.head(7)) == 0


def test_a_receipt_may_disclose_nothing(desk: Desk) -> None:
    assert desk.run(seal(replace(TRUE, disclosed={}), KEY)) == 0


@settings(
    derandomize=True,
    deadline=None,
    max_examples=count(150),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(place=st.integers(0, 10**6), flip=st.integers(1, 255))
def test_a_changed_byte_is_found(desk: Desk, place: int, flip: int) -> None:
    data = bytearray(seal(TRUE, KEY).encode())
    data[place % len(data)] ^= flip
    assert desk.run(bytes(data)) == 5


def test_the_last_sign_of_a_signature_counts(broken: Callable[..., str]) -> None:
    text = seal(TRUE, KEY)
    end = text.rindex('"}]}') - 1
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    next_ = letters[letters.index(text[end]) + 1]
    assert broken(text[:end] + next_ + text[end + 1 :]) == "form"


def test_a_changed_event_is_found(broken: Callable[..., str]) -> None:
    event = {**TRUE.event, "actor": "bob"}
    assert broken(seal(replace(TRUE, event=event), KEY)) == "inclusion"


def test_a_removed_event_is_found(broken: Callable[..., str]) -> None:
    left = Ledger([f"entry {n}" for n in range(12) if n != 3])
    place = left.receipt(3, 7).inclusion
    assert broken(seal(replace(TRUE, inclusion=place), KEY)) == "inclusion"
    proof = left.consistency(7, 11)
    assert broken(seal(TRUE, KEY), head=left.head(11), proof=proof) == "no fork"


def test_a_changed_place_is_found(broken: Callable[..., str]) -> None:
    place = TRUE.inclusion
    for wrong in (
        replace(place, index=2),
        replace(place, size=8),
        replace(place, proof=place.proof[:-1]),
        replace(place, proof=(*place.proof, "00" * 32)),
        replace(place, proof=("00" * 32, *place.proof[1:])),
    ):
        assert broken(seal(replace(TRUE, inclusion=wrong), KEY)) == "inclusion"


def test_a_proof_of_the_wrong_length_is_found(broken: Callable[..., str]) -> None:
    one, leaf = Ledger(["entry 0"]), "11" * 32
    made = one.receipt(0, 1)
    head = note.Checkpoint(
        ORIGIN, 1, merkle.node_hash(merkle.leaf_hash(canonical(made.event)), bytes.fromhex(leaf))
    )
    text = note.sign_checkpoint(head, ORIGIN, KEY)
    place = Inclusion(0, 1, (leaf,), text)
    assert broken(seal(replace(made, inclusion=place), KEY)) == "inclusion"


def test_a_fork_is_found(broken: Callable[..., str]) -> None:
    twin = Ledger([f"entry {n}" for n in range(6)] + [f"twin {n}" for n in range(6)])
    assert broken(seal(TRUE, KEY), head=twin.head(7)) == "no fork"
    proof = twin.consistency(7, 12)
    assert broken(seal(TRUE, KEY), head=twin.head(12), proof=proof) == "no fork"
    early = Ledger(["else"] * 5)
    assert broken(seal(TRUE, KEY), head=early.head(4), proof=LEDGER.consistency(4, 7)) == "no fork"


def test_a_proof_that_is_missing_is_found(broken: Callable[..., str]) -> None:
    assert "missing" in broken(seal(TRUE, KEY), head=LEDGER.head(12))


def test_a_wrong_key_is_found(broken: Callable[..., str]) -> None:
    assert broken(seal(TRUE, STRANGER)) == "signature"
    other = keys.KeyFile(ORIGIN, keys.public_hex(STRANGER), (CERTIFICATE,))
    assert broken(seal(TRUE, KEY), other) == "certificate"
    place = replace(TRUE.inclusion, checkpoint=LEDGER.head(7, STRANGER))
    named = "signature of the receipt's checkpoint"
    assert broken(seal(replace(TRUE, inclusion=place), KEY)) == named
    named = "signature of the other checkpoint"
    assert broken(seal(TRUE, KEY), head=LEDGER.head(7, STRANGER)) == named


def test_a_checkpoint_of_another_ledger_is_found(broken: Callable[..., str]) -> None:
    alien = note.Checkpoint("example.org/else", 7, merkle.root(7, LEDGER.read))
    head = note.sign_checkpoint(alien, ORIGIN, KEY)
    assert broken(seal(TRUE, KEY), head=head) == "signature of the other checkpoint"


def test_an_old_key_is_found(desk: Desk, broken: Callable[..., str]) -> None:
    time = str(TRUE.event["time"])
    for retired in ("2026-05-01T12:00:02.999999Z", "2025-01-01T00:00:00.000000Z"):
        known = replace(KEYS, certificates=(CERTIFICATE | {"retired": retired},))
        assert broken(seal(TRUE, KEY), known) == "key in use"
    assert (
        desk.run(seal(TRUE, KEY), replace(KEYS, certificates=(CERTIFICATE | {"retired": time},)))
        == 0
    )


def test_a_later_key_may_sign_the_other_checkpoint(desk: Desk) -> None:
    late = keys.certify(ROOT, keys.public_hex(STRANGER), ORIGIN, ISSUED)
    known = replace(KEYS, certificates=(CERTIFICATE, late))
    head, proof = LEDGER.head(12, STRANGER), LEDGER.consistency(7, 12)
    assert desk.run(seal(TRUE, KEY), known, head, proof) == 0


def test_another_statement_is_found(broken: Callable[..., str]) -> None:
    for change in ({"statement": "SELECT 2"}, {"parameters": [["double", "2.5"]]}, {"salt": ""}):
        disclosed = {**DISCLOSED, **change}
        assert broken(seal(replace(TRUE, disclosed=disclosed), KEY)) == "statement"


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"payload":"","signatures":[]}', "\0"])
def test_what_is_no_receipt_is_found(broken: Callable[..., str], text: str) -> None:
    assert "form" in broken(text)


def test_it_agrees_with_the_product(desk: Desk) -> None:
    for text in (seal(TRUE, KEY), seal(TRUE, STRANGER), seal(replace(TRUE, disclosed={}), KEY)):
        flaws = check_receipt(text, KEYS.root, KEYS.certificates)
        assert (desk.run(text) == 5) == bool(flaws)
