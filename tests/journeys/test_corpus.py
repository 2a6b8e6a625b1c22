"""Statements by construct: through the gate they give what the bare engine gives.

As the owner beside plain views over the same files; under rules beside ordinary views, written
by hand, that say the same as the rules.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from doumen.model.errors import Refused


@pytest.fixture(scope="module")
def owner(world: Any) -> Any:
    return world.owner()


@pytest.fixture(scope="module")
def ruled(world: Any) -> Any:
    return {role: world.ruled(role) for role in ("analyst", "planner", "surveyor")}


def test_the_answer_is_the_engine_s_own(owner: Any, case: Any) -> None:
    owner.check(case)


def test_rules_are_as_views_written_by_hand(ruled: Any, role: str, case: Any) -> None:
    ruled[role].check(case)


def test_lineage_is_the_truth_made_by_hand(owner: Any, truth: Any) -> None:
    if truth.refused:
        with pytest.raises(Refused, match=re.escape(truth.refused)):
            owner.session.query(truth.sql)
        return
    answer = owner.session.query(truth.sql)
    answer.arrow()
    told = [(column.name, set[str](), set[str]()) for column in answer.schema]
    for place, kind, source in owner.session.query(
        "SELECT output_position, kind, source || '.' || source_column FROM sys.lineage "
        "WHERE event = ?",
        [answer.receipt],
    ).rows():
        told[place - 1][1 if kind == "projection" else 2].add(source)
    assert told == [(name, *columns) for name, columns in truth.outputs.items()]
