"""The pages of sharing: products, offers, negotiations, agreements, and the participants."""

from doumen.faces.web.pages.market.page import PAGES

__all__ = ["PAGES"]
