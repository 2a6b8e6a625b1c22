"""Pictures of pages, small enough for a repository: PNG with a palette."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

COLOURS = 128


def take(page: Page, path: Path) -> None:
    """Draw what the window shows of a page."""
    with Image.open(BytesIO(page.screenshot(animations="disabled"))) as drawn:
        small = drawn.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    path.parent.mkdir(parents=True, exist_ok=True)
    small.save(path, optimize=True)
