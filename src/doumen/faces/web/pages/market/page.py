"""All pages of the market, in one list."""

from __future__ import annotations

from doumen.faces.web.page import Page
from doumen.faces.web.pages.market import agreement, negotiation, offer, participant, product, shelf

PAGES = (
    Page("/market", "market/shelf.html", shelf.view, "market"),
    *product.PAGES,
    *offer.PAGES,
    *negotiation.PAGES,
    *agreement.PAGES,
    *participant.PAGES,
)
