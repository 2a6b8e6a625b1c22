"""The private key of a user, in whatever form it is kept, as paramiko takes it.

It is read by `cryptography`, which reads every form of OpenSSH and PEM, and handed on in the one
form of its kind that paramiko always reads: of its own reader some ECDSA keys are none.
"""

from __future__ import annotations

import io

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

from doumen.rooms.collect.connectors import sftp_faults
from doumen.rooms.collect.connectors.sftp_address import Options

_KINDS: tuple[tuple[type[object], type[paramiko.PKey], PrivateFormat], ...] = (
    (Ed25519PrivateKey, paramiko.Ed25519Key, PrivateFormat.OpenSSH),
    (EllipticCurvePrivateKey, paramiko.ECDSAKey, PrivateFormat.TraditionalOpenSSL),
    (RSAPrivateKey, paramiko.RSAKey, PrivateFormat.TraditionalOpenSSL),
)


def of_user(options: Options, text: str, passphrase: str | None) -> paramiko.PKey:
    """A key.

    Args:
        options: Whose it is.
        text: As it is kept.
        passphrase: By which it is encrypted; None: it is not.

    Raises:
        Invalid: it is none, or its passphrase is missing or wrong.
    """
    data = f"{text}\n".encode()
    load = load_ssh_private_key if b"BEGIN OPENSSH" in data else load_pem_private_key
    try:
        key = load(data, None)
    except TypeError:
        key = None
    except (ValueError, UnsupportedAlgorithm):
        raise sftp_faults.no_key(options) from None
    if key is None and passphrase is None:
        raise sftp_faults.locked_key(options)
    try:
        key = key or load(data, str(passphrase).encode())
    except (ValueError, UnsupportedAlgorithm):
        raise sftp_faults.other_passphrase(options) from None
    for kind, made, form in _KINDS:
        if isinstance(key, kind):
            plain = key.private_bytes(Encoding.PEM, form, NoEncryption())
            return made.from_private_key(io.StringIO(plain.decode()))
    raise sftp_faults.no_key(options)
