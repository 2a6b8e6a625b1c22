"""Law 1 over the network: two services whose nodes differ in hidden rows alone tell the same.

The pairs of databases, rules and statements are those of `test_non_interference`. Here each is a
real node, with jobs, ledger and receipts, behind a service of its own; what is compared is all
that came: status, headers, and body in each form.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.laws.filled import Filled, searched
from tests.served import Server, serve
from tests.wire import FORMS, VARIES, Came, Wire

import doumen
from doumen.model.errors import DoumenError
from doumen.model.fact import Fact
from doumen.model.trial import Seen, Stand, World
from doumen.rooms.protect.prove import cases, search
from doumen.rooms.protect.prove.cases import Case
from doumen.rooms.protect.prove.rulesets import ACTOR
from doumen.rooms.protect.prove.search import Search, Tally
from doumen.session import Node, create

pytestmark = pytest.mark.law
CASES = 45
SOAK_PARTS, SOAK = 4, 500
TOGETHER = 15
"""Statements asked of one pair of databases: to set one up takes longer than to ask."""
_VERSION = re.compile(r'"version": \d+')
_OWN = {"date", "doumen-receipt", "x-request-id"}


@dataclass
class Served:
    """A node, its service, and what is in it now."""

    node: Node
    server: Server
    token: str
    filled: Filled
    wires: dict[str | None, Wire] = field(default_factory=dict)

    @classmethod
    def start(cls, folder: Path, keys: str) -> Served:
        """Make a node with these keys of masks, and serve it."""
        create(folder, "law")
        (folder / "keys" / "mask.keys").write_text(keys)
        node = doumen.open(folder)
        owner = node.session()
        owner.do("actor add", name=ACTOR, role=("analyst",))
        made = owner.do("token add", actor=ACTOR, scope=("read", "write"))
        server = serve(folder, "--rate", "100000")
        return cls(node, server, str(made.json["token"]), Filled(node, folder.parent))

    def set_up(self, world: World) -> None:
        """Put rows and facts of a world in the place of those that are there.

        A dataset that the world has not stays: no verb takes one away.
        """
        facts = [f for f in world.facts if f.kind in {"actor", "rule", "label"}]
        self.filled.fill(world.tables, facts)

    def wire(self, purpose: str | None) -> Wire:
        """The actor, for a purpose."""
        if purpose not in self.wires:
            self.wires[purpose] = Wire(self.server.url, self.token, purpose)
        return self.wires[purpose]

    def close(self) -> None:
        """End all of it."""
        for wire in self.wires.values():
            wire.close()
        self.server.close()
        self.node.close()


class Services:
    """A laboratory of two served nodes, which worlds are set up on by turns."""

    def __init__(self, folder: Path) -> None:
        keys = "\n".join(f"{number}" * 64 for number in (1, 2)) + "\n"
        self.pair = tuple(Served.start(folder / name / "node", keys) for name in ("one", "two"))
        self._turn = 0

    def stand(self, world: World, after: Stand | None = None) -> Stand:
        """Set a world up."""
        if isinstance(after, Asked):
            served = after.served
        else:
            served = self.pair[self._turn % 2]
            self._turn += 1
        served.set_up(world)
        return Asked(served)

    def close(self) -> None:
        """End both."""
        for each in self.pair:
            each.close()


class Asked:
    """One world at a service."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self._number = 0

    def ask(
        self, actor: str, sql: str, purpose: str | None = None, *, explain: bool = False
    ) -> Seen:
        """All that comes of a question."""
        if actor != ACTOR:  # the owner, whose questions only go before
            with suppress(DoumenError):
                self.served.node.session().query(sql).rows()
            return Seen()
        wire = self.served.wire(purpose)
        explained = {"explained": _told(wire.explain(sql), "content-length")} if explain else {}
        self._number += 1
        form = FORMS[self._number % len(FORMS)]
        came = wire.ask(sql, form)
        if came.status != 200:
            error = json.loads(came.body)
            return Seen(error=error, explained={**explained, "wire": _told(came)})
        seen = Seen((), _rows(came), explained={**explained, "wire": _told(came)})
        return replace(seen, columns=((VARIES.sub("…", came.head), form),))


def _told(came: Came, *but: str) -> str:
    """All but chance, and how often a table was written, which no row decides."""
    headers = [f"{k}: {v}" for k, v in came.headers if k not in {*_OWN, *but}]
    told = _VERSION.sub("version", VARIES.sub("…", came.head))
    return "\n".join((str(came.status), *headers, told))


def _rows(came: Came) -> tuple[tuple[Any, ...], ...]:
    """Rows with their numbers as numbers, since sums of floating values differ in their last."""
    return tuple(tuple(_values(row)) for row in came.rows)


def _values(row: str) -> Iterator[Any]:
    try:
        read = json.loads(row)
    except ValueError:
        read = row.split(" | ") if " | " in row else row.split(",")
    for value in read if isinstance(read, list) else [read]:
        yield (
            VARIES.sub("…", value)
            if isinstance(value, str) and not _number(value)
            else (float(value) if isinstance(value, str) else value)
        )


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Two nodes and their services."""
    made = Services(tmp_path_factory.mktemp("law"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "TOGETHER", TOGETHER)
        yield made
    made.close()


def law_holds(services: Services, seed: int, cases_: int) -> Tally:
    """Search in cases of this seed."""
    day = datetime.now(UTC).date()
    numbers = count()

    def draw(rng: random.Random) -> Case:
        return renamed(cases.generated(rng, day), f"{seed}-{next(numbers)}")

    return searched(Search(services, draw, lambda share, doing: None), cases_, seed)


def renamed(case: Case, mark: str) -> Case:
    """Rules under names of their own, so that each counts its queries from none."""
    rules = tuple(
        Fact("rule", f"{fact.key}-{mark}", {**(fact.body or {}), "id": f"{fact.key}-{mark}"})
        for fact in case.rules
    )
    return cases.ruled(case.setting, rules, case.asker, case.judge)


def test_hidden_changes_are_not_told_apart_over_the_wire(services: Services) -> None:
    tally = law_holds(services, 2, CASES)
    assert tally.filled >= 0.5 * tally.cases, tally
    logs = "\n".join(line for each in services.pair for line in each.server.log)
    assert "law.people" not in logs


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(SOAK_PARTS))
def test_hidden_changes_are_not_told_apart_over_the_wire_at_length(
    services: Services, part: int
) -> None:
    tally = law_holds(services, 200 + part, SOAK)
    assert tally.filled >= 0.6 * tally.cases, tally
    assert len(tally.duties) >= 10, tally
