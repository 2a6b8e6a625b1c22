"""What changes from some terms to others, in words, for those who are to agree to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from doumen.kits.policy.offers.words import terms_words
from doumen.kits.policy.words import duty_words
from doumen.model.message import Message, msg
from doumen.model.terms import Grant, Terms

_CLAUSES = ("clause ", "duty")
"""How the headings begin of what is told dataset by dataset here."""


@dataclass(frozen=True, slots=True)
class Change:
    """What changes under one heading.

    Attributes:
        heading: What it is about.
        gone: What was said and is not any more.
        come: What is said now and was not.
    """

    heading: Message
    gone: tuple[Message, ...]
    come: tuple[Message, ...]


def terms_changes(before: Terms, after: Terms, *, literals: bool) -> Iterator[Change]:
    """What changes from the terms before to those after, heading by heading.

    Args:
        before: Terms.
        after: Terms.
        literals: Whether the reader may know the expressions of filters.
    """
    old, new = (_parts(terms, literals=literals) for terms in (before, after))
    for name in dict.fromkeys((*old, *new)):
        heading, was = old.get(name, (None, ()))
        heading, now = new.get(name, (heading, ()))
        assert heading is not None
        gone, come = _without(was, now), _without(now, was)
        if gone or come:
            yield Change(heading, gone, come)


def _parts(terms: Terms, *, literals: bool) -> dict[str, tuple[Message, tuple[Message, ...]]]:
    """Heading as text → the heading, and all that stands under it."""
    found: dict[str, tuple[Message, tuple[Message, ...]]] = {}
    for heading, words in terms_words(terms, literals=literals):
        name = str(heading)
        if not name.startswith(_CLAUSES):
            found[name] = (heading, (*found.get(name, (heading, ()))[1], words))
    for grant in terms.grants:
        heading = msg("dataset `{ref}`", ref=grant.ref)
        found[str(heading)] = (heading, tuple(_granted(grant, literals=literals)))
    return found


def _granted(grant: Grant, *, literals: bool) -> Iterator[Message]:
    if not grant.columns:
        yield msg("every column")
    for name in grant.columns:
        yield msg("column `{column}`", column=name)
    for duty in grant.duties:
        yield duty_words(duty, literals=literals)


def _without(some: Sequence[Message], others: Sequence[Message]) -> tuple[Message, ...]:
    known = {str(one) for one in others}
    return tuple(one for one in some if str(one) not in known)
