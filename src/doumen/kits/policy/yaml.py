"""YAML from strangers as plain values: bounded in size and depth, without anchors and tags.

Dates stay text, so that a wrong one is a fault of its field and not of the whole document.
"""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    NodeEvent,
    ScalarEvent,
)

from doumen.model.errors import Invalid
from doumen.model.message import Message, msg, plain

_SIZE = 1 << 20
_DEPTH = 16
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Plain(SafeConstructor):
    """Values without dates."""


_Plain.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def plain_yaml(text: str) -> Any:
    """The values of one YAML 1.2 document.

    Raises:
        Invalid: it is no YAML, holds anchors or tags, or is larger than 1 MiB or deeper than 16.
    """
    if len(text.encode(errors="surrogatepass")) > _SIZE:
        raise _invalid(msg("A document of rules has at most 1 MiB."))
    try:
        _bounded(text)
        reader = YAML(typ="safe", pure=True)
        reader.Constructor = _Plain
        return reader.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise _invalid(
            plain(f"{error.problem}.")
            if mark is None
            else msg(
                "line {line}, column {column}: {problem}.",
                line=mark.line + 1,
                column=mark.column + 1,
                problem=error.problem,
            )
        ) from None
    except (YAMLError, ValueError) as error:
        raise _invalid(plain(str(error).splitlines()[0] + ".")) from None


def _bounded(text: str) -> None:
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, CollectionStartEvent):
            depth += 1
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        if depth > _DEPTH:
            raise _invalid(msg("The document is nested too deeply."))
        if isinstance(event, ScalarEvent) and _SURROGATE.search(event.value):
            raise _invalid(
                msg("line {line}: half a character (surrogate).", line=event.start_mark.line + 1)
            )
        if getattr(event, "tag", None) is not None:
            mark = event.start_mark
            raise _invalid(
                msg(
                    "line {line}, column {column}: tags are not allowed.",
                    line=mark.line + 1,
                    column=mark.column + 1,
                )
            )
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            line = event.start_mark.line + 1
            raise _invalid(
                msg(
                    "line {line}: anchors and aliases are not allowed; a text that begins "
                    "with `*` or `&` stands in quotes.",
                    line=line,
                )
            )


def _invalid(why: Message) -> Invalid:
    return Invalid(msg("The document of rules is not readable YAML."), why=why, detail="yaml")
