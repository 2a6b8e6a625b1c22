"""A transfer as one side holds it: a process with the agreement that it is of.

Its states come round: it may rest and go on many times, and messages that say so would be alike.
Ours therefore carry a number; by it, one that comes again is told from a new one. Behind it
stands how many of the other side's were taken: whoever hears that knows which of theirs arrived.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from doumen.kits.standards.dsp import TRANSFER, TransferMove, transfer_move
from doumen.kits.standards.dsp.states import TransferMessage
from doumen.kits.standards.dsp.transfer import (
    TransferProcess,
    TransferStartMessage,
    TransferState,
    TransferSuspensionMessage,
    TransferTerminationMessage,
)
from doumen.rooms.exchange.process.state import Kind, Process

KIND = "transfer"
NUMBER = "doumen:number"
"""Name of the property of an endpoint, and type of the reason, that hold the number."""
OVER = frozenset({TransferState.COMPLETED, TransferState.TERMINATED})


@dataclass(frozen=True, slots=True)
class Transfer(Process[TransferState, TransferMove]):
    """A transfer.

    Attributes:
        agreement: Short name of its agreement, the same on both sides.
        begun: When we began it, or it was begun with us (RFC 3339).
        endpoint: Where questions are asked, as the provider said; empty: it has not yet.
    """

    kind: ClassVar[Kind[TransferState, TransferMove]] = Kind(
        KIND,
        TRANSFER,
        TransferState,
        TransferMove,
        transfer_move,
        TransferState.REQUESTED,
        OVER,
        TransferMove.TERMINATE,
        TransferProcess,
    )

    agreement: str
    begun: str
    endpoint: str = ""

    def taking(self, message: TransferMessage) -> Transfer:
        """The transfer with the endpoint or the reason that a message brings."""
        if isinstance(message, TransferStartMessage):
            told = message.data_address
            endpoint = (told.endpoint if told else None) or self.endpoint
            return replace(self, endpoint=endpoint, reason="")
        if isinstance(message, TransferSuspensionMessage | TransferTerminationMessage):
            return replace(self, reason="; ".join(words(message)) or message.code or "")
        return self

    def taken(self, message: TransferMessage) -> int | None:
        """What the number of a message says, which those of Doumen carry."""
        found: Iterable[Any] = ()
        if isinstance(message, TransferStartMessage):
            told = message.data_address
            properties = (told.endpoint_properties if told else None) or ()
            found = (one.value for one in properties if one.name == NUMBER)
        elif isinstance(message, TransferSuspensionMessage):
            found = (one.get("@value") for one in message.reason or () if _type(one) == NUMBER)
        for value in found:
            number = re.fullmatch(
                "[0-9]{1,6}/([0-9]{1,6})", value if isinstance(value, str) else ""
            )
            return None if number is None else int(number[1])
        return None

    @property
    def number(self) -> str:
        """What tells our next message from all before it, and which of theirs we took."""
        return f"{len(self.said) + 1}/{sum(one.sender is not self.role for one in self.said)}"


def words(message: TransferSuspensionMessage | TransferTerminationMessage) -> Iterator[str]:
    """What a message gives as its reasons, in words."""
    for one in message.reason or ():
        told = one.get("@value") if isinstance(one, dict) else one
        if isinstance(told, str) and _type(one) != NUMBER:
            yield told


def _type(reason: Any) -> Any:
    return reason.get("@type") if isinstance(reason, dict) else None
