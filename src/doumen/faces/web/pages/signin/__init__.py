"""Coming in and going out: by password, link, invitation or provider; each opens a session."""

from doumen.faces.web.pages.signin.page import PAGES

__all__ = ["PAGES"]
