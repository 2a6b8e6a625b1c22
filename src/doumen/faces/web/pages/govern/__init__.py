"""The pages of governing: what waits to be settled, rules, labels, meaning, actors and purposes."""

from doumen.faces.web.pages.govern import actors, inbox, labels, meaning, rule, rules

PAGES = (*inbox.PAGES, *rules.PAGES, *rule.PAGES, *labels.PAGES, *meaning.PAGES, *actors.PAGES)

__all__ = ["PAGES"]
