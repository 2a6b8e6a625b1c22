"""The keys of a node in its folder: a root key that certifies, working keys that sign.

`certificates.json` (the node's key file) is the record: the last certificate names the key in
force. A rotation lays the new key beside the old one first, then replaces the record, then
the key, so a cut at any point leaves a key for whatever the record says. The root key is read
to rotate only; it may be kept elsewhere between rotations.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from doumen.kits.evidence.canonical import canonical
from doumen.kits.evidence.keys import (
    KeyFile,
    certify,
    check_certificate,
    kid,
    new_key,
    public_hex,
    read_key_file,
)
from doumen.model.errors import Conflict, Invalid, Tampered, Unavailable
from doumen.model.files import denied, reason
from doumen.model.message import Message, msg, plain
from doumen.stores.durable import sync, write_private

ROOT = "root.key"
WORKING = "working.key"
NEXT = "working.next.key"
RECORD = "certificates.json"
_TRIES = 5
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

Entropy = Callable[[int], bytes]
"""Gives that many random bytes, fit for keys."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one node, as they were when the folder was read.

    Attributes:
        directory: The folder.
        record: Origin, root key and all certificates, the one in force last.
        working: The private key in force.
    """

    directory: Path
    record: KeyFile
    working: Ed25519PrivateKey

    @classmethod
    def create(cls, directory: Path, origin: str, now: str, entropy: Entropy) -> Keyring:
        """Make a folder with a root key and a first working key.

        Args:
            directory: Must not hold keys yet.
            origin: Name of the node's ledger.
            now: RFC 3339, UTC.
            entropy: Source of both keys.

        Raises:
            Conflict: there are keys already.
            Unavailable: the folder cannot be written.
        """
        root, working = new_key(entropy(32)), new_key(entropy(32))
        certificate = certify(root, public_hex(working), origin, now)
        record = KeyFile(origin, public_hex(root), (certificate,))
        if any((directory / name).exists() for name in (ROOT, WORKING, RECORD)):
            raise Conflict(
                msg("`{directory}` holds keys already.", directory=directory),
                next=msg("They are the node's identity: keep them, or choose another folder."),
                detail="keys",
            )
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync(directory.parent)
            write_private(directory / ROOT, _pem(root))
            write_private(directory / WORKING, _pem(working))
            write_private(directory / RECORD, _json(record))
        except OSError as error:
            raise _unwritable(directory, error) from None
        return cls(directory, record, working)

    @classmethod
    def open(cls, directory: Path) -> Keyring:
        """Read the keys in force.

        Raises:
            Unavailable: a file is missing, unreadable, or open to others.
            Tampered: a certificate does not hold, or no key belongs to the one in force.
        """
        for _ in range(_TRIES):  # another process may put the next key in its place meanwhile
            record = _read_record(directory)
            keys = [_read_key(directory / WORKING)]
            if (directory / NEXT).exists():
                keys.append(_read_key(directory / NEXT))
            for key in keys:
                if kid(public_hex(key)) == record.certificates[-1]["kid"]:
                    return cls(directory, record, key)
        raise Tampered(
            msg(
                "No key in `{directory}` belongs to the certificate in force.", directory=directory
            ),
            why=msg("The key or the certificates were replaced."),
            next=msg("Put the folder back from a backup."),
            detail="keys",
        )

    def rotate(self, now: str, entropy: Entropy) -> Keyring:
        """Put a new working key in force; the one before is retired from `now` (RFC 3339, UTC).

        The caller makes sure that one process rotates at a time.

        Raises:
            Unavailable: the root key is not there, is open to others, or nothing can be written.
            Tampered: the root key is not the one of the record.
        """
        root = _read_key(self.directory / ROOT)
        if public_hex(root) != self.record.root:
            raise Tampered(
                msg(
                    "The root key in `{directory}` is not the one of this node.",
                    directory=self.directory,
                ),
                next=msg("Put the node's own root key back."),
                detail="keys",
            )
        working = new_key(entropy(32))
        certificate = certify(root, public_hex(working), self.origin, now)
        *older, last = self.record.certificates
        record = KeyFile(
            self.origin, self.record.root, (*older, {**last, "retired": now}, certificate)
        )
        try:
            write_private(self.directory / WORKING, _pem(self.working))
            write_private(self.directory / NEXT, _pem(working))
            write_private(self.directory / RECORD, _json(record))
            (self.directory / NEXT).replace(self.directory / WORKING)
            sync(self.directory)
        except OSError as error:
            raise _unwritable(self.directory, error) from None
        return Keyring(self.directory, record, working)

    @property
    def origin(self) -> str:
        """Name of the node's ledger."""
        return self.record.origin

    @property
    def root_public(self) -> str:
        """The root key's public half (hex): what others need to trust the node."""
        return self.record.root

    @property
    def certificate(self) -> Mapping[str, Any]:
        """The certificate of the key in force."""
        return self.record.certificates[-1]

    @property
    def publics(self) -> dict[str, str]:
        """Key id → public key (hex) of all working keys, retired ones included."""
        return {c["kid"]: c["public"] for c in self.record.certificates}

    def key_file(self) -> dict[str, Any]:
        """What a stranger needs to verify: origin, root key and all certificates."""
        return self.record.as_json()


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _json(record: KeyFile) -> bytes:
    return canonical(record.as_json()) + b"\n"


def _read_key(path: Path) -> Ed25519PrivateKey:
    try:
        mode = path.stat().st_mode
        if mode & _OTHERS:
            raise Unavailable(
                msg("The private key `{path}` is open to others.", path=path),
                why=msg(
                    "Its mode is {mode:o}; only its owner may read it.",
                    mode=stat.S_IMODE(mode),
                ),
                next=plain(f"chmod 600 {path}"),
                detail="key-mode",
            )
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise _unreadable(path, reason(error)) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _unreadable(path, msg("It is no private key in PEM.")) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _unreadable(path, msg("It is no Ed25519 key."))
    return key


def _read_record(directory: Path) -> KeyFile:
    path = directory / RECORD
    try:
        record = read_key_file(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _unreadable(path, reason(error)) from None
    except (Invalid, UnicodeDecodeError):
        raise _unreadable(path, msg("It is no key file.")) from None
    if not record.certificates:
        raise _unreadable(path, msg("It holds no certificate."))
    for certificate in record.certificates:
        check_certificate(certificate, record.root)
    return record


def _unreadable(path: Path, why: Message | None) -> Unavailable:
    return Unavailable(
        msg("The keys cannot be read: `{path}`.", path=path),
        why=why,
        next=msg("Put the folder back from a backup."),
        detail="keys",
    )


def _unwritable(directory: Path, error: OSError) -> Unavailable:
    said = msg("The keys in `{directory}` cannot be written.", directory=directory)
    return denied(error, said, detail="keys")
