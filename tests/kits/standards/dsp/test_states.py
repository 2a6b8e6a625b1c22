"""Both state machines, walked through every cell against tables written by hand."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from tests.kits.standards.dsp.vectors import KINDS, example

from doumen.kits.standards.dsp.machine import Role, Step
from doumen.kits.standards.dsp.messages import read
from doumen.kits.standards.dsp.negotiation import NegotiationState
from doumen.kits.standards.dsp.states import (
    NEGOTIATION,
    TRANSFER,
    NegotiationMove,
    TransferMove,
    negotiation_move,
    transfer_move,
)
from doumen.kits.standards.dsp.transfer import TransferState
from doumen.model.errors import Conflict

# A row for each state, a column for each message; each cell says what it does when the consumer
# sends it, then when the provider does. `=` repeats, `.` errs, a letter is the next state.
NEGOTIATION_TABLE = """
            request counter-request offer counter-offer accept agree verify finalize terminate
-           R.      ..              .O    ..            ..     ..    ..     ..       ..
REQUESTED   =.      =.              ..    .O            ..     .G    ..     ..       TT
OFFERED     ..      R.              .=    .=            A.     ..    ..     ..       TT
ACCEPTED    ..      ..              ..    ..            =.     .G    ..     ..       TT
AGREED      ..      ..              ..    ..            ..     .=    V.     ..       TT
VERIFIED    ..      ..              ..    ..            ..     ..    =.     .F       TT
FINALIZED   ..      ..              ..    ..            ..     ..    ..     .=       ..
TERMINATED  ..      ..              ..    ..            ..     ..    ..     ..       ==
"""
TRANSFER_TABLE = """
            request start suspend complete terminate
-           R.      ..    ..      ..       ..
REQUESTED   =.      .S    ..      ..       TT
STARTED     =.      ==    UU      CC       TT
SUSPENDED   =.      SS    ==      ..       TT
COMPLETED   =.      ..    ..      ==       ..
TERMINATED  =.      ..    ..      ..       ==
"""
LETTERS: dict[str, dict[str, Any]] = {
    "negotiation": dict(zip("ROAGVFT", NegotiationState, strict=True)),
    "transfer": dict(zip("RSUCT", TransferState, strict=True)),
}
DRAWN = "ACCEPTED -> TERMINATED: P; AGREED -> TERMINATED: C; VERIFIED -> TERMINATED: P"


def cells(name: str) -> dict[tuple[str | None, str, Role], str]:
    header, *rows = (NEGOTIATION_TABLE if name == "negotiation" else TRANSFER_TABLE).split("\n")[
        1:-1
    ]
    found: dict[tuple[str | None, str, Role], str] = {}
    for row in rows:
        state, *marks = row.split()
        for move, mark in zip(header.split(), marks, strict=True):
            for sender, letter in zip((Role.CONSUMER, Role.PROVIDER), mark, strict=True):
                found[None if state == "-" else state, move, sender] = letter
    return found


@pytest.mark.parametrize(
    ("name", "machine", "states", "moves", "count"),
    [
        ("negotiation", NEGOTIATION, NegotiationState, NegotiationMove, 288),
        ("transfer", TRANSFER, TransferState, TransferMove, 120),
    ],
)
def test_every_cell_is_as_the_table_says(
    name: str, machine: Any, states: Any, moves: Any, count: int
) -> None:
    """All states × all messages × both roles × sent by oneself or by the other."""
    table = cells(name)
    walked = 0
    for state, move, role, own in product([None, *states], moves, Role, (True, False)):
        sender = role if own else role.other
        letter = table[state, move, sender]
        if letter == ".":
            with pytest.raises(Conflict) as error:
                machine.step(state, move, sender)
            told = f"{error.value.what} {error.value.why}"
            assert f"`{move}` of the `{sender}` does not fit" in told
            for other in moves:
                for by in Role:
                    leads = table[state, other, by] not in ".="
                    assert (f"`{by}: {other}`" in told) == leads
                    assert (other in machine.allowed(state, by)) == leads
            assert error.value.code == "conflict.dsp-state"
        elif letter == "=":
            assert machine.step(state, move, sender) == Step(state, repeated=True)
        else:
            assert machine.step(state, move, sender) == Step(LETTERS[name][letter])
        walked += 1
    assert walked == count == 2 * len(table)


def test_an_error_says_where_it_stands_and_what_fits() -> None:
    with pytest.raises(Conflict) as error:
        NEGOTIATION.step(NegotiationState.OFFERED, NegotiationMove.VERIFY, Role.CONSUMER)
    assert error.value.what == (
        "The negotiation is in state `OFFERED`: `verify` of the `consumer` does not fit."
    )
    assert error.value.why == (
        "These lead on from there: `provider: terminate`, `consumer: counter-request`, "
        "`consumer: accept`, `consumer: terminate`."
    )
    with pytest.raises(Conflict, match="The transfer has not begun"):
        TRANSFER.step(None, TransferMove.START, Role.PROVIDER)
    with pytest.raises(Conflict) as error:
        TRANSFER.step(TransferState.COMPLETED, TransferMove.START, Role.PROVIDER)
    assert error.value.why == "Nothing leads on from there: it has ended."


def test_either_side_terminates_what_the_figure_lets_one_side_terminate() -> None:
    """The figure draws these of the last three open states, and the text allows either side."""
    drawn = {
        (before, {"P": Role.PROVIDER, "C": Role.CONSUMER}[by])
        for before, by in (
            (one.split(" -> ")[0], one.rsplit(": ", 1)[1]) for one in DRAWN.split("; ")
        )
    }
    late = {
        (state, sender)
        for (state, move, sender) in NEGOTIATION.steps
        if move is NegotiationMove.TERMINATE and state not in {"REQUESTED", "OFFERED"}
    }
    undrawn = {
        ("ACCEPTED", Role.CONSUMER), ("AGREED", Role.PROVIDER), ("VERIFIED", Role.CONSUMER),
    }  # fmt: skip
    assert late - drawn == undrawn
    assert drawn < late


# Walks of the conformance kit of the protocol (its scenarios by number): `!` before a message that
# must be refused. c: consumer, p: provider.
WALKS = {
    "CN:01-01": "c request, p counter-offer, c terminate",
    "CN:01-02": "c request, p counter-offer, c counter-request, p terminate",
    "CN:01-03": "c request, p counter-offer, c accept, p agree, c verify, p finalize",
    "CN:01-04": "c request, p agree, c verify, p finalize",
    "CN:02-01": "c request, p terminate",
    "CN:02-02": "c request, c terminate",
    "CN:02-03": "c request, p agree, c terminate",
    "CN:02-05": "c request, p counter-offer, p terminate",
    "CN:02-06": "c request, p counter-offer, c accept, p terminate",
    "CN:02-07": "c request, p agree, c verify, p terminate",
    "CN:03-01": "c request, p agree, c verify, p finalize, !c terminate",
    "CN:03-02": "c request, p counter-offer, !c verify",
    "CN:03-03": "c request, p counter-offer, c accept, !c verify",
    "CN_C:03-01": "c request, !p finalize",
    "CN_C:03-02": "c request, p counter-offer, !p agree",
    "CN_C:03-03": "c request, p counter-offer, !p finalize",
    "CN_C:03-04": "c request, p counter-offer, c accept, !p finalize",
    "CN_C:03-05": "c request, p counter-offer, c accept, !p counter-offer",
    "CN_C:03-06": "c request, p counter-offer, c accept, p agree, !p finalize",
    "TP:01-01": "c request, p start, p terminate",
    "TP:01-02": "c request, p start, p complete",
    "TP:01-03": "c request, p start, p suspend, p terminate",
    "TP:01-04": "c request, p start, p suspend, p start, p complete",
    "TP:01-05": "c request, p terminate",
    "TP:03-01": "c request, !c complete",
    "TP:03-02": "c request, !c suspend",
    "TP:03-03": "c request, p start, c suspend, !c complete",
    "TP:03-04": "c request, p start, c terminate, !c start",
}


@pytest.mark.parametrize("name", WALKS)
def test_scenarios_of_the_conformance_kit(name: str) -> None:
    machine: Any = TRANSFER if name.startswith("TP") else NEGOTIATION
    moves: Any = TransferMove if name.startswith("TP") else NegotiationMove
    state = None
    for one in WALKS[name].split(", "):
        who, move = one.removeprefix("!").split()
        sender = Role.CONSUMER if who == "c" else Role.PROVIDER
        if one.startswith("!"):
            with pytest.raises(Conflict):
                machine.step(state, moves(move), sender)
        else:
            step = machine.step(state, moves(move), sender)
            assert not step.repeated
            state = step.state


@pytest.mark.parametrize(
    ("name", "move"),
    [
        ("contract-request-message_initial", NegotiationMove.REQUEST),
        ("contract-request-message", NegotiationMove.COUNTER_REQUEST),
        ("contract-offer-message_initial", NegotiationMove.OFFER),
        ("contract-offer-message", NegotiationMove.COUNTER_OFFER),
        ("contract-negotiation-event-message", NegotiationMove.ACCEPT),
        ("contract-agreement-message", NegotiationMove.AGREE),
        ("contract-agreement-verification-message", NegotiationMove.VERIFY),
        ("contract-negotiation-termination-message", NegotiationMove.TERMINATE),
        ("transfer-request-message", TransferMove.REQUEST),
        ("transfer-start-message", TransferMove.START),
        ("transfer-suspension-message", TransferMove.SUSPEND),
        ("transfer-completion-message", TransferMove.COMPLETE),
        ("transfer-termination-message", TransferMove.TERMINATE),
    ],
)
def test_published_messages_are_the_moves_that_they_say(name: str, move: Any) -> None:
    body = example(name)
    message: Any = read(body, KINDS[body["@type"]])
    found = transfer_move(message) if name.startswith("transfer") else negotiation_move(message)
    assert found is move


def test_the_other_event_finalizes() -> None:
    body = example("contract-negotiation-event-message") | {"eventType": "FINALIZED"}
    message: Any = read(body, KINDS[body["@type"]])
    assert negotiation_move(message) is NegotiationMove.FINALIZE
