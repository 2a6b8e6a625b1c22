"""Messages of the catalogue: requests for it and for a dataset, the catalogue, and its error.

Catalogues are DCAT, which has many more members than the protocol names, and others have their
own: whatever is not named here is kept beside it as `extra`, as it came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from doumen.kits.standards.dsp.forms import (
    IDENTIFIER,
    TEXT,
    Form,
    Later,
    Many,
    Member,
    Record,
    Reference,
    Values,
)
from doumen.kits.standards.dsp.policy import LISTED_OFFER, Policy


@dataclass(frozen=True, slots=True)
class CatalogRequestMessage:
    """Asks for a catalogue; what a filter says is left to those who agree on it."""

    filter: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class DatasetRequestMessage:
    """Asks for one dataset; over HTTPS its identifier stands in the address instead."""

    dataset: str


@dataclass(frozen=True, slots=True)
class DataService:
    """Where negotiations and transfers are begun."""

    id: str
    endpoint_url: str
    serves_dataset: tuple[Dataset, ...] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Distribution:
    """One way in which a dataset is to be had.

    Attributes:
        access_service: The service, or its identifier.
    """

    format: str
    access_service: DataService | str
    has_policy: tuple[Policy, ...] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset with the offers made for it.

    Attributes:
        extra: Members that are not named here, such as `dct:title`; of one that stands alone also
            `@context`, the contexts beside the published one.
    """

    id: str
    has_policy: tuple[Policy, ...]
    distribution: tuple[Distribution, ...]
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Datasets, services and further catalogues of a participant.

    Attributes:
        participant_id: Given in the outermost catalogue.
        extra: As that of a dataset.
    """

    id: str
    participant_id: str | None = None
    service: tuple[DataService, ...] | None = None
    dataset: tuple[Dataset, ...] | None = None
    distribution: tuple[Distribution, ...] | None = None
    catalog: tuple[Catalog, ...] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CatalogError:
    """Why there is no catalogue or dataset."""

    code: str | None = None
    reason: tuple[Any, ...] | None = None


def _dataset() -> Form:
    return DATASET


def _nested() -> Form:
    return _NESTED


def _catalog(*, outermost: bool) -> Record:
    return Record(
        Catalog,
        "Catalog",
        (
            Member("@id", IDENTIFIER),
            Member("participantId", IDENTIFIER, outermost),
            Member("service", Many(_SERVICE), False),
            Member("dataset", Many(DATASET), False),
            Member("distribution", Many(_DISTRIBUTION), False),
            Member("catalog", Many(Later(_nested)), False),
        ),
        open=True,
        barred=("hasPolicy",),
    )


CATALOG_REQUEST = Record(
    CatalogRequestMessage, "CatalogRequestMessage", (Member("filter", Values(), False),)
)
DATASET_REQUEST = Record(
    DatasetRequestMessage, "DatasetRequestMessage", (Member("dataset", IDENTIFIER),)
)
CATALOG_ERROR = Record(
    CatalogError,
    "CatalogError",
    (Member("code", TEXT, False), Member("reason", Values(), False)),
)
_SERVICE = Record(
    DataService,
    "DataService",
    (
        Member("@id", IDENTIFIER),
        Member("endpointURL", IDENTIFIER),
        Member("servesDataset", Many(Later(_dataset)), False),
    ),
    open=True,
)
_DISTRIBUTION = Record(
    Distribution,
    "Distribution",
    (
        Member("format", TEXT),
        Member("accessService", Reference(_SERVICE)),
        Member("hasPolicy", Many(LISTED_OFFER), False),
    ),
    typed=False,
    open=True,
)
DATASET = Record(
    Dataset,
    "Dataset",
    (
        Member("@id", IDENTIFIER),
        Member("hasPolicy", Many(LISTED_OFFER)),
        Member("distribution", Many(_DISTRIBUTION)),
    ),
    typed=False,
    open=True,
)
CATALOG = _catalog(outermost=True)
_NESTED = _catalog(outermost=False)
