"""The pages of governing: what waits to be settled, rules, labels, meaning, actors and purposes."""

from doumen.faces.web.pages.govern.inbox import PAGES as INBOX

PAGES = (*INBOX,)

__all__ = ["PAGES"]
