"""What people manage for themselves: account and sessions, tokens, and who sees what."""

from doumen.faces.web.pages.account import access, account, tokens

PAGES = (*account.PAGES, *tokens.PAGES, *access.PAGES)

__all__ = ["PAGES"]
