"""A browser, and pages in it that a test fails on when anything odd happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)
from tests.browser import city as cities
from tests.browser.specimen import application, served
from tests.browser.watched import Watch

CHROMIUM = Path(__file__).parents[2] / ".venv" / "browser" / "path"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
)
SECONDS = 30
"""That anything may take, on a busy machine too."""
expect.set_options(timeout=SECONDS * 1000)
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of browsers."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The browser of this process; where there is none, tests fail."""
    assert CHROMIUM.is_file(), "no browser is here: make setup"
    started = playwright.chromium.launch(executable_path=CHROMIUM.read_text("utf-8"), args=FLAGS)
    yield started
    started.close()


@pytest.fixture(scope="session")
def specimen() -> Iterator[str]:
    """The address of the page that shows all parts."""
    with served(application()) as base:
        yield base


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory, everywhere: str) -> Iterator[cities.City]:
    """A running node of a city, with an owner, an analyst and a steward who are signed in."""
    with cities.city(tmp_path_factory.mktemp("city")) as running:
        yield running


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Opens an address in a context of its own: `opened(url, cookies, locale="zh-CN", …)`.

    After the test each page must have kept to its host, its policy and an empty console; a test
    that brings a fault about says what is `expected` in it.
    """
    contexts: list[tuple[BrowserContext, Watch]] = []

    def open_at(
        address: str, cookies: Mapping[str, str] = {}, expected: str = "", **options: object
    ) -> Page:
        given: dict[str, object] = {"locale": "en-GB", "reduced_motion": "reduce"} | options
        context = browser.new_context(**given)  # type: ignore[arg-type]
        context.add_cookies(
            [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
        )
        context.set_default_timeout(SECONDS * 1000)
        watch = Watch(urlsplit(address).netloc, expected)
        watch.on(context)
        contexts.append((context, watch))
        page = context.new_page()
        page.goto(address)
        return page

    yield open_at
    for context, _ in contexts:
        for each in context.pages:
            each.evaluate("1")  # what it said before has come by then
        context.close()
    for _, watch in contexts:
        watch.done()


@pytest.fixture
def page(request: pytest.FixtureRequest, opened: Open, specimen: str) -> Page:
    """The specimen, in English, with the script that the module names (`ONLY`), or all."""
    return opened(f"{specimen}/?only={getattr(request.module, 'ONLY', '')}")
