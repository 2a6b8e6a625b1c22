"""Rules: add those of a file, list, remove, explain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.standards import odrl
from doumen.model.agreement import Agreement, Side
from doumen.model.errors import Conflict, Invalid, NotFound
from doumen.model.fact import Fact, Facts
from doumen.model.files import reading
from doumen.model.message import Message, enumerated, joined, msg, plain, sentence
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.rule import Rule
from doumen.model.terms import Grant

ABSENT = "none"
"""The version of a rule that is not there."""
_SIZE = 1 << 20
_HEADS: tuple[Message, ...] = (
    msg("rule"),
    msg("does"),
    msg("who"),
    msg("on"),
    msg("for"),
    msg("until"),
    msg("duties"),
)


_DONE: Mapping[str, Message] = {
    "added": msg("Added"),
    "changed": msg("Changed"),
    "unchanged": msg("Unchanged"),
}


def add(desk: Desk, file: str, seen: str | None = None) -> Outcome:
    """Add the rules of a file, YAML or a policy of ODRL, all or none.

    Args:
        desk: The open gate.
        file: The document.
        seen: Version that they are to take the place of, or `ABSENT`; None: whatever is there.

    Raises:
        Conflict: somebody else changed one of them, where it is said what was seen.
        Invalid: the document or a rule has faults; all of them are told at once.
        NotFound, Unavailable: the file is not there, or cannot be read.
        Refused: only owner and steward may.
    """
    facts = desk.facts()
    rules = read(file, facts)
    _check_seen(facts, [rule.id for rule in rules], seen)
    done: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": []}
    changes = []
    for rule in rules:
        what = change(facts, rule)
        done[what].append(rule.id)
        if what != "unchanged":
            changes.append(Fact("rule", rule.id, policy.rule_as_json(rule)))
    ids = joined(msg(", "), (fact.key for fact in changes))
    receipt = desk.amend(changes, subject=f"rules {ids}", seen=facts) if changes else None
    said = [
        msg("{done}: {ids}.", done=_DONE[what], ids=enumerated(ids, mark=""))
        for what, ids in done.items()
        if ids
    ]
    said += [msg("Receipt {receipt}.", receipt=receipt)] if receipt else []
    said += [msg("Nobody has role `{role}` yet.", role=role) for role in _idle_roles(rules, facts)]
    said += [
        msg("Nobody has the claims of rule `{id}` yet.", id=id) for id in _idle_claims(rules, facts)
    ]
    return Outcome(
        json={**done, "receipt": receipt},
        said=(*said, msg("Next: `doumen rule explain {id}`.", id=rules[0].id)),
    )


def read(file: str, facts: Facts) -> tuple[Rule, ...]:
    """The rules of a file, each of which can hold on this node.

    Raises:
        Invalid: the document or a rule has faults; all of them are told at once.
        NotFound, Unavailable: the file is not there, or cannot be read.
    """
    text = text_of(Path(file))
    document = odrl.read_policy if odrl.looks_like_policy(text) else policy.read_rules
    rules = document(text)
    wrong = [fault for rule in rules for fault in policy.rule_faults(rule, facts)]
    if wrong:
        raise Invalid(
            msg("{count} faults: no rule is added.", count=len(wrong))
            if len(wrong) > 1
            else msg("No rule is added."),
            why=sentence(wrong),
            next=msg("Correct the file and add it again."),
            detail="rules",
        )
    return rules


def show_all(desk: Desk) -> Outcome:
    """The rules that the asker may know."""
    rules = [policy.rule_from_json(body) for _, body in desk.facts().all("rule")]
    literals = desk.actor.governs
    heads = [h for h in _HEADS if h != "until" or any(rule.until for rule in rules)]
    rows = tuple(tuple(_row(rule, literals)[head] for head in heads) for rule in rules)
    return Outcome(
        json={"rules": [described(rule, literals) for rule in rules]},
        drawn=(Table(tuple(heads), rows),),
        said=()
        if rules
        else (msg("There is none that you may know. Add some: doumen rule add FILE"),),
    )


def remove(desk: Desk, id: str, seen: str | None = None) -> Outcome:
    """Remove a rule; where it is said what was seen, only that version.

    Raises:
        NotFound: there is none of this id that the asker may know.
        Conflict: somebody else changed it.
        Refused: only owner and steward may.
    """
    facts = desk.facts()
    find(facts, id)
    _check_seen(facts, [id], seen)
    receipt = desk.amend([Fact("rule", id, None)], subject=f"rule {id}", seen=facts)
    return Outcome(
        json={"id": id, "receipt": receipt},
        said=(msg("Rule `{id}` is removed. Receipt {receipt}.", id=id, receipt=receipt),),
    )


def explain(desk: Desk, id: str) -> Outcome:
    """What a rule does, or a clause of an agreement, in words.

    Raises:
        NotFound: there is none of this id that the asker may know.
    """
    facts = desk.facts()
    clause = policy.agreed_clause(facts, id) if facts.body("rule", id) is None else None
    if clause is not None:
        return _clause(id, *clause)
    rule = find(facts, id)
    literals = desk.actor.governs
    pairs = policy.rule_words(rule, literals=literals)
    return Outcome(
        json=described(rule, literals), drawn=(Fields(pairs, title=msg("Rule {id}", id=id)),)
    )


def _clause(id: str, agreement: Agreement, grant: Grant) -> Outcome:
    """A clause in words; of its filters the facts hold what the asker may know."""
    who = (
        msg("actors of participant `{who}`", who=agreement.counterparty)
        if agreement.side is Side.PROVIDER
        else msg("actors of this node, as its own rules permit")
    )
    pairs = policy.clause_words(agreement.terms, grant, who, literals=True)
    if agreement.ended is not None:
        pairs.append((msg("ended"), plain(agreement.ended)))
    return Outcome(
        json={"id": id, "agreement": agreement.key, "words": [list(pair) for pair in pairs]},
        drawn=(Fields(tuple(pairs), title=msg("Clause {id}", id=id)),),
        said=(msg("The whole agreement: doumen agreement show {key}", key=agreement.key),),
    )


def text_of(path: Path) -> str:
    """The text of a file of rules.

    Raises:
        Invalid: it is too large, or no UTF-8.
        NotFound, Unavailable: it is not there, or cannot be read.
    """
    with reading(path):
        if path.stat().st_size > _SIZE:
            raise Invalid(
                msg("`{path}` is no document of rules: it has more than 1 MiB.", path=path.name),
                next=msg("Check that this is the right file."),
                detail="rules",
            )
        return path.read_text(encoding="utf-8-sig")


def change(facts: Facts, rule: Rule) -> str:
    """What a rule would be to the node: `added`, `changed` or `unchanged`."""
    before = facts.body("rule", rule.id)
    if before is None:
        return "added"
    return "unchanged" if before == policy.rule_as_json(rule) else "changed"


def find(facts: Facts, id: str) -> Rule:
    """The rule of this id.

    Raises:
        NotFound: there is none that the asker may know.
    """
    body = facts.body("rule", id)
    if body is None:
        raise NotFound(
            msg("There is no rule `{id}`.", id=id),
            why=msg("It does not exist, or it does not speak of you."),
            next=msg("`doumen rule list` shows those that you may know."),
            detail="rule",
        )
    return policy.rule_from_json(body)


def described(rule: Rule, literals: bool) -> dict[str, Any]:
    """The frozen JSON shape of a rule: its written form for those who govern, and its words."""
    words = [[heading, text] for heading, text in policy.rule_words(rule, literals=literals)]
    shown: dict[str, Any] = {"id": rule.id, "words": words}
    if literals:
        body = policy.rule_as_json(rule)
        shown |= {"rule": body, "version": version(body)}
    return shown


def version(body: Mapping[str, Any] | None) -> str:
    """By which one state of a rule is told from another: 64 bits of its SHA-256 (hex)."""
    if body is None:
        return ABSENT
    text = json.dumps(body, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _check_seen(facts: Facts, ids: Sequence[str], seen: str | None) -> None:
    """Check that nobody changed what somebody saw before they changed it."""
    other = [id for id in ids if seen not in {None, version(facts.body("rule", id))}]
    if other:
        raise Conflict(
            msg("Somebody else changed rule {ids} meanwhile.", ids=enumerated(other)),
            why=msg("It is not what you saw: it was added, changed or removed."),
            next=msg("Look at it as it is now: `doumen rule list`. Then change it again."),
            detail="rule",
        )


def _row(rule: Rule, literals: bool) -> dict[str, Any]:
    words = policy.rule_words(rule, literals=literals)
    duties = joined(msg("; "), [text for heading, text in words if heading == "duty"])
    return {"rule": rule.id, "duties": duties, **dict(words)}


def _idle_roles(rules: tuple[Rule, ...], facts: Facts) -> list[str]:
    """Roles that these rules speak of and that no actor has."""
    held = {role for _, body in facts.all("actor") for role in body.get("roles", ())}
    return sorted({rule.who.role for rule in rules if rule.who.role is not None} - held)


def _idle_claims(rules: tuple[Rule, ...], facts: Facts) -> list[str]:
    """Ids of rules that ask for claims which nobody has whom they name."""
    names = [name for name, _ in facts.all("actor")]
    actors = [actor for name in names if (actor := facts.actor(name)) is not None]
    return [
        rule.id
        for rule in rules
        if rule.who.claims
        and not any(policy.concerns(actor, policy.rule_as_json(rule)) for actor in actors)
    ]
