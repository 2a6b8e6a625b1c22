"""Sixty faults planted in twelve tables: each is found by its rule, and by no other.

The clean twins are clean, under the rules that are proposed of them and under those that a
steward declared; so is a fresh draw under the proposed ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from tests.journeys.quality import desk, faults_moving, faults_people, faults_trade
from tests.journeys.quality.nodes import SEED, Corpus, twins
from tests.journeys.quality.planting import DECLARED, PROPOSED
from tests.journeys.quality.tables import NAMES

import doumen
from doumen.kits.standards import odcs
from doumen.session import create

FAULTS = (*faults_people.FAULTS, *faults_trade.FAULTS, *faults_moving.FAULTS)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    folder = tmp_path_factory.mktemp("planted")
    create(folder / "node", "planted")
    with doumen.open(folder / "node") as node:
        made = Corpus(node.session(), folder, twins())
        made.prepare()
        yield made


def test_there_are_sixty_faults_in_twelve_tables() -> None:
    assert len(FAULTS) == 60
    assert Counter(fault.table for fault in FAULTS) == dict.fromkeys(NAMES, 5)
    assert len({fault.says for fault in FAULTS}) == 60
    assert len({fault.kind for fault in FAULTS}) >= 15


def test_each_planted_fault_is_found_and_nothing_else(corpus: Corpus) -> None:
    wrong = {}
    for number, fault in enumerate(FAULTS):
        found = corpus.dirty(fault, fault.by, number)
        if set(found) != {fault.finding} or fault.count not in (None, found[fault.finding]):
            wrong[fault.table, fault.says] = found
    assert wrong == {}


def test_the_clean_twins_are_clean(corpus: Corpus) -> None:
    both = [(by, table) for by in (PROPOSED, DECLARED) for table in NAMES]
    assert {each: found for each in both if (found := corpus.clean_of(*each))} == {}


def test_a_fresh_draw_is_clean(corpus: Corpus) -> None:
    found = corpus.fresh(twins(SEED + 10_000))
    assert set(found) == set(NAMES)
    assert not any(found.values()), found


def test_the_same_is_proposed_without_a_node(corpus: Corpus) -> None:
    """The desk of `test_alarms` stands for a node: its tables have the types of collected files."""
    proposed = desk.accepted(desk.landed(corpus.clean), corpus.clean)
    for table in NAMES:
        theirs = odcs.read_contract(corpus.contracts[PROPOSED, table])
        ours = odcs.read_contract(proposed[table])
        assert ours.columns == theirs.columns
        assert ours.reports == theirs.reports
