"""Pictures of pages, small enough for a repository: PNG with a palette."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

COLOURS = 128
_ELSEWHERE = """([here, there]) => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(here, there);
}"""


def take(page: Page, path: Path, folder: Path) -> None:
    """Draw what the window shows of a page, as if the folder of its node were another."""
    page.evaluate(_ELSEWHERE, [str(folder), "/srv/data"])
    with Image.open(BytesIO(page.screenshot(animations="disabled"))) as drawn:
        small = drawn.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    path.parent.mkdir(parents=True, exist_ok=True)
    small.save(path, optimize=True)
