"""The catalogue: datasets found by search and facets."""

from doumen.faces.web.pages.catalogue.page import PAGES

__all__ = ["PAGES"]
