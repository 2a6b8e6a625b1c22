"""Runs a command line: what goes wrong becomes a message and an exit code.

Exit codes are those of `model.errors`; beside them 2 for a line that cannot be read, 70 for
an error that Doumen does not know (EX_SOFTWARE of sysexits), 130 where the user interrupted
and 141 where the reader of a pipe went away, as a shell tells these signals.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from click.exceptions import NoArgsIsHelpError

from doumen.faces.cli.asked import Asked
from doumen.faces.cli.tree import Root
from doumen.faces.languages import understood, wanted

NAME = "doumen"
BROKEN_PIPE = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and give its exit code."""
    line = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    asked = Asked()
    try:
        code = _run(line, asked)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_output()
        return BROKEN_PIPE
    return code


def _run(line: list[str], asked: Asked) -> int:
    try:
        asked.language = _language(line)
        code: int = Root().main(line, prog_name=NAME, standalone_mode=False, obj=asked)
    except (Exception, KeyboardInterrupt) as error:
        if isinstance(error, BrokenPipeError):
            raise
        if isinstance(error, NoArgsIsHelpError):
            error.show()
            return error.exit_code
        from doumen.faces.cli.failure import tell  # noqa: PLC0415 (most lines do not fail)

        asked.json = asked.json or "--json" in line
        return tell(error, json=asked.json, table=asked.table, debug=asked.debug, say=asked.say)
    except SystemExit:  # so click ends when the pipe of its own output is broken
        raise BrokenPipeError from None
    return code


def _language(line: Sequence[str]) -> str:
    """The language of a line, needed before it is read: help and errors are in it.

    Raises:
        Invalid: DOUMEN_LANG names none that there is; a wrong `--lang` is told when it is read.
    """
    for place, word in enumerate(line):
        option, sign, value = word.partition("=")
        if option == "--lang":
            named = understood(value if sign else "".join(line[place + 1 : place + 2]))
            if named is not None:
                return named
    return wanted(os.environ)


def _forget_output() -> None:
    """Send what is still buffered nowhere, or Python complains when it ends."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
