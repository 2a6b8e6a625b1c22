"""Links of a web answer: the field `Link` of RFC 8288, read for one relation.

Pure. Of several `rel` of one link the first counts (section 3.3), names of relations are compared
without regard to case, and a link with an `anchor` speaks of another place, so it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_TARGET = re.compile(r"[\s,]*<([^<>]*)>")
_PARAMETER = re.compile(
    r"\s*;\s*(?:(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*"
    r"(?:=\s*(?:\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|(?P<token>[^\s,;\"]*)))?)?",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def linked(fields: Iterable[str], relation: str) -> str | None:
    """The target of the first link of a relation, as it is written; None: there is none.

    Args:
        fields: Values of the header `Link`, each of which may hold several links.
        relation: Such as `next`.

    Examples:
        >>> linked(['<http://a/2>; rel="last prev", </3>; title="a, b"; rel=NEXT'], "next")
        '/3'
    """
    for field in fields:
        for target, relations in _links(field):
            if relation.lower() in relations:
                return target
    return None


def _links(field: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Targets with their relations; what is no link ends the reading."""
    place = 0
    while found := _TARGET.match(field, place):
        place = found.end()
        given: dict[str, str] = {}
        while (parameter := _PARAMETER.match(field, place)) and parameter.end() > place:
            place = parameter.end()
            quoted = parameter["quoted"]
            value = parameter["token"] if quoted is None else _ESCAPED.sub(r"\1", quoted)
            given.setdefault((parameter["name"] or "").lower(), value or "")
        if "anchor" not in given:
            yield found[1].strip(), frozenset(given.get("rel", "").lower().split())
