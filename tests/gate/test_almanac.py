"""The fold over the ledger: the latest findings and uses a day, each for whom it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from doumen.gate.almanac import Almanac
from doumen.kits.evidence.canonical import canonical
from doumen.model.actor import OWNER, Actor
from doumen.model.event import CHECKED, SCORED

OWN = Actor("owner", roles=frozenset({OWNER}))
ANA, BOB = Actor("ana"), Actor("bob")


@dataclass
class Book:
    """A ledger in memory that counts how much of it is read."""

    entries_: list[bytes] = field(default_factory=list)
    read_: int = 0

    @contextmanager
    def read(self) -> Iterator[None]:
        yield None

    def size(self, connection: Any) -> int:
        return len(self.entries_)

    def entries(self, connection: Any, start: int, stop: int) -> Iterator[bytes]:
        for body in self.entries_[start:stop]:
            self.read_ += 1
            yield body

    def write(self, type: str, actor: str, subject: str = "a.b", **more: Any) -> None:
        used: Sequence[str] = more.get("used", ())
        self.entries_.append(
            canonical(
                {
                    "id": f"E{len(self.entries_)}",
                    "time": f"2026-11-{more.get('day', 1):02d}T10:00:00Z",
                    "type": type,
                    "actor": actor,
                    "subject": subject,
                    "used": [{"dataset": name, "version": 1} for name in used],
                    "data": {"score": more["score"]} if "score" in more else {},
                }
            )
        )


def almanac(book: Book) -> Almanac:
    return Almanac(book, book)  # type: ignore[arg-type]  # a book is both, as far as it is asked


def test_the_latest_of_each_dataset_is_told_to_whom_it_is() -> None:
    book = Book()
    book.write(SCORED, "ana", score="90.00")
    book.write(SCORED, "bob", score="80.00")
    book.write(CHECKED, "ana")
    book.write(SCORED, "ana", subject="a.c", score="10.00")
    here = almanac(book)
    assert {name: one.score for name, one in here.latest(OWN, SCORED, ["a.c", "a.b"]).items()} == {
        "a.c": "10.00",
        "a.b": "80.00",
    }
    assert here.latest(OWN, SCORED, ["a.b"])["a.b"].id == "E1"
    assert here.latest(ANA, SCORED, ["a.b"])["a.b"].score == "90.00"
    assert here.latest(Actor("cyn"), SCORED, ["a.b"]) == {}
    assert here.latest(OWN, SCORED, ["no.such"]) == {}
    checked = here.latest(ANA, CHECKED, ["a.b"])["a.b"]
    assert (checked.score, checked.time) == (None, "2026-11-01T10:00:00Z")


def test_uses_are_counted_by_day_once_for_a_job() -> None:
    book = Book()
    book.write("query", "ana", used=["a.b", "a.c", "a.b"], day=1)
    book.write("query", "bob", used=["a.b"], day=1)
    book.write("query.started", "bob", used=["a.b"], day=2)
    book.write("query.ended", "bob", used=["a.b"], day=2)
    book.write("derive", "bob", used=["a.b"], day=3)
    here = almanac(book)
    assert here.uses(OWN, "a.b") == {"2026-11-01": 2, "2026-11-02": 1, "2026-11-03": 1}
    assert here.uses(ANA, "a.b") == {"2026-11-01": 1}
    assert here.uses(ANA, None) == {"2026-11-01": 1}
    assert here.uses(OWN, "no.such") == {}


def test_only_what_is_new_is_read() -> None:
    book = Book()
    for _ in range(55):
        book.write(SCORED, "ana", score="50.00")
    here = almanac(book)
    assert here.latest(OWN, SCORED, ["a.b"])["a.b"].id == "E54"
    book.write(SCORED, "ana", score="60.00")
    assert here.latest(OWN, SCORED, ["a.b"])["a.b"].score == "60.00"
    assert book.read_ == 56


def test_a_ledger_that_was_put_back_is_read_anew() -> None:
    book = Book()
    book.write(SCORED, "ana", score="50.00")
    book.write(SCORED, "ana", score="60.00")
    here = almanac(book)
    here.uses(OWN, None)
    del book.entries_[1]
    assert here.latest(OWN, SCORED, ["a.b"])["a.b"].score == "50.00"


def test_a_look_that_breaks_off_counts_nothing_twice() -> None:
    book = Book()
    book.write("query", "ana", used=["a.b"])
    book.entries_.append(b"")
    here = almanac(book)
    with pytest.raises(ValueError, match="char 0"):
        here.uses(OWN, None)
    del book.entries_[1]
    assert here.uses(OWN, None) == {"2026-11-01": 1}
