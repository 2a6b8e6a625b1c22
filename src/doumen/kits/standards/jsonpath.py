"""JSONPath to the place of rows in a document: singular queries of RFC 9535, section 2.3.5.1.

A query names one node by member names and indexes from 0; a wildcard at the end (`[*]` or `.*`)
may say that its elements are meant, which changes nothing. Filters, slices, descendants and
negative indexes could name many nodes, or need the whole document, and are refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from doumen.model.errors import Invalid
from doumen.model.message import msg

Step = str | int
"""A member's name, or an element's index."""

_STEP = re.compile(
    r"\.(?P<short>[^\W\d]\w*)"
    r"|\[\s*(?P<index>0|[1-9]\d{0,15})\s*\]"
    r"|\[\s*(?P<double>\"(?:[^\"\\\x00-\x1f]|\\.)*\")\s*\]"
    r"|\[\s*'(?P<single>(?:[^'\\\x00-\x1f]|\\.)*)'\s*\]"
)
_LAST = re.compile(r"(\[\s*\*\s*\]|\.\*)$")


def steps(query: str) -> tuple[Step, ...]:
    """The steps of a query from the root; a query that does not begin with `$` begins there.

    Raises:
        Invalid: it is no singular query.

    Examples:
        >>> steps("$.result['a b'][0].items[*]")
        ('result', 'a b', 0, 'items')
        >>> steps("result.items")
        ('result', 'items')
    """
    text = query.strip()
    if not text.startswith("$"):
        text = f"${text}" if text.startswith(("[", ".")) else f"$.{text}"
    rest = _LAST.sub("", text[1:])
    found: list[Step] = []
    place = 0
    while place < len(rest):
        match = _STEP.match(rest, place)
        if match is None:
            raise _wrong(query)
        found.append(_step(match, query))
        place = match.end()
    return tuple(found)


def follow(document: Any, way: Sequence[Step]) -> tuple[Any, ...]:
    """The value where the steps lead, alone; nothing: they lead nowhere.

    Examples:
        >>> follow({"a": [None, {"b": 1}]}, ("a", 1, "b"))
        (1,)
        >>> follow({"a": []}, ("a", 0))
        ()
    """
    for step in way:
        if isinstance(step, str):
            if not isinstance(document, Mapping) or step not in document:
                return ()
            document = document[step]
        else:
            if not isinstance(document, list) or step >= len(document):
                return ()
            document = document[step]
    return (document,)


def _step(match: re.Match[str], query: str) -> Step:
    if match["index"] is not None:
        return int(match["index"])
    if match["short"] is not None:
        return match["short"]
    quoted = match["double"]
    if quoted is None:
        inner = match["single"].replace("\\'", "'").replace('"', '\\"')
        quoted = f'"{inner}"'
    try:
        name: str = json.loads(quoted)
    except ValueError:
        raise _wrong(query) from None
    return name


def _wrong(query: str) -> Invalid:
    return Invalid(
        msg("`{query}` does not lead to one place in a JSON document.", query=query),
        why=msg("It may hold names and indexes from 0 (RFC 9535, singular queries)."),
        next=msg("Write it like `$.result.items` or `$['a b'][0].rows`."),
        detail="json-path",
    )
