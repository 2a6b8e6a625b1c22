"""What an actor may know of a dataset: which rules deny it, and which column names are told.

Whoever holds a permit, or could by stating a purpose of theirs, may discover what it is on;
so may whoever made a dataset. Owner, steward and auditor discover everything. A draft is known
to them, to who made it, and to those who are named for drafts (`lives`).
"""

from __future__ import annotations

from collections.abc import Collection

from doumen.kits.policy.flow import derived_by, reaches
from doumen.kits.policy.lives import concealed, life
from doumen.kits.policy.standing import DISCOVERED, EACH, Standing
from doumen.kits.policy.target import covered
from doumen.model.life import DEPRECATED, Notice
from doumen.model.ref import Ref
from doumen.model.rule import Action, Effect, TargetKind
from doumen.model.schema import Schema


def denials(
    standing: Standing, actions: Collection[Action], ref: Ref, schema: Schema
) -> tuple[str | None, dict[str, str]]:
    """What rules deny, on the dataset itself or on what it was derived from.

    Returns:
        Id of the first rule that denies the dataset as a whole, or None; and column → id of the
        first rule that denies it.
    """
    whole: str | None = None
    columns: dict[str, str] = {}
    for rule in standing.rules:
        if rule.effect is not Effect.DENY or rule.action not in actions:
            continue
        if not standing.states(rule):
            continue
        hit = covered(rule.on, ref, schema, standing.facts)
        hit |= reaches(rule.on, ref, schema.names, standing.facts)
        if hit and rule.on.kind is TargetKind.DATASET:
            whole = whole or rule.id
        else:
            columns.update((name, rule.id) for name in hit - columns.keys())
    return whole, columns


def quarantines(ref: Ref, kind: object) -> bool:
    """Whether a dataset holds rows that broke a contract: for owner and steward only."""
    return ref.is_quarantine or kind == "quarantine"


def made(standing: Standing, ref: Ref) -> bool:
    """Whether the actor derived this dataset."""
    return derived_by(standing.facts, ref, standing.actor.name)


def known_columns(standing: Standing, ref: Ref, schema: Schema) -> frozenset[str]:
    """Names of the columns that the actor may know of; empty: not even of the dataset."""
    names = frozenset(schema.names)
    if standing.actor.oversees:
        return names
    if concealed(standing, ref):
        return frozenset()
    if quarantines(ref, (standing.facts.dataset(ref) or {}).get("kind")):
        return frozenset()
    known: frozenset[str] = names if made(standing, ref) else frozenset()
    for hit in standing.hits(Effect.PERMIT, EACH, ref, schema):
        if standing.could_state(hit.rule):
            known |= hit.columns
    if not known:
        return known
    whole, hidden = denials(standing, DISCOVERED, ref, schema)
    return frozenset() if whole is not None else known - hidden.keys()


def successor(standing: Standing, ref: Ref) -> str | None:
    """The dataset that takes the place of another, as far as the actor may know of it."""
    named = life(standing.facts, ref, standing.now).successor
    snapshot = None if named is None else standing.facts.snapshot(Ref.parse(named))
    known = snapshot is not None and known_columns(standing, snapshot.ref, snapshot.schema)
    return named if known else None


def notice(standing: Standing, ref: Ref) -> Notice | None:
    """What an answer says of a dataset to this actor; None: nothing, for it is not deprecated."""
    found = life(standing.facts, ref, standing.now)
    if found.state != DEPRECATED:
        return None
    until = None if found.until is None else found.until.isoformat()
    return Notice(str(ref), successor(standing, ref), until)
