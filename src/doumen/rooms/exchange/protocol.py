"""What this node answers to a message of another participant, once it is known who sent it.

The face has held the request to its token, to the path and to the form of its message before.
What is offered to others, and what is between others, is as good as absent for who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits.standards import dsp
from doumen.kits.standards.dsp import Route
from doumen.kits.standards.dsp.catalog import Catalog, CatalogRequestMessage, Dataset
from doumen.kits.standards.dsp.negotiation import ContractNegotiationError
from doumen.kits.standards.dsp.transfer import TransferError
from doumen.model.actor import OWNER
from doumen.model.errors import NotFound
from doumen.model.message import msg
from doumen.model.participant import Participant
from doumen.rooms.exchange import catalogue
from doumen.rooms.exchange.negotiation import incoming as negotiations
from doumen.rooms.exchange.process.incoming import Came
from doumen.rooms.exchange.process.steps import Evidence
from doumen.rooms.exchange.transfer import incoming as transfers

_PROCESSES: Mapping[Any, Any] = {
    ContractNegotiationError: negotiations,
    TransferError: transfers,
}
"""What takes the messages of a process, by the document of the errors of its routes."""


def respond(
    desk_of: Callable[[str], Desk],
    sender: Participant,
    route: Route,
    identifiers: Mapping[str, str],
    message: object | None,
    *,
    evidence: Evidence,
) -> tuple[int, dict[str, Any] | None]:
    """Answer a message.

    Args:
        desk_of: Name of an actor → the open gate with them before it.
        sender: Who sent it.
        route: The address that it came to, on the side that its identifiers say. A `GET` of a
            process has that of the provider, though it may be one as a consumer.
        identifiers: What stands in the address: `providerPid`, `consumerPid` or `id`.
        message: As the route takes it; None with a `GET`.
        evidence: The message as it came; its text is empty with a `GET`.

    Returns:
        The status, and the document of the answer, if it has one.

    Raises:
        DoumenError: the face makes the document of an error of it, as the route asks.
    """
    if route.answers is Catalog or route.answers is Dataset:
        return route.status, _told(desk_of(OWNER), sender, identifiers, message)
    process = _PROCESSES.get(route.fails)
    if process is not None:
        pid = next(iter(identifiers.values()), None)
        if message is None:
            found = process.where(desk_of, sender, str(pid))
        else:
            found = process.take(desk_of, Came(sender, pid, message, evidence))
        return route.status, dsp.write(found)
    raise NotFound(
        msg("There is no such process here for you."),
        next=msg("Ask whoever runs this node."),
        detail="unknown",
    )


def _told(
    owner: Desk, sender: Participant, identifiers: Mapping[str, str], message: object | None
) -> dict[str, Any]:
    """A page of the catalogue, or one dataset of it."""
    facts, own, now = owner.facts(), owner.own(), datetime.now(UTC)
    if isinstance(message, CatalogRequestMessage):
        token = catalogue.asked_page(message)
        return dsp.write(catalogue.catalogue(facts, sender, own, now, token).catalog)
    return dsp.write(catalogue.single(facts, sender, own, now, identifiers["id"]))
