"""Inputs of operations, and the options that every command takes, as click knows them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from doumen.faces import languages
from doumen.faces.cli import words
from doumen.faces.cli.asked import Asked
from doumen.model.errors import Invalid
from doumen.model.message import Message, enumerated, msg
from doumen.model.operation import Param

_METAVARS = {"text": "TEXT", "path": "FILE", "integer": "N"}
_OWN = "asked_"
"""Begins the names of global options, which an operation may use for its own."""


class Argument(click.Argument):
    """An input given by place, with a help line of its own."""

    def __init__(self, param: Param) -> None:
        super().__init__(
            [param.name],
            type=_type(param),
            required=param.required,
            nargs=-1 if param.repeat else 1,
            metavar=param.metavar or param.name.upper(),
            **_default(param),
        )
        self.text = param.help


class Everywhere(click.Option):
    """A global option: taken anywhere in the line, shown on the first page only."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Nothing on the page of a verb, where one line speaks of all of them."""
        return super().get_help_record(ctx) if ctx.parent is None else None


class Integer(click.ParamType[int]):
    """A whole number."""

    name = "integer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; a failure is told where the line is read."""
        try:
            return int(value)
        except ValueError:
            self.fail(msg("{value} is not a valid integer.", value=repr(value)), param, ctx)


class Choice(click.Choice[str]):
    """One of some words."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> Message:
        """What the words are."""
        choices = enumerated(self.choices, mark="'")
        return msg("{value} is not one of {choices}.", value=repr(value), choices=choices)


class FilePath(click.Path):
    """A path from the folder in which the command was given; its existence is not asked.

    An address (`https://…`) stays as it is, for the verbs that take one in place of a path.
    """

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path | str:
        """The absolute path. Links and wildcards stay as they are."""
        if isinstance(value, str) and value.lower().startswith(("http://", "https://")):
            return value
        return Path(os.fsdecode(super().convert(value, param, ctx))).absolute()


class Language(click.ParamType[str]):
    """A language to be answered in."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Its code.

        Raises:
            Invalid: there is none of this name.
        """
        return languages.named(str(value), "--lang")


class Statement(click.ParamType[str]):
    """A text given by place; `-` reads it from standard input."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text.

        Raises:
            Invalid: standard input is not UTF-8.
        """
        if value != "-":
            return str(value)
        try:
            return sys.stdin.buffer.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Invalid(
                msg("Standard input is not UTF-8 text."),
                next=msg("Convert it: iconv -t UTF-8"),
                detail="encoding",
            ) from None


def parameter(param: Param) -> click.Parameter:
    """The click parameter of one input of an operation."""
    if param.positional:
        return Argument(param)
    flags = [param.option or f"--{param.name.replace('_', '-')}", param.name]
    if param.kind == "flag":
        return click.Option(flags, is_flag=True, default=bool(param.default), help=param.help)
    return click.Option(
        flags,
        type=_type(param),
        required=param.required,
        multiple=param.repeat,
        metavar=param.metavar or _METAVARS.get(param.kind),
        help=param.help,
        show_default=param.default not in (None, ()),
        **_default(param),
    )


def everywhere() -> list[click.Parameter]:
    """The global options, anew for each command; they write into the `Asked` of the line."""

    def remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
        if value is not None and value is not False:
            setattr(ctx.find_object(Asked), str(param.name).removeprefix(_OWN), value)

    def option(flag: str, name: str, help: str, **more: Any) -> click.Option:
        names = [flag, _OWN + name]
        return Everywhere(names, help=help, expose_value=False, callback=remember, **more)

    return [
        option("--node", "node", words.NODE, metavar="DIR", type=FilePath(file_okay=False)),
        option("--as", "actor", words.ACTOR, metavar="ACTOR"),
        option("--for", "purpose", words.PURPOSE, metavar="PURPOSE"),
        option("--json", "json", words.JSON, is_flag=True),
        option("--table", "table", words.TABLE, is_flag=True),
        option("--detach", "detach", words.DETACH, is_flag=True),
        option("--lang", "language", words.LANGUAGE, metavar="LANG", type=Language()),
        option("--debug", "debug", words.DEBUG, is_flag=True, is_eager=True),
    ]


def _type(param: Param) -> click.ParamType[Any]:
    if param.kind == "path":
        return FilePath()
    if param.kind == "integer":
        return Integer()
    if param.kind == "choice":
        return Choice(param.choices)
    return Statement() if param.positional else click.STRING


def _default(param: Param) -> dict[str, Any]:
    return {} if param.default in (None, ()) or param.required else {"default": param.default}
