"""The pages of governing: what waits to be settled, rules, labels, meaning, actors and purposes."""

from doumen.faces.web.pages.govern import inbox, rule, rules

PAGES = (*inbox.PAGES, *rules.PAGES, *rule.PAGES)

__all__ = ["PAGES"]
