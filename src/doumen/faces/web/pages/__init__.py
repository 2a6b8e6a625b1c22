"""The pages, a folder each: its `page` module, and its templates beside it.

A page that is added is added to this list; nothing else knows it.
"""

from collections.abc import Sequence

from doumen.faces.web.page import Page
from doumen.faces.web.pages import (
    account,
    catalogue,
    collect,
    dataset,
    govern,
    home,
    jobs,
    market,
    quarantine,
    schedules,
    settings,
    signin,
    sources,
    trace,
    work,
)

PAGES: Sequence[Page] = (
    *home.PAGES,
    *catalogue.PAGES,
    *dataset.PAGES,
    *collect.PAGES,
    *sources.PAGES,
    *jobs.PAGES,
    *quarantine.PAGES,
    *govern.PAGES,
    *work.PAGES,
    *market.PAGES,
    *trace.PAGES,
    *settings.PAGES,
    *signin.PAGES,
    *account.PAGES,
    *schedules.PAGES,
)
