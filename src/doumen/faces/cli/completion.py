"""The command `completion`: the script by which a shell completes words, options and files."""

from __future__ import annotations

import click

from doumen.faces.cli import words
from doumen.faces.cli.page import Page, say
from doumen.faces.cli.parameters import Choice

NAME = "completion"
_VARIABLE = "_DOUMEN_COMPLETE"


class _Completion(Page):
    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for paragraph in (words.COMPLETION, words.COMPLETION_DETAILS):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(paragraph.into(say(ctx)))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            for line in words.COMPLETION_EXAMPLES:
                formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


def command(everywhere: list[click.Parameter]) -> click.Command:
    """The command; it takes the global options as all others do."""

    def show(shell: str) -> int:
        click.echo(script(shell))
        return 0

    choice = click.Argument(["shell"], type=Choice(["bash", "zsh", "fish"]))
    return _Completion(NAME, callback=show, params=[choice, *everywhere])


def script(shell: str) -> str:
    """The script of a shell; it asks `doumen` itself what can come next."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415 (seldom needed)

    kind = get_completion_class(shell)
    assert kind is not None
    made = kind(click.Command("doumen"), {}, "doumen", _VARIABLE)
    return made.source_template % made.source_vars()
