"""Law 1: change what an actor may not see, and their answers, errors and explanations stay.

The test is the program `doumen prove`: it draws rules, two databases that differ only in what
these hide, and statements. `tools/mutations.py` lists the faults of the gate that it must find.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle

import pytest

import doumen
from doumen.model.trial import Laboratory, Lies
from doumen.rooms.protect.prove import cases, report
from doumen.rooms.protect.prove.grouping import GROUPED
from doumen.rooms.protect.prove.rulesets import DUTIES, MASKS
from doumen.rooms.protect.prove.search import Search, Tally
from doumen.rooms.protect.prove.shrink import Shrinker
from doumen.rooms.protect.prove.statements import PLAIN
from doumen.session import create

pytestmark = pytest.mark.law
PARTS, CASES = 2, 500
"""1,000 cases, in parts that two processes share."""
LIES: tuple[Lies, ...] = ("lake", "ordered", "csv", "ordered", "parquet", "csv", "ordered")
"""Where the rows of one batch after the other lie; of another length than `search.PRELUDES`."""
SOAK_PARTS, SOAK = 10, 2000


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    """A place to try the gate of a fresh node."""
    folder = tmp_path_factory.mktemp("prove") / "node"
    create(folder, "laws")
    with doumen.open(folder) as node, node.session().desk.laboratory() as made:
        yield made


def law_holds(laboratory: Laboratory, seed: int, count: int) -> Tally:
    """Search; a counter-example is shown cut down."""
    day = datetime.now(UTC).date()
    lies = cycle(LIES)
    search = Search(
        laboratory, lambda rng: cases.generated(rng, day, next(lies)), lambda share, doing: None
    )
    verdict = search.run(count, seed)
    if verdict.found is not None:
        smallest = Shrinker(search, verdict.found, tries=40).smallest()
        pytest.fail(str(report.counter_example(smallest, verdict, seed).json))
    assert verdict.tally.cases == count
    return verdict.tally


def well_spread(tally: Tally) -> None:
    """That the cases were worth trying: filled, joined, of all duties, masks and forms."""
    share = tally.cases / 1000
    assert tally.filled >= 0.7 * tally.cases, tally
    assert tally.joined >= 0.5 * tally.cases, tally
    assert tally.failed >= 50 * share, tally
    for duty in DUTIES:
        assert tally.duties[duty] >= 100 * share, (duty, tally.duties)
    for mask in MASKS:
        assert tally.duties[f"mask {mask}"] >= 25 * share, (mask, tally.duties)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.timeout(600)
def test_hidden_changes_are_not_told_apart(laboratory: Laboratory, part: int) -> None:
    tally = law_holds(laboratory, part + 1, CASES)
    well_spread(tally)
    missing = [name for name in (*PLAIN, *GROUPED) if not tally.kinds[name]]
    assert len(missing) <= 3, missing


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(SOAK_PARTS))
def test_hidden_changes_are_not_told_apart_at_length(laboratory: Laboratory, part: int) -> None:
    tally = law_holds(laboratory, 100 + part, SOAK)
    well_spread(tally)
    assert not {*PLAIN, *GROUPED} - set(tally.kinds)
