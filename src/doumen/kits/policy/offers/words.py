"""Terms in words, for people; the expressions of filters only for those who may know them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from doumen.kits.policy.words import duty_words
from doumen.model.message import Message, either, enumerated, msg, plain
from doumen.model.terms import Dues, Grant, Per, Quota, Terms

Pair = tuple[Message, Message]
_PER: Mapping[Per, Message] = {
    Per.AGREEMENT: msg("under the agreement, by all actors together"),
    Per.DAY: msg("a day (UTC), by all actors together"),
}


def terms_words(terms: Terms, *, literals: bool) -> list[Pair]:
    """Terms as pairs of a heading and what stands under it.

    Args:
        terms: The terms.
        literals: Whether the reader may know the expressions of filters.
    """
    return [
        (
            msg("to"),
            either(f"`{one}`" for one in terms.to) if terms.to else msg("any participant"),
        ),
        *_bounds(terms),
        *_clauses(terms, literals=literals),
        *_owed(terms),
        *([(msg("price"), plain(terms.price))] if terms.price is not None else []),
    ]


def clause_words(terms: Terms, grant: Grant, who: Message, *, literals: bool) -> list[Pair]:
    """One clause of terms, with all that holds for it, in the manner of a rule.

    Args:
        terms: The terms.
        grant: What the clause grants.
        who: Whom it is for.
        literals: Whether the reader may know the expressions of filters.
    """
    return [
        (msg("does"), msg("permits reading rows")),
        (msg("who"), who),
        (msg("on"), _granted(grant)),
        *_bounds(terms),
        *((msg("duty"), duty_words(duty, literals=literals)) for duty in grant.duties),
        *_owed(terms),
    ]


def _bounds(terms: Terms) -> Iterator[Pair]:
    """For what, when and where."""
    yield msg("for"), enumerated(terms.purposes, mark="") if terms.purposes else msg("any purpose")
    yield (
        msg("from"),
        msg("{since} (UTC)", since=terms.since) if terms.since else msg("the agreement on"),
    )
    yield (
        msg("until"),
        msg("{until}, that day (UTC) included", until=terms.until)
        if terms.until
        else msg("no end"),
    )
    yield msg("places"), enumerated(terms.places, mark="") if terms.places else msg("anywhere")


def _owed(terms: Terms) -> Iterator[Pair]:
    """How often, and what is owed for it."""
    yield from ((msg("quota"), _quota(quota)) for quota in terms.quotas)
    yield from _dues(terms.dues)


def _clauses(terms: Terms, *, literals: bool) -> Iterator[Pair]:
    for number, grant in enumerate(terms.grants, start=1):
        yield msg("clause {number}", number=number), _granted(grant)
        for duty in grant.duties:
            yield msg("duty"), duty_words(duty, literals=literals)


def _granted(grant: Grant) -> Message:
    if not grant.columns:
        return msg("dataset `{ref}`, every column", ref=grant.ref)
    return msg(
        "of dataset `{ref}` the columns {columns}", ref=grant.ref, columns=enumerated(grant.columns)
    )


def _quota(quota: Quota) -> Message:
    if quota.queries == 1:
        return msg("at most 1 query {per}", per=_PER[quota.per])
    return msg("at most {queries} queries {per}", queries=quota.queries, per=_PER[quota.per])


def _dues(dues: Dues) -> Iterator[Pair]:
    if dues.report == 1:
        yield msg("due"), msg("the use is reported every day")
    elif dues.report is not None:
        yield msg("due"), msg("the use is reported every {days} days", days=dues.report)
    if dues.attribute is not None:
        yield msg("due"), msg("the source is named: “{words}”", words=dues.attribute)
    if dues.delete == 0:
        yield msg("due"), msg("what is obtained is deleted by the end of the day (UTC)")
    elif dues.delete == 1:
        yield msg("due"), msg("what is obtained is deleted after 1 day")
    elif dues.delete is not None:
        yield msg("due"), msg("what is obtained is deleted after {days} days", days=dues.delete)
