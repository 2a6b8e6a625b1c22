"""The watch over pages sees what it is there for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from tests.browser.specimen import application, served
from tests.browser.watched import Watch, axe, no_scroll

ADDED = """
const added = document.createElement('{name}');
added.textContent = '{content}';
document.head.append(added);
"""


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("fetch('http://127.0.0.2:9/').catch(() => 0)", "Content Security Policy"),
        ("console.error('odd')", "console: odd"),
        ("setTimeout(() => { throw new Error('broken') })", "broken"),
        ("document.body.setAttribute('style', 'color: red')", "Content Security Policy"),
        (ADDED.format(name="style", content="b {}"), "Content Security Policy"),
        (ADDED.format(name="script", content="1"), "Content Security Policy"),
    ],
)
def test_sees_what_a_page_may_not_do(
    browser: Browser, specimen: str, script: str, fault: str
) -> None:
    with browser.new_context() as context:
        watch = Watch(specimen.removeprefix("http://"))
        watch.on(context)
        page = context.new_page()
        page.goto(specimen)
        watch.done()
        page.evaluate(script)
        for _ in range(100):
            if not watch.faults:
                page.wait_for_timeout(50)
    with pytest.raises(AssertionError, match=fault):
        watch.done()


def test_sees_what_is_asked_of_another_host_where_no_policy_forbids_it(browser: Browser) -> None:
    with served(application("default-src *")) as base, browser.new_context() as context:
        watch = Watch(base.removeprefix("http://"))
        watch.on(context)
        page = context.new_page()
        page.goto(f"{base}/events")
        page.evaluate("fetch('http://127.0.0.2:9/').catch(() => 0)")
    assert "asked another host: http://127.0.0.2:9/" in watch.faults


def test_sees_a_server_that_failed(browser: Browser) -> None:
    async def failing(scope: object, receive: object, send: object) -> None:
        raise RuntimeError("meant")

    with served(failing) as base, browser.new_context() as context:
        watch = Watch(base.removeprefix("http://"))
        watch.on(context)
        context.new_page().goto(base)
    assert watch.faults[0].startswith("500")


def test_sees_what_is_not_accessible(browser: Browser, specimen: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(specimen)
        assert axe(page) == []
        page.evaluate("document.querySelector('label[for=kind]').remove()")
        page.evaluate("document.querySelector('.badge').style.color = '#fc9'")
        found = axe(page)
    assert [one.split(" ")[0] for one in found] == ["color-contrast", "select-name"]


def test_sees_what_is_too_wide(browser: Browser, specimen: str) -> None:
    with browser.new_context(viewport={"width": 390, "height": 800}) as context:
        page = context.new_page()
        page.goto(specimen)
        assert no_scroll(page) == []
        page.evaluate("document.querySelector('h1').style.width = '500px'")
        assert no_scroll(page)[0].endswith("px wide in a window of 390 px")


def test_the_policy_is_what_it_is_watched_under() -> None:
    assert "unsafe" not in application().state.policy
