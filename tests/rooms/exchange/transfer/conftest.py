"""Two nodes in memory that know each other: what one calls, the other answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import pytest
from tests.rooms.exchange.conftest import FakeDesk, Other

from doumen.faces.web.protocols import failure
from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.policy import may_amend, may_speak
from doumen.kits.standards import dsp
from doumen.kits.standards.dsp import Role
from doumen.model.actor import OWNER, Actor
from doumen.model.agreement import Agreement, Side, key_of
from doumen.model.errors import DoumenError, Unavailable
from doumen.model.fact import Fact
from doumen.model.message import msg
from doumen.model.participant import Participant
from doumen.model.peer import Heard
from doumen.rooms.exchange.process.steps import Evidence
from doumen.rooms.exchange.protocol import respond

TERMS = policy.read_terms("datasets: {w.hourly: {}}")


class Linked(FakeDesk):
    """A node whose calls are answered by the other one, while the way is open."""

    def __init__(self, name: str, number: int, side: Side) -> None:
        super().__init__()
        self.here, self.side = Other(name, number), side
        self.other: Linked | None = None
        self.open = True
        self.answers: list[tuple[str, int, dict[str, Any]]] = []

    @property
    def desk(self) -> Desk:
        return cast(Desk, self)

    def knows(self, other: Linked) -> None:
        self.other = other
        known = replace(other.here.own, alias=other.here.own.name.lower())
        self.commit(Fact("participant", known.id, known.as_json()))

    def agree(self, id: str, **changed: Any) -> str:
        assert self.other is not None
        key, other = key_of(id), self.other.here.own.id
        held = Agreement(key, id, self.side, other, "weather", TERMS, "2026-01-01")
        body = policy.agreement_as_json(replace(held, **changed))
        self.commit(Fact("agreement", key, body))
        return key

    def held(self, key: str) -> Agreement:
        return policy.agreement_of(self.facts(), key)

    def commit(self, *facts: Fact) -> None:
        self.amend(list(facts), subject="test")

    def as_actor(self, name: str) -> Desk:
        """The same facts before another actor."""
        if name == OWNER:
            return self.desk
        actor = Actor(name, participant=name)
        outer = self

        class Theirs(FakeDesk):
            def amend(self, facts: Any, *, subject: str, seen: Any = None) -> str:
                for fact in facts:
                    may_amend(actor, fact)
                return outer.amend(facts, subject=subject, seen=seen)

        return cast(Desk, Theirs())

    def call(
        self, participant: str, method: str, path: str, document: Mapping[str, Any] | None = None
    ) -> Heard:
        may_speak(self.actor)
        assert self.other is not None
        assert participant == self.other.here.own.id
        if not self.open:
            raise Unavailable(msg("nobody"), detail="peer")
        text = json.dumps(document).encode() if document is not None else b""
        status, body = self.other.answer(self.here.own, method, path, text)
        self.answers.append((path, status, body or {}))
        return Heard(status, json.dumps(body or {}).encode(), token="token", reply="reply")

    def answer(
        self, sender: Participant, method: str, path: str, text: bytes
    ) -> tuple[int, dict[str, Any] | None]:
        """As the face does, without its signatures."""
        matched = [one for role in Role if (one := dsp.match(method, path, role)) is not None]
        (route, identifiers), message = matched[0], None
        try:
            if text:
                assert route.takes is not None
                message = dsp.read(text, route.takes)
            known = replace(sender, alias=sender.name.lower())
            said = Evidence(text.decode(), "token")
            return respond(self.as_actor, known, route, identifiers, message, evidence=said)
        except DoumenError as error:
            problem = failure.problem(error)
            return problem.status, failure.document(route, identifiers, message, problem.error)


@pytest.fixture
def weather() -> Linked:
    return Linked("Weather", 2, Side.PROVIDER)


@pytest.fixture
def port(weather: Linked) -> Linked:
    made = Linked("Port", 3, Side.CONSUMER)
    made.knows(weather)
    weather.knows(made)
    return made
