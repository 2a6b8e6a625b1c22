"""The user's own editor, on a copy of a text. The one place of this room that starts a program."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from doumen.model.errors import Unavailable
from doumen.model.message import msg

Editor = Callable[[str, str], str]
"""(text, file name) → the text as changed."""


def ask_editor(text: str, name: str) -> str:
    """Open a text in `$VISUAL` or `$EDITOR` and give back what was saved.

    Raises:
        Unavailable: no editor is set, it cannot be started, or it ended in failure.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not command:
        raise Unavailable(
            msg("No editor is set."),
            next=msg("Set $EDITOR, or give `--file FILE` or `--set PATH=VALUE`."),
            detail="editor",
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_text(text, encoding="utf-8", newline="")
        try:
            ended = subprocess.run([*shlex.split(command), str(path)], check=False)  # noqa: S603 (the user's own)
        except (OSError, ValueError) as error:
            raise Unavailable(
                msg("The editor `{command}` cannot be started.", command=command),
                next=msg("Set $EDITOR to a program that is there."),
                detail="editor",
            ) from error
        if ended.returncode != 0:
            raise Unavailable(
                msg(
                    "The editor `{command}` ended with {returncode}: nothing is changed.",
                    command=command,
                    returncode=ended.returncode,
                ),
                detail="editor",
            )
        try:
            return path.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise Unavailable(
                msg("What the editor left is not UTF-8 text: nothing is changed."), detail="editor"
            ) from error
