"""What went wrong, told on standard error: sentences for people, one JSON object for machines."""

from __future__ import annotations

import json as notation
import traceback
from collections.abc import Mapping

import click

from doumen.faces.cli import terminal, words
from doumen.faces.cli.complaint import complaint
from doumen.faces.cli.wide import width
from doumen.model.errors import DoumenError
from doumen.model.message import Catalogue, Message, as_written, spoken

MISUSE = 2
UNEXPECTED = 70
INTERRUPTED = 130


def tell(
    error: BaseException,
    *,
    json: bool,
    table: bool = False,
    debug: bool,
    say: Catalogue = as_written,
) -> int:
    """Tell an error and give the exit code for it."""
    if debug:
        click.echo(terminal.clean("".join(traceback.format_exception(error))), err=True, nl=False)
    body, code = _read(error)
    body = {name: spoken(text, say) for name, text in body.items()}
    if terminal.wants_json(json, table):
        click.echo(
            terminal.clean_json(notation.dumps({"error": body}, ensure_ascii=False)), err=True
        )
    else:
        click.echo(_sentences(body, say), err=True)
    return code


def _read(error: BaseException) -> tuple[dict[str, str | None], int]:
    """The frozen shape of a failure, and its exit code."""
    if isinstance(error, DoumenError):
        return error.as_json(), error.exit
    if isinstance(error, click.ClickException):
        return _body("invalid.usage", complaint(error), next=_usage(error)), MISUSE
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return _body("interrupted", words.INTERRUPTED), INTERRUPTED
    why = words.unexpected_why(type(error).__name__)
    return _body("internal", words.UNEXPECTED, why=why, next=words.UNEXPECTED_NEXT), UNEXPECTED


def _body(
    code: str, what: Message, *, why: Message | None = None, next: Message | None = None
) -> dict[str, str | None]:
    return {"code": code, "what": what, "why": why, "next": next, "rule": None}


def _usage(error: click.ClickException) -> Message:
    context = getattr(error, "ctx", None)
    return words.see_help(context.command_path if context else "doumen")


def _sentences(body: Mapping[str, str | None], say: Catalogue) -> str:
    """The error and the way on; both stand in one column, whatever the words for them take."""
    error, hint = words.ERROR.into(say), words.HINT.into(say)
    indent = max(width(error), width(hint)) + error.isascii()
    lines = [_labelled(error, body["what"], indent)]
    if body["why"]:
        lines.append(f"{'':>{indent}}{_hang(body['why'], indent)}")
    if body["next"]:
        lines.append(_labelled(hint, body["next"], indent))
    return "\n".join(lines)


def _labelled(word: str, text: str | None, indent: int) -> str:
    return f"{_strong(word)}{'':>{indent - width(word)}}{_hang(text, indent)}"


def _strong(word: str) -> str:
    return word if terminal.plain() else click.style(word, bold=True)


def _hang(text: str | None, indent: int) -> str:
    """Text cleaned, its further lines under the first."""
    return terminal.clean(text or "").replace("\n", "\n" + " " * indent)
