"""Terms as rules: what the gate enforces for one actor of the consumer, under one agreement.

Each grant is a clause, numbered from 1 in its order; a rule is named by the agreement and its
clause, `A-7F3KQ2AB-1`, that of a column by its number in the clause too, `A-7F3KQ2AB-1-2`. What
was agreed never changes, so neither do these names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from doumen.kits.policy.target import folded
from doumen.model.ref import ColumnRef
from doumen.model.rule import (
    Action,
    Duty,
    Effect,
    Expire,
    Mask,
    Rule,
    Target,
    TargetKind,
    Who,
)
from doumen.model.terms import Grant, Terms


def rules_of(key: str, terms: Terms, actor: str) -> tuple[Rule, ...]:
    """The rules for a job of an actor under an agreement.

    They hold datasets, columns, duties, purposes, the last day and how long an answer may be kept;
    `not_in_force` judges the rest but quotas.

    Args:
        key: Name of the agreement.
        terms: What was agreed.
        actor: Name of the actor, with its participant: `did:web:port.example#ana`.
    """
    return tuple(
        Rule(
            id=id,
            effect=Effect.PERMIT,
            action=Action.QUERY,
            who=Who(actor=actor),
            on=on,
            purposes=terms.purposes,
            until=terms.until,
            duties=duties if terms.dues.delete is None else (*duties, Expire(terms.dues.delete)),
        )
        for number, grant in enumerate(terms.grants, start=1)
        for id, on, duties in _parts(f"{key}-{number}", grant)
    )


def clause_of(key: str, terms: Terms, id: str) -> Grant | None:
    """What a clause, or a rule that is made of one, grants: it alone; None: nothing is named so.

    Args:
        key: Name of the agreement.
        terms: What was agreed.
        id: Name of the clause or rule.
    """
    for number, grant in enumerate(terms.grants, start=1):
        name = f"{key}-{number}"
        if id == name:
            return grant
        for place, column in enumerate(grant.columns, start=1):
            if id == f"{name}-{place}":
                duties = (d for d in grant.duties if not isinstance(d, Mask) or _masks(d, column))
                return replace(grant, columns=(column,), duties=tuple(duties))
    return None


def _parts(id: str, grant: Grant) -> Iterator[tuple[str, Target, tuple[Duty, ...]]]:
    """Id, target and duties of each rule of a clause.

    Duties on the dataset stand in each rule on a column: they hold whichever column is still there.
    """
    if not grant.columns:
        yield id, Target(TargetKind.DATASET, str(grant.ref)), grant.duties
    for number, column in enumerate(grant.columns, start=1):
        target = Target(TargetKind.COLUMN, str(ColumnRef(grant.ref, column)))
        yield f"{id}-{number}", target, tuple(_of_column(column, grant.duties))


def _of_column(column: str, duties: tuple[Duty, ...]) -> Iterator[Duty]:
    for duty in duties:
        if not isinstance(duty, Mask):
            yield duty
        elif _masks(duty, column):
            yield replace(duty, column=None)


def _masks(mask: Mask, column: str) -> bool:
    return mask.column is not None and folded(mask.column) == folded(column)
