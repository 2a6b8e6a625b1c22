"""The search finds a leak where there is one, cuts it down, and finds none where there is none."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from doumen.kits.sql import parse
from doumen.model.ref import Ref
from doumen.model.trial import Seen, Stand, World
from doumen.rooms.protect.prove import cases
from doumen.rooms.protect.prove.cases import Case
from doumen.rooms.protect.prove.report import counter_example, none_found
from doumen.rooms.protect.prove.rulesets import DUTIES, MASKS
from doumen.rooms.protect.prove.search import PRELUDES, Found, Search, Tally
from doumen.rooms.protect.prove.shrink import Shrinker
from doumen.rooms.protect.prove.statements import PLAIN
from doumen.rooms.protect.prove.worlds import PEOPLE

DAY = date(2026, 1, 5)
Told = Callable[[World, str, str], Seen]


class Fake:
    """A laboratory whose answers are made by a function of world, actor and statement."""

    def __init__(self, told: Told) -> None:
        self.told, self.world, self.asked = told, World((), {}), 0

    def stand(self, world: World, after: Stand | None = None) -> Fake:
        fake = Fake(self.told)
        fake.world = world
        return fake

    def ask(
        self, actor: str, sql: str, purpose: str | None = None, *, explain: bool = False
    ) -> Seen:
        return self.told(self.world, actor, sql)


def silent(fraction: float | None, doing: str) -> None:
    """Progress that nobody watches."""


def generated(rng: random.Random) -> Case:
    return cases.generated(rng, DAY)


def discreet(world: World, actor: str, sql: str) -> Seen:
    return Seen((("n", "BIGINT"),), ((len(sql),),))


def leaky(world: World, actor: str, sql: str) -> Seen:
    """Tells how many rows there are of each dataset named, hidden or not."""
    named = sorted(ref for ref in parse(sql).tables if ref in world.tables)
    return Seen((("n", "BIGINT"),), tuple((world.tables[ref].num_rows,) for ref in named))


def search(told: Told, draw: Callable[[random.Random], Case] = generated) -> Search:
    return Search(Fake(told), draw, silent)


def found(told: Told = leaky) -> Found:
    verdict = search(told).run(300, 3)
    assert verdict.found is not None
    return verdict.found


def test_no_leak_no_counter_example() -> None:
    verdict = search(discreet).run(95, 1)
    assert verdict.found is None
    assert verdict.tally.cases == 95
    assert none_found(verdict, 1).exit == 0


def test_a_leak_is_found_and_the_seed_gives_it_again() -> None:
    one, two = found(), found()
    assert one.what == "the number of rows" or one.what == "the rows"
    assert (one.number, one.statement, one.change) == (two.number, two.statement, two.change)


def test_a_leak_is_cut_down() -> None:
    verdict = search(leaky).run(300, 3)
    assert verdict.found is not None
    smallest = Shrinker(search(leaky), verdict.found).smallest()
    assert smallest.change.size == 1
    assert sum(map(len, smallest.database.values())) <= 2
    assert len(smallest.statement.sql) <= len(verdict.found.statement.sql)
    assert smallest.prelude == "none"
    told = counter_example(smallest, verdict, 3)
    assert told.exit == 1
    example = told.json["counterexample"]
    assert example["databases"][0] != example["databases"][1]
    assert example["answers"][0] != example["answers"][1]
    assert len(told.drawn) >= 4


def test_a_grouped_statement_is_not_shortened() -> None:
    one = found()
    grouped = replace(one, statement=replace(one.statement, kind="small groups"))
    smallest = Shrinker(search(leaky), grouped).smallest()
    assert smallest.statement == grouped.statement
    assert smallest.change.size == 1


def test_a_leak_that_no_smaller_one_shows_stays() -> None:
    one = found()
    assert Shrinker(search(discreet), one).smallest() == one
    assert Shrinker(search(leaky), one, tries=0).smallest() == one


def test_errors_and_explanations_are_compared() -> None:
    def failing(world: World, actor: str, sql: str) -> Seen:
        rows = world.tables[PEOPLE].num_rows if PEOPLE in world.tables else 0
        return Seen(error={"code": f"faulty.{rows}", "what": "no"})

    one = found(failing)
    assert one.what == "the error"
    verdict = search(failing).run(1, 3)
    assert "faulty" in str(counter_example(one, verdict, 3).drawn)


def test_what_went_before_is_asked_before() -> None:
    asked: list[tuple[str, int]] = []

    def noted(world: World, actor: str, sql: str) -> Seen:
        asked.append((actor, sum(fact.kind == "rule" for fact in world.facts)))
        return discreet(world, actor, sql)

    search(noted).run(10 * len(PRELUDES), 5)
    actors = {actor for actor, _ in asked}
    assert actors == {"ana", "owner"}
    assert 1 in {rules for actor, rules in asked if actor == "ana"}


def test_rules_that_hide_nothing_are_told() -> None:
    def all_open(rng: random.Random) -> Case:
        case = generated(rng)
        body = {"id": "all", "permit": "query", "who": {"actor": "ana"}, "on": "law.*"}
        rules = [replace(case.rules[0], key="all", body=body)]
        return cases.ruled(case.setting, rules, case.asker, case.judge)

    verdict = search(discreet, all_open).run(10, 1)
    assert verdict.barren
    assert verdict.tally.cases == 0


def test_a_given_statement_is_the_one_tried() -> None:
    def given(rng: random.Random) -> Case:
        case = generated(rng)
        text = "SELECT count(*) AS n FROM law.people"
        return cases.ruled(case.setting, case.rules, case.asker, case.judge, text)

    verdict = search(leaky, given).run(50, 1)
    assert verdict.found is not None
    assert verdict.found.statement.kind == "given"


def test_statements_are_of_many_kinds_and_repeatable() -> None:
    tally, texts = Tally(), []
    for seed in range(300):
        rng = random.Random(seed)
        case = generated(rng)
        statement = case.statement(rng)
        tally.count(case, statement, Seen(rows=((1,),)))
        texts.append(statement.sql)
    rng = random.Random(7)
    assert generated(rng).statement(rng).sql == texts[7]
    assert len(set(tally.kinds) & set(PLAIN)) >= 0.8 * len(PLAIN)
    assert tally.joined >= 130
    for duty in (*DUTIES, *(f"mask {mask}" for mask in MASKS)):
        assert tally.duties[duty], duty
    assert len(set(texts)) >= 280
    assert Ref("law", "people") in {kind.ref for kind in generated(rng).setting.kinds}
