"""Charts: each kind is drawn as SVG under the policy, is told to who cannot see, and leads on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.browser.charts import CHARTS
from tests.browser.conftest import Open

LABEL = "Queries of each of the last 30 days"

ONLY = "chart.js"


@pytest.mark.parametrize("kind", sorted(CHARTS))
def test_each_kind_is_drawn(page: Page, kind: str) -> None:
    figure = page.locator(f"[data-chart='#{kind}'], [data-chart='/chart/{kind}']")
    figure.scroll_into_view_if_needed()
    expect(figure.locator("svg path").first).to_be_attached()
    assert figure.locator("svg path").count() > 3
    told = figure.locator(".chart-place").get_attribute("aria-label") or ""
    assert told == LABEL if kind == "line" else len(told) > 20
    expect(figure).to_have_class("drawn" if kind != "scatter" else "chart-short drawn")


def test_it_follows_the_theme(page: Page) -> None:
    bar = page.locator("[data-chart$=bar] svg")
    expect(bar).to_be_attached()
    before = bar.inner_html()
    page.emulate_media(color_scheme="dark")
    expect(
        page.locator("[data-chart$=bar] svg path[fill='rgb(110,168,255)']").first
    ).to_be_attached()
    assert bar.inner_html() != before


def test_it_follows_the_width_of_the_window(page: Page) -> None:
    svg = page.locator("[data-chart='#line'] svg")
    expect(svg).to_be_attached()
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_function(
        "document.querySelector('[data-chart=\"#line\"] svg').getBoundingClientRect().width < 360"
    )


def test_a_tip_is_drawn_without_styles_inline(page: Page) -> None:
    place = page.locator("[data-chart$=bar] .chart-place")
    place.scroll_into_view_if_needed()
    expect(place.locator("svg")).to_be_attached()
    place.hover(position={"x": 120, "y": 200})
    expect(place.locator("svg text", has_text="东湖").first).to_be_attached()
    place.hover(position={"x": 130, "y": 205})
    page.wait_for_timeout(200)
    assert place.locator("div[style*=pointer-events]").count() == 0


def test_a_mark_leads_on_within_the_site(page: Page) -> None:
    place = page.locator("[data-chart$=bar] .chart-place")
    place.scroll_into_view_if_needed()
    expect(place.locator("svg path").nth(5)).to_be_attached()
    box = place.bounding_box()
    assert box is not None
    with page.expect_navigation():
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.8)
    assert page.url.endswith("/?district=2")


def test_what_cannot_be_drawn_says_so(opened: Open, specimen: str) -> None:
    page = opened(specimen, expected="Cannot read properties of null")
    page.evaluate("""() => {
        const figure = document.createElement('figure');
        figure.id = 'broken';
        figure.dataset.chart = '#nowhere';
        figure.dataset.failed = 'Not drawn.';
        document.querySelector('main').append(figure);
    }""")
    expect(page.locator("#broken").get_by_role("status")).to_have_text("Not drawn.")
