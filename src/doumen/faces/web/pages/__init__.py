"""The pages, a folder each: its `page` module, and its templates beside it.

A page that is added is added to this list; nothing else knows it.
"""

from collections.abc import Sequence

from doumen.faces.web.page import Page
from doumen.faces.web.pages import catalogue, dataset, home, market, settings, signin, trace

PAGES: Sequence[Page] = (
    *home.PAGES,
    *catalogue.PAGES,
    *dataset.PAGES,
    *trace.PAGES,
    *market.PAGES,
    *settings.PAGES,
    *signin.PAGES,
)
