"""What comes back when a message is sent: an acknowledgement, a refusal, nonsense, nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from doumen.gate.desk import Desk
from doumen.model.agreement import Agreement, Side, key_of
from doumen.model.errors import Conflict, DoumenError, Unavailable
from doumen.model.fact import Facts
from doumen.model.message import msg
from doumen.model.peer import Heard
from doumen.model.terms import Terms
from doumen.rooms.exchange.process import courier, kept
from doumen.rooms.exchange.transfer import steps
from doumen.rooms.exchange.transfer.state import Transfer

NOW = "2026-11-29T12:00:00.000000Z"
AGREEMENT = Agreement(
    key_of("urn:a"), "urn:a", Side.CONSUMER, "did:web:w.example", "weather", Terms(()), NOW
)


@dataclass
class Answering:
    """A desk whose counterpart answers as a test says."""

    answer: Heard | DoumenError
    sent: list[Any] = field(default_factory=list)

    def call(self, *call: Any) -> Heard:
        self.sent.append(call)
        if isinstance(self.answer, DoumenError):
            raise self.answer
        return self.answer

    def facts(self) -> Facts:
        return Facts()


def begun() -> Transfer:
    return steps.requested("urn:c", AGREEMENT, callback="https://p.example/dsp", now=NOW)


def after(answer: Heard | DoumenError) -> Transfer:
    return courier.sent(cast(Desk, Answering(answer)), begun())


@pytest.mark.parametrize(
    ("status", "body", "words", "refused"),
    [
        (400, b'{"reason": [{"@value": "no", "@language": "en"}, "more"]}', "400: no; more", True),
        (404, b'{"code": "not-found.agreement"}', "404: not-found.agreement", True),
        (403, b"<html>", "status 403.", True),
        (400, b"[1]", "status 400.", True),
        (503, b"", "status 503.", False),
        (201, b"{}", "", True),
        (201, b"\xff", "", True),
    ],
)
def test_what_is_no_acknowledgement_keeps_the_message(
    status: int, body: bytes, words: str, refused: bool
) -> None:
    led = after(Heard(status, body, "token", None))
    assert led.outgoing is not None
    assert (led.outgoing.refused, led.state) == (refused, None)
    assert words in led.outgoing.trouble
    assert led.outgoing.trouble


def test_nobody_there_is_tried_again() -> None:
    led = after(Unavailable(msg("nobody"), detail="peer"))
    assert led.outgoing is not None
    assert (led.outgoing.refused, led.outgoing.trouble) == (False, "nobody")


def test_another_job_was_before_us() -> None:
    """The step is done anew on what is there now; a conflict of another kind is told."""
    turns = iter([kept.CHANGED, kept.CHANGED, None, "conflict.dsp-state"])

    def step(desk: Desk, facts: Facts, found: Transfer) -> Transfer | None:
        code = next(turns)
        if code is not None:
            raise Conflict(msg("x"), detail=code.removeprefix("conflict."))
        return None

    desk = cast(Desk, Answering(Heard(200, b"", "", None)))
    assert courier.lead(desk, lambda facts: begun(), step).key == begun().key
    with pytest.raises(Conflict):
        courier.lead(desk, lambda facts: begun(), step)


def test_what_goes_round_ends() -> None:
    desk = Answering(Heard(200, b"", "", None))
    counted: list[int] = []

    def step(desk: Desk, facts: Facts, found: Transfer) -> Transfer | None:
        counted.append(1)
        return found

    courier.lead(cast(Desk, desk), lambda facts: begun(), step)
    assert len(counted) == courier.STEPS
