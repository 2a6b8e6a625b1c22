"""Messages of the transfer process: request, start, suspension, completion, end and errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from doumen.kits.standards.dsp.forms import IDENTIFIER, TEXT, Choice, Many, Member, Record
from doumen.kits.standards.dsp.negotiation import PIDS, WHY


class TransferState(StrEnum):
    """What both sides hold a transfer to be."""

    REQUESTED = "REQUESTED"
    STARTED = "STARTED"
    SUSPENDED = "SUSPENDED"
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"


@dataclass(frozen=True, slots=True)
class EndpointProperty:
    """Something that one needs at an endpoint.

    Attributes:
        value: Can be a token: it is left out where the property is printed.
    """

    name: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DataAddress:
    """Where data is sent to or fetched from, and what one needs there."""

    endpoint_type: str
    endpoint: str | None = None
    endpoint_properties: tuple[EndpointProperty, ...] | None = None


@dataclass(frozen=True, slots=True)
class TransferRequestMessage:
    """A consumer asks for data under an agreement.

    Attributes:
        data_address: Where the provider is to send it, if it sends.
    """

    consumer_pid: str
    agreement_id: str
    format: str
    callback_address: str
    data_address: DataAddress | None = None


@dataclass(frozen=True, slots=True)
class TransferStartMessage:
    """The transfer runs.

    Attributes:
        data_address: Where the consumer is to fetch it, if it fetches.
    """

    provider_pid: str
    consumer_pid: str
    data_address: DataAddress | None = None


@dataclass(frozen=True, slots=True)
class TransferSuspensionMessage:
    """The transfer rests."""

    provider_pid: str
    consumer_pid: str
    code: str | None = None
    reason: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class TransferCompletionMessage:
    """The transfer is done."""

    provider_pid: str
    consumer_pid: str


@dataclass(frozen=True, slots=True)
class TransferTerminationMessage:
    """The transfer is ended before it is done."""

    provider_pid: str
    consumer_pid: str
    code: str | None = None
    reason: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class TransferProcess:
    """Where a transfer stands."""

    provider_pid: str
    consumer_pid: str
    state: str


@dataclass(frozen=True, slots=True)
class TransferError:
    """Why a message had no effect."""

    provider_pid: str
    consumer_pid: str
    code: str | None = None
    reason: tuple[Any, ...] | None = None


_PROPERTY = Record(
    EndpointProperty, "EndpointProperty", (Member("name", TEXT), Member("value", TEXT))
)
_ADDRESS = Record(
    DataAddress,
    "DataAddress",
    (
        Member("endpointType", TEXT),
        Member("endpoint", TEXT, False),
        Member("endpointProperties", Many(_PROPERTY), False),
    ),
)
TRANSFER_REQUEST = Record(
    TransferRequestMessage,
    "TransferRequestMessage",
    (
        Member("consumerPid", IDENTIFIER),
        Member("agreementId", IDENTIFIER),
        Member("format", TEXT),
        Member("callbackAddress", IDENTIFIER),
        Member("dataAddress", _ADDRESS, False),
    ),
)
TRANSFER_START = Record(
    TransferStartMessage,
    "TransferStartMessage",
    (*PIDS, Member("dataAddress", _ADDRESS, False)),
)
TRANSFER_SUSPENSION = Record(TransferSuspensionMessage, "TransferSuspensionMessage", (*PIDS, *WHY))
TRANSFER_COMPLETION = Record(TransferCompletionMessage, "TransferCompletionMessage", PIDS)
TRANSFER_TERMINATION = Record(
    TransferTerminationMessage, "TransferTerminationMessage", (*PIDS, *WHY)
)
TRANSFER_PROCESS = Record(
    TransferProcess,
    "TransferProcess",
    (*PIDS, Member("state", Choice(tuple(TransferState)))),
)
TRANSFER_ERROR = Record(TransferError, "TransferError", (*PIDS, *WHY))
