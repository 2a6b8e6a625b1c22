"""The lock: opened by its passphrase, by no other, and known when it is damaged."""

from __future__ import annotations

import os

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from doumen.kits.evidence.canonical import canonical
from doumen.kits.sealed import Lock, read_lock
from doumen.kits.sealed.lock import COST, _sum
from doumen.model.errors import Invalid, Tampered

KEY = bytes(range(32))


def make(passphrase: str = "correct horse") -> Lock:
    return Lock.make(KEY, passphrase, os.urandom, cost=4)


def test_its_passphrase_opens_it_and_no_other() -> None:
    lock = read_lock(canonical(make().as_json()))
    assert lock.open("correct horse") == KEY
    for other in ("correct horse ", "Correct horse", ""):
        with pytest.raises(Invalid, match="does not open"):
            lock.open(other)


def test_one_spelling_of_unicode_is_as_good_as_another() -> None:
    assert make("Müller-Straße").open("Mu\u0308ller-Straße") == KEY


def test_the_form_is_scrypt_and_aes() -> None:
    lock = make()
    key = Scrypt(lock.salt, 32, 16, 8, 1).derive(b"correct horse")
    bound = b"doumen-lock-1 4 " + lock.salt
    assert AESGCM(key).decrypt(lock.nonce, lock.locked, bound) == KEY
    assert COST >= 17, "OWASP's least for scrypt with r = 8, p = 1"


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(Invalid, match="has 7 characters"):
        make("1234567")


def test_every_byte_is_looked_at() -> None:
    text = canonical(make().as_json())
    for place in range(len(text)):
        with pytest.raises(Tampered, match="lock"):
            read_lock(text[:place] + bytes([text[place] ^ 1]) + text[place + 1 :])
        with pytest.raises(Tampered, match="lock"):
            read_lock(text[:place])


@pytest.mark.parametrize("change", [{"cost": 5}, {"salt": "00" * 32}, {"nonce": "00" * 12}])
def test_whoever_changes_it_and_its_sum_has_another_lock(change: dict[str, object]) -> None:
    body = make().as_json() | change
    del body["sum"]
    with pytest.raises(Invalid, match="does not open"):
        read_lock(canonical(body | {"sum": _sum(body)})).open("correct horse")


@pytest.mark.parametrize("change", [{"cost": 40}, {"cost": 0}, {"nonce": ""}, {"format": "x"}])
def test_a_lock_that_would_take_all_memory_is_none(change: dict[str, object]) -> None:
    body = make().as_json() | change
    del body["sum"]
    with pytest.raises(Tampered):
        read_lock(canonical(body | {"sum": _sum(body)}))
