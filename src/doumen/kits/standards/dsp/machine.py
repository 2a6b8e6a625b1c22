"""State machines of the protocol as data: which message leads on, which only repeats, which errs.

Both sides hold the same state and step with the same table. A message that led to the present
state may come once more, because its acknowledgement was lost: it is told apart from one that
errs. The table knows messages by their kind alone; whoever keeps the state compares a repeated
one with that which it acknowledged, and refuses it where it says something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from doumen.model.errors import Conflict
from doumen.model.message import Message, enumerated, msg


class Role(StrEnum):
    """A side of a negotiation or a transfer."""

    PROVIDER = "provider"
    CONSUMER = "consumer"

    @property
    def other(self) -> Role:
        """The counterpart."""
        return Role.CONSUMER if self is Role.PROVIDER else Role.PROVIDER


S = TypeVar("S", bound=StrEnum)
M = TypeVar("M", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Step(Generic[S]):
    """What a message does.

    Attributes:
        state: The state after it.
        repeated: It led to this state before, and changes nothing.
    """

    state: S
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Machine(Generic[S, M]):
    """The states of one kind of process.

    Attributes:
        process: What it is called in an error.
        steps: State (None: not begun), message and sender → next state.
        steady: Messages with their senders that change nothing in any later state.
    """

    process: Message
    steps: Mapping[tuple[S | None, M, Role], S]
    steady: frozenset[tuple[M, Role]] = frozenset()

    def step(self, state: S | None, move: M, sender: Role) -> Step[S]:
        """The state after a message.

        Args:
            state: The present one; None: the process has not begun.
            move: What the message does.
            sender: Who sent it, us or the other side.

        Raises:
            Conflict: the message does not fit the state; it says which do.
        """
        following = self.steps.get((state, move, sender))
        if following is not None:
            return Step(following)
        if state is not None and self._leads(move, sender, state):
            return Step(state, repeated=True)
        raise self._unfit(state, move, sender)

    def allowed(self, state: S | None, sender: Role) -> tuple[M, ...]:
        """What a side may send that leads on."""
        return tuple(m for (before, m, by) in self.steps if before == state and by is sender)

    def _leads(self, move: M, sender: Role, state: S) -> bool:
        return (move, sender) in self.steady or any(
            (m, by, after) == (move, sender, state) for (_, m, by), after in self.steps.items()
        )

    def _unfit(self, state: S | None, move: M, sender: Role) -> Conflict:
        fitting = [f"{by}: {m}" for by in Role for m in self.allowed(state, by)]
        where = msg("has not begun") if state is None else msg("is in state `{state}`", state=state)
        return Conflict(
            msg(
                "The {process} {where}: `{move}` of the `{sender}` does not fit.",
                process=self.process,
                where=where,
                move=move,
                sender=sender,
            ),
            why=msg("These lead on from there: {fitting}.", fitting=enumerated(fitting))
            if fitting
            else msg("Nothing leads on from there: it has ended."),
            next=msg("Ask the other side where it stands, and go on from there."),
            detail="dsp-state",
        )
