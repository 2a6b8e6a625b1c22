"""Signed notes and checkpoints, against the example of golang.org/x/mod/sumdb/note."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.evidence import note
from doumen.kits.evidence.keys import new_key, public_hex
from doumen.model.errors import Invalid, Tampered

SKEY = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
VKEY = "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER = new_key(base64.b64decode(SKEY)[1:])
PUBLIC = base64.b64decode(VKEY)[1:].hex()
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE = (
    f"{TEXT}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
HEAD = note.Checkpoint(
    "example.com/behind-the-sofa",
    20852163,
    base64.b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="),
)


def test_the_published_note() -> None:
    assert public_hex(PETER) == PUBLIC
    assert note.sign_note(TEXT, "PeterNeumann", PETER) == NOTE
    assert note.open_note(NOTE, "PeterNeumann", PUBLIC) == TEXT


@pytest.mark.parametrize(
    "key",
    [
        f"PeterNeumann+c74f20a3+{VKEY}",
        "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
        "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ],
)
def test_published_key_ids(key: str) -> None:
    name, id_, value = key.split("+", 2)
    assert note.key_id(name, base64.b64decode(value)[1:].hex()).hex() == id_


def test_a_checkpoint_has_the_form_of_the_specification() -> None:
    text = note.sign_checkpoint(HEAD, HEAD.origin, PETER)
    # the body of the example at c2sp.org/tlog-checkpoint
    assert text.startswith(
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— "
    )
    assert note.open_checkpoint(text, HEAD.origin, PUBLIC) == HEAD


def test_signatures_of_others_do_not_matter() -> None:
    witness = new_key(bytes(32))
    signed = note.sign_checkpoint(HEAD, HEAD.origin, PETER)
    text = signed.split("\n\n")[0] + "\n"
    more = note.sign_note(text, "witness.example", witness).split("\n\n")[1]
    namesake = note.sign_note(text, HEAD.origin, witness).split("\n\n")[1]
    for note_ in (signed + more, signed + namesake, signed.replace("\n\n", f"\n\n{more}")):
        assert note.open_checkpoint(note_, HEAD.origin, PUBLIC) == HEAD
    assert note.open_checkpoint(signed + more, "witness.example", public_hex(witness)) == HEAD


def test_every_signature_of_the_key_must_hold() -> None:
    forged = note.sign_note("other\n", "PeterNeumann", PETER).split("\n\n")[1]
    with pytest.raises(Tampered, match="does not hold"):
        note.open_note(NOTE + forged, "PeterNeumann", PUBLIC)


@settings(derandomize=True, deadline=None, max_examples=count(300))
@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_byte_is_found(place: int, flip: int) -> None:
    data = bytearray(note.sign_checkpoint(HEAD, HEAD.origin, PETER).encode())
    data[place % len(data)] ^= flip
    with pytest.raises(Tampered):
        note.open_checkpoint(data.decode(errors="replace"), HEAD.origin, PUBLIC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no signature\n",
        TEXT + "\n",
        NOTE[:-1],
        NOTE.replace("— ", "- "),
        NOTE.replace("— PeterNeumann", "— "),
        NOTE.replace("x08go", "x08g!"),
        f"{TEXT}\n— PeterNeumann AAAA\n",
        f"{TEXT}\n— PeterNeumann AAAAAB==\n",
        f"{TEXT}\n— PeterNeumann\n",
        f"{NOTE}— a+b AAAAAAA=\n",
        f"{NOTE}— a\u2028b AAAAAAA=\n",
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(Tampered):
        note.open_note(text, "PeterNeumann", PUBLIC)


def test_a_line_of_signature_is_one_line() -> None:
    _, data = note.signature_of(NOTE.split("\n")[-2])
    for name in ("x\n\n—y", "x\r", "x\u2028"):
        with pytest.raises(Tampered, match="form"):
            note.signature_of(f"— {name} {base64.b64encode(data).decode()}")
    assert note.signature_of(f"— ش\u200cر {base64.b64encode(data).decode()}")[1] == data


def test_another_key_or_name_is_refused() -> None:
    with pytest.raises(Tampered, match="is not signed by"):
        note.open_note(NOTE, "PeterNeumann", public_hex(new_key(bytes(32))))
    with pytest.raises(Tampered, match="is not signed by"):
        note.open_note(NOTE, "Peter", PUBLIC)


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n",
        "a\n01\n" + "A" * 43 + "=\n",
        "a\n-1\n" + "A" * 43 + "=\n",
        "a\n1\nAAAA\n",
        "a\n1\n" + "A" * 42 + "B=\n",
        "\n1\n" + "A" * 43 + "=\n",
        "a\n1\n" + "A" * 43 + "=\n\nx\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    signed = note.sign_note(text, "PeterNeumann", PETER)
    with pytest.raises(Tampered):
        note.open_checkpoint(signed, "PeterNeumann", PUBLIC)


def test_an_extension_line_is_allowed() -> None:
    text = "a\n0\n" + "A" * 43 + "=\nextension\n"
    signed = note.sign_note(text, "PeterNeumann", PETER)
    assert note.open_checkpoint(signed, "PeterNeumann", PUBLIC) == note.Checkpoint(
        "a", 0, bytes(32)
    )


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", " a", "a\u3000b"])
def test_a_name_that_a_note_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        note.sign_note(TEXT, name, PETER)


@pytest.mark.parametrize("text", ["", "a", "a\tb\n", "a\r\n", "\x00\n"])
def test_a_text_that_a_note_cannot_carry_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        note.sign_note(text, "PeterNeumann", PETER)


@pytest.mark.parametrize(
    "head",
    [
        note.Checkpoint("", 1, bytes(32)),
        note.Checkpoint("a\nb", 1, bytes(32)),
        note.Checkpoint("a", -1, bytes(32)),
        note.Checkpoint("a", 1, bytes(31)),
    ],
)
def test_a_head_that_cannot_be_is_refused(head: note.Checkpoint) -> None:
    with pytest.raises(Invalid):
        note.sign_checkpoint(head, "a", PETER)


def test_any_name_becomes_one_that_can_sign() -> None:
    assert note.key_name("  Amt für Verkehr + Bau ") == "Amt-für-Verkehr-Bau"
    assert note.key_name("陡门") == "陡门"
