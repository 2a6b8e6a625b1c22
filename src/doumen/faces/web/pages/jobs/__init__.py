"""Jobs: all that the visitor may know, and one of them with its progress, as it goes on."""

from doumen.faces.web.pages.jobs.page import PAGES

__all__ = ["PAGES"]
