"""The HTTPS binding as one table, from which server and client are made.

Each route is a path with placeholders, the method, the side that serves it, the message that it
takes, and what it answers: status and document when all is well, the document of an error else.
Paths lie below the base address of a version; those of the consumer, and of a provider once it
began a negotiation, below the callback address that was given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, unquote

from doumen.kits.standards.dsp import catalog, discovery, negotiation, transfer
from doumen.kits.standards.dsp.forms import identifies
from doumen.kits.standards.dsp.machine import Role
from doumen.model.errors import Invalid
from doumen.model.message import msg

OK, CREATED = 200, 201
WRONG_STATE = 400
"""For a message that does not fit the state, with the error document of its route."""
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_ATTRIBUTES = {"providerPid": "provider_pid", "consumerPid": "consumer_pid"}


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the binding.

    Attributes:
        path: With `{providerPid}`, `{consumerPid}` or `{id}` where an identifier stands.
        served: The side that serves it; None: either.
        takes: The class of the message in its body; None: it has none.
        answers: The class of the document of a good answer; None: its body is not specified.
        fails: The class of the document of an error; None: it is not specified.
    """

    method: Literal["GET", "POST"]
    path: str
    served: Role | None
    takes: type[Any] | None
    status: int
    answers: type[Any] | None
    fails: type[Any] | None

    def filled(self, **identifiers: str) -> str:
        """The path with its placeholders filled, percent-encoded.

        Raises:
            Invalid: one cannot be an identifier.
        """
        for text in identifiers.values():
            if not identifies(text):
                raise _unidentified()
        return _PLACEHOLDER.sub(lambda found: quote(identifiers[found[1]], safe=":"), self.path)

    def identifiers(self, path: str) -> Mapping[str, str] | None:
        """What stands at the placeholders of a path as it came, still encoded.

        Returns:
            The identifiers by name; None: the path is not of this route.

        Raises:
            Invalid: one cannot be an identifier.
        """
        pattern = _PLACEHOLDER.sub(r"(?P<\1>[^/]+)", self.path.replace(".", r"\."))
        found = re.fullmatch(pattern, path)
        if found is None:
            return None
        given = {name: unquote(text, errors="replace") for name, text in found.groupdict().items()}
        if not all(identifies(text) and "\N{REPLACEMENT CHARACTER}" not in text
                   for text in given.values()):  # fmt: skip
            raise _unidentified()
        return given

    def check(self, identifiers: Mapping[str, str], message: object) -> None:
        """Hold a message to the path that it came by.

        Raises:
            Invalid: it names another process than the path.
        """
        for name, text in identifiers.items():
            attribute = _ATTRIBUTES.get(name)
            if attribute is not None and getattr(message, attribute) != text:
                raise Invalid(
                    msg("`{name}` of the message is not that of the address.", name=name),
                    next=msg("Send it to the address of the process that it names."),
                    detail="dsp-path",
                )


def _unidentified() -> Invalid:
    return Invalid(msg("The address names no process or dataset."), detail="dsp-path")


_P, _C = Role.PROVIDER, Role.CONSUMER
_N, _T = negotiation, transfer


def _negotiate(path: str, served: Role, takes: type[Any], *, begins: bool = False) -> Route:
    return Route(
        method="POST",
        path=f"/negotiations{path}",
        served=served,
        takes=takes,
        status=CREATED if begins else OK,
        answers=_N.ContractNegotiation if begins else None,
        fails=_N.ContractNegotiationError,
    )


def _transfer(path: str, served: Role, takes: type[Any], *, begins: bool = False) -> Route:
    return Route(
        method="POST",
        path=f"/transfers{path}",
        served=served,
        takes=takes,
        status=CREATED if begins else OK,
        answers=_T.TransferProcess if begins else None,
        fails=_T.TransferError,
    )


VERSIONS = Route(
    "GET", "/.well-known/dspace-version", None, None, OK, discovery.VersionResponse, None
)
"""Below the address of the connector itself, before any version, for everybody."""
_CATALOG = (
    Route("POST", "/catalog/request", _P, catalog.CatalogRequestMessage, OK, catalog.Catalog,
          catalog.CatalogError),
    Route("GET", "/catalog/datasets/{id}", _P, None, OK, catalog.Dataset, catalog.CatalogError),
)  # fmt: skip
_NEGOTIATION = (
    Route("GET", "/negotiations/{providerPid}", _P, None, OK, _N.ContractNegotiation,
          _N.ContractNegotiationError),
    _negotiate("/request", _P, _N.ContractRequestMessage, begins=True),
    _negotiate("/{providerPid}/request", _P, _N.ContractRequestMessage),
    _negotiate("/{providerPid}/events", _P, _N.ContractNegotiationEventMessage),
    _negotiate("/{providerPid}/agreement/verification", _P,
               _N.ContractAgreementVerificationMessage),
    _negotiate("/{providerPid}/termination", _P, _N.ContractNegotiationTerminationMessage),
    Route("GET", "/negotiations/{consumerPid}", _C, None, OK, _N.ContractNegotiation,
          _N.ContractNegotiationError),
    _negotiate("/offers", _C, _N.ContractOfferMessage, begins=True),
    _negotiate("/{consumerPid}/offers", _C, _N.ContractOfferMessage),
    _negotiate("/{consumerPid}/agreement", _C, _N.ContractAgreementMessage),
    _negotiate("/{consumerPid}/events", _C, _N.ContractNegotiationEventMessage),
    _negotiate("/{consumerPid}/termination", _C, _N.ContractNegotiationTerminationMessage),
)  # fmt: skip
_TRANSFER = (
    Route("GET", "/transfers/{providerPid}", _P, None, OK, _T.TransferProcess, _T.TransferError),
    _transfer("/request", _P, _T.TransferRequestMessage, begins=True),
    _transfer("/{providerPid}/start", _P, _T.TransferStartMessage),
    _transfer("/{providerPid}/completion", _P, _T.TransferCompletionMessage),
    _transfer("/{providerPid}/termination", _P, _T.TransferTerminationMessage),
    _transfer("/{providerPid}/suspension", _P, _T.TransferSuspensionMessage),
    _transfer("/{consumerPid}/start", _C, _T.TransferStartMessage),
    _transfer("/{consumerPid}/completion", _C, _T.TransferCompletionMessage),
    _transfer("/{consumerPid}/termination", _C, _T.TransferTerminationMessage),
    _transfer("/{consumerPid}/suspension", _C, _T.TransferSuspensionMessage),
)
ROUTES: tuple[Route, ...] = (VERSIONS, *_CATALOG, *_NEGOTIATION, *_TRANSFER)
"""Every route; the consumer's `GET` of a negotiation came with 2025-1, transfers have none."""


def match(method: str, path: str, served: Role) -> tuple[Route, Mapping[str, str]] | None:
    """The route of a request, below the base address, with the identifiers in its path.

    Raises:
        Invalid: the path has the form of a route, but names no process.
    """
    for route in ROUTES:
        if route.method == method and route.served in (served, None):
            found = route.identifiers(path)
            if found is not None:
                return route, found
    return None


def route_of(message: object, sender: Role) -> Route:
    """Where a side sends a message: the counterpart's route that takes it.

    Raises:
        Invalid: the other side takes no such message.
    """
    begins = getattr(message, "initial", isinstance(message, transfer.TransferRequestMessage))
    for route in ROUTES:
        fits = route.takes is type(message) and route.served is sender.other
        if fits and (route.status == CREATED) == begins:
            return route
    raise Invalid(
        msg("The `{sender}` sends no `{kind}`.", sender=sender, kind=type(message).__name__),
        detail="dsp-path",
    )
