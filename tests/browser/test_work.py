"""The workbench in a browser: by keyboard, with completion, charts drawn, in all looks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.city import City
from tests.browser.conftest import Open
from tests.browser.test_matrix import LANGUAGES, faults

SQL = "SELECT district, count(*) AS charges FROM traffic.charging GROUP BY district"


def written(page: Page, sql: str) -> None:
    """Write a statement into the editor, in place of what is there."""
    editor = page.locator(".editor .cm-content")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(sql)


def asked(opened: Open, city: City, language: str = "en", sql: str = SQL) -> Page:
    """A page that shows an answer."""
    page = opened(f"{city.url}/work", city.cookies["owner"], locale=LANGUAGES[language])
    written(page, sql)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/work/a/[0-9A-Z]{26}$"))
    return page


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer(language: str, opened: Open, city: City) -> None:
    page = asked(opened, city, language)
    expect(page.locator("#answer tbody tr")).to_have_count(5)
    assert faults(page, language, "work-answer") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_charts(language: str, opened: Open, city: City) -> None:
    page = asked(opened, city, language)
    page.goto(f"{page.url}?tab=charts")
    expect(page.locator("figure.drawn svg").first).to_be_visible()
    expect(page.locator("figure [role=status]")).to_have_count(0)
    assert faults(page, language, "work-charts") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_would_happen(language: str, opened: Open, city: City) -> None:
    page = opened(f"{city.url}/work", city.cookies["ana"], locale=LANGUAGES[language])
    written(page, "SELECT plate_no FROM traffic.charging")
    page.locator("#ask-purpose").select_option("research")
    page.locator("button[value=explain]").click()
    expect(page.locator("#rewritten")).to_contain_text("CREATE VIEW traffic.charging")
    assert faults(page, language, "work-explained") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question(language: str, opened: Open, city: City) -> None:
    page = asked(opened, city, language)
    page.locator("details:has(#title) > summary").click()
    page.locator("#title").fill("各区充电 Charges by district")
    page.locator("button[value=save]").click()
    page.wait_for_url(re.compile(r"/work/q/owner/Q-\w{10}$"))
    expect(page.locator("h1")).to_contain_text("各区充电")
    assert faults(page, language, "work-question") == []


def test_names_are_completed(opened: Open, city: City) -> None:
    page = opened(f"{city.url}/work", city.cookies["owner"])
    written(page, "SELECT * FROM traffic.")
    told = page.locator(".cm-tooltip-autocomplete").filter(has_text="charging")
    for _ in range(40):  # the names come after the page
        page.keyboard.press("Control+Space")
        if told.count():
            break
        page.wait_for_timeout(250)
    expect(told).to_contain_text("charging")
