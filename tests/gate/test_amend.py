"""Facts made from earlier ones: none is lost where two jobs make them at once."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import pytest

from doumen.model.errors import Conflict
from doumen.model.fact import Fact


def test_what_another_job_changed_meanwhile_is_not_overwritten(world: Any) -> None:
    desk = world.owner.desk
    seen = desk.facts()
    label = {"labels": ["core"], "origin": "set"}
    world.owner.do("label set", target="g.people.city", label="personal")
    with pytest.raises(Conflict, match="Another job changed") as error:
        desk.amend([Fact("label", "g.people.city", label)], subject="x", seen=seen)
    assert error.value.code == "conflict.changed"
    assert desk.facts().body("label", "g.people.city")["labels"] == ["personal"]
    desk.amend([Fact("label", "g.people.city", label)], subject="x", seen=desk.facts())
    assert desk.facts().body("label", "g.people.city")["labels"] == ["core"]


def test_labels_put_on_at_once_are_all_there(world: Any) -> None:
    labels = [f"at-once-{n}" for n in range(8)]

    def put(label: str) -> None:
        while True:
            with suppress(Conflict):
                world.owner.do("label set", target="g.people.id", label=label)
                return

    threads = [threading.Thread(target=put, args=(label,)) for label in labels]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = world.owner.desk.facts().body("label", "g.people.id")["labels"]
    assert set(labels) <= set(kept)
