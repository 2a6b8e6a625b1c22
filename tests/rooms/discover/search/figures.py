"""Prints how often the right dataset comes first, by kind of question, for each set of them.

`python -m tests.rooms.discover.search.figures [tuning|held-out|fresh|lots]`.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from tests.rooms.discover.search.shelf import Shelf, corpus, facts_of, held, questions, with_meaning

from doumen.rooms.discover.search.verbs import search
from doumen.stores.index import Index

SETS = ("tuning", "held-out", "fresh", "lots")
ONE, ACROSS = ("zh-zh", "en-en"), ("zh-en", "en-zh")


def ranks(shelf: Shelf, half: str) -> dict[str, list[tuple[int, str]]]:
    """Kind → place of the first right answer to each question, from 0, with the question."""
    found = defaultdict(list)
    for asked in questions(half):
        hits = search(shelf.desk(), asked.text, limit=100).json["hits"]
        names = [hit["name"] for hit in hits]
        places = [names.index(one) for one in asked.answers if one in names]
        found[asked.kind].append((min(places, default=100), asked.text))
    return dict(found)


def share(found: Mapping[str, list[tuple[int, str]]], kinds: tuple[str, ...], within: int) -> float:
    """Share of the questions of these kinds that are answered within so many hits."""
    places = [place for kind in kinds for place, _ in found[kind]]
    return sum(place < within for place in places) / len(places)


def catalogue(folder: Path) -> Shelf:
    """The corpus at a desk of the owner, with what it means."""
    return Shelf(held(facts_of(corpus())), with_meaning(Index(folder / "index.db")))


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        shelf = catalogue(Path(folder))
        print("| questions | kind | number | R@1 | R@5 |\n|---|---|---|---|---|")
        for half in sys.argv[1:] or SETS:
            found = ranks(shelf, half)
            groups = {"one language": ONE, "across": ACROSS} | {kind: (kind,) for kind in found}
            for name, kinds in groups.items():
                number = sum(len(found[kind]) for kind in kinds)
                first, fifth = share(found, kinds, 1), share(found, kinds, 5)
                print(f"| {half} | {name} | {number} | {first:.3f} | {fifth:.3f} |")
            if half == "tuning":
                print([(k, q, p) for k, places in found.items() for p, q in places if p])


if __name__ == "__main__":
    main()
