"""Every page in both languages, light and dark, wide and narrow: no fault, and all can read it.

A page is loaded once in each language; the theme and the width of the window change under it, as
they do under a reader. With `DOUMEN_SCREENSHOTS` set, pictures go to `docs/screenshots`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import pytest
from tests.browser.addresses import Address, addresses
from tests.browser.conftest import Open
from tests.browser.pictures import take
from tests.browser.watched import axe, no_scroll, settled

LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
WIDTHS = (1280, 390)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SCREENSHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
DRAWN = "DOUMEN_SCREENSHOTS" in os.environ


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", addresses(), ids=lambda address: address.name)
def test_page(address: Address, language: str, opened: Open, specimen: str) -> None:
    page = opened(specimen + address.path, locale=LANGUAGES[language])
    spoken = page.locator("html").get_attribute("lang") or ""
    assert spoken.startswith(language)
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            settled(page)
            found = [*axe(page), *no_scroll(page)]
            faults += [f"{theme}, {width} px: {fault}" for fault in found]
            if DRAWN and address.pictured:
                take(page, SCREENSHOTS / f"{address.name}-{language}-{theme}-{width}.png")
    assert not faults, "\n".join(faults)
