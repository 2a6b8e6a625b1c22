"""What stands on the first page: how the node does, what waits for the visitor, first steps."""

from doumen.faces.web.pages.home.page import PAGES

__all__ = ["PAGES"]
