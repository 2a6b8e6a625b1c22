"""What terms show of a dataset: by the ruling of the node that holds it, or by the words alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from doumen.kits.policy.duties.mask import MaskKind
from doumen.kits.policy.ruling import DatasetRuling
from doumen.kits.policy.target import folded
from doumen.model.exposure import Shown, Sight
from doumen.model.fact import Facts
from doumen.model.ref import Ref
from doumen.model.rule import Filter, Mask, MinGroup
from doumen.model.terms import Grant, Terms


def ruled(
    ruling: DatasetRuling, terms: Terms, provider: str, facts: Facts, agreement: str | None = None
) -> Sight:
    """What is seen by a ruling of the provider.

    Args:
        ruling: For an actor of the consumer.
        terms: That it follows from.
        provider: DID of this node.
        facts: Whose labels are told.
        agreement: Key; None: not signed.
    """
    return Sight(
        provider=provider,
        ref=ruling.ref,
        agreement=agreement,
        columns=tuple(
            Shown(
                one.column.name,
                one.column.type,
                one.mask,
                tuple(sorted(facts.labels(ruling.ref, one.column.name))),
            )
            for one in ruling.columns
        ),
        filters=tuple(sorted({expression for _, expression in ruling.filters})),
        groups=tuple(sorted({(k, unit) for k, unit, _ in ruling.groups}, key=str)),
        purposes=terms.purposes,
        until=terms.until,
    )


def granted(
    terms: Terms,
    provider: str,
    told: Mapping[Ref, Iterable[tuple[str, str]]],
    agreement: str | None = None,
) -> tuple[Sight, ...]:
    """What is seen by the words of terms, at a node that does not hold the datasets.

    Args:
        terms: The terms.
        provider: DID of who holds the datasets.
        told: Names and types of columns, as far as the provider tells them.
        agreement: Key; None: not signed.
    """
    return tuple(
        Sight(
            provider=provider,
            ref=grant.ref,
            agreement=agreement,
            columns=_columns(grant, list(told.get(grant.ref, ()))),
            filters=tuple(sorted({d.expression for d in grant.duties if isinstance(d, Filter)})),
            groups=tuple((d.k, d.unit) for d in grant.duties if isinstance(d, MinGroup)),
            purposes=terms.purposes,
            until=terms.until,
            whole=bool(grant.columns) or grant.ref in told,
        )
        for grant in terms.grants
    )


def _columns(grant: Grant, told: list[tuple[str, str]]) -> tuple[Shown, ...]:
    types = {folded(name): type for name, type in told}
    names = grant.columns or tuple(name for name, _ in told)
    return tuple(Shown(name, types.get(folded(name), ""), _mask(grant, name)) for name in names)


def _mask(grant: Grant, name: str) -> Mask | None:
    """The mask of a column; several are joined as the gate joins them."""
    asked = [
        replace(duty, column=None)
        for duty in grant.duties
        if isinstance(duty, Mask)
        and duty.column is not None
        and folded(duty.column) == folded(name)
    ]
    if not asked:
        return None
    (mask,) = MaskKind().join(asked)
    return mask
