"""The Dataspace Protocol 2025-1 (Eclipse), without clock, network or store.

`messages` reads and writes every message: `document` bounds the JSON, `forms` says how parts are
read, `discovery`, `catalog`, `negotiation` and `transfer` hold the messages, `policy` the offers
and agreements in them. `states` is what messages do to a negotiation or a transfer, by tables of
`machine`; `binding` where they go over HTTPS; `addresses` and `didweb` which addresses of
strangers may be called; `diddocument` what the document of a participant says.
"""

from doumen.kits.standards.dsp.addresses import Endpoint, Reach, callback, public, reached
from doumen.kits.standards.dsp.binding import ROUTES, VERSIONS, WRONG_STATE, Route, match, route_of
from doumen.kits.standards.dsp.diddocument import Described, read_did, write_did
from doumen.kits.standards.dsp.didweb import did_of, document_address
from doumen.kits.standards.dsp.machine import Machine, Role, Step
from doumen.kits.standards.dsp.messages import CONTEXT, read, write
from doumen.kits.standards.dsp.states import (
    NEGOTIATION,
    TRANSFER,
    NegotiationMove,
    TransferMove,
    negotiation_move,
    transfer_move,
)

__all__ = [
    "CONTEXT",
    "NEGOTIATION",
    "ROUTES",
    "TRANSFER",
    "VERSIONS",
    "WRONG_STATE",
    "Described",
    "Endpoint",
    "Machine",
    "NegotiationMove",
    "Reach",
    "Role",
    "Route",
    "Step",
    "TransferMove",
    "callback",
    "did_of",
    "document_address",
    "match",
    "negotiation_move",
    "public",
    "reached",
    "read",
    "read_did",
    "route_of",
    "transfer_move",
    "write",
    "write_did",
]
