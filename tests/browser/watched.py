"""A page of a browser that is watched: what it asked for, what it said, and what was refused it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

AXE = Path(__file__).parents[2] / ".venv" / "browser" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
_RUN = """
async rules => (await axe.run(document, {runOnly: rules, resultTypes: ['violations']})).violations
"""
_WIDTH = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
_STILL = """
() => new Promise(done => {
  let last = performance.now();
  const look = new MutationObserver(() => last = performance.now());
  look.observe(document, {subtree: true, childList: true, attributes: true});
  const end = () => { look.disconnect(); done(); };
  const wait = () => performance.now() - last > 100 ? end() : setTimeout(wait, 20);
  wait();
})
"""
_PHRASES = ("Content Security Policy", "Content-Security-Policy")


@dataclass
class Watch:
    """What went wrong on the pages of one context, each in a sentence.

    Attributes:
        host: Host and port that pages may ask.
        expected: Words of a fault that the test brings about.
        faults: What must not be.
    """

    host: str
    expected: str = ""
    faults: list[str] = field(default_factory=list)

    def on(self, context: BrowserContext) -> None:
        """Watch all pages of a context."""
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("console", self._said)
        context.on("weberror", lambda error: self._fault(f"error: {error.error}"))

    def done(self) -> None:
        """Nothing went wrong."""
        faults, self.faults = self.faults, []
        assert not faults, "\n".join(faults)

    def _asked(self, request: Request) -> None:
        at = urlsplit(request.url)
        if at.scheme not in {"data", "blob", "about"} and at.netloc != self.host:
            self._fault(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self._fault(f"{response.status}: {response.url}")

    def _said(self, message: ConsoleMessage) -> None:
        refused = any(phrase in message.text for phrase in _PHRASES)
        if message.type == "error" or refused:
            self._fault(f"console: {message.text}")

    def _fault(self, fault: str) -> None:
        if not self.expected or self.expected not in fault:
            self.faults.append(fault)


@cache
def _axe() -> str:
    assert AXE.is_file(), "axe-core is not here: make setup"
    return AXE.read_text("utf-8")


def axe(page: Page, rules: Sequence[str] = RULES) -> list[str]:
    """What axe-core finds wrong on a page, each in a sentence; nothing is sent anywhere."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    return [_told(found) for found in page.evaluate(_RUN, rules)]


def _told(found: Any) -> str:
    places = [
        f"    {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for node in found["nodes"][:5]
    ]
    return "\n".join([f"{found['id']} ({found['impact']}): {found['help']}", *places])


def no_scroll(page: Page) -> list[str]:
    """Whether a page is wider than its window, and by what."""
    wide, window = page.evaluate(_WIDTH)
    return [f"{wide} px wide in a window of {window} px"] if wide > window else []


def settled(page: Page) -> None:
    """Wait until nothing has changed on a page for a tenth of a second."""
    page.evaluate(_STILL)
