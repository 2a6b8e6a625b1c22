"""Whether the codes of a list go together: each once at a time, with parents that are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from doumen.model.meaning import Code
from doumen.model.message import Message, msg

LONGEST = 200
"""Characters of a code."""


def faults(codes: Sequence[Code]) -> Iterator[tuple[str, Message]]:
    """What is wrong with the codes of a list: each code with the fault."""
    known = {one.code for one in codes}
    for one in codes:
        if not one.code or len(one.code) > LONGEST or not one.code.isprintable():
            yield one.code, msg("a code is a text of at most {most} characters", most=LONGEST)
        if one.parent is not None and one.parent not in known:
            yield one.code, msg("its parent `{parent}` is not in the list", parent=one.parent)
        for other in one.superseded_by:
            if other not in known:
                yield one.code, msg("`{code}`, which supersedes it, is not in the list", code=other)
        if (one.valid_until or date.max) <= (one.valid_from or date.min):
            yield one.code, msg("it ends before it begins")
    yield from _twice(codes)
    yield from _circles(codes)


def _twice(codes: Sequence[Code]) -> Iterator[tuple[str, Message]]:
    inorder = sorted(codes, key=lambda one: (one.code, one.valid_from or date.min))
    for one, other in pairwise(inorder):
        ends = one.valid_until or date.max
        if one.code == other.code and (other.valid_from or date.min) < ends:
            yield one.code, msg("it is there twice at a time")


def _circles(codes: Sequence[Code]) -> Iterator[tuple[str, Message]]:
    above: dict[str, set[str]] = {}
    for one in codes:
        if one.parent is not None:
            above.setdefault(one.code, set()).add(one.parent)
    for code, parents in above.items():
        seen: set[str] = set()
        ahead = set(parents)
        while ahead:
            seen |= ahead
            ahead = {up for other in ahead for up in above.get(other, ())} - seen
        if code in seen:
            yield code, msg("it stands above itself")
