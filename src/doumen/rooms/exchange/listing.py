"""Which offers of which products are open to whom, kept for as long as these facts are in force.

Thousands of offers are not read anew for each request: what a request asks of an offer is taken
from its fact once, and only where that fact is new. What is kept follows from the facts alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from doumen.kits.policy.target import folded
from doumen.model.fact import FactRow, Facts
from doumen.rooms.exchange.packages import OPEN, PUBLISHED

_KEPT = 4
"""States of facts that are kept: those of several nodes in one process, or of jobs that overlap."""
Policy = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """An open offer of a published product.

    Attributes:
        row: Its fact.
        to: DIDs of those who may have it; empty: anyone.
        until: Last day, as RFC 3339 writes it; empty: no end.
        columns: Dataset → names of the columns that are granted, case-folded; None: all.
    """

    row: FactRow
    to: frozenset[str]
    until: str
    columns: Mapping[str, frozenset[str] | None]

    @classmethod
    def of(cls, row: FactRow) -> Listed:
        """What is to be known of an offer."""
        terms = (row.fact.body or {})["terms"]
        columns = {
            ref: frozenset(folded(name) for name in grant["columns"])
            if "columns" in grant
            else None
            for ref, grant in terms["datasets"].items()
        }
        return cls(row, frozenset(terms.get("to", ())), terms.get("until", ""), columns)

    def open_to(self, participant: str, today: str) -> bool:
        """Whether a participant may have it."""
        return (not self.to or participant in self.to) and (not self.until or self.until >= today)


@dataclass(frozen=True, slots=True)
class Listing:
    """The published products of a node with their open offers.

    Attributes:
        names: Names of products that have offers, sorted.
        offers: Offers by product, sorted by id.
        policies: Offers as policies, as far as they were asked for.
    """

    rows: tuple[Mapping[str, FactRow], Mapping[str, FactRow]]
    names: list[str]
    offers: Mapping[str, tuple[Listed, ...]]
    policies: dict[tuple[str, str], Policy] = field(default_factory=dict)

    def open_to(self, product: str, participant: str, today: date) -> tuple[Listed, ...]:
        """The offers of a product that a participant may have."""
        day = today.isoformat()
        return tuple(o for o in self.offers.get(product, ()) if o.open_to(participant, day))

    def policy(self, offer: Listed, assigner: str, write: Callable[[Listed], Policy]) -> Policy:
        """An offer as a policy; an offer never changes, so it is written once."""
        key = ((offer.row.fact.body or {})["uid"], assigner)
        made = self.policies.get(key)
        if made is None:
            made = self.policies[key] = write(offer)
        return made


_kept: tuple[Listing, ...] = ()


def listing(facts: Facts) -> Listing:
    """The listing of these facts, made where it is not kept already."""
    global _kept  # noqa: PLW0603 (what is kept is replaced as a whole)
    rows = facts.rows.get("offer", {}), facts.rows.get("product", {})
    for one in _kept:
        if one.rows[0] is rows[0] and one.rows[1] is rows[1]:
            return one
    made = _made(rows, _kept[0] if _kept else None)
    _kept = (made, *_kept)[:_KEPT]
    return made


def _made(
    rows: tuple[Mapping[str, FactRow], Mapping[str, FactRow]], before: Listing | None
) -> Listing:
    known = {offer.row.fact.key: offer for offer in _all(before)}
    products = {
        key: frozenset(row.fact.body["datasets"])
        for key, row in rows[1].items()
        if row.fact.body and row.fact.body["state"] == PUBLISHED
    }
    offers: dict[str, list[Listed]] = {}
    for key, row in sorted(rows[0].items()):
        body = row.fact.body or {}
        if body["state"] != OPEN or body["product"] not in products:
            continue
        found = known.get(key)
        offer = found if found is not None and found.row is row else Listed.of(row)
        if offer.columns.keys() <= products[body["product"]]:
            offers.setdefault(body["product"], []).append(offer)
    lasting = {} if before is None else _lasting(before, offers)
    return Listing(rows, sorted(offers), {k: tuple(v) for k, v in offers.items()}, lasting)


def _all(listing: Listing | None) -> Iterator[Listed]:
    for offers in listing.offers.values() if listing else ():
        yield from offers


def _lasting(before: Listing, offers: Mapping[str, list[Listed]]) -> dict[tuple[str, str], Policy]:
    """Policies written before, of offers that are still open."""
    uids = {(o.row.fact.body or {})["uid"] for many in offers.values() for o in many}
    return {key: policy for key, policy in list(before.policies.items()) if key[0] in uids}
