"""The first page in a browser that holds nothing yet, from a service that has just come up.

Each run starts the service anew, opens a fresh profile of Chromium, signs in by a cookie and loads
the home page of a city; the time is the browser's own, from the click to all of it loaded. The
second visit finds the files in the browser's cache and the process warm.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.city import City, city
from tests.browser.conftest import CHROMIUM, FLAGS

from bench.measure import RUNS, Measure

PATHS = {"home": "/", "a dataset": "/d/traffic.charging", "a search": "/d?q=充电"}


def visited(browser: Browser, running: City, path: str) -> tuple[float, float]:
    """Milliseconds until a page is loaded, first and again."""
    with browser.new_context() as context:
        context.add_cookies(
            [
                {"name": k, "value": v, "url": running.url}
                for k, v in running.cookies["owner"].items()
            ]
        )
        page = context.new_page()
        return _loaded(page, running.url + path), _loaded(page, running.url + path)


def _loaded(page: Page, address: str) -> float:
    page.goto(address, wait_until="load")
    return float(page.evaluate("performance.getEntriesByType('navigation')[0].duration"))


def run() -> list[Measure]:
    """Median of the runs, of each page."""
    found = []
    with (
        tempfile.TemporaryDirectory() as folder,
        city(Path(folder)) as running,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=CHROMIUM.read_text("utf-8"), args=FLAGS)
        for name, path in PATHS.items():
            times = []
            for _ in range(RUNS):
                running.party.stop()
                running.party.serve()
                times.append(visited(browser, running, path))
            cold, warm = (statistics.median(each) for each in zip(*times, strict=True))
            figure, beside = f"{cold:.0f} ms", f"again {warm:.0f} ms"
            found.append(Measure(f"first page, {name}", figure, "<= 1 s", cold <= 1000, beside))
        browser.close()
    return found
