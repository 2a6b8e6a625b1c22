"""Prints an outcome: JSON or drawings to standard output, sentences to standard error.

JSON is one line without a blank, written piece by piece: an answer may be larger than what
should be held as text.
"""

from __future__ import annotations

import json as notation
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from doumen.faces.cli.terminal import clean, clean_json
from doumen.model.message import Catalogue, as_written, spoken
from doumen.model.operation import Outcome


def show(outcome: Outcome, *, json: bool, talk: bool, say: Catalogue = as_written) -> None:
    """Print an outcome.

    Args:
        outcome: What the verb gave back.
        json: For machines, not drawn.
        talk: Whether the sentences are said.
        say: The catalogue of the language for people; JSON has none.
    """
    if json:
        for piece in pieces(outcome.json):
            sys.stdout.write(piece)
        sys.stdout.write("\n")
    elif outcome.drawn:
        from doumen.faces.cli.draw import draw  # noqa: PLC0415 (rich costs 60 ms)

        draw(outcome.drawn, sys.stdout, say=say)
    sys.stdout.flush()
    if talk:
        for sentence in outcome.said:
            click.echo(clean(spoken(sentence, say)), err=True)


def pieces(body: Mapping[str, Any]) -> Iterator[str]:
    """The JSON text of an outcome; values that are gone through once come row by row."""
    before = "{"
    for name, value in body.items():
        yield f"{before}{_text(name)}:"
        if isinstance(value, Iterable) and not isinstance(value, (str, list, tuple, Mapping)):
            yield from _array(value)
        else:
            yield _text(value)
        before = ","
    yield "{}" if before == "{" else "}"


def _array(values: Iterable[Any]) -> Iterator[str]:
    before = "["
    for value in values:
        yield before + _text(value)
        before = ","
    yield "[]" if before == "[" else "]"


def _text(value: Any) -> str:
    return clean_json(
        notation.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    )
