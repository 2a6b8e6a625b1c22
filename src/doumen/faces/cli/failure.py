"""What went wrong, told on standard error: sentences for people, one JSON object for machines."""

from __future__ import annotations

import json as notation
import traceback

import click

from doumen.faces.cli import terminal, words
from doumen.model.errors import DoumenError

MISUSE = 2
UNEXPECTED = 70
INTERRUPTED = 130


def tell(error: BaseException, *, json: bool, table: bool = False, debug: bool) -> int:
    """Tell an error and give the exit code for it."""
    if debug:
        click.echo(terminal.clean("".join(traceback.format_exception(error))), err=True, nl=False)
    body, code = _read(error)
    if terminal.wants_json(json, table):
        click.echo(
            terminal.clean_json(notation.dumps({"error": body}, ensure_ascii=False)), err=True
        )
    else:
        click.echo(_sentences(body), err=True)
    return code


def _read(error: BaseException) -> tuple[dict[str, str | None], int]:
    """The frozen shape of a failure, and its exit code."""
    if isinstance(error, DoumenError):
        return error.as_json(), error.exit
    if isinstance(error, click.ClickException):
        return _body("invalid.usage", error.format_message(), next=_usage(error)), MISUSE
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return _body("interrupted", words.INTERRUPTED), INTERRUPTED
    why = words.UNEXPECTED_WHY.format(kind=type(error).__name__)
    return _body("internal", words.UNEXPECTED, why=why, next=words.UNEXPECTED_NEXT), UNEXPECTED


def _body(
    code: str, what: str, *, why: str | None = None, next: str | None = None
) -> dict[str, str | None]:
    return {"code": code, "what": what, "why": why, "next": next, "rule": None}


def _usage(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return words.SEE_HELP.format(command=context.command_path if context else "doumen")


def _sentences(body: dict[str, str | None]) -> str:
    indent = " " * (len(words.ERROR) + 1)
    lines = [f"{_strong(words.ERROR)} {_hang(body['what'])}"]
    if body["why"]:
        lines.append(f"{indent}{_hang(body['why'])}")
    if body["next"]:
        gap = " " * (len(words.ERROR) - len(words.HINT) + 1)
        lines.append(f"{_strong(words.HINT)}{gap}{_hang(body['next'])}")
    return "\n".join(lines)


def _strong(word: str) -> str:
    return word if terminal.plain() else click.style(word, bold=True)


def _hang(text: str | None) -> str:
    """Text cleaned, its further lines under the first."""
    return terminal.clean(text or "").replace("\n", "\n" + " " * (len(words.ERROR) + 1))
