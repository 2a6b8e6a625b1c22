"""Shorter statements: each lacks one part, and the statement itself stays as it is."""

from __future__ import annotations

import pytest

from doumen.kits.sql import parse
from doumen.kits.sql.shorter import shorter
from doumen.model.errors import Invalid

TEXT = (
    "SELECT a.x, count(*) AS n FROM d.t AS a JOIN d.u AS b ON a.x = b.x WHERE a.y > 1 AND b.z = 2 "
    "GROUP BY a.x HAVING count(*) > 1 ORDER BY a.x LIMIT 3"
)


def test_each_part_is_left_out_once() -> None:
    found = list(shorter(TEXT))
    assert len(found) == len(set(found))
    for part in ("HAVING", "LIMIT", "ORDER BY", "WHERE", "JOIN", "GROUP BY", "count(*) AS n"):
        assert any(part.casefold() not in text.casefold() for text in found), part
    assert any("a.y > 1" in text and "AND" not in text for text in found)
    assert any("b.z = 2" in text and "AND" not in text for text in found)
    assert all(len(text) < len(TEXT) + 10 for text in found)


@pytest.mark.parametrize("text", list(shorter(TEXT)))
def test_what_is_left_can_be_read(text: str) -> None:
    parse(text)


def test_sides_of_set_operations_stand_alone() -> None:
    text = "SELECT a.x FROM d.t AS a UNION SELECT b.x FROM d.u AS b"
    assert {"SELECT a.x FROM d.t AS a", "SELECT b.x FROM d.u AS b"} <= set(shorter(text))


def test_a_query_inside_is_cut_too() -> None:
    text = "SELECT a.x FROM d.t AS a WHERE a.x IN (SELECT b.x FROM d.u AS b WHERE b.x > 1)"
    assert any("b.x > 1" not in one and "IN (" in one for one in shorter(text))


def test_nothing_is_left_of_the_shortest() -> None:
    assert list(shorter("SELECT 1 AS x")) == []


def test_what_is_no_statement_is_refused() -> None:
    with pytest.raises(Invalid):
        list(shorter("SELECT FROM"))
