"""Which masks are asked for on a column: by permits on it, and by those on what it came from.

A mask flows along projection, where the value itself went. What was already shown under a mask,
or under a stronger one, when a dataset was derived is not masked once more: a hash would no
longer join with its source. Only a rule that names the derived dataset itself, or a column of
it, masks whatever was before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from doumen.kits.policy.flow import PROJECTION, origins
from doumen.kits.policy.standing import Hit, Standing
from doumen.kits.policy.target import exact, folded, means, names
from doumen.kits.policy.terms import masked, masked_throughout
from doumen.model.ref import ColumnRef, Ref
from doumen.model.rule import Mask, Rule, Target

Masks = frozenset[tuple[Mask, str]]
"""Masks without their column, each with the id of the rule that asks for it."""


def asked_masks(standing: Standing, permits: Iterable[Hit], ref: Ref, column: str) -> Masks:
    """The masks that are asked for on a column and not applied yet.

    Args:
        standing: Who reads.
        permits: The permits to query the dataset that match.
        ref: The dataset.
        column: One of its columns.
    """
    facts = standing.facts
    asked = {
        (mask, hit.rule.id)
        for hit in permits
        for mask in _direct(hit, column)
        if exact(hit.rule.on) or not masked_throughout(facts, ref, column, mask)
    }
    asked |= {
        (mask, rule.id)
        for origin in origins(facts, ref, column, PROJECTION)
        for rule in standing.permits
        for mask in _on(rule, origin)
        if not masked(facts, ref, column, origin, mask)
    }
    return frozenset((Mask(mask.method, None, mask.options), rule) for mask, rule in asked)


def _direct(hit: Hit, column: str) -> Iterator[Mask]:
    """Masks that a permit asks for on a column, whether it is the permit that shows it or not."""
    for duty in hit.rule.duties:
        if isinstance(duty, Mask):
            named = duty.column is not None and folded(duty.column) == folded(column)
            if named or (duty.column is None and column in hit.columns):
                yield duty


def _on(rule: Rule, origin: ColumnRef) -> Iterator[Mask]:
    """Masks that a rule on a dataset or a column asks for on this column."""
    for duty in rule.duties:
        if isinstance(duty, Mask) and _means(rule.on, duty, origin):
            yield duty


def _means(on: Target, mask: Mask, origin: ColumnRef) -> bool:
    if mask.column is None:
        return names(on, origin.ref, origin.column)
    return means(on, origin.ref) and folded(mask.column) == folded(origin.column)
