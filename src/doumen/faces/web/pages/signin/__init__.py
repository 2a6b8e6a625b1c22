"""Signing in and out."""

from doumen.faces.web.pages.signin.page import PAGES

__all__ = ["PAGES"]
