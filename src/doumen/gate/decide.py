"""Third station: facts, actor and purpose to a ruling. Pure.

Every dataset of the statement is ruled on by itself; then the statement is traced over the
columns that the rulings leave, so that a column that is hidden answers as one that is absent,
unless a rule denies it by name to someone who may know of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from doumen.gate import groups
from doumen.gate.stages import Known, Ruled
from doumen.kits import policy, sql
from doumen.kits.policy import Asked as Question
from doumen.kits.policy import DatasetRuling
from doumen.kits.sql import UnknownColumn
from doumen.model.errors import DoumenError, Refused
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.model.rule import Action, Duty
from doumen.model.schema import Schema


def decide(known: Known) -> Ruled:
    """Rule on the question.

    Raises:
        Refused: no rule permits it, or one denies it (the rule is named), or minimum groups do
            not allow a statement of this form.
        NotFound: the actor may not discover the dataset.
        Invalid: a column that none of the visible tables has.
    """
    rulings = {
        ref: policy.rule_dataset(
            Question(
                actor=known.actor,
                purpose=known.asked.job.purpose,
                action=Action.QUERY,
                ref=snapshot.ref,
                schema=snapshot.schema,
                facts=known.facts,
                now=known.asked.now,
            )
        )
        for ref, snapshot in known.snapshots.items()
    }
    visible: dict[Ref, Schema] = {
        ref: Schema(tuple(ruled.column for ruled in ruling.columns))
        for ref, ruling in rulings.items()
    }
    try:
        lineage = sql.trace(known.asked.statement, {**visible, **known.system})
    except UnknownColumn as unknown:
        raise _denied(unknown, rulings) or unknown from None
    told = _told(known, sorted({rule for ruling in rulings.values() for rule in ruling.rules}))
    return Ruled(known, rulings, lineage, told, groups.condition(known, rulings))


def _told(known: Known, rules: Sequence[str]) -> dict[str, Sequence[Duty]]:
    """The duties of each rule that the actor may know; none of columns hidden from them."""
    facts = policy.visible_facts(
        known.actor,
        policy.about(known.facts, {s.ref for s in known.snapshots.values()}),
        known.asked.now,
        known.asked.job.purpose,
    )
    bodies = ((rule, facts.body("rule", rule)) for rule in rules)
    return {rule: policy.rule_from_json(body).duties if body else () for rule, body in bodies}


def _denied(unknown: UnknownColumn, rulings: dict[Ref, DatasetRuling]) -> DoumenError | None:
    """The refusal for a column that a rule denies by name; None where no rule speaks of it."""
    for ref, ruling in rulings.items():
        if unknown.ref not in (None, ref, ruling.ref):
            continue
        for column, rule in ruling.denied.items():
            if column.casefold() == unknown.column.casefold():
                return Refused(
                    msg(
                        "Rule `{rule}` denies column `{column}` of `{ruling}`.",
                        rule=rule,
                        column=column,
                        ruling=ruling.ref,
                    ),
                    why=msg("Naming a denied column is refused; `SELECT *` leaves it out."),
                    next=msg("Leave it out, or see `doumen rule explain {rule}`.", rule=rule),
                    rule=rule,
                    detail="column",
                )
    return None
