"""The workbench: questions asked, explained, drawn, saved and shared, each with its receipt.

`page` has the pages, `asking` what their forms do, `held` the answers that are looked at.
"""

from doumen.faces.web.pages.work.page import PAGES

__all__ = ["PAGES"]
