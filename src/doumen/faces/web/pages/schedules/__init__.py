"""Schedules and alerts: what is done by itself, and who is told when it goes wrong."""

from doumen.faces.web.pages.schedules.page import PAGES

__all__ = ["PAGES"]
