"""The command `completion`: the script by which a shell completes words, options and files."""

from __future__ import annotations

import click

from doumen.faces.cli import words

NAME = "completion"
_VARIABLE = "_DOUMEN_COMPLETE"


def command(everywhere: list[click.Parameter]) -> click.Command:
    """The command; it takes the global options as all others do."""

    def show(shell: str) -> int:
        click.echo(script(shell))
        return 0

    choice = click.Argument(["shell"], type=click.Choice(["bash", "zsh", "fish"]))
    return click.Command(
        NAME,
        callback=show,
        params=[choice, *everywhere],
        help=f"{words.COMPLETION}\n\n{words.COMPLETION_DETAILS}",
        epilog="\b\n" + "\n".join(words.COMPLETION_EXAMPLES),
    )


def script(shell: str) -> str:
    """The script of a shell; it asks `doumen` itself what can come next."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415 (seldom needed)

    kind = get_completion_class(shell)
    assert kind is not None
    made = kind(click.Command("doumen"), {}, "doumen", _VARIABLE)
    return made.source_template % made.source_vars()
