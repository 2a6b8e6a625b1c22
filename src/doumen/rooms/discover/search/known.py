"""What a process knows of texts, shared by all who ask, and the catalogue of each who asks.

What is known of a text (words of a contract, a vector) is the same for everyone and is read and
kept by digests, in the index of the node. A catalogue is made of the facts that one actor may know
and is given to that actor alone.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np

from doumen.gate.desk import Desk
from doumen.gate.drawers import Index
from doumen.kits.search import Document
from doumen.model.fact import Facts
from doumen.rooms.discover.search import meaning, said
from doumen.rooms.discover.search.catalogue import Catalogue, Change, follow
from doumen.rooms.discover.search.documents import entry, others, sources, words_meant
from doumen.rooms.discover.search.meaning import Model
from doumen.rooms.discover.search.said import Said
from doumen.rooms.discover.search.vectors import Vectors

ASKERS = 16
"""Catalogues that are held: of those who asked last."""
BATCH = 64
"""Texts after which what was computed is kept."""
Asker = tuple[str, str | None]


class Known:
    """What one process knows. Safe for threads: one brings it up to date at a time."""

    def __init__(self, index: Index) -> None:
        self.lock = threading.RLock()
        self.vectors = Vectors()
        self._index = index
        self._said: dict[bytes, Said] = {}
        self._texts: dict[str, bytes] = {}
        self._places: dict[bytes, int] = {}
        self._read = {said.KIND: 0, meaning.KIND: 0}
        self._catalogues: OrderedDict[Asker, tuple[Facts, date, int, Catalogue]] = OrderedDict()

    def catalogue(self, desk: Desk, now: datetime, most: int) -> Catalogue:
        """The catalogue of who stands at a desk, after reading so many contracts at most."""
        facts, day = desk.facts(), now.astimezone(UTC).date()
        asker = (desk.actor.name, desk.purpose)
        with self.lock:
            self._refresh()
            held = self._catalogues.get(asker)
            if held is not None and held[0] is facts and held[1] == day and not held[3].unread:
                self._catalogues.move_to_end(asker)
                return self._placed(asker, held)
            before = Catalogue() if held is None else held[3]
            made = self._following(before, facts, now, most)
            self._catalogues[asker] = (facts, day, 0, made)
            self._catalogues.move_to_end(asker)
            if len(self._catalogues) > ASKERS:
                self._catalogues.popitem(last=False)
            return self._placed(asker, self._catalogues[asker])

    def learn(self, documents: list[Document], model: Model) -> None:
        """Find what documents mean, and keep it."""
        for first in range(0, len(documents), BATCH):
            rows = [
                (meaning.digest(one), model.document(one).tobytes())
                for one in documents[first : first + BATCH]
            ]
            self._index.keep(meaning.KIND, rows)
        with self.lock:
            self._refresh()

    def _following(self, before: Catalogue, facts: Facts, now: datetime, most: int) -> Catalogue:
        vocabulary = words_meant(facts)
        if vocabulary != before.vocabulary:
            before = Catalogue()
        budget = _Budget(most)
        found = list(sources(facts, now, lambda text: self._reading(text, budget)))
        self._index.keep(said.KIND, budget.kept)
        made = {}
        for source in found:
            held = before.sources.get(source.name)
            if held is None or held[0] != source:
                made[source.name] = (source, entry(source, vocabulary))
        names = [source.name for source in found]
        return follow(before, Change(names, made, tuple(others(facts)), vocabulary))

    def _reading(self, text: str, budget: _Budget) -> Said | None:
        """What a contract says: known, or read now as far as the budget goes."""
        digest = self._texts.get(text)
        if digest is None:
            digest = self._texts[text] = said.digest(text)
        found = self._said.get(digest)
        if found is None and budget.left > 0:
            budget.left -= 1
            found = self._said[digest] = said.read(text)
            budget.kept.append((digest, found.as_bytes()))
        return found

    def _refresh(self) -> None:
        """Read what was kept since, by whichever process."""
        for id, digest, value in self._index.since(said.KIND, self._read[said.KIND]):
            self._said.setdefault(digest, Said.of_bytes(value))
            self._read[said.KIND] = id
        new: list[bytes] = []
        for id, digest, value in self._index.since(meaning.KIND, self._read[meaning.KIND]):
            if len(value) == meaning.DIMENSIONS and digest not in self._places:
                self._places[digest] = len(self.vectors) + len(new)
                new.append(value)
            self._read[meaning.KIND] = id
        if new:
            rows = np.frombuffer(b"".join(new), np.int8).reshape(-1, meaning.DIMENSIONS)
            self.vectors.add(rows)

    def _placed(self, asker: Asker, held: tuple[Facts, date, int, Catalogue]) -> Catalogue:
        """The catalogue with the places of the vectors that came since it was held."""
        facts, day, sought, catalogue = held
        if sought == len(self.vectors) and sought:
            return catalogue
        places = catalogue.places.copy()
        for row in np.flatnonzero(catalogue.alive & (places < 0)):
            digest = meaning.digest(catalogue.document(int(row)))
            places[row] = self._places.get(digest, -1)
        placed = replace(catalogue, places=places)
        self._catalogues[asker] = (facts, day, len(self.vectors), placed)
        return placed


class _Budget:
    """Contracts that may still be read, and what was read."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.kept: list[tuple[bytes, bytes]] = []


def known(desk: Desk) -> Known:
    """What this process knows, for whoever stands at the desk."""
    index = desk.index()
    return index.shared("search", lambda: Known(index))
