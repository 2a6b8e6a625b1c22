"""Pages of help, in the language asked for and as wide as the terminal.

What click writes in English by itself is said here in our words; texts in wide characters are
measured by cells, which click does not do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

from doumen.faces.cli import wide, words
from doumen.faces.cli.asked import Asked
from doumen.model.message import Catalogue, as_written


class Writer(click.HelpFormatter):
    """Writes the parts of a page; lines are broken by cells where the language needs it."""

    def __init__(self, say: Catalogue, width: int | None, max_width: int | None) -> None:
        super().__init__(width=width, max_width=max_width)
        self.say = say
        self._wide = say is not as_written

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """How the command is written, after the word for it."""
        if not self._wide:
            super().write_usage(prog, args, f"{words.USAGE} ")
            return
        begin = f"{words.USAGE.into(self.say)}{prog} "
        indent = wide.width(begin)
        lines = wide.wrapped(args, self.width - indent) or [""]
        self.write(f"{begin}{lines[0]}".rstrip() + "\n")
        for line in lines[1:]:
            self.write(f"{'':>{indent}}{line}\n")

    def write_heading(self, heading: str) -> None:
        """A heading, with the colon of the language."""
        colon = self.say(str(words.HEADING.template)).format(title=heading)
        self.write(f"{'':>{self.current_indent}}{colon}\n")

    def write_text(self, text: str) -> None:
        """A paragraph, or several."""
        if not self._wide:
            super().write_text(text)
            return
        paragraphs = (wide.wrapped(p, self.width - self.current_indent) for p in _split(text))
        self.write(_indented(paragraphs, self.current_indent))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Names, which are never wide, and meanings, which may be."""
        listed = list(rows)
        if not self._wide or not listed:
            super().write_dl(listed, col_max, col_spacing)
            return
        column = min(max(wide.width(name) for name, _ in listed), col_max) + col_spacing
        room = max(self.width - column - 2, 10)
        for name, meaning in listed:
            lines = wide.wrapped(meaning, room) or [""]
            first = f"{'':>{self.current_indent}}{name}"
            gap = column + self.current_indent - wide.width(first)
            if gap < col_spacing:
                self.write(f"{first}\n")
                first, gap = "", column + self.current_indent
            self.write(f"{first}{'':>{gap}}{lines[0]}".rstrip() + "\n")
            for line in lines[1:]:
                self.write(f"{'':>{column + self.current_indent}}{line}\n")


class Page(click.Command):
    """A command whose page of help is written in the language of the line."""

    def get_help(self, ctx: click.Context) -> str:
        """The page."""
        formatter = Writer(say(ctx), ctx.terminal_width, ctx.max_content_width)
        self.format_help(ctx, formatter)
        return formatter.getvalue().rstrip("\n")

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The pieces of the usage; those that are words of click are ours."""
        own = {str(piece): piece.into(say(ctx)) for piece in (words.OPTIONS, words.COMMANDS)}
        return [own.get(piece, piece) for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options that have a place on the page."""
        records = [
            record(param, ctx)
            for param in self.get_params(ctx)
            if isinstance(param, click.Option) and param.get_help_record(ctx) is not None
        ]
        if records:
            with formatter.section(words.OPTIONS_TITLE.into(say(ctx))):
                formatter.write_dl(records)


def say(ctx: click.Context) -> Catalogue:
    """The catalogue of the language that a line is answered in."""
    return ctx.ensure_object(Asked).say


def record(option: click.Option, ctx: click.Context) -> tuple[str, str]:
    """Name and meaning of an option, with its default."""
    spoken = say(ctx)
    shown = option.get_help_record(ctx)
    assert shown is not None
    text = words.HELP if "--help" in option.opts else option.help or ""
    extra = option.get_help_extra(ctx)
    more = []
    if "default" in extra:
        more.append(spoken(str(words.DEFAULT.template)).format(value=extra["default"]))
    if "required" in extra:
        more.append(words.REQUIRED.into(spoken))
    meaning = spoken(str(text))
    return shown[0], f"{meaning}  [{'; '.join(more)}]" if more else meaning


def examples(formatter: click.HelpFormatter, lines: Sequence[str], title: str) -> None:
    """Command lines, never broken, so that they can be copied."""
    if lines:
        with formatter.section(title):
            for line in lines:
                formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


def _split(text: str) -> list[str]:
    return text.split("\n\n")


def _indented(paragraphs: Iterable[Sequence[str]], indent: int) -> str:
    return "\n".join(
        "".join(f"{'':>{indent}}{line}\n" for line in paragraph) for paragraph in paragraphs
    )
