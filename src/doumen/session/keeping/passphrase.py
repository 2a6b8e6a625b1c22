"""Where a passphrase comes from: a file, the environment, or somebody at a terminal."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from doumen.model.errors import Invalid, Unavailable
from doumen.model.files import reason
from doumen.model.message import LISTENER, Message, msg

VARIABLE = "DOUMEN_BACKUP_PASSPHRASE"


def passphrase(file: Path | None, *, twice: bool = False) -> str:
    """The passphrase of the backups.

    Args:
        file: Its first line is the passphrase; None: the environment, else it is asked for.
        twice: Ask twice, since it is a new one.

    Raises:
        Invalid: there is none, or the two are not the same.
        Unavailable: the file cannot be read.
    """
    if file is not None:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Unavailable(
                msg("The passphrase cannot be read from `{file}`.", file=file),
                why=reason(error) if isinstance(error, OSError) else msg("It is no text in UTF-8."),
                detail="passphrase",
            ) from None
        found = text.split("\n", 1)[0].removesuffix("\r")
    elif os.environ.get(VARIABLE):
        found = os.environ[VARIABLE]
    elif sys.stdin.isatty():
        found = _asked(msg("Passphrase of the backups: "))
        if twice and found != _asked(msg("Once more: ")):
            raise Invalid(msg("The two passphrases are not the same."), detail="passphrase")
    else:
        found = ""
    if not found:
        raise Invalid(
            msg("The backups need a passphrase."),
            next=msg("Give `--passphrase-file FILE`, or set {variable}.", variable=VARIABLE),
            detail="passphrase",
        )
    return found


def _asked(prompt: Message) -> str:
    return getpass.getpass(prompt.into(LISTENER.get()))
