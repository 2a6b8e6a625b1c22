"""The verb `rule preview`: what somebody sees of a dataset, and what they would under other rules.

Nothing is changed by it. What it counts and shows is the gate's; here it is put into words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.model.actor import Actor
from doumen.model.answer import AS_IT_IS
from doumen.model.errors import Invalid
from doumen.model.exposure import Shown
from doumen.model.fact import Fact, Facts
from doumen.model.foreseen import Foreseen, Outlook, Sample, Seer
from doumen.model.message import Message, enumerated, msg
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.ref import Ref
from doumen.model.rule import Rule
from doumen.rooms.protect.known import known
from doumen.rooms.protect.rules import change, described, find, read

ANYBODY = "somebody"
"""Name of an actor who is made up."""
HIDDEN = msg("not shown")


def preview(
    desk: Desk,
    dataset: str,
    *,
    rules: str | None = None,
    remove: Sequence[str] = (),
    actor: str | None = None,
    role: Sequence[str] = (),
    purpose: str | None = None,
    rows: int = 5,
) -> Outcome:
    """Say what an actor sees of a dataset, and what they would see under other rules.

    Args:
        desk: The actor at the gate; owner or steward.
        dataset: `domain.name`.
        rules: File of rules that would be added or changed; None: none.
        remove: Ids of rules that would be removed.
        actor: Who would see it.
        role: In place of an actor: roles of one who is made up.
        purpose: That they would state.
        rows: First rows to show, to who may see all of them anyway.

    Raises:
        Invalid: the rules have faults, or it is not said who.
        NotFound: there is no such dataset, actor or rule.
        Refused: only owner and steward may.
    """
    facts = desk.facts()
    wanted = read(rules, facts) if rules is not None else ()
    changes, what = _changes(facts, wanted, remove)
    seer = Seer(_seer(facts, actor, role, purpose), purpose)
    found = desk.foresee(changes, Ref.parse(dataset), seer, max(0, rows))
    columns = list(_columns(found))
    told = {
        "dataset": str(Ref.parse(dataset)),
        "actor": seer.actor.name,
        "roles": sorted(seer.actor.roles),
        "purpose": purpose,
        "rules": what,
        "words": [described(rule, literals=True) for rule in wanted],
        "before": _outlook(found.before),
        "after": _outlook(found.after),
        "columns": columns,
        "rows": {"all": found.all, "gained": found.gained, "lost": found.lost},
        "receipts": list(found.receipts),
    }
    return Outcome(told, tuple(_drawn(found, columns)), tuple(_said(found)))


def _changes(
    facts: Facts, rules: Sequence[Rule], remove: Sequence[str]
) -> tuple[list[Fact], dict[str, list[str]]]:
    """The facts that would be, and what of them is new, other or gone."""
    what: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": [], "removed": []}
    changes = []
    for rule in rules:
        body = policy.rule_as_json(rule)
        what[change(facts, rule)].append(rule.id)
        changes.append(Fact("rule", rule.id, body))
    for id in remove:
        what["removed"].append(find(facts, id).id)
        changes.append(Fact("rule", id, None))
    return changes, what


def _seer(facts: Facts, actor: str | None, role: Sequence[str], purpose: str | None) -> Actor:
    """Who would see it: an actor of the node, or one made up of roles."""
    if actor is not None and not role:
        found = facts.actor(known(facts, actor))
        assert found is not None
        return found
    if actor is not None or not role:
        raise Invalid(
            msg("Say who would see it: an actor, or roles of somebody who is made up."),
            next=msg("`--actor NAME` or `--role ROLE`; `doumen actor list` shows them."),
            detail="usage",
        )
    return Actor(ANYBODY, roles=frozenset(role), purposes=frozenset({purpose} if purpose else ()))


def _columns(found: Foreseen) -> Iterator[dict[str, Any]]:
    """Each column, how it is shown before and after, and which way that goes."""
    sides = [{one.name: one for one in side.columns} for side in (found.before, found.after)]
    for column in found.schema:
        before, after = (side.get(column.name) for side in sides)
        yield {
            "name": column.name,
            "type": column.type,
            "before": _shown(before),
            "after": _shown(after),
            "change": _change(before, after),
        }


def _shown(column: Shown | None) -> Message | None:
    if column is None:
        return None
    return policy.duty_words(column.mask) if column.mask is not None else AS_IT_IS


def _change(before: Shown | None, after: Shown | None) -> str:
    if before is None or after is None:
        return "same" if before is after else "shown" if before is None else "hidden"
    if before.mask == after.mask:
        return "same"
    if before.mask is None:
        return "masked"
    return "unmasked" if after.mask is None else "otherwise"


def _outlook(side: Outlook) -> dict[str, Any]:
    """The JSON shape of one side."""
    return {
        "permitted": side.error is None,
        "refusal": None if side.error is None else side.error.as_json(),
        "denied": dict(side.denied),
        "filters": [{"rule": rule, "expression": text} for rule, text in side.filters],
        "limit": None if side.limit is None else side.limit[0],
        "groups": [{"k": k, "unit": unit} for k, unit, _ in side.groups],
        "counts": [count for count, _ in side.counts],
        "expires": None if side.expires is None else side.expires[0],
        "rules": list(side.rules),
        "rows": side.rows,
        "sample": None if side.sample is None else _sample(side.sample),
    }


def _sample(sample: Sample) -> Mapping[str, Any]:
    return {
        "columns": [{"name": c.name, "type": c.type} for c in sample.schema],
        "rows": [list(row) for row in sample.rows],
        "refusal": None if sample.error is None else sample.error.as_json(),
    }


def _drawn(found: Foreseen, columns: Sequence[Mapping[str, Any]]) -> Iterator[Fields | Table]:
    sides = (found.before, found.after)
    yield Table(
        (msg("what"), msg("now"), msg("then")),
        (
            (msg("may query it"), *(_permitted(side) for side in sides)),
            (msg("rows"), *("" if side.rows is None else f"{side.rows:,}" for side in sides)),
            *(
                (one["name"], *(one[side] or HIDDEN for side in ("before", "after")))
                for one in columns
                if one["change"] != "same"
            ),
        ),
    )
    if found.all is not None:
        pairs = ((msg("rows in all"), f"{found.all:,}"), (msg("rows gained"), f"{found.gained:,}"),
                 (msg("rows lost"), f"{found.lost:,}"))  # fmt: skip
        yield Fields(pairs)


def _permitted(side: Outlook) -> Message:
    return msg("yes") if side.error is None else msg("no: {why}", why=side.error.what)


def _said(found: Foreseen) -> Iterator[Message]:
    yield msg("Nothing is changed.")
    if found.receipts:
        yield msg("Receipts: {receipts}.", receipts=enumerated(found.receipts, mark=""))
