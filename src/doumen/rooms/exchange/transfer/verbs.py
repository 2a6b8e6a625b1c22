"""The verbs of transfers: see them, lay one to rest, let it go on, end it."""

from __future__ import annotations

from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.standards.dsp import Role
from doumen.kits.standards.dsp.states import TransferMessage
from doumen.kits.standards.dsp.transfer import TransferState
from doumen.model.agreement import ENDPOINT, PREFIX, Agreement, Side
from doumen.model.errors import Conflict, NotFound
from doumen.model.fact import Facts
from doumen.model.message import Message, msg, plain
from doumen.model.operation import Fields, Outcome, Table
from doumen.rooms.exchange.participants import alias_of
from doumen.rooms.exchange.process import kept
from doumen.rooms.exchange.process.steps import again
from doumen.rooms.exchange.transfer import book, courier, steps
from doumen.rooms.exchange.transfer.state import KIND, Transfer


def show_all(desk: Desk) -> Outcome:
    """The transfers of the node, those that are open first, then the latest."""
    facts = desk.facts()
    found = [Transfer.from_json(body) for _, body in facts.all(KIND)]
    found.sort(key=lambda one: (not one.over, one.begun), reverse=True)
    heads = (msg("transfer"), msg("agreement"), msg("with"), msg("our side"), msg("state"),
             msg("next"))  # fmt: skip
    rows = tuple(
        (one.key, one.agreement, alias_of(facts, one.counterparty), plain(one.role),
         plain(one.state or "-"), _next(one))
        for one in found
    )  # fmt: skip
    return Outcome(
        json={"transfers": [_described(one) for one in found]},
        drawn=(Table(heads, rows),),
        said=() if found else (msg("There is none: the service asks when an agreement begins."),),
    )


def show(desk: Desk, *, transfer: str) -> Outcome:
    """One transfer: whether it runs, and what was said.

    Raises:
        NotFound: there is none of this name, or of this agreement, that the asker may know.
    """
    facts = desk.facts()
    return _drawn(facts, _found(facts, transfer), None)


def suspend(desk: Desk, *, transfer: str, reason: str = "") -> Outcome:
    """Lay a transfer to rest; it binds here at the next read.

    Raises:
        Conflict: it does not run. Refused: only owner and steward may.
    """
    facts = desk.facts()
    found = _found(facts, transfer)
    return _told(desk, facts, found, steps.suspended(found, reason))


def resume(desk: Desk, *, transfer: str) -> Outcome:
    """Let a transfer go on; ask for a new one where none is open; send again what was refused.

    Raises:
        Conflict: it runs. Refused: the other side laid it to rest; only owner and steward may.
    """
    facts = desk.facts()
    found = _latest(facts, transfer)
    if found is None or (found.over and found.role is Role.CONSUMER):
        return _asked(desk, facts, transfer if found is None else found.agreement)
    if found.role is Role.CONSUMER:
        steps.check_not_rested(found)
    waiting = found.outgoing
    if waiting is not None:
        receipt = kept.keep(desk, facts, again(found)) if waiting.refused else None
        return _attended(desk, found.key, receipt)
    if found.over:
        raise Conflict(
            msg("Transfer `{key}` was ended.", key=found.key),
            why=msg("Only the consumer asks for another one."),
            detail="dsp-state",
        )
    _in_force(policy.agreement_of(facts, found.agreement))
    endpoint = desk.own().address + ENDPOINT if found.role is Role.PROVIDER else found.endpoint
    return _told(desk, facts, found, steps.started(found, endpoint))


def end(desk: Desk, *, transfer: str, reason: str = "") -> Outcome:
    """End a transfer: completed where it runs and no reason is given, else terminated.

    Raises:
        Conflict: it was ended before. Refused: only owner and steward may.
    """
    facts = desk.facts()
    found = _found(facts, transfer)
    if found.state is TransferState.STARTED and not reason:
        return _told(desk, facts, found, steps.completed(found))
    return _told(desk, facts, found, steps.terminated(found, "ended", reason))


def _found(facts: Facts, name: str) -> Transfer:
    found = _latest(facts, name)
    if found is None:
        raise NotFound(
            msg("There is no transfer of agreement `{key}`.", key=name),
            why=msg("Its consumer asks for one as soon as its service runs."),
            next=msg("`doumen transfer list` shows them."),
            detail=KIND,
        )
    return found


def _latest(facts: Facts, name: str) -> Transfer | None:
    """The transfer of a name; of an agreement its open one, else its latest; None: none yet.

    Raises:
        NotFound: there is no such transfer or agreement that the asker may know.
    """
    if not name.startswith(PREFIX):
        return kept.found(facts, Transfer, name)
    policy.agreement_of(facts, name)
    return next(iter(book.of_agreement(facts, name)), None)


def _asked(desk: Desk, facts: Facts, key: str) -> Outcome:
    """Ask for a transfer, as the consumer of an agreement."""
    agreement = policy.agreement_of(facts, key)
    if agreement.side is not Side.CONSUMER:
        _found(facts, key)
    _in_force(agreement)
    begun = courier.ask(desk, facts, agreement, kept.new_pid())
    return _attended(desk, begun.key, None)


def _in_force(agreement: Agreement) -> None:
    """Let no transfer of an agreement begin or go on that was ended."""
    if agreement.ended is not None:
        policy.check_stands(agreement)


def _told(desk: Desk, facts: Facts, found: Transfer, message: TransferMessage) -> Outcome:
    """Say something in a transfer, and send it."""
    receipt = courier.tell(desk, facts, found, message)
    return _attended(desk, found.key, receipt)


def _attended(desk: Desk, key: str, receipt: str | None) -> Outcome:
    led = courier.attend(desk, key)
    return _drawn(desk.facts(), led, receipt)


def _drawn(facts: Facts, found: Transfer, receipt: str | None) -> Outcome:
    fields: list[tuple[Message, object]] = [
        (msg("transfer"), found.key),
        (msg("agreement"), found.agreement),
        (msg("with"), alias_of(facts, found.counterparty)),
        (msg("our side"), found.role.value),
        (msg("state"), plain(found.state or "-")),
        (msg("next"), _next(found)),
    ]
    if found.outgoing is not None and found.outgoing.trouble:
        fields.append((msg("trouble"), found.outgoing.trouble))
    if found.reason:
        fields.append((msg("reason"), found.reason))
    heads = (msg("time"), msg("from"), msg("says"))
    said = tuple((one.time, plain(one.sender), plain(one.move)) for one in found.said)
    extra = {} if receipt is None else {"receipt": receipt}
    return Outcome(
        json={**_described(found), **extra},
        drawn=(Fields(tuple(fields)), Table(heads, said, msg("Messages"))),
        said=() if receipt is None else (msg("It binds here from now on. Receipt {receipt}.",
                                             receipt=receipt),),
    )  # fmt: skip


def _described(found: Transfer) -> dict[str, Any]:
    """The JSON shape of a transfer; messages without their tokens, which are evidence."""
    outgoing = found.outgoing
    return {
        "transfer": found.key,
        "agreement": found.agreement,
        "side": found.role.value,
        "with": found.counterparty,
        "state": None if found.state is None else found.state.value,
        "over": found.over,
        "held": steps.rested(found),
        "endpoint": found.endpoint,
        "outgoing": None if outgoing is None else {
            "says": outgoing.move.value, "trouble": outgoing.trouble,
        },
        "said": [{"from": one.sender.value, "says": one.move.value, "time": one.time}
                 for one in found.said],
        "reason": found.reason,
    }  # fmt: skip


def _next(found: Transfer) -> Message:
    if found.outgoing is not None:
        return msg("`{move}` is to arrive", move=found.outgoing.move)
    if found.state is TransferState.REQUESTED:
        return msg("we decide") if found.role is Role.PROVIDER else msg("the other side")
    return plain("")
