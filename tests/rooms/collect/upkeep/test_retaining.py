"""What is said of versions that stay and of those that go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, cast

import pytest

import doumen
from doumen.gate.desk import Desk
from doumen.model.actor import OWNER, Actor
from doumen.model.answer import Swept, Vacuumed
from doumen.model.errors import DoumenError
from doumen.model.ref import Ref
from doumen.model.upkeep import UPKEEP
from doumen.rooms.collect.upkeep.retaining import vacuum
from doumen.session import Session, create


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("retaining")
    create(folder / "node", "retaining")
    (folder / "t.csv").write_text("id\n1\n")
    with doumen.open(folder / "node") as node:
        session = node.session()
        session.do("collect", path=folder / "t.csv", as_dataset="a.b")
        yield session


class FakeDesk:
    """A desk whose vacuum gives what it is told to."""

    def __init__(self, done: Vacuumed) -> None:
        self.actor = Actor(OWNER, roles=frozenset({OWNER}))
        self.done = done
        self.asked: tuple[Any, ...] = ()

    def vacuum(self, refs: Any, *, receipts_before: date | None, dry: bool) -> Vacuumed:
        self.asked = (refs, receipts_before, dry)
        return self.done


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"versions": 3}, "The last 3 versions of `a.b` stay."),
        ({"days": 9}, "Versions of `a.b` stay for 9 days."),
        ({"versions": 3, "days": 9}, "The last 3 versions of `a.b` stay, and all for 9 days."),
        ({"everything": True}, "All versions of `a.b` stay."),
    ],
)
def test_how_long_versions_stay(owner: Session, given: dict[str, Any], said: str) -> None:
    owner.do("dataset cluster", dataset="a.b", column=("id",))
    done = owner.do("dataset retain", dataset="a.b", **given)
    assert done.said[0] == said
    assert done.said[1].endswith("Next: doumen dataset vacuum a.b --dry-run")
    assert owner.desk.facts().body(UPKEEP, "a.b") == {
        "cluster": ["id"], "versions": given.get("versions"), "days": given.get("days")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "invalid.usage"), ({"versions": 1, "everything": True}, "invalid.usage"),
        ({"versions": 0}, "invalid.retention"), ({"days": -1}, "invalid.retention"),
        ({"dataset": "a.x", "days": 1}, "not-found.dataset"),
        ({"dataset": "a.b__quarantine", "days": 1}, "not-found.dataset"),
    ],
)  # fmt: skip
def test_what_cannot_be_retained(owner: Session, given: dict[str, Any], code: str) -> None:
    with pytest.raises(DoumenError) as caught:
        owner.do("dataset retain", **({"dataset": "a.b"} | given))
    assert caught.value.code == code


def test_at_a_node_there_is_nothing_to_give_up_at_first(owner: Session) -> None:
    done = owner.do("dataset vacuum")
    assert done.json == {"datasets": [], "receipt": None}
    assert done.said[0].startswith("There is nothing to give up")
    with pytest.raises(DoumenError) as caught:
        owner.do("dataset vacuum", receipts_before="soon")
    assert caught.value.code == "invalid.value"


def test_what_went_is_told() -> None:
    swept = (
        Swept(Ref("a", "b"), tuple(range(1, 12)), (12,), 7, 2_500_000),
        Swept(Ref("a", "c"), (), (), 0, 0),
    )
    desk = FakeDesk(Vacuumed(swept, "R1"))
    done = vacuum(cast(Desk, desk), dataset="a.b", receipts_before="2026-01-31")
    assert desk.asked == ((Ref("a", "b"),), date(2026, 1, 31), False)
    assert done.json["receipt"] == "R1"
    assert done.json["datasets"] == [
        {"dataset": "a.b", "versions": list(range(1, 12)), "spared": [12], "files": 7,
         "bytes": 2_500_000}
    ]  # fmt: skip
    (table,) = done.drawn
    assert table.rows == (("a.b", "1, 2, 3, 4, 5, 6, 7, 8, 3 more", "12", 7, "2.5"),)  # type: ignore[union-attr]
    assert done.said == (
        "Receipts need versions of `a.b`: `--receipts-before` gives older receipts up.",
        "Receipt R1",
    )


def test_a_dry_run_says_that_nothing_went() -> None:
    desk = FakeDesk(Vacuumed((Swept(Ref("a", "b"), (1,), (), 1, 10),)))
    done = vacuum(cast(Desk, desk), dry_run=True)
    assert desk.asked == ((), None, True)
    assert done.said == ("Nothing was removed.",)


def test_leftovers_alone_are_told_by_the_table() -> None:
    done = vacuum(cast(Desk, FakeDesk(Vacuumed((Swept(Ref("a", "b"), (), (), 2, 10),)))))
    assert len(done.drawn) == 1
    assert done.said == ()
