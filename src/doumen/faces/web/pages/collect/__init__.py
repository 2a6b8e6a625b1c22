"""Bringing data in: a file is sent, seen as it would be read, named, and landed."""

from doumen.faces.web.pages.collect.page import PAGES

__all__ = ["PAGES"]
