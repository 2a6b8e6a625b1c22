"""Where the focus is while a page changes by itself, and while keys pass the choices of a list."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect
from tests.browser.city import City
from tests.browser.conftest import Open
from tests.browser.keyboard import Keyboard


def test_a_filter_waits_until_keys_have_chosen(opened: Open, city: City) -> None:
    hand = Keyboard(opened(f"{city.url}/trace", city.cookies["owner"]))
    hand.tab_to("combobox", "Type")
    hand.press("ArrowDown", "ArrowDown")
    expect(hand.focused()).to_have_value("collect")
    assert hand.page.url == f"{city.url}/trace"
    hand.push("Filter")
    hand.page.wait_for_url(re.compile("type=collect"))


def test_a_filter_is_asked_for_at_once_by_a_pointer(opened: Open, city: City) -> None:
    page = opened(f"{city.url}/trace", city.cookies["owner"])
    page.get_by_role("combobox", name="Type").select_option("collect")
    page.wait_for_url(re.compile("type=collect"))


def test_what_comes_in_the_place_of_a_link_has_its_focus(opened: Open, city: City) -> None:
    hand = Keyboard(opened(f"{city.url}/trace", city.cookies["owner"]))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    hand.page.route("**/market/negotiations/*?diff=1", hold)
    hand.page.goto(f"{city.url}/market/negotiations/{city.names['negotiation']}")
    hand.tab_to("link", "See it, then decide")
    held[0].continue_()
    expect(hand.page.get_by_role("button", name="Accept and sign")).to_be_visible()
    expect(hand.focused()).to_have_attribute("id", "decide")
