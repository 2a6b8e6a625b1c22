"""Settings of a visitor: how pages look, and for which purpose they ask."""

from doumen.faces.web.pages.settings.page import PAGES

__all__ = ["PAGES"]
