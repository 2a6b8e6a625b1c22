"""Somebody without a mouse: they press keys, and see what has the focus by its accessible name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

Name = str | re.Pattern[str]
_FOCUSED = "all => all.some(one => one.matches(':focus') && one.checkVisibility())"
_LOST = "() => document.activeElement === null || document.activeElement === document.body"
_SEEN = """
() => {
  let at = document.activeElement;
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  const box = at.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight && box.width > 0;
}
"""
MOST = 250
"""Presses of Tab in which whatever is on a page has to be reached."""


@dataclass
class Keyboard:
    """The keyboard of somebody, counted.

    Attributes:
        page: What they see.
        pressed: Keys so far; Shift and Ctrl count as none of their own.
    """

    page: Page
    pressed: int = 0

    def __post_init__(self) -> None:
        """Be told of dialogues for files from the start: a key comes faster than that."""
        self.page.on("filechooser", lambda _: None)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, once the page has its scripts: no hand is as fast."""
        self.page.wait_for_load_state()
        for key in keys:
            self.pressed += 1
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.pressed += len(text)
        self.page.keyboard.type(text)

    def tab_to(self, role: str, name: Name, *, back: bool = False) -> None:
        """Press Tab, or Shift+Tab, until the control of this name has the focus."""
        exact = isinstance(name, str)
        wanted = self.page.get_by_role(role, name=name, exact=exact)  # type: ignore[arg-type]
        self.reach(wanted, f"{role} {name!r}", "Shift+Tab" if back else "Tab")

    def reach(self, wanted: Locator, told: str, key: str = "Tab") -> None:
        """Move the focus to one of several things; it must be in sight when it has it.

        Where the focus leaves the page, it comes in again from the other end: once, since what
        was not met by then cannot be met.
        """
        expect(wanted.first).to_be_attached()
        ends = 0
        for _ in range(MOST):
            self.press(key)
            if wanted.evaluate_all(_FOCUSED):
                assert self.page.evaluate(_SEEN), f"{told} has the focus out of sight"
                return
            ends += self.page.evaluate(_LOST)
            assert ends < 3, f"no key leads to {told} on {self.page.url}"
        raise AssertionError(f"{MOST} presses of {key} do not lead to {told}")

    def push(self, name: Name, role: str = "button") -> None:
        """Go to a button or a link and press Enter; where that loads a page, wait for it."""
        self.tab_to(role, name)
        self.press("Enter")

    def follow(self, name: Name) -> None:
        """Go to a link and press Enter."""
        self.push(name, "link")

    def unfold(self, words: str) -> None:
        """Go to what can be unfolded, by the words on it, and unfold it."""
        self.reach(self.page.locator("summary", has_text=words), words)
        self.press("Enter")

    def write(self, label: str, text: str) -> None:
        """Go to a field and type in place of what is there."""
        self.tab_to("textbox", label)
        self.press("Control+a")
        self.type(text)

    def tick(self, label: str) -> None:
        """Go to a box and tick it."""
        self.tab_to("checkbox", label)
        self.press("Space")

    def take(self, label: str, choice: str) -> None:
        """Go to a list and type the first letters of a choice."""
        self.tab_to("combobox", label)
        self.type(choice)

    def choose(self, label: str, file: Path) -> None:
        """Go to a field for a file, open the dialogue, and name the file in it."""
        self.reach(self.page.get_by_label(label, exact=True), label)
        with self.page.expect_file_chooser() as opened:
            self.press("Enter")
        opened.value.set_files(file)

    def focused(self) -> Locator:
        """What has the focus."""
        return self.page.locator(":focus")

    def heading(self, text: Name) -> None:
        """Wait for a page by its heading."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(text)

    def twin(self, address: str = "") -> Any:
        """The JSON of the page, or of another, as this visitor gets it."""
        asked = address or self.page.url.partition("#")[0]
        path, mark, query = asked.partition("?")
        answer = self.page.request.get(f"{path}.json{mark}{query}")
        assert answer.ok, answer.text()
        return answer.json()
