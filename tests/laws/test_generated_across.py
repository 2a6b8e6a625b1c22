"""Law 1 across two nodes over generated worlds: what is hidden by terms that are drawn by chance.

Tables, filters, masks, hidden changes and statements are those of `doumen prove`; the rules are
terms of agreements, and who asks is the consumer, at a node of its own. Two providers differ in
what the terms hide; everything that comes to the consumer's node is held against each other, and
what both count and charge. `test_existence_across` has what comes before an agreement.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests import linked
from tests.laws.filled import Filled, searched
from tests.laws.test_existence_across import Seen as Wired
from tests.laws.test_existence_across import plain
from tests.linked import Linked

from doumen.kits import policy
from doumen.kits.policy.offers import rules_of
from doumen.model.actor import OWNER, Actor
from doumen.model.answer import Explained
from doumen.model.errors import DoumenError, Invalid
from doumen.model.fact import Fact
from doumen.model.trial import Seen, Stand, World
from doumen.rooms.protect.prove import cases, rulesets, search
from doumen.rooms.protect.prove.cases import Case
from doumen.rooms.protect.prove.search import Search, Tally
from doumen.rooms.protect.prove.shown import Asker
from doumen.rooms.protect.prove.worlds import SECRETS, built_in

pytestmark = pytest.mark.law
CASES, TOGETHER = 45, 15
SOAK_PARTS, SOAK = 2, 1000
ASKER = Actor("port#ana", "port", purposes=frozenset({rulesets.PURPOSE, "security"}))
"""Who asks, as the reading of the rules knows it; at the consumer it is the owner."""
ALL = "datasets: {law.people: {}, law.visits: {}, law.cities: {}, law.secrets: {}}"
_CLAUSE = re.compile(r"^(A-[A-Z2-7]{8})-\d")
_VERSION = re.compile(r"'version': \d+")
"""How often a table was written, which no row decides."""


class Provider:
    """Two linked nodes, and what is in the provider now."""

    def __init__(self, two: Linked, folder: Path) -> None:
        self.two, self.filled = two, Filled(two.weather, folder)
        self.seen = Wired()
        two.wire.bend = self.seen.bend
        self.agreed: set[str] = set()

    def set_up(self, world: World) -> None:
        """Put rows, labels and rules of a world in the place of those that are there."""
        facts = [
            f
            for f in world.facts
            if f.kind == "label" or (f.kind == "rule" and not _CLAUSE.match(f.key))
        ]
        self.filled.fill(world.tables, facts)

    def agree(self, name: str, terms: str) -> str:
        """Put an agreement in force, once."""
        if name not in self.agreed:
            self.agreed.add(name)
            self.two.agree(name, terms)
        return linked.key_of(f"urn:test:{name}")


class Providers:
    """A laboratory of two providers with a consumer each, which worlds are set up on by turns.

    Attributes:
        terms: Name of an agreement and its terms, by its key.
    """

    def __init__(self, folder: Path) -> None:
        masks = "".join(f"{number}" * 64 + "\n" for number in (1, 2))
        self._open = ExitStack()
        self.terms: dict[str, tuple[str, str]] = {}
        self.pair = []
        for name in ("one", "two"):
            (folder / name).mkdir()
            two = self._open.enter_context(linked.linked(folder / name, {}, masks=masks))
            self.pair.append(Provider(two, folder / name))
        self._turn = 0

    def stand(self, world: World, after: Stand | None = None) -> Stand:
        """Set a world up; its clauses are those of an agreement, and without any, all is agreed."""
        if isinstance(after, Asked):
            provider = after.provider
        else:
            provider = self.pair[self._turn % 2]
            self._turn += 1
        keys = {found[1] for f in world.facts if (found := _CLAUSE.match(f.key))}
        name, terms = self.terms[keys.pop()] if keys else ("all", ALL)
        provider.set_up(world)
        return Asked(provider, provider.agree(name, terms))

    def close(self) -> None:
        """End all of it."""
        self._open.close()


class Asked:
    """One world, asked by the consumer under one agreement."""

    def __init__(self, provider: Provider, key: str) -> None:
        self.provider, self.key = provider, key

    def ask(
        self, actor: str, sql: str, purpose: str | None = None, *, explain: bool = False
    ) -> Seen:
        """All that comes of a question."""
        two = self.provider.two
        if actor == OWNER:  # of the provider, whose questions only go before
            with suppress(DoumenError):
                two.weather.session().query(sql).rows()
            return Seen()
        self.provider.seen.answers.clear()
        desk = two.port.session(None, purpose).desk
        told: dict[str, Any] = {}
        if explain:
            try:
                told["explain"] = _explained(desk.explain(sql, agreement=self.key))
            except DoumenError as error:
                told["explain"] = error.as_json()
        try:
            answer = desk.query(sql, agreement=self.key)
            rows = tuple(answer.rows())
        except DoumenError as error:
            two.settle()
            return Seen(error=error.as_json(), explained=self._told(told))
        two.settle()
        columns = tuple((column.name, column.type) for column in answer.schema)
        return Seen(columns, rows, truncated=answer.truncated, explained=self._told(told))

    def _told(self, told: dict[str, Any]) -> dict[str, Any]:
        wired = [
            (status, names, _sized(body)) for status, names, body in self.provider.seen.answers
        ]
        return {**told, "wire": wired, "usage": self.provider.two.usage(self.key)}


def _explained(told: Explained) -> str:
    return _VERSION.sub("'version'", plain(repr(told)))


def _sized(body: Any) -> Any:
    """An answer without its rows, which are compared as rows: how many came at a time."""
    if isinstance(body, str):
        return body
    rows, said = body
    return [number for number, _, _ in rows], said


def terms(rng: random.Random, *, grouped: bool) -> str | None:
    """Terms over the tables of our own; None where what was drawn contradicts itself."""
    granted = {}
    for kind in built_in().kinds:
        if kind.ref == SECRETS or rng.random() < 0.07:
            continue
        duties = rulesets.permit(rng, kind.ref, grouped=grouped)["duties"]
        grant: dict[str, Any] = {
            "duties": [d for d in duties if not d.keys() & {"count", "expire"}]
        }
        if rng.random() < 0.25:
            names = kind.schema.names
            grant["columns"] = sorted({*names[:2], *rng.sample(names, len(names) // 2)})
        granted[str(kind.ref)] = grant
    made: dict[str, Any] = {"datasets": granted, "quota": {"queries": rng.choice((20, 1000))}}
    if rng.random() < 0.15:
        made["for"] = [rulesets.PURPOSE]
    text = json.dumps(made)
    try:
        policy.read_terms(text)
    except Invalid:
        return None
    return text


def drawn(providers: Providers, rng: random.Random, name: str) -> Case:
    """A case: terms, rules of the provider that do not speak of the consumer, and who asks why."""
    grouped = rng.random() < 0.2
    while (text := terms(rng, grouped=grouped)) is None:
        pass
    key = linked.key_of(f"urn:test:{name}")
    providers.terms[key] = (name, text)
    clauses = rules_of(key, policy.read_terms(text), ASKER.name)
    idle = rulesets.idle(rng)
    rules = [policy.rule_as_json(rule) for rule in clauses]
    rules += [policy.rule_as_json(policy.rule_from_json(body)) for body in idle]
    facts = tuple(Fact("rule", str(body["id"]), body) for body in rules)
    purpose = rng.choice((rulesets.PURPOSE, rulesets.PURPOSE, None))
    asker = Asker(ASKER, purpose, datetime.now(UTC).date())
    return cases.ruled(built_in(), facts, asker, rulesets.judge({}))


@pytest.fixture(scope="module")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    """Two providers, each with a consumer."""
    made = Providers(tmp_path_factory.mktemp("across"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "TOGETHER", TOGETHER)
        yield made
    made.close()


def law_holds(providers: Providers, seed: int, many: int) -> Tally:
    """Search in cases of this seed."""
    numbers = count()

    def draw(rng: random.Random) -> Case:
        return drawn(providers, rng, f"{seed}-{next(numbers)}")

    return searched(Search(providers, draw, lambda share, doing: None), many, seed)


def test_hidden_changes_are_not_told_apart_across(providers: Providers) -> None:
    tally = law_holds(providers, 3, CASES)
    assert tally.filled >= 0.5 * tally.cases, tally


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(SOAK_PARTS))
def test_hidden_changes_are_not_told_apart_across_at_length(
    providers: Providers, part: int
) -> None:
    tally = law_holds(providers, 300 + part, SOAK)
    assert tally.filled >= 0.5 * tally.cases, tally
    assert len(tally.duties) >= 8, tally
