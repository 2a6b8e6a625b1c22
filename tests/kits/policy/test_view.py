"""The view of a dataset as people read it: what they see, and nothing of what they may not know."""

from __future__ import annotations

from typing import Any

import pytest

from doumen.kits.policy import DatasetRuling, RuledColumn, view_text
from doumen.model.ref import Ref
from doumen.model.rule import Mask
from doumen.model.schema import Column


def masked(name: str, type: str, method: str, **options: Any) -> RuledColumn:
    return RuledColumn(Column(name, type), Mask(method, name, tuple(sorted(options.items()))))


def view(*columns: RuledColumn, literals: bool = False, **more: Any) -> str:
    return view_text(DatasetRuling(Ref("g", "p"), columns, **more), literals=literals)


ID = RuledColumn(Column("id", "BIGINT"))
FILTERS = (("read", "city <> 'Lishui'"), ("young", "age < actor.limit"))
MAPPING = {"levels": (("Lishui", "south"), ("Ningbo", "north"))}


def test_filters_are_for_those_who_govern() -> None:
    assert view(ID, filters=FILTERS) == (
        'CREATE VIEW g.p AS\nSELECT\n  "id"\nFROM g.p\nWHERE ⟨read⟩\n  AND ⟨young⟩'
    )
    assert view(ID, filters=FILTERS, literals=True).endswith(
        "WHERE (city <> 'Lishui')\n  AND (age < actor.limit)"
    )
    assert view(ID) == 'CREATE VIEW g.p AS\nSELECT\n  "id"\nFROM g.p'


@pytest.mark.parametrize("literals", [True, False])
def test_keys_are_for_nobody(literals: bool) -> None:
    text = view(ID, masked("name", "VARCHAR", "hash"), literals=literals)
    assert "sha256(CAST(⟨key⟩ AS VARCHAR) || sha256(CAST(⟨key⟩ AS VARCHAR) || " in text
    assert text.count("getvariable") == 0


def test_a_mapping_is_for_those_who_govern() -> None:
    column = masked("city", "VARCHAR", "generalise", **MAPPING)
    assert "⟨…⟩" in view(column)
    assert "Lishui" not in view(column)
    assert "['Lishui', 'Ningbo']" in view(column, literals=True)
    assert "['south', 'north']" in view(column, literals=True)


def test_steps_and_edges_show_in_what_they_leave() -> None:
    assert '"age" % CAST(10 AS BIGINT)' in view(masked("age", "BIGINT", "generalise", levels=10))
    edges = view(masked("age", "BIGINT", "bucket", edges=(18, 65)))
    assert "CAST(18 AS BIGINT)" in edges
    assert "CAST(65 AS BIGINT)" in edges


def test_a_quote_stays_in_its_text() -> None:
    column = masked("city", "VARCHAR", "generalise", levels=(("O'Hare", "x"),))
    assert "['O''Hare']" in view(column, literals=True)


def test_a_column_of_a_strange_name_is_a_name() -> None:
    name = "getvariable('m_1')"
    text = view(masked(name, "VARCHAR", "partial", keep_start=1, keep_end=0, **{"with": "*"}))
    assert f'"{name}"' in text
