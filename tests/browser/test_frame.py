"""What the frame adds to a page: keys, dropdowns, questions, copying, search as typed, events."""

from __future__ import annotations

from playwright.sync_api import Dialog, Page, expect
from tests.browser.conftest import Open

ONLY = "frame.js"


def test_keys_go_to_the_search(page: Page) -> None:
    search = page.get_by_role("searchbox")
    page.keyboard.press("/")
    expect(search).to_be_focused()
    expect(search).to_have_value("")
    page.locator("#name").focus()
    page.keyboard.press("/")
    expect(page.locator("#name")).to_have_value("/")
    page.keyboard.press("Control+k")
    expect(search).to_be_focused()


def test_search_shows_what_it_finds_as_one_types(page: Page) -> None:
    page.get_by_role("searchbox").press_sequentially("charg")
    expect(page.locator("#hits a")).to_have_text("traffic.charg")


def test_keys_move_in_a_list_and_press_its_buttons(page: Page) -> None:
    items = page.locator("[data-item]")
    page.keyboard.press("j")
    expect(items.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(items.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(items.nth(0)).to_be_focused()
    with page.expect_navigation() as sent:
        page.keyboard.press("a")
    assert sent.value.request.method == "POST"


def test_letters_are_no_keys_outside_of_a_list_or_in_a_field(page: Page) -> None:
    page.keyboard.press("a")
    page.locator("#name").focus()
    page.keyboard.type("jar")
    expect(page.locator("#name")).to_have_value("jar")


def test_one_dropdown_is_open_at_a_time(page: Page) -> None:
    download = page.locator("details.dropdown", has_text="Download")
    account = page.locator("details.dropdown", has_text="lin")
    download.locator("summary").click()
    expect(download.locator(".dropdown-menu")).to_be_visible()
    account.locator("summary").click()
    expect(download.locator(".dropdown-menu")).to_be_hidden()
    expect(account.locator(".dropdown-menu")).to_be_visible()
    account.get_by_role("link", name="Settings").focus()
    page.keyboard.press("Escape")
    expect(account.locator(".dropdown-menu")).to_be_hidden()
    expect(account.locator("summary")).to_be_focused()
    download.locator("summary").click()
    page.locator("h1").click()
    expect(download.locator(".dropdown-menu")).to_be_hidden()


def test_asks_before_what_cannot_be_undone(page: Page) -> None:
    posted: list[str] = []
    page.on("request", lambda sent: posted.append(sent.url) if sent.method == "POST" else None)
    delete = page.get_by_role("button", name="Delete")
    delete.click()
    asked = page.get_by_role("dialog", name="It cannot be brought back. Delete it?")
    expect(asked).to_be_visible()
    asked.get_by_role("button", name="Cancel").click()
    expect(asked).to_be_hidden()
    delete.click()
    page.keyboard.press("Escape")
    expect(asked).to_be_hidden()
    assert posted == []
    delete.click()
    with page.expect_navigation():
        asked.get_by_role("button", name="Delete").click()
    assert len(posted) == 1


def test_what_is_asked_by_key_is_asked_too(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("r")
    asked = page.get_by_role("dialog", name="Reject this proposal?")
    with page.expect_navigation():
        asked.get_by_role("button", name="Yes, do it").click()


def test_htmx_asks_in_the_same_way(page: Page) -> None:
    def odd(dialog: Dialog) -> None:
        raise AssertionError(dialog.message)

    page.on("dialog", odd)
    page.evaluate("""() => {
        const button = document.createElement('button');
        button.textContent = 'Go';
        button.setAttribute('hx-get', '/hits?q=asked');
        button.setAttribute('hx-confirm', 'Really?');
        button.setAttribute('hx-target', '#hits');
        document.querySelector('footer').append(button);
        htmx.process(button);
    }""")
    page.get_by_role("button", name="Go").click()
    page.get_by_role("dialog", name="Really?").get_by_role("button", name="Yes, do it").click()
    expect(page.locator("#hits a")).to_have_text("traffic.asked")


def test_copies_and_says_so(opened: Open, specimen: str) -> None:
    page = opened(specimen, permissions=["clipboard-read", "clipboard-write"])
    page.clock.install()
    button = page.locator("[data-copy-from]")
    expect(button).to_have_text("Copy")
    button.click()
    expect(button.locator("[data-label]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("SELECT district")
    page.clock.fast_forward(2000)
    expect(button.locator("[data-label]")).to_have_text("Copy")


def test_copies_where_there_is_no_clipboard(page: Page) -> None:
    copied = """() => {
        document.addEventListener('copy', () => { window.copied = getSelection().toString(); });
        Object.defineProperty(navigator, 'clipboard', {value: undefined});
    }"""
    page.evaluate(copied)
    page.clock.install()
    page.locator("[data-copy-from]").click()
    expect(page.locator("button [data-label]")).to_have_text("Copied")


def test_events_of_the_server_come_into_the_page(page: Page) -> None:
    page.evaluate("""() => {
        const place = document.createElement('div');
        place.id = 'job';
        place.setAttribute('hx-sse:connect', '/events');
        place.setAttribute('hx-sse:close', 'done');
        document.querySelector('footer').append(place);
        htmx.process(place);
    }""")
    expect(page.locator("#job progress")).to_have_attribute("value", "100")


def test_dark_and_light_follow_the_page_before_the_system(opened: Open, specimen: str) -> None:
    page = opened(specimen, color_scheme="dark")
    surface = "getComputedStyle(document.querySelector('.card')).backgroundColor"
    dark = page.evaluate(surface)
    page.emulate_media(color_scheme="light")
    light = page.evaluate(surface)
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    assert page.evaluate(surface) == dark != light
    page.emulate_media(color_scheme="dark")
    page.evaluate("document.documentElement.dataset.bsTheme = 'light'")
    assert page.evaluate(surface) == light


def test_without_scripts_all_is_there(opened: Open, specimen: str) -> None:
    page = opened(specimen, java_script_enabled=False)
    expect(page.get_by_label("SQL")).to_be_visible()
    summary = page.locator("summary", has_text="Download")
    summary.click()
    expect(page.get_by_role("link", name="Parquet")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Run").click()
    assert "sql=SELECT" in page.url


def test_a_form_is_not_sent_again_while_its_answer_is_on_the_way(page: Page) -> None:
    sent = """method => {
        const form = document.createElement("form");
        form.method = method;
        document.body.append(form);
        const kind = { bubbles: true, cancelable: true };
        const send = () => form.dispatchEvent(new Event("submit", kind));
        const twice = [send(), send()];
        dispatchEvent(new Event("pageshow"));
        return [...twice, send()];
    }"""
    assert page.evaluate(sent, "post") == [True, False, True]
    assert page.evaluate(sent, "get") == [True, True, True]
