"""Every hostile statement, asked by query and by explanation: nothing hidden shows anywhere.

What is told is the answer or the error, the explanation, the actor's own events and their
receipts, and what reaches the log and standard error. Where a family may tell one bit by
failing or by a number, both twins must tell the same.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest
from tests.hostile.attacks.statements import FOLDER, Hostile, families
from tests.hostile.attacks.world import Place, same

FAMILIES = {family.name: family for family in families()}
SIZE = 40
"""Statements of one test."""
LONGEST = 20.0
"""Seconds that no statement takes; the nodes stop one after 6."""
HONEST = (
    "SELECT p.city, count(*) AS n, sum(v.cost) AS cost FROM v.people p JOIN v.visits v "
    "ON p.id = v.person GROUP BY p.city ORDER BY p.city"
)
RIGHT = [("Ningbo", 1, 6), ("Wenzhou", 1, 5)]


def _chunks() -> list[Any]:
    return [
        pytest.param(name, start, id=f"{name}-{start // SIZE}")
        for name, family in FAMILIES.items()
        for start in range(0, len(family.statements), SIZE)
    ]


@pytest.mark.parametrize(("name", "start"), _chunks())
def test_nothing_hidden_shows(
    field: tuple[Place, Place],
    name: str,
    start: int,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    family = FAMILIES[name]
    place = field[0]
    before = place.size()
    wrong = []
    asked = ""
    for number, hostile in enumerate(family.statements[start : start + SIZE]):
        asked += hostile.at(place.paths)
        others = field if family.twins else field[:1]
        wrong += _asked(others, hostile, explain=number % 3 == 0)
    for told in place.events(place.as_("ana"), before):
        wrong += [f"an event or its receipt: {hit}" for hit in place.found(told, asked)]
    logged = caplog.text + "".join(capfd.readouterr())
    wrong += [f"the log: {hit}" for hit in place.found(logged, asked)]
    assert not wrong, "\n".join(wrong)
    assert "Traceback" not in logged
    assert place.as_("ana").query(HONEST).rows() == RIGHT


def _asked(places: tuple[Place, ...], hostile: Hostile, *, explain: bool) -> list[str]:
    """What is wrong with what one statement tells."""
    place = places[0]
    text = hostile.at(place.paths)
    started = time.monotonic()
    told = place.outcome(place.as_("ana"), text)
    took = time.monotonic() - started
    where = f"{hostile.technique} in {hostile.place or 'itself'}"
    wrong = [f"{where}: the answer tells {hit}: {text}" for hit in place.found(told, text)]
    if took > LONGEST:
        wrong.append(f"{where}: took {took:.1f} s")
    if explain:
        explained = place.explained(place.as_("ana"), text)
        hits = place.found(explained, text)
        wrong += [f"{where}: the explanation tells {hit}: {text}" for hit in hits]
    for other in places[1:]:
        theirs = other.outcome(other.as_("ana"), hostile.at(other.paths))
        if not same(told, theirs):
            wrong.append(f"{where}: the twins differ: {text}\n  {told[:400]}\n  {theirs[:400]}")
    return wrong


def test_there_are_techniques_enough() -> None:
    statements = [each for family in FAMILIES.values() for each in family.statements]
    assert len({each.technique for each in statements}) >= 40
    assert len({each.text for each in statements}) >= 1000
    assert {path.stem for path in FOLDER.glob("*.sql")} == set(FAMILIES)
