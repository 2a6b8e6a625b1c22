"""A first-time user publishes a file with contract and score: clicks and keys, as the pages say."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.city import METERS, City
from tests.browser.conftest import Open

MOST = 15
"""Clicks that it may take."""
OWNER = "owner"


class Hand:
    """Somebody who clicks and types, counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, role: str, name: str) -> None:
        self.clicks += 1
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]

    def choose(self, label: str, file: Path) -> None:
        """Open the dialogue, click the file."""
        self.clicks += 2
        self.page.get_by_label(label).set_input_files(file)

    def type(self, label: str, text: str) -> None:
        self.clicks += 1
        field = self.page.get_by_label(label)
        field.fill("")
        field.press_sequentially(text)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_file_is_published_with_contract_and_score(
    opened: Open, city: City, tmp_path: Path, script: bool
) -> None:
    file = tmp_path / f"Air quality {script}.csv"
    file.write_text(METERS, "utf-8")
    page = opened(city.url, city.cookies[OWNER], java_script_enabled=script)
    hand = Hand(page)
    hand.click("link", "Add data")
    hand.choose("Choose a file, or drop one here", file)
    hand.click("button", "Look at it")
    expect(page.get_by_text("All rows fit.")).to_be_visible()
    hand.type("Domain", "environment")
    hand.type("What it is", "空气质量 Air quality, by the hour")
    hand.click("button", "Land it")
    expect(page.get_by_text("Every row landed.")).to_be_visible()
    hand.click("button", "Check and score it")
    expect(page.get_by_role("heading", level=1)).to_contain_text("空气质量 Air quality")
    assert float(page.locator(".score strong").inner_text()) > 0
    hand.click("link", "Contract")
    name = f"environment.air_quality_{str(script).casefold()}"
    expect(page.get_by_text(f"value: {name}").first).to_be_visible()
    assert hand.clicks + 1 <= MOST  # and one to sign in by a link


def test_a_job_is_followed_to_its_end(opened: Open, city: City, tmp_path: Path) -> None:
    file = tmp_path / "followed.csv"
    file.write_text(METERS, "utf-8")
    page = opened(f"{city.url}/collect", city.cookies[OWNER])
    hand = Hand(page)
    hand.choose("Choose a file, or drop one here", file)
    hand.click("button", "Look at it")
    hand.type("Domain", "followed")
    hand.click("button", "In the background")
    expect(page.get_by_role("link", name="What came of it")).to_be_visible()
    assert page.url.startswith(f"{city.url}/jobs/")
    hand.click("link", "What came of it")
    expect(page.get_by_text("Every row landed.")).to_be_visible()


def test_going_back_shows_what_was_there(opened: Open, city: City, tmp_path: Path) -> None:
    file = tmp_path / "back.csv"
    file.write_text(METERS, "utf-8")
    page = opened(f"{city.url}/collect", city.cookies[OWNER])
    hand = Hand(page)
    hand.choose("Choose a file, or drop one here", file)
    hand.click("button", "Look at it")
    expect(page.get_by_role("heading", name="3. Name it")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="1. Choose a file")).to_be_visible()
