"""Rules × facts × actor × purpose → what of one dataset the actor may see. Pure.

Deny beats permit; duties of all permits that match are joined; what may not be discovered is
absent. The owner sees all, no rule applies to them; agreements with others bind them too. A
steward reads quarantines too. Before any rule stands in which state of its life a dataset is
(`lives`). Stewards and auditors discover everything and read rows by rules
only. A permit on a dataset shows all
its columns, one on a column or a label only those; every duty but a mask holds for the dataset
as a whole. `docs/rules.md` says this to users.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from doumen.kits.policy.bounds import Bounds
from doumen.kits.policy.carried import check_carried
from doumen.kits.policy.duties import BY_NOUN
from doumen.kits.policy.duties.filter import misfit
from doumen.kits.policy.flow import SHAPING, shapers, sources
from doumen.kits.policy.knowledge import (
    denials,
    known_columns,
    made,
    notice,
    quarantines,
    successor,
)
from doumen.kits.policy.lives import check_life
from doumen.kits.policy.masking import asked_masks
from doumen.kits.policy.refusals import (
    all_denied,
    denied,
    misfitting,
    none_permits,
    quarantined,
    source_closed,
)
from doumen.kits.policy.ruling import Asked, DatasetRuling, RuledColumn, absent
from doumen.kits.policy.standing import EITHER, QUERIED, Standing, check_purpose
from doumen.kits.policy.target import folded
from doumen.kits.policy.words import attributes
from doumen.model.errors import NotFound, Refused
from doumen.model.ref import Ref
from doumen.model.rule import Action, Effect, Filter, Mask
from doumen.model.schema import Schema

Settled = DatasetRuling | Refused | NotFound


def rule_dataset(asked: Asked) -> DatasetRuling:
    """Rule on one dataset.

    Raises:
        NotFound: it does not exist, or the actor may not know that it does: both alike.
        Refused: the purpose is not assigned to the actor; it is a draft or retired, and they
            are not named for that; a rule denies the dataset (named); no rule permits it; a duty
            does not fit it; or it was made from what the actor may no longer query, or may query
            or keep under stricter terms only.
    """
    check_purpose(asked.actor, asked.purpose)
    standing = Standing(asked.actor, asked.purpose, asked.facts, asked.now)
    return _rule(_Case(standing), asked.ref, asked.schema, asked.action)


@dataclass(slots=True)
class _Case:
    """One question with what was settled on the way: each source is ruled on once."""

    standing: Standing
    settled: dict[Ref, Settled | None] = field(default_factory=dict)

    def source(self, ref: Ref) -> Settled | None:
        """The ruling on a source, or why there is none; None within a circle of derivations."""
        if ref not in self.settled:
            self.settled[ref] = None
            try:
                schema = _schema(self.standing, ref)
                self.settled[ref] = _rule(self, ref, schema, Action.QUERY)
            except (Refused, NotFound) as error:
                self.settled[ref] = error
        return self.settled[ref]


def _schema(standing: Standing, ref: Ref) -> Schema:
    snapshot = standing.facts.snapshot(ref)
    return Schema(()) if snapshot is None else snapshot.schema


def _rule(case: _Case, ref: Ref, schema: Schema, action: Action) -> DatasetRuling:
    actor, facts = case.standing.actor, case.standing.facts
    body = facts.dataset(ref)
    if body is None:
        raise absent(ref)
    everything = DatasetRuling(ref, tuple(RuledColumn(column) for column in schema))
    known = frozenset(schema.names)
    if not actor.is_owner:
        known = known_columns(case.standing, ref, schema)
        if not known:
            raise absent(ref)
    if action is Action.QUERY:
        check_carried(facts, ref, case.standing.purpose, case.standing.now)
        check_life(case.standing, ref, successor(case.standing, ref))
        everything = replace(everything, notice=notice(case.standing, ref))
    if actor.is_owner:
        return everything
    if action is Action.DISCOVER:
        columns = tuple(c for c in everything.columns if c.column.name in known)
        return replace(everything, columns=columns)
    if quarantines(ref, body.get("kind")):
        if actor.governs:
            return everything
        raise quarantined(ref)
    return _Query(case, ref, schema, known).ruling()


class _Query:
    """The joining of all rules for one actor who asks for the rows of one dataset."""

    def __init__(self, case: _Case, ref: Ref, schema: Schema, known: frozenset[str]) -> None:
        self.case, self.standing = case, case.standing
        self.ref, self.schema, self.known = ref, schema, known
        self.permits = tuple(
            hit
            for hit in self.standing.hits(Effect.PERMIT, QUERIED, ref, schema)
            if self.standing.states(hit.rule)
        )
        self.made = made(self.standing, ref)

    def ruling(self) -> DatasetRuling:
        """The ruling; see `rule_dataset` for what it raises."""
        whole, hidden = denials(self.standing, EITHER, self.ref, self.schema)
        if whole is not None:
            raise denied(whole, self.ref, self.standing)
        shown = frozenset(name for hit in self.permits for name in hit.columns)
        if self.made:
            shown |= self._kept()
        if not shown:
            raise none_permits(self.ref, self.schema, self.standing)
        visible = [c for c in self.schema if c.name in shown and c.name not in hidden]
        if not visible:
            raise all_denied(hidden[min(shown)], self.ref)
        columns = tuple(RuledColumn(c, *self._mask(c.name)) for c in visible)
        permits = frozenset(hit.rule for hit in self.permits)
        bounds = Bounds(self.standing, self.ref, self.schema, permits)
        limit, groups, counts = bounds.limit(), bounds.groups(), bounds.counts()
        expires = bounds.expires()
        told = {name: rule for name, rule in sorted(hidden.items()) if name in self.known}
        applied = {hit.rule.id for hit in self.permits} | set(told.values())
        applied.update(rule for column in columns for rule in column.rules)
        applied.update(bound[-1] for bound in (limit, *groups, *counts, expires) if bound)
        return DatasetRuling(
            ref=self.ref,
            columns=columns,
            denied=told,
            filters=tuple(self._filters()),
            limit=limit,
            groups=groups,
            counts=counts,
            expires=expires,
            rules=tuple(sorted(applied)),
            notice=notice(self.standing, self.ref),
        )

    def _kept(self) -> frozenset[str]:
        """Columns of what the actor made, as far as every source still shows what shaped them.

        Raises:
            Refused: a source may no longer be queried, and no permit is on the dataset itself.
        """
        shown: set[str] = set()
        circular = {self.ref}
        for source in sources(self.standing.facts, self.ref):
            settled = self.case.source(source)
            if isinstance(settled, Refused | NotFound):
                if self.permits:
                    return frozenset()
                raise source_closed(self.ref, source, settled)
            if settled is None:
                circular.add(source)
            else:
                shown |= {folded(f"{source}.{c.column.name}") for c in settled.columns}
        return frozenset(
            name
            for name in self.schema.names
            if all(
                shaper.ref in circular or shaper.ref.is_system or folded(str(shaper)) in shown
                for shaper in shapers(self.standing.facts, self.ref, name, SHAPING)
            )
        )

    def _mask(self, name: str) -> tuple[Mask | None, tuple[str, ...]]:
        """The mask of a column, and the rules that permit or mask it."""
        asked = asked_masks(self.standing, self.permits, self.ref, name)
        permitting = {hit.rule.id for hit in self.permits if name in hit.columns}
        ids = tuple(sorted(permitting | {rule for _, rule in asked}))
        if not asked:
            return None, ids
        (mask,) = BY_NOUN[Mask].join([mask for mask, _ in asked])
        return mask, ids

    def _filters(self) -> Iterator[tuple[str, str]]:
        known = frozenset(attributes(self.standing.actor).items())
        for hit in self.permits:
            for duty in hit.rule.duties:
                if isinstance(duty, Filter):
                    if misfit(duty.expression, self.schema, known) is not None:
                        raise misfitting(hit.rule.id, self.ref, "filter")
                    yield hit.rule.id, duty.expression
