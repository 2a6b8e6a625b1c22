"""The page of one dataset, with its tabs."""

from doumen.faces.web.pages.dataset.page import PAGES

__all__ = ["PAGES"]
