"""The hostile statements over the network: nothing hidden in status, headers, body or log.

The twins of the embedded tests are served, each by a process of its own, and asked over HTTP in
all forms of answers by turns. A sample of a fixed seed is asked in the check, all of them by
`make soak`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.hostile.attacks.statements import Hostile, families
from tests.hostile.attacks.world import Place
from tests.hostile.test_canaries import OWN, TECHNIQUES, written
from tests.hostile.test_expressions import TECHNIQUES as EXPRESSIONS
from tests.served import Server, serve
from tests.wire import FORMS, Wire

import doumen
from doumen.kits.evidence.canonical import canonical
from doumen.kits.evidence.receipt import read_receipt

OPTIONS = ("--rate", "100000")
SAMPLE = 100
SIZE = 80
"""Statements of one test at length."""
STATEMENTS = [
    (each, family.twins) for family in families() for each in family.statements if each.text.strip()
]
SAMPLED = random.Random("over the network").sample(STATEMENTS, SAMPLE)
NAMED = {**TECHNIQUES, **EXPRESSIONS}


@dataclass
class Served:
    """A node of the embedded tests, its service, and its analyst there."""

    place: Any
    server: Server
    token: str
    wire: Wire

    @classmethod
    def start(cls, place: Any) -> Served:
        """Serve a node that is open here."""
        made = place.owner.do("token add", actor="ana", scope=("read", "write"))
        token = str(made.json["token"])
        server = serve(place.node.directory, *OPTIONS)
        return cls(place, server, token, Wire(server.url, token))

    def close(self) -> None:
        """End the service."""
        self.wire.close()
        self.server.close()

    def log(self) -> str:
        """All that it wrote."""
        return "\n".join(self.server.log)


@pytest.fixture(scope="module")
def served(field: tuple[Place, Place]) -> Iterator[tuple[Served, Served]]:
    """The twins with canaries everywhere."""
    both = Served.start(field[0]), Served.start(field[1])
    yield both
    for each in both:
        each.close()


@pytest.fixture(scope="module")
def named(twins: Any) -> Iterator[tuple[Served, Served]]:
    """The twins of the named techniques."""
    both = Served.start(twins[0]), Served.start(twins[1])
    yield both
    for each in both:
        each.close()


def nothing_shows(served: tuple[Served, Served], asked: list[tuple[Hostile, bool]]) -> None:
    """Ask, and look everywhere."""
    one = served[0]
    place: Place = one.place
    before, begun = place.size(), len(one.server.log)
    wrong, texts = [], ""
    for number, (hostile, twins) in enumerate(asked):
        form = FORMS[number % len(FORMS)]
        text = hostile.at(place.paths)
        texts += text
        where = f"{hostile.technique} in {hostile.place or 'itself'} as {form}: {text}"
        came = one.wire.ask(text, form)
        wrong += [f"it tells {hit}: {where}" for hit in place.found(came.whole(), text)]
        if came.status >= 500 and came.status != 503:
            wrong.append(f"{came.status}: {where}")
        if number % 3 == 0:
            told = one.wire.explain(text).whole()
            wrong += [f"the explanation tells {hit}: {where}" for hit in place.found(told, text)]
        if twins:
            other = served[1]
            theirs = other.wire.ask(hostile.at(other.place.paths), form)
            if came.apart_from_chance() != theirs.apart_from_chance():
                told = "\n".join(each.apart_from_chance()[:600] for each in (came, theirs))
                wrong.append(f"the twins differ: {where}\n{told}")
    with doumen.connect(one.server.url, one.token) as node:
        events = node.query("SELECT id FROM sys.events WHERE position > ?", [before]).rows()
        for (id,) in events[:: max(1, len(events) // 10)]:
            told = str(read_receipt(canonical(node.do("receipt show", receipt=id).json).decode()))
            wrong += [f"a receipt tells {hit}" for hit in place.found(told, texts)]
    wrong += [f"the log tells {hit}" for hit in place.found("\n".join(one.server.log[begun:]))]
    assert not wrong, "\n".join(wrong)


def test_nothing_hidden_comes_over_the_wire(served: tuple[Served, Served]) -> None:
    nothing_shows(served, SAMPLED)


BENEATH = (
    "SELECT * FROM v.people",
    "WITH a AS (SELECT *, v.people AS z FROM v.people) SELECT z FROM a",
    "SELECT [p] AS one, map([name], [p]) AS two FROM v.people p",
)
"""Statements whose answers hold masked values, alone and within others."""


@pytest.mark.parametrize("sql", BENEATH)
def test_nothing_lies_beneath_nulls(served: tuple[Served, Served], sql: str) -> None:
    """The engine leaves what its memory held in the place of a null; it depends on chance what."""
    one = served[0]
    for _ in range(20):
        came = one.wire.ask(sql, "application/vnd.apache.arrow.stream")
        assert came.status == 200
        assert not one.place.found(came.whole(), sql)


@pytest.mark.soak
@pytest.mark.parametrize("start", range(0, len(STATEMENTS), SIZE))
def test_nothing_hidden_comes_over_the_wire_at_length(
    served: tuple[Served, Served], start: int
) -> None:
    nothing_shows(served, STATEMENTS[start : start + SIZE])


def no_canary(named: tuple[Served, Served], techniques: list[str]) -> None:
    """Ask by name, and look everywhere."""
    one, other = named
    world = one.place
    wrong = []
    for number, technique in enumerate(techniques):
        form = FORMS[number % len(FORMS)]
        texts = [
            written(technique, each.place) if technique in TECHNIQUES else EXPRESSIONS[technique]
            for each in named
        ]
        came = one.wire.ask(texts[0], form)
        told = came.whole() + one.wire.explain(texts[0]).whole()
        told = told.replace(str(world.folder), "")
        wrong += [
            f"{technique} tells {secret}"
            for secret in world.forbidden
            if secret not in texts[0] and secret in told
        ]
        if technique in OWN or technique.startswith("sys-"):
            continue
        theirs = other.wire.ask(texts[1], form)
        if came.apart_from_chance() != theirs.apart_from_chance():
            told = "\n".join(each.apart_from_chance()[:600] for each in (came, theirs))
            wrong.append(f"{technique}: the twins differ\n{told}")
    log = one.log()
    wrong += [f"the log tells {s}" for s in world.forbidden if s in log]
    assert not wrong, "\n".join(wrong)


@pytest.mark.soak
def test_named_techniques_over_the_wire(named: tuple[Served, Served]) -> None:
    no_canary(named, sorted(NAMED))


def test_no_part_of_a_statement_is_logged(served: tuple[Served, Served]) -> None:
    for hostile, _ in SAMPLED[:20]:
        served[0].wire.ask(hostile.at(served[0].place.paths), FORMS[0])
    log = served[0].log()
    assert len(served[0].server.lines()) >= 20
    for hostile, _ in SAMPLED:
        text = hostile.at(served[0].place.paths)
        for start in range(0, max(1, len(text) - 16), 16):
            assert text[start : start + 16] not in log or len(text) < 16


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        ("describe", {"dataset": "v.closed"}),
        ("contract show", {"dataset": "v.closed"}),
        ("contract history", {"dataset": "v.closed"}),
        ("contract test", {"dataset": "v.closed"}),
        ("label list", {"dataset": "v.closed"}),
        ("label set", {"target": "v.closed.k", "label": "x"}),
        ("rule explain", {"id": "closed"}),
        ("query", {"sql": "SELECT * FROM v.closed"}),
        ("query", {"sql": "SELECT * FROM v.closed", "explain": True}),
        ("query", {"sql": "SELECT 1 AS a", "into": "v.closed"}),
        ("receipt show", {"id": "0" * 26}),
    ],
)
def test_what_is_hidden_is_answered_as_what_is_absent(
    served: tuple[Served, Served], verb: str, given: dict[str, Any]
) -> None:
    absent = {k: v.replace("closed", "clozed") if isinstance(v, str) else v
              for k, v in given.items()}  # fmt: skip
    one, two = (served[0].wire.post(verb, each) for each in (given, absent))
    assert one.status >= 400
    assert one.apart_from_chance() == two.apart_from_chance().replace("clozed", "closed")


@pytest.mark.parametrize("verb", ["dataset list", "rule list", "label list", "actor list"])
def test_lists_tell_the_same_and_no_canary(served: tuple[Served, Served], verb: str) -> None:
    one, two = (each.wire.post(verb, {}) for each in served)
    assert one.status == 200
    assert not served[0].place.found(one.whole())
    assert "closed" not in one.whole()
    assert one.apart_from_chance() == two.apart_from_chance()
