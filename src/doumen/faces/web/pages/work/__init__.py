"""The workbench: questions asked, explained, drawn, saved and shared, each with its receipt.

`page` has the pages, `asking` what their forms do; answers that are looked at: `session.held`.
"""

from doumen.faces.web.pages.work.page import PAGES

__all__ = ["PAGES"]
