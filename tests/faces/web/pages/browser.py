"""A browser without scripts: keeps cookies, reads forms of pages, and sends them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx2


@dataclass
class Form:
    """A form of a page: its address, the fields that it holds already, and its buttons."""

    action: str = ""
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(said.get("action", ""), said.get("method", "get")))
        elif self.found and said.get("name"):
            if tag == "button":
                self.found[-1].buttons.append(said.get("value", ""))
            elif tag in {"input", "select", "textarea"}:
                self.found[-1].fields[said["name"]] = said.get("value", "")


class Browser:
    """One browser before one service."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = httpx2.Client(base_url=url, timeout=60)

    def get(self, path: str) -> httpx2.Response:
        """A page, without following where it sends."""
        return self.client.get(path, headers={"accept": "text/html"})

    def forms(self, path: str) -> list[Form]:
        """The forms of a page."""
        parser = _Forms()
        parser.feed(self.get(path).text)
        return parser.found

    def form(self, path: str, button: str) -> Form:
        """The form of a page that has this button."""
        return next(form for form in self.forms(path) if button in form.buttons)

    def send(self, path: str, button: str, **given: Any) -> httpx2.Response:
        """Fill in and send the form of a page that has this button."""
        form = self.form(path, button)
        return self.post(form.action or path, {**form.fields, **given, "do": button})

    def post(self, path: str, data: dict[str, Any], **headers: str) -> httpx2.Response:
        """Send fields as a form of this service does."""
        said = {"origin": self.url, "sec-fetch-site": "same-origin", **headers}
        return self.client.post(path, data=data, headers=said)

    @property
    def session(self) -> str | None:
        """The cookie of the sign-in."""
        return self.client.cookies.get("doumen_session")


def text(response: httpx2.Response) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))
