"""Search, facets, counts and completions follow from what the asker may see, and nothing else.

Two nodes differ in all that is hidden from ana: other datasets, other columns that are denied,
contracts that tell of these, labels, drafts, terms of products. All that she is told is the same,
byte for byte. What is kept of texts is shared by all who ask, and has no part in it either.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.rooms.discover.search.shelf import Described, Shelf, corpus, facts_of, held, with_meaning

from doumen.kits import policy
from doumen.model.actor import Actor
from doumen.model.fact import Fact
from doumen.model.life import DRAFT, Life
from doumen.model.rule import Action, Effect, Rule, Target, TargetKind, Who
from doumen.rooms.discover.search import meaning
from doumen.rooms.discover.search.verbs import complete, search
from doumen.stores.index import Index

pytestmark = pytest.mark.law
ANA = Actor("ana", roles=frozenset({"analyst"}))
SEEN = ("health", "water")
DENIED = "health.hospitals"
"""Seen without one of its columns, and so without its contract."""
QUESTIONS = (
    "", "医院", "hospital beds", "blood", "水质", "icd10", "card_no", "secret_column", "the",
    "passengers", "地铁", "health", "health.doctors", "transp", "药品 价格", "溶解氧",
)  # fmt: skip
CHOICES: tuple[dict[str, Any], ...] = (
    {}, {"domain": ("health",)}, {"label": ("personal",)}, {"kind": "column"}, {"kind": "term"},
    {"kind": "product"}, {"sort": "updated"}, {"sort": "name", "offset": 3, "limit": 5},
    {"owner": ("市水务局",), "state": ("active",)},
)  # fmt: skip


def permits() -> Iterator[Fact]:
    for domain in SEEN:
        yield _rule(Effect.PERMIT, domain, Target(TargetKind.DATASET, f"{domain}.*"))
    yield _rule(Effect.DENY, "denied", Target(TargetKind.COLUMN, f"{DENIED}.address"))


def _rule(effect: Effect, id: str, target: Target) -> Fact:
    action = Action.QUERY if effect is Effect.PERMIT else Action.DISCOVER
    rule = Rule(id, effect, action, Who(role="analyst"), target)
    return Fact("rule", id, policy.rule_as_json(rule))


def hidden(seed: int) -> Iterator[Fact]:
    """Other datasets, as the seed has it, with words of those that are seen."""
    rng = random.Random(seed)
    others = [one for one in corpus() if one.name.partition(".")[0] not in SEEN]
    for one in rng.sample(others, rng.randrange(5, 60)):
        words = rng.choice(("医院床位", "hospital beds blood", one.title, "水质 溶解氧"))
        told = replace(one, title=words, owner=rng.choice(("市水务局", one.owner)))
        yield from told.facts()
        if rng.random() < 0.3:
            yield Fact("label", f"{one.name}.{one.columns[0][0]}", {"labels": ["personal"]})
    draft = Described(f"health.draft_{seed}", "x", "医院 hospital beds", "blood", (("icd10", "x"),))
    yield from draft.facts()
    yield Fact("state", draft.name, Life(DRAFT).as_json())
    aside = {"kind": "quarantine", "columns": [{"name": "_row", "type": "BIGINT"}], "version": 0,
             "files": [], "derived": False, "sources": []}  # fmt: skip
    yield Fact("dataset", f"health.doctors__quarantine{'' if seed % 2 else '_'}", aside)


def node(folder: Path, seed: int | None) -> Shelf:
    """A node with what ana sees, and what a seed hides; None: nothing is hidden."""
    seen = [one for one in corpus() if one.name.partition(".")[0] in SEEN]
    contract = DENIED
    facts = [*facts_of(seen), *permits()]
    if seed is not None:
        facts = [f for f in facts if (f.kind, f.key) != ("contract", contract)]
        clue = f'{{"schema": [{{"description": "secret_column {seed} 医院 hospital beds"}}]}}'
        facts.append(Fact("contract", contract, {"text": clue, "description": clue}))
        facts = [*hidden(seed), *facts, *hidden(seed + 1000)]
    facts.append(Fact("actor", "ana", {"roles": ["analyst"]}))
    index = with_meaning(Index(folder / f"{seed}.db"))
    return Shelf(held(facts), index, actor=ANA)


def told(shelf: Shelf) -> Iterator[str]:
    """All that is told, as bytes would be sent."""
    for question in QUESTIONS:
        for choice in CHOICES:
            outcome = search(shelf.desk(), question, **choice)
            yield json.dumps([question, choice, outcome.json, outcome.said], ensure_ascii=False)
            yield repr(outcome.drawn)
        outcome = complete(shelf.desk(), question)
        yield json.dumps([outcome.json, outcome.said], ensure_ascii=False)


@pytest.mark.parametrize("modelled", [True, False])
def test_what_is_hidden_has_no_part_in_what_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, modelled: bool
) -> None:
    if not modelled:
        monkeypatch.setattr(meaning, "model", lambda: None)
    first, *others = (node(tmp_path, seed) for seed in (None, 1, 2))
    expected = list(told(first))
    assert "health.hospitals" in expected[0]
    for other in others:
        search(other.seen_by(Actor("owner", roles=frozenset({"owner"}))).desk(), "医院 hospital")
        for mine, theirs in zip(expected, told(other), strict=True):
            assert theirs == mine


def test_what_is_denied_or_a_draft_is_nowhere(tmp_path: Path) -> None:
    everything = " ".join(told(node(tmp_path, 5)))
    for hidden_word in ("secret_column 5", "draft_5", "quarantine", "address", "transport."):
        assert hidden_word not in everything


def test_the_same_asker_who_may_see_less_is_told_less(tmp_path: Path) -> None:
    shelf = node(tmp_path, 7)
    before = search(shelf.desk(), "水质").json
    fewer = [Fact("rule", "water", None)]
    rows = [row for kind in shelf.facts_.rows.values() for row in kind.values()]
    after = replace(shelf, facts_=held([*(row.fact for row in rows), *fewer]))
    less = search(after.desk(), "水质").json
    assert any(hit["name"].startswith("water.") for hit in before["hits"])
    assert not any(hit["name"].startswith("water.") for hit in less["hits"])
    fresh = replace(after, index_=with_meaning(Index(tmp_path / "fresh.db")))
    assert search(fresh.desk(), "水质").json == less
