"""Every page in both languages, light and dark, wide and narrow: no fault, and all can read it.

A page is loaded once in each language; the theme and the width of the window change under it, as
they do under a reader. With `DOUMEN_SCREENSHOTS` set, pictures go to `docs/screenshots`: of each
address one, of the eight ways in turn, and those that the documentation shows.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page
from tests.browser.addresses import AWAY, MORE, OWN, Address, addresses
from tests.browser.city import City
from tests.browser.conftest import Open
from tests.browser.pictures import take
from tests.browser.watched import axe, no_scroll, settled

from doumen.faces.web.pages import PAGES

LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
WIDTHS = (1280, 390)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SCREENSHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
KEPT = "DOUMEN_SCREENSHOTS" in os.environ
PICTURED = {
    "home-zh-light-1280": "home-zh",
    "home-en-dark-390": "home-en-dark-phone",
    "d-traffic-charging-tab-schema-zh-light-1280": "dataset-zh",
    "d-traffic-charging-tab-schema-en-dark-1280": "dataset-en-dark",
    "d-traffic-charging-tab-lineage-zh-light-1280": "lineage-zh",
}
"""What the documentation shows → name of its picture."""
WAYS = [f"{lang}-{theme}-{width}" for lang in LANGUAGES for width in WIDTHS for theme in THEMES]
TURNS = {one.name: WAYS[at % len(WAYS)] for at, one in enumerate(addresses())}


def drawn(page: Page, name: str, way: str, folder: Path) -> None:
    """Keep a picture of what is to be kept."""
    if f"{name}-{way}" in PICTURED:
        take(page, SCREENSHOTS / f"{PICTURED[f'{name}-{way}']}.png", folder)
    if TURNS.get(name) == way:
        take(page, SCREENSHOTS / "all" / f"{name}-{way}.png", folder)


def faults(page: Page, language: str, name: str, folder: Path | None = None) -> list[str]:
    """What is wrong with an open page in each theme and at each width, each in a sentence."""
    spoken = page.locator("html").get_attribute("lang") or ""
    found = [] if spoken.startswith(language) else [f"it speaks {spoken!r}"]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            settled(page)
            way = f"{language}-{theme}-{width}"
            found += [f"{name}-{way}: {fault}" for fault in (*axe(page), *no_scroll(page))]
            if KEPT and folder is not None:
                drawn(page, name, way, folder)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", addresses(), ids=lambda address: address.name)
def test_page(address: Address, language: str, opened: Open, city: City) -> None:
    cookies = city.cookies[address.actor] if address.actor else {}
    place = city.url + address.path.format_map(city.names)
    page = opened(place, cookies, address.expected, locale=LANGUAGES[language])
    assert faults(page, language, address.name, city.party.folder.parent) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_specimen(language: str, opened: Open, specimen: str) -> None:
    page = opened(specimen, locale=LANGUAGES[language])
    assert faults(page, language, "specimen") == []


def test_every_page_is_looked_at() -> None:
    named = {page.path for page in PAGES if "{" in page.path}
    paths = {page.path for page in PAGES}
    unseen = named - set(MORE) - AWAY - OWN
    assert unseen == set(), "give an example of it in MORE, or say it is AWAY or OWN"
    assert set(MORE) | AWAY | OWN <= paths, "no such page any more"
