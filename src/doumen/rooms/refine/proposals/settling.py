"""The facts that follow where proposals are settled. Pure.

Accepted proposals of one dataset change its contract once, whatever their number; with them in
the same event stands that they are settled, so that none is applied twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from doumen.kits.meaning import linked
from doumen.kits.standards import odcs
from doumen.model.errors import Conflict, Invalid
from doumen.model.fact import Fact, Facts
from doumen.model.message import msg
from doumen.model.proposal import ACCEPTED, LABEL, LINK, OPEN, PROPOSAL, REFUSED, RULE, Proposal
from doumen.model.ref import Ref

QUALITY, SET = "quality", "set"
"""What the change of a rule holds: a rule of quality to add, or a field to set."""


def settled(
    proposals: Sequence[Proposal], facts: Facts, *, accept: bool, actor: str, moment: str,
    note: str | None,
) -> list[Fact]:  # fmt: skip
    """The facts of one answer to proposals of one dataset.

    Args:
        proposals: All of one dataset.
        facts: The state that they are settled in.
        accept: Whether they are accepted; else they are refused.
        actor: Who settles them.
        moment: When (RFC 3339).
        note: What they say.

    Raises:
        Conflict: one is settled already.
        Invalid: one cannot become true any more, for what it speaks of is gone.
    """
    for one in proposals:
        if one.state != OPEN:
            raise Conflict(
                msg("Proposal `{key}` is settled: {state}.", key=one.key, state=one.state),
                why=msg("By `{who}`, {when}.", who=one.settled_by, when=one.settled),
                detail="settled",
            )
    state = ACCEPTED if accept else REFUSED
    answered = [
        Fact(
            PROPOSAL,
            one.key,
            replace(one, state=state, settled_by=actor, settled=moment, note=note).as_json(),
        )
        for one in proposals
    ]
    return [*answered, *_effects(proposals, facts)] if accept else answered


def edited(proposal: Proposal, change: Mapping[str, Any], moment: str) -> Proposal:
    """A proposal that takes the place of another, with the change that a person wants.

    Raises:
        Invalid: it is not of the form that proposals of its kind have.
    """
    fitting = {QUALITY: _is_rule, SET: _is_field, "labels": _are_labels}
    known = {RULE: ({QUALITY}, {SET}), LABEL: ({"labels"},)}.get(proposal.kind, ({"to", "key"},))
    if set(change) not in known or not all(
        fitting.get(name, _is_text)(value) for name, value in change.items()
    ):
        forms = " | ".join(", ".join(sorted(names)) for names in known)
        raise Invalid(
            msg("A change of kind `{kind}` has the fields {names}.", kind=proposal.kind,
                names=forms),
            next=msg("See it with `doumen proposal show {key} --json`.", key=proposal.key),
            detail="change",
        )  # fmt: skip
    return replace(
        proposal,
        change=change,
        made=moment,
        evidence={**proposal.evidence, "instead_of": proposal.key},
        confidence=1.0,
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_rule(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_field(value: Any) -> bool:
    """Name and value of a field."""
    return isinstance(value, list) and len(value) == 2 and _is_text(value[0])


def _are_labels(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_text, value))


def _effects(proposals: Sequence[Proposal], facts: Facts) -> Iterator[Fact]:
    rules = [one for one in proposals if one.kind == RULE]
    made = _contract(rules, facts) if rules else []
    labelled = {fact.key: fact for fact in made if fact.kind == LABEL}
    for one in proposals:
        if one.kind == LABEL:
            fact = _label(one, facts, labelled)
            labelled[fact.key] = fact
    yield from (fact for fact in made if fact.kind != LABEL)
    yield from labelled.values()
    yield from linked([one for one in proposals if one.kind == LINK], facts)


def _contract(rules: Sequence[Proposal], facts: Facts) -> list[Fact]:
    """The contract with these rules, and the labels that follow from it."""
    ref = Ref.parse(rules[0].dataset)
    body = facts.body("contract", str(ref))
    if body is None:
        raise Invalid(
            msg("`{ref}` has no contract that a rule could be added to.", ref=ref),
            detail="contract",
        )
    old = odcs.read_contract(str(body["text"]))
    _check_together(rules, old)
    added = [(one.column, one.change[QUALITY]) for one in rules if QUALITY in one.change]
    fields = [_field(one) for one in rules if SET in one.change]
    text = odcs.add_rules(odcs.edit(old.text, fields) if fields else old.text, added)
    new = odcs.read_contract(text)
    _, made = odcs.put_in_force(old, new, odcs.compare(old, new), ref, facts)
    return made


def _check_together(rules: Sequence[Proposal], contract: odcs.Contract) -> None:
    """Check that what they speak of is there, and that none undoes another.

    Raises:
        Invalid: the contract has no such column.
        Conflict: two set one field.
    """
    fields: dict[str, str] = {}
    for one in rules:
        if one.column is not None and contract.property(one.column) is None:
            raise Invalid(
                msg("Proposal `{key}` cannot be accepted.", key=one.key),
                why=msg("The contract has no column `{column}` any more.", column=one.column),
                next=msg("Refuse it: doumen proposal refuse {key}", key=one.key),
                detail="proposal",
            )
        place = _field(one)[0] if SET in one.change else one.key
        other = fields.setdefault(place, one.key)
        if other != one.key:
            raise Conflict(
                msg("Proposals `{one}` and `{other}` cannot be accepted together.",
                    one=other, other=one.key),
                why=msg("Both set `{field}`.", field=place),
                next=msg("Refuse one of them: doumen proposal refuse {key}", key=one.key),
                detail="proposal",
            )  # fmt: skip


def _field(proposal: Proposal) -> tuple[str, Any]:
    """Path and value of a field that a proposal sets."""
    name, value = proposal.change[SET]
    place = "table" if proposal.column is None else f'columns."{proposal.column}"'
    return f"{place}.{name}", value


def _label(proposal: Proposal, facts: Facts, made: Mapping[str, Fact]) -> Fact:
    """The labels of a column with those proposed; others that it has, or gets, stay."""
    key = ".".join(filter(None, (proposal.dataset, proposal.column)))
    there = made[key].body if key in made else facts.body("label", key)
    before = dict(there or {"origin": "set"})
    labels = {*before.get("labels", ()), *proposal.change["labels"]}
    return Fact("label", key, {**before, "labels": sorted(labels)})
