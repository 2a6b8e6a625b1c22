"""The verb `prove`: searches for two databases that an answer tells apart and should not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

from doumen.gate.desk import Desk
from doumen.kits import policy, sql
from doumen.kits.standards import odrl
from doumen.model.actor import Actor
from doumen.model.errors import Invalid, NotFound
from doumen.model.fact import Fact, Facts
from doumen.model.message import joined, msg, sentence
from doumen.model.operation import Outcome
from doumen.model.ref import Ref
from doumen.model.trial import Laboratory
from doumen.rooms.protect.prove.cases import generated
from doumen.rooms.protect.prove.own import derived_by, own, schemas
from doumen.rooms.protect.prove.report import Skipped, counter_example, none_found, nothing_tried
from doumen.rooms.protect.prove.search import Draw, Search
from doumen.rooms.protect.prove.shown import Asker
from doumen.rooms.protect.prove.shrink import Shrinker
from doumen.rooms.protect.rules import text_of

ASKER = "prover"
"""Name of the actor that is made up to hold the roles given."""

MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be tried at a node; nothing of it in the test world."""

    statement: str | None = None
    rules: Path | None = None
    actor: str | None = None
    roles: tuple[str, ...] = ()
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class _Trial:
    """What is tried.

    Attributes:
        rules: Of the node or of a file; none in the test world.
        groups: Whether some rule leaves small groups out.
    """

    draw: Draw
    rules: tuple[Fact, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    groups: bool = False


def prove(
    desk: Desk,
    *,
    statement: str | None = None,
    rules: Path | None = None,
    as_actor: str | None = None,
    role: Sequence[str] = (),
    purpose: str | None = None,
    world: str = "node",
    cases: int = 200,
    seed: int = 1,
) -> Outcome:
    """Search for a counter-example to: what the rules hide, no answer tells.

    Raises:
        Refused: the asker is neither owner nor steward.
        Invalid: an input does not fit, or there is nothing to try.
        NotFound: there is no such actor, dataset or file.
    """
    if not 1 <= cases <= MOST:
        raise Invalid(
            msg("{cases} is no number of cases.", cases=cases),
            why=msg("1 to {most:,} are allowed.", most=MOST),
            detail="cases",
        )
    with desk.laboratory() as laboratory:
        wanted = _Wanted(statement, rules, as_actor, tuple(role), purpose or desk.purpose)
        trial = _trial(desk, laboratory, wanted, test=world == "test")
        search = Search(laboratory, trial.draw, desk.progress)
        verdict = search.run(cases, seed)
        if verdict.barren:
            raise _barren(trial, wanted)
        if verdict.found is None and not verdict.tally.answered.total():
            raise nothing_tried(verdict.tally, trial.rules)
        if verdict.found is None:
            return none_found(verdict, seed, trial.skipped)
        desk.progress(None, msg("cutting the counter-example down"))
        smallest = Shrinker(search, verdict.found).smallest()
    return counter_example(smallest, verdict, seed, trial.skipped)


def _barren(trial: _Trial, wanted: _Wanted) -> Invalid:
    """The error where no change could be drawn that the rules hide."""
    if wanted.statement is not None and trial.groups:
        return Invalid(
            msg("The rules hide only small groups, which a statement of yours is not tried for."),
            why=msg("Which changes stay within a small group depends on how a statement groups."),
            next=msg("Leave the statement out: those made up group as needed."),
            detail="rules",
        )
    return Invalid(
        msg("The rules hide nothing from this actor, so there is nothing to try."),
        next=msg("Name another actor or role, or rules that hide something."),
        detail="rules",
    )


def _trial(desk: Desk, laboratory: Laboratory, wanted: _Wanted, *, test: bool) -> _Trial:
    """Where cases come from: our own tables and rules, or the node's."""
    day = datetime.now(UTC).date()
    if test:
        if wanted != _Wanted():
            raise Invalid(
                msg("The test world has tables, rules and actors of its own."),
                next=msg("Leave the statement, --rules, --as-actor, --role and the purpose out."),
                detail="world",
            )
        return _Trial(lambda rng: generated(rng, day))
    facts = desk.facts()
    refs = _refs(facts, wanted.statement)
    rules = _rules(facts, wanted.rules)
    actors = _actors(facts, rules, wanted)
    skipped = [Skipped(a.name, ref) for a in actors for ref in derived_by(a, facts, refs)]
    made = []
    for actor in actors:
        theirs = {one.ref for one in skipped if one.actor == actor.name}
        left = [ref for ref in refs if ref not in theirs]
        if theirs and (wanted.statement is not None or not left):
            continue
        asker = Asker(actor, wanted.purpose, day)
        made.append(own(laboratory, facts, rules, asker, refs=left, given=wanted.statement))
    if not made:
        rights = joined(
            msg(", "),
            [
                msg("`{ref}` was derived by actor `{actor}`", ref=one.ref, actor=one.actor)
                for one in skipped
            ],
        )
        raise Invalid(
            msg(
                "There is nothing to try: {rights}, whose right to it follows from its sources.",
                rights=rights,
            ),
            next=msg("Try the datasets that it was made from, or another actor."),
            detail="dataset",
        )
    turn = cycle(made)
    groups = any(one.groups for case in made for one in case.shown.values())
    return _Trial(lambda rng: next(turn), rules, tuple(skipped), groups)


def _refs(facts: Facts, statement: str | None) -> list[Ref]:
    """The datasets concerned."""
    known = schemas(facts)
    if statement is None:
        if not known:
            raise Invalid(
                msg("The node has no dataset to make rows for."),
                next=msg("Collect one, or try our own tables: `doumen prove --world test`."),
                detail="dataset",
            )
        return sorted(known)
    named = sorted(ref for ref in sql.parse(statement).tables if not ref.is_system)
    for ref in named:
        if ref not in known:
            raise policy.absent(ref)
    return named


def _rules(facts: Facts, path: Path | None) -> tuple[Fact, ...]:
    if path is None:
        return tuple(row.fact for row in facts.rows.get("rule", {}).values())
    text = text_of(Path(path))
    read = odrl.read_policy if odrl.looks_like_policy(text) else policy.read_rules
    rules = read(text)
    wrong = [fault for rule in rules for fault in policy.rule_faults(rule, facts)]
    if wrong:
        raise Invalid(
            msg("The rules cannot be tried."),
            why=sentence(wrong),
            next=msg("Correct the file and try again."),
            detail="rules",
        )
    return tuple(Fact("rule", rule.id, policy.rule_as_json(rule)) for rule in rules)


def _actors(facts: Facts, rules: Sequence[Fact], wanted: _Wanted) -> list[Actor]:
    """Those who are tried in turn: the one named, one made up, or all that are not the owner."""
    purposes = frozenset({wanted.purpose} if wanted.purpose else ())
    if wanted.actor is not None and wanted.roles:
        raise Invalid(msg("Give --as-actor or --role, not both."), detail="actor")
    if wanted.actor is not None:
        actor = facts.actor(wanted.actor)
        if actor is None:
            raise NotFound(
                msg("There is no actor `{actor}` on this node.", actor=wanted.actor),
                next=msg("`doumen actor list` shows them."),
                detail="actor",
            )
        return [actor]
    if wanted.roles:
        return [Actor(ASKER, roles=frozenset(wanted.roles), purposes=purposes)]
    named = [facts.actor(name) for name, _ in facts.all("actor")]
    found = [actor for actor in named if actor is not None and not actor.is_owner]
    if not found:
        roles = {str(fact.body["who"]["role"]) for fact in rules
                 if fact.body is not None and "role" in fact.body["who"]}  # fmt: skip
        found = [Actor(ASKER, roles=frozenset({one}), purposes=purposes) for one in sorted(roles)]
    if not found:
        raise Invalid(
            msg("There is no actor and no role to try."),
            next=msg("Name one with --as-actor or --role."),
            detail="actor",
        )
    return found
