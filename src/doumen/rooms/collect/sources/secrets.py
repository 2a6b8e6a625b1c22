"""Secrets by reference: fetched for one run, held by nobody, shown nowhere.

A source or an alert names a variable of the environment, a file that only its owner reads, or an
entry of the keyring of the system; the secret itself is in no fact, no ledger, no message and no
log.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from doumen.model.errors import NotFound, Refused, Unavailable
from doumen.model.files import no_file, unreadable
from doumen.model.message import msg
from doumen.model.source import Keeps, Secret

_LONGEST = 1 << 16


def fetched(secrets: Mapping[str, Secret]) -> dict[str, str]:
    """The secrets of a source or an alert, by option.

    Raises:
        NotFound: there is none where it should be.
        Refused: others of the machine may read the file it is in.
        Unavailable: the file cannot be read, or there is no keyring.
    """
    return {option: _fetched(secret) for option, secret in secrets.items()}


def _fetched(secret: Secret) -> str:
    if secret.keeps is Keeps.FILE:
        return _of_file(Path(secret.name))
    found = (
        os.environ.get(secret.name)
        if secret.keeps is Keeps.ENV
        else _of_keyring(*secret.name.split("/", 1))
    )
    if not found:
        raise NotFound(
            msg("There is no secret at {keeps} `{name}`.", keeps=secret.keeps, name=secret.name),
            why=msg("A source or an alert holds but the place of its secrets."),
            next=msg(
                "Set it for the process that needs it: the command, the worker or the service."
            ),
            detail="secret",
        )
    return found


def _of_file(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            content = stream.read(_LONGEST + 1)
    except FileNotFoundError:
        raise no_file(path) from None
    except OSError as error:
        raise unreadable(path, error) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Refused(
            msg("Others may read the secret in `{path}`.", path=path),
            next=msg("Let only its owner read it: chmod 600 {path}", path=path),
            detail="secret",
        )
    text = content[:_LONGEST].decode("utf-8", "replace").strip("\r\n")
    if not text:
        raise NotFound(msg("`{path}` holds no secret.", path=path), detail="secret")
    return text


def _of_keyring(service: str, user: str) -> str | None:
    try:
        import keyring  # noqa: PLC0415 (an extra)
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ModuleNotFoundError:
        raise Unavailable(
            msg("Secrets of a keyring need the extra `keyring`."),
            next=msg('Install it: pip install "doumen[keyring]"'),
            detail="extra",
        ) from None
    try:
        return keyring.get_password(service, user)
    except KeyringError:
        raise Unavailable(
            msg("The keyring of the system does not answer."),
            next=msg("Unlock it, or keep the secret in a file or in the environment."),
            detail="keyring",
        ) from None
