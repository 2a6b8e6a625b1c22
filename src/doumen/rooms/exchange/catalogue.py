"""The catalogue: what of the products of the node one participant may know, page by page. Pure.

What is offered to others does not exist for who asks: nothing that is told depends on it. Columns
are told as far as an offer for who asks grants them. A page begins after a name and not at a
number, so what stays is told once, whatever comes and goes between two pages. A product with a
dataset that is a draft or retired is in no catalogue.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from doumen.kits.policy.offers import terms_from_json
from doumen.kits.policy.target import folded
from doumen.kits.standards import odrl
from doumen.kits.standards.dsp.catalog import (
    Catalog,
    CatalogRequestMessage,
    DataService,
    Dataset,
    Distribution,
)
from doumen.model.errors import Invalid, NotFound
from doumen.model.fact import Facts
from doumen.model.message import msg
from doumen.model.participant import Participant
from doumen.model.ref import Ref
from doumen.rooms.exchange.listing import Listed, Listing, Policy, listing
from doumen.rooms.exchange.packages import columns_of, product_id, shut

DATASETS, OFFERS = 50, 100
"""Datasets of a page at most; with this many offers, it takes no further dataset."""
QUERY = "doumen:query"
"""Format of what is not handed over: statements run where the data are."""
TITLE, DESCRIPTION = "dct:title", "dct:description"
SCHEMA, PREVIEW, NEXT = "doumen:schema", "doumen:preview", "doumen:next"
"""Members beside those of the protocol: columns by dataset, rows to look at, the next page."""
PAGE = "doumen:page"
"""Member of a filter."""
_MARK = 12


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a catalogue.

    Attributes:
        next: Token of the page after it; None: it is the last.
    """

    catalog: Catalog
    next: str | None = None


def catalogue(
    facts: Facts, asker: Participant, own: Participant, now: datetime, token: str | None = None
) -> Page:
    """A page of the catalogue for a participant.

    Args:
        facts: All facts of the node.
        asker: Who asks.
        own: This node as others know it.
        now: Decides which offers are over.
        token: As a page before gave it; None: the first page.

    Raises:
        Invalid: the token was not given to this participant.
    """
    view = _View(facts, listing(facts), asker, own, now)
    name = "" if token is None else _read(token, asker, own)
    names = view.listing.names
    page = _taken(view.open(names[bisect_right(names, name) :]))
    if not page:
        return Page(_catalog(own, (), None))
    last = page[-1][0]
    after = view.any(names[bisect_right(names, last) :])
    following = _token(asker, own, last) if after else None
    datasets = tuple(view.dataset(name, offers) for name, offers in page)
    return Page(_catalog(own, datasets, following), following)


def single(facts: Facts, asker: Participant, own: Participant, now: datetime, id: str) -> Dataset:
    """One product for a participant, with the words of its columns and its preview.

    Raises:
        NotFound: there is none of this identifier that is offered to this participant.
    """
    view = _View(facts, listing(facts), asker, own, now)
    prefix = product_id(own, "")
    name = id.removeprefix(prefix)
    offers = view.offers(name) if id.startswith(prefix) else ()
    if not offers:
        raise NotFound(
            msg("There is no dataset `{id}` in the catalogue.", id=id),
            why=msg("It does not exist, or it is not offered to you."),
            next=msg("Ask for the catalogue."),
            detail="dataset",
        )
    return view.dataset(name, offers, whole=True)


def page_filter(token: str | None) -> tuple[dict[str, str], ...] | None:
    """The filter of a request that asks for a page; None: for the first."""
    return None if token is None else ({PAGE: token},)


def asked_page(request: CatalogRequestMessage) -> str | None:
    """The token of the page that a request asks for by its filter; None: the first.

    The filter is signed with the request, which the query of an address is not.

    Raises:
        Invalid: it has another filter; none is understood.
    """
    if not request.filter:
        return None
    match request.filter:
        case ({"doumen:page": str(token), **rest},) if not rest:
            return token
    raise Invalid(
        msg("This filter of the catalogue is not understood."),
        why=msg("Only `{page}` with the token of a page is.", page=PAGE),
        next=msg("Ask for the catalogue without a filter."),
        detail="filter",
    )


def _service(own: Participant) -> DataService:
    return DataService(f"urn:doumen:service:{own.origin}", own.address)


def _catalog(own: Participant, datasets: tuple[Dataset, ...], following: str | None) -> Catalog:
    return Catalog(
        id=f"urn:doumen:catalog:{own.origin}",
        participant_id=own.id,
        service=(_service(own),),
        dataset=datasets or None,
        extra={NEXT: following} if following else {},
    )


@dataclass(frozen=True, slots=True)
class _View:
    """The listing as one participant may know it."""

    facts: Facts
    listing: Listing
    asker: Participant
    own: Participant
    now: datetime

    def offers(self, name: str) -> tuple[Listed, ...]:
        """The offers of a product that are open to the participant; none while it is shut."""
        day = self.now.astimezone(UTC).date()
        body = self.facts.body("product", name) or {"datasets": ()}
        if any(shut(self.facts, body["datasets"], day)):
            return ()
        return self.listing.open_to(name, self.asker.id, day)

    def open(self, names: Iterable[str]) -> Iterator[tuple[str, tuple[Listed, ...]]]:
        """The products, of these, that the participant may know, each with its offers."""
        return ((name, offers) for name in names if (offers := self.offers(name)))

    def any(self, names: Iterable[str]) -> bool:
        """Whether the participant may know one of these."""
        return next(self.open(names), None) is not None

    def dataset(self, name: str, offers: tuple[Listed, ...], *, whole: bool = False) -> Dataset:
        """A product as a dataset of the protocol; whole, with what is only told of one."""
        body = self.facts.body("product", name) or {}
        service = _service(self.own)
        extra: dict[str, Any] = {TITLE: body["title"]}
        if body["description"]:
            extra[DESCRIPTION] = body["description"]
        extra[SCHEMA] = _json(list(self._schema(offers, whole=whole)))
        shown = body["preview"]
        if (
            whole
            and shown
            and shown.get("expires", "9") >= self.now.astimezone(UTC).isoformat()[:10]
        ):
            extra[PREVIEW] = _json({key: shown[key] for key in ("columns", "rows")})
        return Dataset(
            id=product_id(self.own, name),
            has_policy=tuple(
                self.listing.policy(offer, self.own.id, self._policy) for offer in offers
            ),
            distribution=(Distribution(QUERY, service if whole else service.id),),
            extra=extra,
        )

    def _schema(self, offers: tuple[Listed, ...], *, whole: bool) -> Iterator[dict[str, Any]]:
        """Datasets and columns that one of the offers grants."""
        for ref in sorted({ref for offer in offers for ref in offer.columns}):
            grants = [offer.columns[ref] for offer in offers if ref in offer.columns]
            columns = (
                columns_of(self.facts, Ref.parse(ref))
                if whole
                else (self.facts.body("dataset", ref) or {"columns": ()})["columns"]
            )
            yield {
                "dataset": ref,
                "columns": [
                    dict(column)
                    for column in columns
                    if any(names is None or folded(column["name"]) in names for names in grants)
                ],
            }

    def _policy(self, offer: Listed) -> Policy:
        """As it is told: who else may have it is nobody's to know."""
        body = offer.row.fact.body or {}
        terms = replace(terms_from_json(body["terms"]), to=())
        target = product_id(self.own, body["product"])
        written = odrl.write_offer(terms, body["uid"], target, self.own.id)
        return {key: part for key, part in written.items() if key != "target"}


def _taken(
    found: Iterator[tuple[str, tuple[Listed, ...]]],
) -> list[tuple[str, tuple[Listed, ...]]]:
    """As many as one page takes."""
    page: list[tuple[str, tuple[Listed, ...]]] = []
    count = 0
    for name, offers in found:
        page.append((name, offers))
        count += len(offers)
        if len(page) == DATASETS or count >= OFFERS:
            break
    return page


def _json(value: Any) -> dict[str, Any]:
    """A JSON literal of JSON-LD 1.1: taken as it stands, by whatever context."""
    return {"@type": "@json", "@value": value}


def _mark(asker: Participant, own: Participant, name: str) -> bytes:
    text = json.dumps([asker.id, own.id, name])
    return hashlib.sha256(text.encode("utf-8")).digest()[:_MARK]


def _token(asker: Participant, own: Participant, name: str) -> str:
    raw = _mark(asker, own, name) + name.encode("utf-8")
    return urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _read(token: str, asker: Participant, own: Participant) -> str:
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        name = raw[_MARK:].decode("utf-8")
        if raw[:_MARK] == _mark(asker, own, name):
            return name
    except (Error, ValueError):
        pass
    raise Invalid(
        msg("There is no such page of the catalogue."),
        why=msg("Its token was not given to you, or was changed."),
        next=msg("Ask for the catalogue anew."),
        detail="page",
    )
