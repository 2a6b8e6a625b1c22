"""A process as one side holds it: where it stands, what was said, what waits to be sent.

It is a fact, under a letter and eight digits of our own identifier. A message is written into it
before it is sent (`outgoing`) and stays there until the other side acknowledged it, so that a
node that stops at any moment goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Generic, Self, TypeVar

from doumen.kits.standards.dsp import Machine, Role
from doumen.model.agreement import key_of

S = TypeVar("S", bound=StrEnum)
M = TypeVar("M", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Kind(Generic[S, M]):
    """What tells one kind of process from another.

    Attributes:
        name: Of its facts and verbs.
        machine: Its states.
        states: Their names.
        moves: What its messages do.
        move_of: What one message does.
        first: The state that the other side believes in before anything is acknowledged.
        over: States that nothing leads on from.
        ends: The move that ends a process before it is done.
        document: The class of the document that tells where one stands.
    """

    name: str
    machine: Machine[S, M]
    states: type[S]
    moves: type[M]
    move_of: Callable[[Any], M]
    first: S
    over: frozenset[S]
    ends: M
    document: Callable[..., Any]

    def name_of(self, pid: str) -> str:
        """The short name of a process by our identifier of it, such as `N-7F3KQ2AB`."""
        return self.name[0].upper() + key_of(pid).removeprefix("A")


@dataclass(frozen=True, slots=True)
class Said(Generic[M]):
    """One message that was acknowledged.

    Attributes:
        sender: Which side sent it.
        text: The message as it was sent.
        token: The sender's signed token over it.
        time: When it was acknowledged (RFC 3339), as we saw it.
        reply: The token that the receiver signed with its acknowledgement; None: it signs none.
        answer: What the acknowledgement said, over which `reply` is.
    """

    sender: Role
    move: M
    text: str
    token: str
    time: str
    reply: str | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing(Generic[M]):
    """A message of ours that is not acknowledged yet.

    Attributes:
        path: Where it goes, below the address of the counterpart.
        since: When it was written (RFC 3339).
        trouble: What the other side, or the way to it, last said against it.
        refused: Whether the other side refused it: it is not sent again by itself.
    """

    move: M
    text: str
    path: str
    since: str
    trouble: str = ""
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Process(Generic[S, M]):
    """A process.

    Attributes:
        role: Ours.
        counterparty: DID of the other side.
        base: Where its endpoints begin, below the address that is known of it.
        own: Our identifier of the process.
        theirs: Theirs; empty until it is known.
        state: None: nothing was acknowledged yet.
        reason: Why it was terminated, as it was said.
    """

    kind: ClassVar[Kind[Any, Any]]

    role: Role
    counterparty: str
    base: str
    own: str
    theirs: str
    state: S | None
    outgoing: Outgoing[M] | None = field(default=None, kw_only=True)
    said: tuple[Said[M], ...] = field(default=(), kw_only=True)
    reason: str = field(default="", kw_only=True)

    @property
    def key(self) -> str:
        """Its short name on this side."""
        return self.kind.name_of(self.own)

    @property
    def provider_pid(self) -> str:
        """The identifier of the provider."""
        return self.own if self.role is Role.PROVIDER else self.theirs

    @property
    def consumer_pid(self) -> str:
        """The identifier of the consumer."""
        return self.theirs if self.role is Role.PROVIDER else self.own

    @property
    def over(self) -> bool:
        """Whether nothing leads on."""
        return self.state in self.kind.over and self.outgoing is None

    def taking(self, message: Any) -> Self:
        """The process with what a message brings beside its move."""
        return self

    def taken(self, message: Any) -> int | None:
        """How many of our messages its sender had taken, where a message says so.

        Such a message is told apart by its content from each one before it.
        """
        return None

    def as_json(self) -> dict[str, Any]:
        """Body of its fact."""
        return asdict(self)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read what `as_json` wrote."""
        outgoing, state, kind = body["outgoing"], body["state"], cls.kind
        return cls(
            **{
                **body,
                "role": Role(body["role"]),
                "state": None if state is None else kind.states(state),
                "outgoing": None if outgoing is None else Outgoing(
                    **{**outgoing, "move": kind.moves(outgoing["move"])}
                ),
                "said": tuple(
                    Said(**{**one, "sender": Role(one["sender"]), "move": kind.moves(one["move"])})
                    for one in body["said"]
                ),
            }
        )  # fmt: skip


P = TypeVar("P", bound=Process[Any, Any])
