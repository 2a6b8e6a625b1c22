"""What happened, and the proof of it: events, one event with its receipt, and reports to print."""

from doumen.faces.web.pages.trace import event, page, report

PAGES = (*page.PAGES, *event.PAGES, *report.PAGES)

__all__ = ["PAGES"]
