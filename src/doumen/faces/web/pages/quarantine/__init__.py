"""Quarantine: rows that did not fit, repaired and landed, or given up."""

from doumen.faces.web.pages.quarantine.page import PAGES

__all__ = ["PAGES"]
