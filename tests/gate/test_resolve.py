"""Which datasets there are for an actor, before anything else is said."""

from __future__ import annotations

from typing import Any

import pytest

from doumen.model.errors import DoumenError

STATEMENTS = ("SELECT * FROM {}", "SELECT * FROM g.told, {}", "SELECT * FROM {}, g.zzz")


@pytest.mark.parametrize("purpose", [None, "marketing"])
@pytest.mark.parametrize("statement", STATEMENTS)
def test_hidden_and_absent_answer_alike(world: Any, statement: str, purpose: str | None) -> None:
    for name in ("told", "unseen"):
        world.collect(f"{name}.csv", f"{name}\n1\n", f"g.{name}")
    rules = world.folder / "told.yaml"
    rules.write_text("rules:\n  - {id: told, permit: discover, who: {role: analyst}, on: g.told}\n")
    world.owner.do("rule add", file=rules)
    told = []
    for name in ("g.unseen", "g.unsown"):
        with pytest.raises(DoumenError) as caught:
            world.as_("ana", purpose).query(statement.format(name))
        told.append(str(caught.value.as_json()).replace(name, "NAME"))
    assert told[0] == told[1]
