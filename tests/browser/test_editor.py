"""The editor of SQL: what it shows is what the form sends; it completes names and keeps to keys."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

ONLY = "editor.js"


def editor(page: Page) -> Locator:
    return page.get_by_role("textbox", name="SQL")


def written(page: Page) -> str:
    text: str = page.evaluate("document.querySelector('#sql').value")
    return text


def test_it_shows_and_changes_what_the_form_sends(page: Page) -> None:
    expect(editor(page)).to_contain_text("FROM traffic.charging")
    editor(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" limit 5")
    page.keyboard.press("Escape")
    assert written(page).endswith("GROUP BY district limit 5")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert "limit+5" in page.url


def test_it_completes_datasets_and_columns(page: Page) -> None:
    with page.expect_response("**/names.json"):
        editor(page).click()
    page.keyboard.press("Control+a")
    page.keyboard.type("select p from traffic.pa")
    page.keyboard.press("Control+Space")
    expect(page.get_by_role("option", name="parking")).to_be_visible()
    page.wait_for_timeout(150)  # a completion that has just come takes no key
    page.keyboard.press("Enter")
    assert written(page) == "select p from traffic.parking"
    page.keyboard.type(" where spa")
    page.keyboard.press("Control+Space")
    expect(page.get_by_role("option", name="spaces")).to_be_visible()


def test_its_label_leads_to_it_and_tab_leads_out(page: Page) -> None:
    page.get_by_text("SQL", exact=True).first.click()
    expect(editor(page)).to_be_focused()
    page.keyboard.press("/")
    assert "/" in written(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Run")).to_be_focused()


def test_a_form_that_is_reset_resets_it(page: Page) -> None:
    before = written(page)
    editor(page).click()
    page.keyboard.type("x")
    page.evaluate("document.querySelector('#query').reset()")
    expect(editor(page)).not_to_contain_text("xSELECT")
    assert written(page) == before


def test_it_comes_with_a_part_of_a_page(page: Page) -> None:
    page.evaluate("""() => {
        const area = document.createElement('textarea');
        area.dataset.editor = '';
        area.setAttribute('aria-label', 'Second');
        area.value = 'select 2';
        document.querySelector('#query').append(area);
    }""")
    expect(page.get_by_role("textbox", name="Second")).to_have_text("select 2")


def test_marked_text_is_typed_over_or_put_into_brackets(page: Page) -> None:
    editor(page).click()
    page.keyboard.press("Control+a")
    page.keyboard.type("a")
    assert written(page) == "a"
    page.keyboard.press("Control+a")
    page.keyboard.type("(")
    assert written(page) == "(a)"
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert written(page).startswith("SELECT district")
