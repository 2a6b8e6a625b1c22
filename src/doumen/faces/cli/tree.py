"""The commands: a tree of words made from the table of operations, each leaf when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import click

from doumen.faces.cli import completion, words
from doumen.faces.cli.asked import Asked
from doumen.faces.cli.page import Page, examples, say
from doumen.faces.cli.parameters import Argument, everywhere, parameter
from doumen.model.message import Message, msg
from doumen.model.operation import Operation
from doumen.operations import Section, sections

_SHOWN = 3
"""Words too many that are told."""
_SETTINGS: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Verb(Page):
    """One operation as a command."""

    def __init__(self, operation: Operation) -> None:
        super().__init__(
            operation.name[-1],
            help=operation.summary,
            params=[*map(parameter, operation.params), *everywhere()],
            context_settings={**_SETTINGS, "allow_extra_args": True},
        )
        self.operation = operation

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the line.

        Raises:
            UsageError: it does not fit; words too many are told with what leads to them most.
        """
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            raise click.UsageError(words.too_many(rest[:_SHOWN]), ctx)
        return rest

    def invoke(self, ctx: click.Context) -> int:
        """Run the operation and show its outcome; gives the exit code."""
        from doumen.faces.cli.run import perform  # noqa: PLC0415 (help pages need none of it)

        return perform(ctx.ensure_object(Asked), self.operation, dict(ctx.params))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Arguments with their meaning, options, and a line on the global ones."""
        spoken = say(ctx)
        arguments = [p for p in self.get_params(ctx) if isinstance(p, Argument)]
        if arguments:
            with formatter.section(words.ARGUMENTS_TITLE.into(spoken)):
                formatter.write_dl([(p.metavar or "", spoken(p.text)) for p in arguments])
        super().format_options(ctx, formatter)
        with formatter.section(words.GLOBAL_TITLE.into(spoken)):
            formatter.write_text(words.GLOBAL_LINE.into(spoken))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Summary and details."""
        spoken = say(ctx)
        details = spoken(self.operation.details)
        for paragraph in (spoken(self.operation.summary), *details.split("\n\n")):
            if paragraph:
                formatter.write_paragraph()
                with formatter.indentation():
                    formatter.write_text(paragraph)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Examples, never broken over lines, so that they can be copied."""
        examples(formatter, self.operation.examples, words.EXAMPLES_TITLE.into(say(ctx)))


class Branch(Page, click.Group):
    """Commands that begin with the same words; the root has none."""

    def __init__(self, stem: tuple[str, ...], **settings: Any) -> None:
        super().__init__(
            stem[-1] if stem else msg("doumen"),
            params=everywhere(),
            context_settings=_SETTINGS,
            **settings,
        )
        self.stem = stem

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The next words, in the order of the table."""
        depth = len(self.stem)
        return list(dict.fromkeys(o.name[depth] for _, o in self._below()))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb of this word, or the branch that it begins."""
        stem = (*self.stem, cmd_name)
        found = [o for _, o in self._below() if o.name[: len(stem)] == stem]
        if not found:
            return None
        return Verb(found[0]) if found[0].name == stem else Branch(stem)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant.

        Raises:
            UsageError: there is none; near names are told, those deeper in the tree too.
        """
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise click.UsageError(self._unknown(ctx, args[0]), ctx)
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Options, then commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What it is; only the root says it."""
        if self.help:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(say(ctx)(self.help))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What holds for all commands; only the root says it."""
        if self.epilog:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(say(ctx)(self.epilog))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """All verbs with their summaries, room by room, without making commands of them."""
        for title, rows in self._pages(ctx):
            with formatter.section(title):
                formatter.write_dl(rows)

    def _below(self) -> Iterator[tuple[Section, Operation]]:
        depth = len(self.stem)
        for section in sections():
            for operation in section.operations:
                if operation.name[:depth] == self.stem and len(operation.name) > depth:
                    yield section, operation

    def _pages(self, ctx: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        spoken = say(ctx)
        rows: dict[str, list[tuple[str, str]]] = {}
        for section, operation in self._below():
            name = " ".join(operation.name[len(self.stem) :])
            rows.setdefault(spoken(section.title), []).append((name, spoken(operation.summary)))
        yield from rows.items()

    def _unknown(self, ctx: click.Context, name: str) -> Message:
        known = [" ".join(o.name) for _, o in self._below()]
        near = [n for n in known if n.split()[-1] == name]
        stem = " ".join(self.stem)
        near += [f"{stem} {n}".strip() for n in get_close_matches(name, self.list_commands(ctx))]
        return words.no_command(f"{stem} {name}".strip(), near)


class Root(Branch):
    """The first page, with what belongs to the command line itself."""

    def __init__(self) -> None:
        super().__init__((), help=words.ABOUT, epilog=words.ENDING)
        self.params.append(_version())

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All first words."""
        return [*super().list_commands(ctx), completion.NAME]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A verb, a branch, or a command of the face."""
        if cmd_name == completion.NAME:
            return completion.command(everywhere())
        return super().get_command(ctx, cmd_name)

    def _pages(self, ctx: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        yield from super()._pages(ctx)
        spoken = say(ctx)
        meaning = words.COMPLETION.into(spoken)
        yield words.FACE_TITLE.into(spoken), [(completion.NAME, meaning)]


def _version() -> click.Option:
    def show(ctx: click.Context, param: click.Parameter, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            from importlib.metadata import version  # noqa: PLC0415 (costs 15 ms)

            click.echo(f"doumen {version('doumen')}")
            ctx.exit()

    return click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
        help=words.VERSION,
    )
