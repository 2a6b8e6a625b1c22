"""What click finds wrong with a command line, as messages: its own words do not reach people.

An error that click words differently than those known here keeps its words.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from doumen.model.message import Message, enumerated, msg, plain


def complaint(error: click.ClickException) -> Message:
    """One sentence, or two, on what is wrong."""
    if isinstance(error, click.MissingParameter):
        return _missing(error)
    if isinstance(error, click.BadParameter):
        return _bad(error)
    if isinstance(error, click.NoSuchOption):
        return _no_option(error)
    if isinstance(error, click.BadOptionUsage):
        return _misused(error)
    if error.message == "Missing command.":
        return msg("Missing command.")
    return error.message if isinstance(error.message, Message) else plain(error.format_message())


def _bad(error: click.BadParameter) -> Message:
    where = _hint(error)
    if where is None:
        return msg("Invalid value: {words}", words=_words(error))
    return msg("Invalid value for {place}: {words}", place=where, words=_words(error))


def _misused(error: click.BadOptionUsage) -> Message:
    name = repr(error.option_name)
    if "not take a value" in error.message:
        return msg("Option {name} does not take a value.", name=name)
    return msg("Option {name} requires an argument.", name=name)


def _missing(error: click.MissingParameter) -> Message:
    kind = error.param_type or (error.param.param_type_name if error.param else None)
    where = _hint(error) or ""
    said = (
        msg("Missing argument {name}.", name=where)
        if kind == "argument"
        else msg("Missing option {name}.", name=where)
    )
    choices = getattr(error.param.type, "choices", None) if error.param else None
    if not choices:
        return said
    return msg("{said} Choose from {choices}.", said=said, choices=enumerated(choices, mark=""))


def _no_option(error: click.NoSuchOption) -> Message:
    name = repr(error.option_name)
    near: Sequence[str] = sorted(error.possibilities or ())
    if not near:
        return msg("No such option {name}.", name=name)
    return msg(
        "No such option {name}. Did you mean {names}?",
        name=name,
        names=enumerated(near, mark="'"),
    )


def _hint(error: click.BadParameter) -> str | None:
    hint = error.param_hint
    if hint is None and error.param is not None:
        hint = error.param.get_error_hint(error.ctx)
    return hint if hint is None or isinstance(hint, str) else " / ".join(f"'{one}'" for one in hint)


def _words(error: click.UsageError) -> Message:
    return error.message if isinstance(error.message, Message) else plain(error.message)
