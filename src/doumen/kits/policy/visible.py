"""The facts that one actor may know: what may not be discovered is not among them.

Owner, steward and auditor know all facts but these. For the owner alone are what the values of a
file lie between, alerts, whose addresses may be secret, what schedules are asked with, which
holds values, and providers of identity; tokens, and all by which somebody signs in, also for whom
they are of, without what checks them; and grants of files for whom they are of, and proposals for
whoever had them made. A saved question is for its actor, and its text for those it is shared with
who may know of all that it names. The expressions of
filters and the rows of previews are for owner and steward, and so are negotiations, whose messages
hold filters word for word; products and offers are for nobody else. For the others, whatever
changes with rows or values that they do not see (version, files, rows, times, order and events of
facts) is dropped or constant (law 1). The vocabulary of the node (terms, data elements, code lists)
is for everyone; what a column means is for whoever may know of the column.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from doumen.kits.policy.amend import token_holder
from doumen.kits.policy.decide import rule_dataset
from doumen.kits.policy.document import rule_as_json, rule_from_json
from doumen.kits.policy.duties import BY_NOUN
from doumen.kits.policy.flow import ancestors
from doumen.kits.policy.knowledge import known_columns, successor
from doumen.kits.policy.masks import WITHHELD
from doumen.kits.policy.ruling import Asked
from doumen.kits.policy.standing import Standing, check_purpose, concerns
from doumen.kits.policy.target import covered, folded
from doumen.kits.policy.withheld import named, unfiltered, without_expressions
from doumen.model.actor import Actor
from doumen.model.alert import ALERT
from doumen.model.errors import NotFound, Refused
from doumen.model.fact import Fact, FactRow, Facts, snapshot_of
from doumen.model.handed import GRANT
from doumen.model.identity import KEPT, PROVIDER, holder
from doumen.model.life import STATE
from doumen.model.meaning import CODELIST, ELEMENT, LINK, TERM
from doumen.model.proposal import PROPOSAL
from doumen.model.question import EVERYONE, QUESTION
from doumen.model.ref import ColumnRef, Ref
from doumen.model.rule import Action, Duty, Effect, Mask, MinGroup, Rule, TargetKind
from doumen.model.schedule import SCHEDULE
from doumen.model.schema import Schema
from doumen.model.snapshot import BOUNDS

_OPEN = ("purpose", "key", TERM, ELEMENT)
"""Kinds that everyone may know."""

_HELD: Mapping[str, frozenset[str]] = {"token": frozenset({"hash"}), **KEPT}
"""Kinds that only the owner and whom they are of may know → what of them is shown to neither."""

_OWNED = (*_HELD, ALERT, SCHEDULE, PROPOSAL, PROVIDER, QUESTION)
"""Kinds of which those who oversee the node do not know all."""

_MOVING = ("version", "files", "created", "updated")
"""What of a dataset changes with its rows."""


def visible_facts(actor: Actor, facts: Facts, now: datetime, purpose: str | None = None) -> Facts:
    """The facts this actor may know.

    Args:
        actor: Who looks.
        facts: All facts of the node.
        now: The time at which rules are in force.
        purpose: The purpose stated, if one is.

    Raises:
        Refused: the purpose is not assigned to the actor.
    """
    check_purpose(actor, purpose)
    if actor.is_owner:
        return facts
    if actor.oversees:
        known = _boundless(_with_own(actor, _proposed(actor, _unasked(facts))))
        known = _saved(actor, known)
        return known if actor.governs else without_expressions(known)
    view = _View.of(Standing(actor, purpose, facts, now))
    told: dict[str, dict[str, FactRow]] = {}
    for fact in view.facts():
        told.setdefault(fact.kind, {})[fact.key] = FactRow(0, fact, "", "")
    for kind in _HELD:
        for key, row in _own(kind, actor, facts):
            told.setdefault(kind, {})[key] = replace(row, seq=0, event="", time="")
    for key, row in facts.rows.get(GRANT, {}).items():
        if token_holder(key) == actor.name:
            told.setdefault(GRANT, {})[key] = replace(row, seq=0, event="", time="")
    return Facts(0, told)


def visible_version(
    actor: Actor,
    facts: Facts,
    row: FactRow,
    *,
    then: Facts,
    now: datetime,
    purpose: str | None = None,
) -> FactRow | None:
    """A version of a fact as this actor may know it under the rules in force; None: not at all.

    Args:
        actor: Who looks.
        facts: All facts of the node.
        row: The version.
        then: All facts as they were when it came into force: what it speaks of may have had
            columns that are gone and that the actor may not know.
        now: The time at which rules are in force.
        purpose: The purpose stated, if one is.
    """
    kind, key = row.fact.kind, row.fact.key
    if actor.is_owner or row.fact.body is None:
        return row
    if actor.governs and kind not in _OWNED:
        return _unbound(row) if kind == "dataset" else row
    datasets = facts.rows.get("dataset", {})
    described = {k: r for k, r in then.rows.get("dataset", {}).items() if k == key}
    rows = {**facts.rows, "dataset": {**datasets, **described}}
    rows[kind] = {**rows.get(kind, {}), key: row}
    body = visible_facts(actor, Facts(facts.version, rows), now, purpose).body(kind, key)
    return None if body is None else replace(row, fact=Fact(kind, key, body))


def about(facts: Facts, refs: Iterable[Ref]) -> Facts:
    """The facts without the datasets that these and what they were made of do not include."""
    wanted = {str(each) for ref in refs for each in (ref, *ancestors(facts, ref))}
    datasets = {k: row for k, row in facts.rows.get("dataset", {}).items() if k in wanted}
    return Facts(facts.version, {**facts.rows, "dataset": datasets})


def _unasked(facts: Facts) -> Facts:
    """All facts but alerts, of schedules only that they are: what is asked is its owner's."""
    if ALERT not in facts.rows and SCHEDULE not in facts.rows:
        return facts
    told = {kind: rows for kind, rows in facts.rows.items() if kind != ALERT}
    told[SCHEDULE] = {
        key: replace(row, fact=replace(row.fact, body=_bare_schedule(row.fact.body or {})))
        for key, row in facts.rows.get(SCHEDULE, {}).items()
    }
    return Facts(facts.version, told)


def _bare_schedule(body: Mapping[str, Any]) -> dict[str, Any]:
    """A schedule without what its verb is asked with."""
    return {**body, "inputs": {}, "command": body["operation"]}


def _with_own(actor: Actor, facts: Facts) -> Facts:
    """All facts, of tokens and what somebody signs in by only the actor's own; no providers."""
    held = [kind for kind in (*_HELD, PROVIDER) if kind in facts.rows]
    if not held:
        return facts
    own = {kind: dict(_own(kind, actor, facts)) for kind in held if kind != PROVIDER}
    return Facts(facts.version, {**facts.rows, PROVIDER: {}, **own})


def _proposed(actor: Actor, facts: Facts) -> Facts:
    """All facts, of proposals only the actor's own: they tell of rows that others may not see."""
    if PROPOSAL not in facts.rows:
        return facts
    own = {
        key: row
        for key, row in facts.rows[PROPOSAL].items()
        if (row.fact.body or {}).get("by") == actor.name
    }
    return Facts(facts.version, {**facts.rows, PROPOSAL: own})


def _saved(actor: Actor, facts: Facts) -> Facts:
    """All facts, of questions only the actor's own and those they are shared with."""
    if QUESTION not in facts.rows:
        return facts
    told = {
        key: row
        for key, row in facts.rows[QUESTION].items()
        if _shared(actor, key, row.fact.body or {})
    }
    return Facts(facts.version, {**facts.rows, QUESTION: told})


def _shared(actor: Actor, key: str, body: Mapping[str, Any]) -> bool:
    """Whether a question is the actor's own, or shared with everyone or a role of theirs."""
    with_whom = {*body["shared"]}
    return token_holder(key) == actor.name or not with_whom.isdisjoint({EVERYONE, *actor.roles})


def _boundless(facts: Facts) -> Facts:
    """All facts without the values that those of files lie between."""
    rows = facts.rows.get("dataset", {})
    told = {key: _unbound(row) for key, row in rows.items()}
    if all(told[key] is row for key, row in rows.items()):
        return facts
    return Facts(facts.version, {**facts.rows, "dataset": told})


def _unbound(row: FactRow) -> FactRow:
    """A dataset without the values that those of its files lie between."""
    body = row.fact.body or {}
    if not any(BOUNDS in file for file in body.get("files", ())):
        return row
    files = [{k: v for k, v in file.items() if k != BOUNDS} for file in body["files"]]
    return replace(row, fact=replace(row.fact, body={**body, "files": files}))


def _own(kind: str, actor: Actor, facts: Facts) -> Iterator[tuple[str, FactRow]]:
    """What of a kind is an actor's own, without what a secret is held against."""
    for key, row in facts.rows.get(kind, {}).items():
        if holder(key) == actor.name:
            body = {k: v for k, v in (row.fact.body or {}).items() if k not in _HELD[kind]}
            yield key, replace(row, fact=Fact(kind, key, body))


@dataclass(frozen=True, slots=True)
class _View:
    """What an actor may discover: each dataset with its columns and those that are known.

    Attributes:
        known: Dataset → names of its columns that the actor may know, as written.
    """

    standing: Standing
    schemas: Mapping[Ref, Schema]
    known: Mapping[Ref, frozenset[str]]

    @classmethod
    def of(cls, standing: Standing) -> _View:
        schemas: dict[Ref, Schema] = {}
        known: dict[Ref, frozenset[str]] = {}
        for key, body in standing.facts.all("dataset"):
            ref = Ref.parse(key)
            schema = snapshot_of(ref, body).schema
            names = known_columns(standing, ref, schema)
            if names:
                schemas[ref], known[ref] = schema, names
        return cls(standing, schemas, known)

    def facts(self) -> Iterator[Fact]:
        """All facts that may be known."""
        facts, actor = self.standing.facts, self.standing.actor
        for kind in _OPEN:
            yield from (Fact(kind, key, body) for key, body in facts.all(kind))
        for key, body in facts.all(CODELIST):
            yield Fact(CODELIST, key, self._codelist(body))
        own = facts.body("actor", actor.name)
        if own is not None:
            yield Fact("actor", actor.name, own)
        for ref in self.known:
            yield from self._of_dataset(ref)
        for key, body in facts.all("rule"):
            if concerns(actor, body):
                yield from self._rule(key, rule_from_json(body))
        for key, body in facts.all(QUESTION):
            if token_holder(key) == actor.name or self._may_read(key, body):
                yield Fact(QUESTION, key, body)

    def _of_dataset(self, ref: Ref) -> Iterator[Fact]:
        facts, key = self.standing.facts, str(ref)
        yield Fact("dataset", key, self._dataset(ref, facts.dataset(ref) or {}))
        contract = facts.body("contract", key)
        if contract is not None and self._whole(ref):
            yield Fact("contract", key, contract)
        for name in sorted(self.known[ref]):
            link = facts.body(LINK, f"{ref}.{name}")
            if link is not None:
                yield Fact(LINK, f"{ref}.{name}", link)
        for labelled in (key, *(f"{ref}.{name}" for name in self.schemas[ref].names)):
            label = facts.body("label", labelled)
            column = labelled.removeprefix(key).removeprefix(".")
            if label is not None and (not column or column in self.known[ref]):
                yield Fact("label", labelled, {k: v for k, v in label.items() if k != "reason"})
        stands = facts.body(STATE, key)
        if stands is not None:
            told = {**stands, "successor": successor(self.standing, ref)}
            yield Fact(STATE, key, told)
        lineage = facts.body("lineage", key)
        if lineage is not None:
            yield Fact("lineage", key, {"columns": dict(self._lineage(ref, lineage["columns"]))})

    def _may_read(self, key: str, body: Mapping[str, Any]) -> bool:
        """Whether a question is shared with the actor, who knows all that its text may name."""
        refs = map(Ref.parse, body["datasets"])
        return _shared(self.standing.actor, key, body) and all(
            ref in self.known and self._whole(ref) for ref in refs
        )

    def _codelist(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """A code list; the dataset that holds it only for whoever may know of that."""
        held = body["dataset"]
        if held is None or Ref.parse(held) in self.known:
            return body
        return {**body, "dataset": None}

    def _whole(self, ref: Ref) -> bool:
        """Whether the actor may know of every column."""
        return len(self.known[ref]) == len(self.schemas[ref])

    def _dataset(self, ref: Ref, body: Mapping[str, Any]) -> dict[str, Any]:
        sources = [s for s in body.get("sources", ()) if Ref.parse(s) in self.known]
        told: dict[str, Any] = {
            "kind": body["kind"],
            "columns": [c for c in body["columns"] if c["name"] in self.known[ref]],
            "version": 0,
            "files": [],
            "derived": bool(body.get("derived")),
            "sources": sources,
        }
        if body.get("creator") == self.standing.actor.name:
            told["creator"] = body["creator"]
        if self._sees_all(ref):
            told |= {key: body[key] for key in _MOVING if key in body}
            told["files"] = [named(file) for file in body["files"]]
        return told

    def _sees_all(self, ref: Ref) -> bool:
        """Whether every row and value is shown to the actor, so that nothing is hidden."""
        standing = self.standing
        asked = Asked(
            actor=standing.actor,
            purpose=standing.purpose,
            action=Action.QUERY,
            ref=ref,
            schema=self.schemas[ref],
            facts=standing.facts,
            now=standing.now,
        )
        try:
            ruling = rule_dataset(asked)
        except (Refused, NotFound):
            return False
        return ruling.whole and len(ruling.columns) == len(self.schemas[ref])

    def _lineage(
        self, ref: Ref, columns: Mapping[str, Mapping[str, list[str]]]
    ) -> Iterator[tuple[str, dict[str, list[str]]]]:
        for name, entry in columns.items():
            if name in self.known[ref]:
                yield name, {kind: [c for c in entry[kind] if self._knows(c)] for kind in entry}

    def _knows(self, column: str) -> bool:
        place = ColumnRef.parse(column)
        return folded(place.column) in map(folded, self.known.get(place.ref, ()))

    def _rule(self, key: str, rule: Rule) -> Iterator[Fact]:
        """The rule without what may not be known, if it is on something that may be known."""
        if rule.on.kind is TargetKind.AGREEMENT:
            yield Fact("rule", key, rule_as_json(rule))
            held = self.standing.facts.body("agreement", rule.on.value)
            if held is not None and rule.effect is Effect.PERMIT:
                told = unfiltered(held)
                told.pop("negotiation", None)
                yield Fact("agreement", rule.on.value, told)
            return
        touched = {
            ref
            for ref, names in self.known.items()
            if covered(rule.on, ref, self.schemas[ref], self.standing.facts) & names
        }
        if not touched:
            return
        names = {folded(name) for ref in touched for name in self.known[ref]}
        duties = tuple(
            _told(duty, names)
            for duty in rule.duties
            if not isinstance(duty, Mask) or duty.column is None or folded(duty.column) in names
        )
        yield Fact("rule", key, rule_as_json(replace(rule, duties=duties)))


def _told(duty: Duty, names: Collection[str]) -> Duty:
    """A duty without what it may not tell; `names` are the columns that may be known, folded."""
    if isinstance(duty, MinGroup) and duty.unit and folded(duty.unit) not in names:
        return replace(duty, unit=WITHHELD)
    withheld: Duty = BY_NOUN[type(duty)].withheld(duty)
    return withheld
