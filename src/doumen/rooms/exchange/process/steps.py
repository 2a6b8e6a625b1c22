"""What leads a process on: a message that came, one that we say, and its acknowledgement.

Pure: each step gives the process after it. The states are those of the protocol's table. A
message that came while one of ours was on its way tells that ours arrived, and that its
acknowledgement was lost, where it says so, or where it fits only the state after ours.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Generic

from doumen.kits.evidence.canonical import canonical
from doumen.kits.standards import dsp
from doumen.kits.standards.dsp import Role
from doumen.model.errors import Conflict, DoumenError, Invalid
from doumen.model.message import Message, msg
from doumen.rooms.exchange.process.state import Outgoing, P, Process, Said


@dataclass(frozen=True, slots=True)
class Other:
    """The other side: its DID, and where its endpoints begin below its address."""

    id: str
    base: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A message as it came, with the token that its sender signed over it."""

    text: str
    token: str


@dataclass(frozen=True, slots=True)
class Heard(Generic[P]):
    """A process after a message that came.

    Attributes:
        repeated: It came before, and changed nothing.
    """

    process: P
    repeated: bool = False


def hear(process: P, message: Any, came: Evidence, now: str) -> Heard[P]:
    """A message of the other side.

    Raises:
        Conflict: it does not fit the state, or repeats one with another content.
        Invalid: it names another process.
    """
    process = _of_this(process, message)
    taken = process.taken(message)
    if taken is not None:
        if _repeated(process, came):
            return Heard(process, repeated=True)
        if taken > sum(one.sender is process.role for one in process.said):
            process = acknowledged(process, None, "", None, now)
    kind, sender = process.kind, process.role.other
    move = kind.move_of(message)
    try:
        step = kind.machine.step(process.state, move, sender)
        fits = not step.repeated
    except DoumenError as error:
        step, fits, unfit = None, False, error
    if not fits and taken is None:
        heard = _after_ours(process, message, came, now)
        if heard is not None:
            return heard
    if step is None:
        raise unfit
    if step.repeated:
        _same(process, move, sender, came)
        return Heard(process, repeated=True)
    told = Said(sender, move, came.text, came.token, now)
    led = replace(process, state=step.state, said=(*process.said, told))
    if move is kind.ends:
        led = replace(led, outgoing=None)
    return Heard(led.taking(message))


def _after_ours(process: P, message: Any, came: Evidence, now: str) -> Heard[P] | None:
    """What a message does if ours arrived and its acknowledgement was lost; None: nothing new."""
    if process.outgoing is None:
        return None
    try:
        heard = hear(acknowledged(process, None, "", None, now), message, came, now)
    except DoumenError:
        return None
    return None if heard.repeated else heard


def say(process: P, message: Any, now: str) -> P:
    """Write a message of ours, to be sent.

    Raises:
        Conflict: it does not fit the state, or another one waits already.
    """
    kind = process.kind
    move, waiting, told = kind.move_of(message), process.outgoing, _told(process)
    if waiting is not None and not (waiting.refused or _outdoes(process, move, waiting.move)):
        raise Conflict(
            msg("A message of the {process} `{key}` is still on its way.", **told),
            next=msg("Wait until it is acknowledged: `doumen {verb} show {key}`.", **told),
            detail="outgoing",
        )
    step = kind.machine.step(process.state, move, process.role)
    if step.repeated:
        raise Conflict(
            msg("The {process} `{key}` is in state `{state}` already.", state=step.state, **told),
            detail="dsp-state",
        )
    text = canonical(dsp.write(message)).decode()
    route = dsp.route_of(message, process.role)
    pids = {"providerPid": process.provider_pid, "consumerPid": process.consumer_pid}
    needed = {name: pid for name, pid in pids.items() if f"{{{name}}}" in route.path}
    path = process.base + route.filled(**needed)
    return replace(process.taking(message), outgoing=Outgoing(move, text, path, since=now))


def acknowledged(process: P, answer: str | None, token: str, reply: str | None, now: str) -> P:
    """Our message arrived.

    Args:
        process: With the message that was sent.
        answer: What came back, text of the document of the process or none.
        token: The token that we sent it with; empty: it is not known which one arrived.
        reply: The token that the other side signed over its answer.
        now: RFC 3339.

    Raises:
        Invalid: the answer to a first message names no process, or another one than ours.
    """
    sent = process.outgoing
    if sent is None:
        return process
    theirs = process.theirs
    if not theirs and answer:
        told = dsp.read(answer, process.kind.document)  # type: ignore[arg-type]
        pids = _pids(told)
        if pids[process.role] != process.own:
            raise _other()
        theirs = pids[process.role.other] or ""
    told_ = Said(process.role, sent.move, sent.text, token, now, reply, answer or "")
    return replace(
        process,
        theirs=theirs,
        state=_after(process, sent.move),
        outgoing=None,
        said=(*process.said, told_),
    )


def troubled(process: P, trouble: Message, *, refused: bool) -> P:
    """Our message did not arrive, or was refused.

    One that was refused is left out where nothing is left to say: what it was to bring about is
    there already, for the other side said the same; or the process is over.
    """
    assert process.outgoing is not None
    if refused and _needless(process, process.outgoing.move):
        return replace(process, outgoing=None)
    sent = replace(process.outgoing, trouble=str(trouble), refused=refused)
    return replace(process, outgoing=sent)


def again(process: P) -> P:
    """Our message is to be sent again, even if it was refused."""
    assert process.outgoing is not None
    return replace(process, outgoing=replace(process.outgoing, trouble="", refused=False))


def standing(process: Process[Any, Any]) -> Any:
    """Where it stands, as it is told to the other side."""
    return process.kind.document(
        provider_pid=process.provider_pid,
        consumer_pid=process.consumer_pid,
        state=process.state or process.kind.first,
    )


def why(reason: str) -> tuple[Any, ...] | None:
    """A reason as messages carry it."""
    return ({"@value": reason, "@language": "en"},) if reason else None


def _after(process: Process[Any, Any], move: StrEnum) -> Any:
    """The state after a message of ours that the other side took.

    A message of theirs may have led the state elsewhere in between. Then ours was taken after
    it, unless it led to an end, which nothing but our ending outdoes.
    """
    kind = process.kind
    try:
        return kind.machine.step(process.state, move, process.role).state
    except Conflict:
        if process.state in kind.over and move is not kind.ends:
            return process.state
        return next(
            after
            for (_, m, by), after in kind.machine.steps.items()
            if (m, by) == (move, process.role)
        )


def _outdoes(process: Process[Any, Any], move: StrEnum, waiting: StrEnum) -> bool:
    """Whether a message is said though another waits: our ending, unless that is an end too."""
    kind = process.kind
    ends = {m for (_, m, _), after in kind.machine.steps.items() if after in kind.over}
    return move is kind.ends and (waiting is kind.ends or waiting not in ends)


def _needless(process: Process[Any, Any], move: StrEnum) -> bool:
    return process.state in process.kind.over or any(
        (m, by, after) == (move, process.role, process.state)
        for (_, m, by), after in process.kind.machine.steps.items()
    )


def _of_this(process: P, message: Any) -> P:
    """The process, which may learn the identifier of the other side from a message."""
    pids = _pids(message)
    ours, theirs = pids[process.role], pids[process.role.other]
    if (ours is not None and ours != process.own) or (process.theirs and theirs != process.theirs):
        raise _other()
    return process if process.theirs else replace(process, theirs=theirs or "")


def _pids(message: Any) -> dict[Role, str | None]:
    return {
        Role.PROVIDER: getattr(message, "provider_pid", None),
        Role.CONSUMER: message.consumer_pid,
    }


def _repeated(process: Process[Any, Any], came: Evidence) -> bool:
    """Whether a numbered message is the last one of its sender once more.

    Raises:
        Conflict: it is an earlier one.
    """
    before = [one for one in process.said if one.sender is process.role.other]
    same = [_alike(one, came) for one in before]
    if any(same) and not same[-1]:
        raise Conflict(
            msg("This message came before, and others after it."),
            next=msg("Go on from the state that the last one led to."),
            detail="dsp-state",
        )
    return any(same)


def _same(process: Process[Any, Any], move: StrEnum, sender: Role, came: Evidence) -> None:
    """Hold a repeated message to the one that led to the present state.

    Raises:
        Conflict: it says something else.
    """
    first = next(
        (one for one in reversed(process.said) if (one.move, one.sender) == (move, sender)), None
    )
    if first is None or not _alike(first, came):
        raise Conflict(
            msg("A `{move}` came before, with another content.", move=move),
            next=msg("Send the same message again, or go on from the state it led to."),
            detail="dsp-state",
        )


def _alike(one: Said[Any], came: Evidence) -> bool:
    first, again = (json.dumps(json.loads(t), sort_keys=True) for t in (one.text, came.text))
    return first == again  # as texts: to Python, true equals one


def _told(process: Process[Any, Any]) -> dict[str, Any]:
    kind = process.kind
    return {"process": kind.machine.process, "key": process.key, "verb": kind.name}


def _other() -> Invalid:
    return Invalid(
        msg("The message names another process than the one it came to."), detail="dsp-path"
    )
