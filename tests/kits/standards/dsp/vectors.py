"""What was published of Dataspace Protocol 2025-1, by the kinds of its messages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from doumen.kits.standards.dsp.messages import RECORDS

FOLDER = Path(__file__).parent / "published"
BASE = "https://w3id.org/dspace/2025/1/"
KINDS = {kind.__name__: kind for kind in RECORDS}
SCHEMAS = {
    "VersionResponse": "common/protocol-version",
    "DidService": "common/did-service",
    "CatalogRequestMessage": "catalog/catalog-request-message",
    "DatasetRequestMessage": "catalog/dataset-request-message",
    "Catalog": "catalog/catalog",
    "Dataset": "catalog/dataset",
    "CatalogError": "catalog/catalog-error",
    "ContractRequestMessage": "negotiation/contract-request-message",
    "ContractOfferMessage": "negotiation/contract-offer-message",
    "ContractAgreementMessage": "negotiation/contract-agreement-message",
    "ContractAgreementVerificationMessage": "negotiation/contract-agreement-verification-message",
    "ContractNegotiationEventMessage": "negotiation/contract-negotiation-event-message",
    "ContractNegotiationTerminationMessage": "negotiation/contract-negotiation-termination-message",
    "ContractNegotiation": "negotiation/contract-negotiation",
    "ContractNegotiationError": "negotiation/contract-negotiation-error",
    "TransferRequestMessage": "transfer/transfer-request-message",
    "TransferStartMessage": "transfer/transfer-start-message",
    "TransferSuspensionMessage": "transfer/transfer-suspension-message",
    "TransferCompletionMessage": "transfer/transfer-completion-message",
    "TransferTerminationMessage": "transfer/transfer-termination-message",
    "TransferProcess": "transfer/transfer-process",
    "TransferError": "transfer/transfer-error",
}
UNLIKE_ITS_SCHEMA = "dataservice-did-service.json"


def _kind(path: Path, body: dict[str, Any]) -> str:
    other = "VersionResponse" if path.name == "protocol-version.json" else "DidService"
    return str(body.get("@type", other))


def examples() -> list[tuple[str, str, bytes]]:
    """Name, kind and bytes of every published example."""
    found = []
    for path in sorted(FOLDER.glob("*/example/*.json")):
        text = path.read_bytes()
        found.append((path.name, _kind(path, json.loads(text)), text))
    return found


def changed(value: Any, put: Callable[[Any], Iterator[Any]]) -> Iterator[Any]:
    """Copies of a document with one part of it changed, for every part and every change."""
    yield from put(value)
    if isinstance(value, dict):
        for key, item in value.items():
            for one in changed(item, put):
                yield value | {key: one}
            yield {k: v for k, v in value.items() if k != key}
    elif isinstance(value, list):
        for number, item in enumerate(value):
            for one in changed(item, put):
                yield [*value[:number], one, *value[number + 1 :]]
            yield value[:number] + value[number + 1 :]


def example(name: str) -> Any:
    """The values of one example."""
    return next(json.loads(text) for its, _, text in examples() if its == f"{name}.json")
