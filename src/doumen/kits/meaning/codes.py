"""Codes in time: which are valid at a day, and what a list says when a new edition of it comes.

A code is valid from the day of the first edition that lists it under a name to that of the first
that does not (exclusive). Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from doumen.model.meaning import Code

Successors = Callable[[Sequence[Code], Sequence[Code]], Mapping[str, tuple[str, ...]]]
"""Of codes that an edition ends and codes that it begins: which of these takes whose place."""


def nobody(ended: Sequence[Code], begun: Sequence[Code]) -> Mapping[str, tuple[str, ...]]:
    """What is known of successors where nobody says anything of them."""
    return {}


@dataclass(frozen=True, slots=True)
class Listing:
    """One edition as it was published: all codes in force from a day on.

    Attributes:
        codes: Each code once; days of validity are not looked at.
        silent: Codes of which it says nothing: whether it lists them or not, they stay as they
            are. Editions of different offices cover different things.
    """

    valid_from: date
    codes: Sequence[Code]
    silent: Collection[str] = field(default=frozenset())


def valid_at(codes: Iterable[Code], day: date) -> tuple[Code, ...]:
    """The codes that are valid at a day, in their order."""
    return tuple(
        one
        for one in codes
        if (one.valid_from is None or one.valid_from <= day)
        and (one.valid_until is None or day < one.valid_until)
    )


def followed(
    codes: Sequence[Code], listing: Listing, successors: Successors = nobody
) -> tuple[Code, ...]:
    """A list after a new edition.

    A code that the edition lists under another label ends, and begins again under it. One that
    it does not list ends; its successor is what the edition says of the code itself, else what
    `successors` derives.

    Args:
        codes: As they were, of all editions before.
        listing: The new one; later than all of them.
        successors: Says which codes take the place of others.
    """
    day, silent = listing.valid_from, listing.silent
    now = {one.code: one for one in listing.codes if one.code not in silent}
    done = [one for one in codes if one.valid_until is not None or one.code in silent]
    open_ = [one for one in codes if one.valid_until is None and one.code not in silent]
    known = {one.code for one in open_}
    begun = [replace(one, valid_from=day, valid_until=None) for one in now.values()
             if one.code not in known]  # fmt: skip
    ended = [one for one in open_ if one.code not in now]
    after = successors(ended, begun)
    kept: list[Code] = []
    for one in open_:
        new = now.get(one.code)
        if new is None:
            by = one.superseded_by or tuple(after.get(one.code, ()))
            kept.append(replace(one, valid_until=day, superseded_by=by))
        elif new.label == one.label:
            same = new.parent == one.parent
            kept.append(one if same else replace(one, parent=new.parent))
        else:
            kept.append(replace(one, valid_until=day))
            kept.append(replace(new, valid_from=day, valid_until=None))
    return ordered((*done, *kept, *begun))


def ordered(codes: Iterable[Code]) -> tuple[Code, ...]:
    """By code, and each in time."""
    return tuple(sorted(codes, key=lambda one: (one.code, one.valid_from or date.min)))


@dataclass(frozen=True, slots=True)
class Differences:
    """What changed between two days.

    Attributes:
        renamed: The code as it was, and as it is.
    """

    added: tuple[Code, ...]
    removed: tuple[Code, ...]
    renamed: tuple[tuple[Code, Code], ...]


def differences(codes: Sequence[Code], old: date, new: date) -> Differences:
    """What of a list changed from one day to another."""
    before = {one.code: one for one in valid_at(codes, old)}
    after = {one.code: one for one in valid_at(codes, new)}
    return Differences(
        tuple(one for code, one in after.items() if code not in before),
        tuple(one for code, one in before.items() if code not in after),
        tuple(
            (one, after[code])
            for code, one in before.items()
            if code in after and after[code].label != one.label
        ),
    )
