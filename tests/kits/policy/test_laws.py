"""Laws of the rules over sets drawn by chance: monotony, order, existence, hidden rows, law 8.

Every law runs over the same numbered seeds; a failure names the one that broke it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from doumen.kits.policy import (
    DatasetRuling,
    absent,
    rule_as_json,
    rule_from_json,
    terms,
    visible_facts,
)
from doumen.kits.policy.masks import BY_NAME
from doumen.model.actor import Actor
from doumen.model.errors import NotFound, Refused
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.ref import ColumnRef, Ref
from doumen.model.rule import Action, Effect, Mask, Rule, Target, TargetKind, Who

pytestmark = pytest.mark.law

Build = Callable[..., Facts]
Ask = Callable[..., DatasetRuling]
Body = Callable[..., dict[str, Any]]
Asking = tuple[Actor, str, str | None]

SETS = 2000
COLUMNS = {"a": "BIGINT", "b": "VARCHAR", "c": "VARCHAR", "d": "DATE"}
LABELS = {"x.raw.c": ["personal"], "ana.made": ["mine"]}
LINEAGE: dict[str, dict[str, list[str]]] = {
    "a": {"projection": [], "influence": []},
    "b": {"projection": ["x.raw.b"], "influence": ["x.raw.c"]},
    "c": {"projection": ["x.raw.c", "x.raw.b"], "influence": []},
    "d": {"projection": ["x.raw.d"], "influence": []},
}
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANA = Actor(
    "ana", roles=frozenset({"analyst"}), purposes=frozenset({"research", "security"}),
    claims=(("city", "a"),),
)  # fmt: skip
BOB = replace(ANA, name="bob", claims=(("city", "c"),))


@dataclass(frozen=True)
class Shown:
    """How much a ruling shows, and for how long."""

    masks: dict[str, Mask | None]
    filters: frozenset[str]
    limit: int | None
    groups: dict[str | None, int]
    counts: dict[str, int]
    expires: int | None

    def without_ids(self) -> Shown:
        """The same for rules of any name."""
        numbers = sorted(self.counts.values())
        return replace(self, counts={str(place): n for place, n in enumerate(numbers)})


@dataclass
class World:
    """Three datasets, one of them derived by ana; its terms are fixed when a set is drawn."""

    facts_of: Build
    body_of: Body
    ask: Ask
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)

    def drawn(self, rules: list[Rule], recorded: bool) -> None:
        """Derive `ana.made` under these rules, if they permit it and terms are recorded."""
        made = {"derived": True, "creator": "ana", "sources": ["x.raw"]}
        raw = self.body_of(COLUMNS)
        written = self.body_of(COLUMNS, updated="2026-11-20T00:00:00.000000Z", **made)
        self.bodies = {"x.raw": raw, "x.other": raw, "ana.made": written}
        if recorded:
            try:
                ruling = self.ask(self.facts(rules), ANA, "x.raw")
            except (Refused, NotFound):
                return
            shown = {c.column.name for c in ruling.columns}
            places = {
                name: [p for p in map(ColumnRef.parse, entry["projection"]) if p.column in shown]
                for name, entry in LINEAGE.items()
            }
            written["terms"] = terms(
                ANA, self.facts(rules), purpose=None, now=NOW, rulings=[ruling], projections=places
            )

    def facts(self, rules: list[Rule]) -> Facts:
        """The node under these rules."""
        lineage = {"ana.made": LINEAGE}
        return self.facts_of(rules, datasets=self.bodies, labels=LABELS, lineage=lineage)

    def ruling(self, rules: list[Rule], asking: Asking) -> DatasetRuling | None:
        """The ruling, or None; what may not be discovered answers as what is absent."""
        actor, ref, purpose = asking
        try:
            return self.ask(self.facts(rules), actor, ref, purpose=purpose)
        except Refused:
            return None
        except NotFound as error:
            if error.as_json() != absent(Ref.parse(ref)).as_json():
                raise
            return None

    def shown(self, rules: list[Rule], asking: Asking) -> Shown | None:
        """What is shown, or None."""
        ruling = self.ruling(rules, asking)
        return None if ruling is None else Shown(
            {c.column.name: c.mask for c in ruling.columns},
            frozenset(expression for _, expression in ruling.filters),
            None if ruling.limit is None else ruling.limit[0],
            {unit: k for k, unit, _ in ruling.groups},
            {rule: queries for queries, rule in ruling.counts},
            None if ruling.expires is None else ruling.expires[0],
        )  # fmt: skip


@pytest.fixture(scope="module")
def world(facts_of: Build, body_of: Body, ask: Ask) -> World:
    return World(facts_of, body_of, ask)


@pytest.fixture(scope="module")
def drawn(world: World, dice: Any) -> Callable[..., Iterator[tuple[Any, list[Rule], Asking]]]:
    """Sets of rules by chance, each with its dice and a question, over a node made for it."""

    def draw(first: int, count: int) -> Iterator[tuple[Any, list[Rule], Asking]]:
        for seed in range(first, first + count):
            die = dice(seed)
            rules = die.rules()
            world.drawn(rules, recorded=seed % 3 > 0)
            yield (
                die,
                rules,
                (
                    die.roll.choice([ANA, BOB]),
                    die.roll.choice(["x.raw", "ana.made", "ana.made", "x.other"]),
                    die.roll.choice([None, "research", "security"]),
                ),
            )

    return draw


def no_less(after: int | None, before: int | None) -> bool:
    return before is None or (after is not None and after >= before)


def no_more(after: int | None, before: int | None) -> bool:
    return before is None or (after is not None and after <= before)


def strength(mask: Mask | None) -> int:
    return 0 if mask is None else BY_NAME[mask.method].strength


def assert_no_more(after: Shown | None, before: Shown | None, why: object) -> None:
    if after is None:
        return
    assert before is not None, why
    for name, mask in after.masks.items():
        assert name in before.masks, why
        was = before.masks[name]
        assert mask == was or strength(mask) > strength(was), why
    assert after.filters >= before.filters, why
    assert no_more(after.limit, before.limit), why
    assert no_more(after.expires, before.expires), why
    assert all(no_less(after.groups.get(unit), k) for unit, k in before.groups.items()), why
    assert all(no_more(after.counts.get(rule), n) for rule, n in before.counts.items()), why


def queried(rules: list[Rule]) -> list[Rule]:
    return [r for r in rules if (r.effect, r.action) == (Effect.PERMIT, Action.QUERY)]


def stricter(die: Any, rules: list[Rule]) -> Iterator[tuple[str, list[Rule]]]:
    """The set with a denial, with a duty, and with a second permit of the same reach."""
    for id in ("a", "z"):
        yield "deny", [*rules, replace(die.rule(Effect.DENY), id=id)]
    permits = queried(rules)
    if permits:
        chosen = die.roll.choice(permits)
        longer = replace(chosen, duties=(*chosen.duties, die.duty(chosen.on)))
        yield "duty", [longer if one is chosen else one for one in rules]
    wide = [r for r in permits if r.on.kind is TargetKind.DATASET]
    if wide:
        chosen = die.roll.choice(wide)
        for id in ("a", "z"):
            yield "permit", [*rules, replace(chosen, id=id, duties=die.duties(chosen.on))]


def test_whatever_is_added_never_shows_more(
    world: World, drawn: Callable[..., Iterator[tuple[Any, list[Rule], Asking]]]
) -> None:
    tried: Counter[str] = Counter()
    for die, rules, asking in drawn(0, SETS):
        before = world.shown(rules, asking)
        if before is None and die.roll.random() < 0.5:
            continue
        for kind, more in stricter(die, rules):
            after = world.shown(more, asking)
            assert_no_more(after, before, (kind, rules, more, asking, world.bodies))
            if after is not None:
                tried[kind] += 1
                tried.update(type(d).__name__ for r in rules for d in r.duties)
    assert all(tried[kind] > 300 for kind in ("deny", "duty", "permit")), tried
    kinds = ("Filter", "Mask", "Limit", "MinGroup", "Count", "Expire")
    assert all(tried[kind] > 300 for kind in kinds), tried


def test_what_is_shown_does_not_depend_on_the_order_of_rules(
    world: World, drawn: Callable[..., Iterator[tuple[Any, list[Rule], Asking]]]
) -> None:
    for _, rules, asking in drawn(10_000, 500):
        turned = [replace(one, id=f"r{n}") for n, one in enumerate(rules[::-1])]
        turned = [replace(one, duties=one.duties[::-1]) for one in turned]
        shown, other = world.shown(rules, asking), world.shown(turned, asking)
        assert (shown and shown.without_ids()) == (other and other.without_ids()), (rules, asking)


def test_a_denied_dataset_is_never_shown(
    world: World, drawn: Callable[..., Iterator[tuple[Any, list[Rule], Asking]]]
) -> None:
    for _, rules, asking in drawn(20_000, 300):
        for action in (Action.QUERY, Action.DISCOVER):  # of files alone, questions go on
            who = Who(actor=asking[0].name)
            no = Rule("no", Effect.DENY, action, who, Target(TargetKind.DATASET, asking[1]))
            assert world.shown([*rules, no], asking) is None


def test_rules_that_are_over_or_for_another_purpose_change_nothing(
    world: World, drawn: Callable[..., Iterator[tuple[Any, list[Rule], Asking]]]
) -> None:
    for _, rules, asking in drawn(30_000, 400):
        matching = [
            r
            for r in rules
            if (not r.purposes or asking[2] in r.purposes) and r.until != date(2026, 11, 23)
        ]
        assert world.shown(matching, asking) == world.shown(rules, asking), (rules, asking)


def test_rules_that_ask_for_other_claims_change_nothing(
    world: World, drawn: Callable[..., Iterator[tuple[Any, list[Rule], Asking]]]
) -> None:
    for _, rules, asking in drawn(40_000, 400):
        own = {**dict(asking[0].claims), "name": asking[0].name}
        matching = [r for r in rules if all(own[name] in values for name, values in r.who.claims)]
        told = world.shown([replace(r, who=replace(r.who, claims=())) for r in matching], asking)
        assert told == world.shown(rules, asking), (rules, asking)


def test_the_catalogue_does_not_tell_of_hidden_rows(
    world: World, drawn: Callable[..., Iterator[tuple[Any, list[Rule], Asking]]]
) -> None:
    open_to = Counter[bool]()
    for _, rules, asking in drawn(50_000, 300):
        actor, ref, purpose = asking
        facts = world.facts(rules)
        new = {**world.bodies[ref], "version": 9, "files": [], "created": "2027"}
        changed = facts.extended([FactRow(99, Fact("dataset", ref, new), "e", "2027")])
        ruling = world.ruling(rules, asking)
        sees_all = ruling is not None and ruling.whole and len(ruling.columns) == len(COLUMNS)
        before, after = (visible_facts(actor, f, NOW, purpose) for f in (facts, changed))
        assert (before == after) is not sees_all, (rules, asking)
        open_to[sees_all] += 1
    assert min(open_to.values()) > 10


def test_reading_a_set_of_rules_that_was_written(dice: Any) -> None:
    """Law 8: through JSON text, the rules are themselves again."""
    for seed in range(60_000, 60_000 + SETS):
        rules = dice(seed).rules()
        text = json.dumps([rule_as_json(rule) for rule in rules], ensure_ascii=False)
        bodies = json.loads(text)
        assert [rule_from_json(body) for body in bodies] == rules, seed
        assert [rule_as_json(rule_from_json(body)) for body in bodies] == bodies, seed
