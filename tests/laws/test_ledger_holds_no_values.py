"""The ledger holds no row value and no literal of a statement or a rule, whatever is asked."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from doumen.model.errors import DoumenError

pytestmark = pytest.mark.law
CANARY = "Kanarienvogel-4711"
STATEMENTS = (
    f"SELECT '{CANARY}'",
    f"SELECT name FROM law.people WHERE name = '{CANARY}'",
    f"SELECT count(*) FROM law.people WHERE city || '{CANARY}' IS NOT NULL",
    f"SELECT CAST('{CANARY}' AS INTEGER) AS n FROM law.people",
    f"SELECT * FROM law.people WHERE '{CANARY}'",
    f"SELECT nothing('{CANARY}') FROM law.people",
    f"SELECT * FROM read_csv('{CANARY}')",
    f"SELECT case when id > 1 then '{CANARY}' end, id FROM law.people",
    f"/* {CANARY} */ SELECT count(*) FROM law.people -- {CANARY}",
)


def test_no_literal_and_no_value(world: Any) -> None:
    world.rule(
        "rules:\n  - id: r\n    permit: query\n    who: {role: analyst}\n    on: law.people\n"
        f"    duties:\n      - filter: \"name <> '{CANARY}'\"\n"
    )
    for session in (world.node.session(), world.node.session("ana")):
        for statement in STATEMENTS:
            with suppress(DoumenError):
                session.query(statement).rows()
        session.query("SELECT * FROM law.people WHERE id = ?", [41]).rows()
    entries = b"".join(world.node.session().desk.entries()).decode()
    assert CANARY not in entries
    assert "n041" not in entries
    assert "Wenzhou" not in entries
