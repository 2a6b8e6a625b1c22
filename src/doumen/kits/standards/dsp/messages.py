"""Every message of the protocol: read from JSON, strictly and within bounds, and written back.

No JSON-LD context is ever loaded: the published one must be named, and members are read in the
compact form that it gives. Contexts beside it are let pass; they are kept where members are that
nobody named and that may need them, in catalogues, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from doumen.kits.standards.dsp import catalog, discovery, negotiation, transfer
from doumen.kits.standards.dsp.document import Faults, parse
from doumen.kits.standards.dsp.forms import Record
from doumen.model.message import msg

CONTEXT = "https://w3id.org/dspace/2025/1/context.jsonld"
DID_CONTEXT = "https://www.w3.org/ns/did/v1"
MAX_BYTES = 1 << 20
MAX_CATALOG = 16 << 20
"""Bytes of a catalogue, which comes in pages but may be one."""
_RECORDS: tuple[Record, ...] = (
    discovery.VERSION_RESPONSE,
    discovery.DID_SERVICE,
    catalog.CATALOG_REQUEST,
    catalog.DATASET_REQUEST,
    catalog.CATALOG,
    catalog.DATASET,
    catalog.CATALOG_ERROR,
    negotiation.CONTRACT_REQUEST,
    negotiation.CONTRACT_OFFER,
    negotiation.CONTRACT_AGREEMENT,
    negotiation.AGREEMENT_VERIFICATION,
    negotiation.NEGOTIATION_EVENT,
    negotiation.NEGOTIATION_TERMINATION,
    negotiation.NEGOTIATION,
    negotiation.NEGOTIATION_ERROR,
    transfer.TRANSFER_REQUEST,
    transfer.TRANSFER_START,
    transfer.TRANSFER_SUSPENSION,
    transfer.TRANSFER_COMPLETION,
    transfer.TRANSFER_TERMINATION,
    transfer.TRANSFER_PROCESS,
    transfer.TRANSFER_ERROR,
)
RECORDS: Mapping[Any, Record] = {record.made: record for record in _RECORDS}
"""The form of each kind of message that stands for itself."""
_CONTEXTS: Mapping[Any, tuple[str, ...]] = {
    discovery.VersionResponse: (),
    discovery.DidService: (CONTEXT, DID_CONTEXT),
}
"""Contexts that a kind names; any other the published one alone."""
M = TypeVar("M")


def read(document: object, kind: type[M]) -> M:
    """A message of a kind.

    Args:
        document: Bytes or text of JSON, or the values of one.
        kind: The class of the message, such as `ContractRequestMessage`.

    Raises:
        Invalid: it is none, with every fault that was found and its place.

    Example:
        >>> read(b'{"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"],'
        ...      b' "@type": "DatasetRequestMessage", "dataset": "urn:uuid:1"}',
        ...      catalog.DatasetRequestMessage)
        DatasetRequestMessage(dataset='urn:uuid:1')
    """
    name = kind.__name__
    value = parse(document, name, MAX_CATALOG if kind is catalog.Catalog else MAX_BYTES)
    faults = Faults()
    contexts = _CONTEXTS.get(kind, (CONTEXT,))
    if contexts and isinstance(value, dict):
        others = _context(faults, value, contexts, required=kind is not discovery.DidService)
        if others and RECORDS[kind].open:
            value["@context"] = others
    message: M = RECORDS[kind].read(faults, value, "")
    faults.raise_any(name)
    return message


def write(message: object) -> dict[str, Any]:
    """The compact form of a message; it is read once more, so that none that is invalid goes out.

    Raises:
        Invalid: the message holds what the protocol does not allow.
    """
    kind = type(message)
    contexts = _CONTEXTS.get(kind, (CONTEXT,))
    body = RECORDS[kind].write(message)
    named = [*contexts, *body.pop("@context", ())]
    written = {"@context": named, **body} if named else body
    read(written, kind)
    return written


def _context(
    faults: Faults, value: dict[str, Any], contexts: tuple[str, ...], *, required: bool
) -> list[str]:
    """Take the context away, with a fault where it does not name all that it must.

    Returns:
        The contexts named beside those that must be.
    """
    if "@context" not in value:
        if required:
            faults.note("", msg("`{field}` is missing", field="@context"))
        return []
    given = value.pop("@context")
    named = [given] if isinstance(given, str) else given
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        faults.note("@context", msg("a list of addresses is expected here"))
        return []
    for context in contexts:
        if context not in named:
            faults.note("@context", msg("it does not name `{context}`", context=context))
    return [one for one in named if one not in contexts]
