"""Sources: the places that data come from again and again, and how far each is read."""

from doumen.faces.web.pages.sources.page import PAGES

__all__ = ["PAGES"]
