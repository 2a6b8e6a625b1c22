"""One piece of data from its file to its printed report, by four people without a mouse."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Open
from tests.browser.deal import do, until
from tests.browser.keyboard import Keyboard
from tests.browser.places import PURIFIED, Places, places

AIR = "air.quality"
TITLE = "空气质量 Air quality, by the hour"
WORDS = "several words not together"
SQL = f"SELECT district, avg(pm25) AS pm25 FROM {AIR} GROUP BY district"
SETTLED = 5
"""Proposals that the steward settles."""


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, everywhere: str) -> Iterator[Places]:
    """The two nodes."""
    with places(tmp_path_factory.mktemp("journey")) as running:
        yield running


@pytest.mark.timeout(600)
def test_from_a_file_to_a_report_by_keys(two: Places, opened: Open, tmp_path: Path) -> None:
    begun = time.monotonic()
    owner = Keyboard(opened(two.link(two.bureau)))
    _enters(owner)
    _collects(owner, tmp_path / "quality.csv")
    _scores(owner)
    steward = Keyboard(opened(two.invitation("sue")))
    _chooses_a_password(steward)
    _proposes(steward)
    _settles(steward, two)
    analyst = Keyboard(opened(two.invitation("ana")))
    _chooses_a_password(analyst)
    _asks(analyst)
    _offers(owner)
    buyer = Keyboard(opened(two.link(two.university)))
    _enters(buyer)
    _requests(buyer)
    agreement = _accepts(owner, two)
    auditor = Keyboard(opened(two.invitation("ada")))
    _chooses_a_password(auditor)
    _audits(auditor, agreement, tmp_path)
    _prints(auditor, two, tmp_path)
    people = {"owner": owner, "steward": steward, "analyst": analyst, "buyer": buyer,
              "auditor": auditor}  # fmt: skip
    keys = {name: one.pressed for name, one in people.items()}
    print(f"keys: {keys}; seconds: {time.monotonic() - begun:.0f}")


def _enters(hand: Keyboard) -> None:
    """By the link that the command line gave."""
    hand.push("Sign in")
    hand.heading("Good to see you")


def _chooses_a_password(hand: Keyboard) -> None:
    """By the invitation that the owner sent."""
    hand.write("New password", WORDS)
    hand.write("Once more", WORDS)
    hand.push("Set the password and sign in")
    hand.heading("Good to see you")


def _collects(hand: Keyboard, file: Path) -> None:
    """A file becomes a dataset; rules for it are proposed."""
    file.write_text(PURIFIED, "utf-8")
    hand.follow("Add data")
    hand.heading("Add data")
    hand.choose("Choose a file, or drop one here", file)
    hand.push("Look at it")
    expect(hand.page.get_by_text("All rows fit.")).to_be_visible()
    hand.tab_to("combobox", "Domain")
    hand.type("air")
    hand.write("What it is optional", TITLE)
    hand.push("Land it")
    expect(hand.page.get_by_text("Every row landed.")).to_be_visible()
    hand.push("Propose rules")
    hand.heading("Inbox")


def _scores(hand: Keyboard) -> None:
    """The dataset is found by the search, checked and scored; the score is its twin's."""
    _finds(hand)
    hand.follow("Quality")
    hand.push("Check and score it now")
    score = hand.page.locator(".score strong")
    expect(score).to_be_visible()
    assert score.inner_text() == hand.twin()["score"]["score"]


def _finds(hand: Keyboard) -> None:
    """The page of the dataset, by the search."""
    hand.press("/")
    expect(hand.focused()).to_have_attribute("name", "q")
    hand.type("air quality")
    hand.press("Enter")
    hand.heading("Catalogue")
    hand.follow(TITLE)
    hand.heading(TITLE)


def _proposes(hand: Keyboard) -> None:
    """Rules of quality are proposed by the rows that the steward may see."""
    _finds(hand)
    hand.follow("Quality")
    hand.push("Propose rules")
    hand.heading("Inbox")


def _settles(hand: Keyboard, two: Places) -> None:
    """Proposals, one by one: accepted and refused by letters, without Tab."""
    before = hand.twin()
    assert before["total"] >= SETTLED
    for turn in range(SETTLED):
        left = before["total"] - turn
        expect(hand.page.get_by_role("heading", name=f"{left} wait")).to_be_visible()
        if turn % 2:
            hand.press("j", "k")
        else:
            hand.press("j")
        expect(hand.focused()).to_have_attribute("data-item", "")
        hand.press("r" if turn == SETTLED - 1 else "a")
    left = before["total"] - SETTLED
    expect(hand.page.get_by_role("heading", name=f"{left} wait")).to_be_visible()
    assert hand.twin()["total"] == left


def _asks(hand: Keyboard) -> None:
    """A question for a purpose; its answer, a chart of it; the question is saved."""
    hand.follow("Workbench")
    hand.heading("Workbench")
    hand.take("For the purpose", "research")
    hand.tab_to("textbox", "SQL Ctrl+Enter asks", back=True)
    hand.type(SQL)
    hand.press("Control+Enter")
    hand.heading("Answer")
    rows = hand.page.locator("#answer tbody tr")
    expect(rows).to_have_count(hand.twin()["answer"]["total"])
    hand.follow("Charts")
    expect(hand.page.locator("figure.drawn svg").first).to_be_visible()
    hand.unfold("Save")
    hand.write("Title", "各区空气 Air by district")
    hand.push("Save")
    hand.heading("各区空气 Air by district")


def _offers(hand: Keyboard) -> None:
    """A product of the dataset, and the usual terms on which it is to be had."""
    hand.follow("Market")
    hand.heading("Market")
    hand.follow("New product")
    hand.write("Name: letters, digits, - and _", "air")
    hand.write("Title: what it is, in one line", "空气 Air")
    hand.tick(AIR)
    hand.push("Make the product")
    hand.heading("空气 Air")
    hand.follow("New offer")
    hand.tick("research")
    hand.tab_to("textbox", "Last day (UTC)")
    hand.type("12122099")
    hand.take("What of it", "every")
    hand.push("Make the offer")
    hand.heading("air-1")
    hand.follow("air")
    hand.push("Publish")
    expect(hand.page.get_by_text("published").first).to_be_visible()


def _requests(hand: Keyboard) -> None:
    """Somebody of the other node looks at what is offered, and asks for it."""
    hand.follow("Market")
    hand.follow("What others offer")
    hand.follow("空气 Air")
    hand.follow("Request")
    hand.push("Request this offer")
    hand.heading(re.compile("N-"))


def _accepts(hand: Keyboard, two: Places) -> str:
    """The owner sees what the other would see more, and signs; gives the agreement."""
    hand.follow("Market")
    hand.follow("Negotiations")
    (waiting,) = do(two.bureau, "negotiation list")["negotiations"]
    hand.follow(waiting["negotiation"])
    expect(hand.page.get_by_text("university would see more than before.")).to_be_visible()
    hand.push("Accept and sign")
    hand.push("Yes, do it")
    told = until(two.bureau, waiting["negotiation"], lambda one: one["over"])
    return str(told["agreement"])


def _audits(hand: Keyboard, agreement: str, folder: Path) -> None:
    """A receipt is kept, brought again and verified; then the whole ledger."""
    hand.follow("Trace")
    hand.heading("Trace")
    newest = hand.twin()["events"][0]
    hand.reach(hand.page.locator(f"tbody a[href='/trace/{newest['id']}']"), "its receipt")
    hand.press("Enter")
    hand.tab_to("link", "Receipt")
    with hand.page.expect_download() as loaded:
        hand.press("Enter")
    receipt = folder / "receipt.json"
    loaded.value.save_as(receipt)
    hand.push("Verify")
    expect(hand.page.get_by_role("status")).to_contain_text("It holds")
    hand.follow("Trace")
    hand.heading("Trace")
    hand.choose("Receipt (file)", receipt)
    hand.push("Verify")
    expect(hand.page.get_by_role("status")).to_contain_text("It holds")
    hand.push("Verify the whole ledger")
    size = hand.twin()["size"]
    expect(hand.page.get_by_role("status")).to_contain_text(f"Verified to event {size}")
    assert agreement in str(hand.twin()["events"])


def _prints(hand: Keyboard, two: Places, folder: Path) -> None:
    """The report of the dataset, on paper, with its score."""
    _finds(hand)
    hand.follow("Report")
    hand.tab_to("button", "Print")
    score = do(two.bureau, "quality latest", dataset=AIR)["score"]
    _printed(hand.page, folder / "report.pdf", score)


def _printed(page: Page, file: Path, score: str) -> None:
    """What the dialogue of the browser would print: pages, without what only a screen has."""
    page.pdf(path=file)
    assert file.read_bytes().count(b"/Type /Page\n") >= 1
    page.emulate_media(media="print")
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.get_by_role("heading", name=f"Quality score {score}")).to_be_visible()
    if which("pdftotext"):
        told = subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True)
        assert score in told.stdout
