"""What a first page weighs on the wire, in a browser that holds nothing yet.

The bounds are promises of the pages: a first page within 150 KB, and within 450 KB with charts.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.browser.city import City
from tests.browser.specimen import STATIC


def weighed(browser: Browser, city: City, path: str, actor: str) -> dict[str, int]:
    """Address of each answer → its bytes on the wire, heads included."""
    names: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def named(event: dict[str, Any]) -> None:
        names[event["requestId"]] = event["response"]["url"]

    def sized(event: dict[str, Any]) -> None:
        address = names.get(event["requestId"], "")
        if address.startswith(city.url):
            sizes[address.removeprefix(city.url)] = event["encodedDataLength"]

    with browser.new_context() as context:
        context.add_cookies(
            [{"name": k, "value": v, "url": city.url} for k, v in city.cookies[actor].items()]
        )
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.on("Network.responseReceived", named)
        wire.on("Network.loadingFinished", sized)
        wire.send("Network.enable")
        page.goto(city.url + path, wait_until="networkidle")
    return sizes


@pytest.mark.parametrize("path", ["/", "/d", "/d/traffic.charging", "/trace"])
def test_a_first_page_is_light(browser: Browser, city: City, path: str) -> None:
    sizes = weighed(browser, city, path, "owner")
    assert any(name.endswith("/frame.css") for name in sizes)
    assert sum(sizes.values()) <= 150_000, sizes


def test_with_charts_it_stays_within_its_bound(browser: Browser, city: City) -> None:
    sizes = weighed(browser, city, "/", "owner")
    chart = len((STATIC / "chart.js.gz").read_bytes())
    assert sum(sizes.values()) + chart <= 450_000
