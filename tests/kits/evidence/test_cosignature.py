"""Cosignatures, against a checkpoint of a public log that four public witnesses cosigned."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doumen.kits.evidence import note
from doumen.kits.evidence.cosignature import add_cosignature, cosign, cosigned_at, cosigner_id
from doumen.kits.evidence.keys import new_key, public_hex
from doumen.model.errors import Tampered

# the log arche2025h1 of staging.ct.transparency.dev; vkeys as the witnesses publish them
PUBLIC = """arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
"""  # noqa: E501 (as published)
VKEYS = [
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    "transparency.dev/DEV:witness-little-garden+d8042a87+"
    "BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
    "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
]
KEY = new_key(bytes(32))
HEAD = note.sign_checkpoint(note.Checkpoint("a/log", 7, bytes(32)), "a/log", KEY)


def split(vkey: str) -> tuple[str, str, str]:
    name, id, data = vkey.split("+", 2)
    raw = base64.b64decode(data)
    assert raw[0] == 4
    return name, id, raw[1:].hex()


@pytest.mark.parametrize("vkey", VKEYS)
def test_cosignatures_of_public_witnesses_hold(vkey: str) -> None:
    name, id, public = split(vkey)
    assert cosigner_id(name, public).hex() == id
    assert cosigned_at(PUBLIC, name, public) == 0x6A122120
    with pytest.raises(Tampered, match="does not hold"):
        cosigned_at(PUBLIC.replace("1432088532", "1432088533"), name, public)


def test_a_signature_of_ed25519_is_one_for_all_who_make_it() -> None:
    """RFC 8032 leaves no choice: the bytes are those that anybody's signer makes."""
    line = cosign(HEAD, "w", KEY, 1679315147)
    data = base64.b64decode(line.split(" ")[2])
    text = HEAD.partition("\n\n")[0] + "\n"
    assert data[4:12].hex() == f"{1679315147:016x}"
    assert data[12:] == KEY.sign(f"cosignature/v1\ntime 1679315147\n{text}".encode())
    assert line.startswith("— w ")


@given(st.integers(0, 2**63 - 1))
def test_what_is_cosigned_is_read_back(time: int) -> None:
    whole = add_cosignature(HEAD, cosign(HEAD, "w", KEY, time))
    assert cosigned_at(whole, "w", public_hex(KEY)) == time
    assert note.open_checkpoint(whole, "a/log", public_hex(KEY)).size == 7


def test_another_name_key_or_form_is_not_that_of_the_witness() -> None:
    whole = add_cosignature(HEAD, cosign(HEAD, "w", KEY, 5))
    for name, public in (("v", public_hex(KEY)), ("w", public_hex(new_key(bytes([1] * 32))))):
        with pytest.raises(note.NotSigned):
            cosigned_at(whole, name, public)
    plain = note.sign_note("a/log\n7\nx\n", "w", KEY)
    with pytest.raises(note.NotSigned):
        cosigned_at(plain, "w", public_hex(KEY))
    for text in ("no note", HEAD[:-1], f"{HEAD}—w\n"):
        with pytest.raises(Tampered, match="form"):
            cosigned_at(text, "w", public_hex(KEY))


@pytest.mark.parametrize("before", ["junk\n\n", "\n", "— x\n\n", "— x AAAAAAA=\n\n"])
def test_a_witness_adds_one_line_and_cannot_move_the_text(before: str) -> None:
    """The text of a note ends at the last blank line: one in a line of theirs moves its end."""
    line = before + cosign(f"{HEAD}{before}— x AAAAAAA=\n", "w", KEY, 5)
    assert cosigned_at(HEAD + line, "w", public_hex(KEY)) == 5
    with pytest.raises(note.NotSigned):
        note.open_note(HEAD + line, "a/log", public_hex(KEY))
    with pytest.raises(Tampered, match="form"):
        add_cosignature(HEAD, line)


def test_a_time_that_cannot_be_is_refused() -> None:
    line = cosign(HEAD, "w", KEY, 2**63)
    with pytest.raises(Tampered, match="does not hold"):
        cosigned_at(add_cosignature(HEAD, line), "w", public_hex(KEY))
