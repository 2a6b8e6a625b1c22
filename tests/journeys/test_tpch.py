"""The 22 TPC-H queries at SF0.1 through the gate equal plain DuckDB's, names and types included.

Lineage as `sys.lineage` tells it equals the truth that was made by hand for each query.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

import doumen
from doumen.session import Session, create

QUERIES = Path(__file__).parent.parent / "kits" / "sql" / "tpch"
TABLES = ("customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier")
NUMBERS = [f"q{number:02}" for number in range(1, 23)]


@dataclass
class Pair:
    """The same tables behind the gate and in a bare engine."""

    session: Session
    bare: duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("tpch")
    generate = [str(Path(sys.executable).parent / "tpchgen-cli"), "parquet", "-s", "0.1"]
    subprocess.run([*generate, "-o", str(folder / "files")], check=True, capture_output=True)
    create(folder / "node", "tpch")
    with doumen.open(folder / "node") as node, duckdb.connect() as bare:
        bare.execute("SET enable_progress_bar=false")
        bare.execute("CREATE SCHEMA tpch")
        owner = node.session()
        for table in TABLES:
            path = folder / "files" / f"{table}.parquet"
            owner.do("collect", path=path, as_dataset=f"tpch.{table}")
            bare.execute(f"CREATE VIEW tpch.{table} AS FROM read_parquet('{path}')")
        yield Pair(owner, bare)


def comparable(rows: list[tuple[Any, ...]]) -> list[tuple[str, ...]]:
    """Rows in a form where floating values compare within 1e-9, sorted."""
    return sorted(tuple(text(value) for value in row) for row in rows)


def text(value: Any) -> str:
    """One value."""
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:.9e}"
    return str(value.normalize() if isinstance(value, Decimal) else value)


@pytest.mark.parametrize("number", NUMBERS)
def test_answers_are_the_engine_s_own(pair: Pair, number: str) -> None:
    statement = (QUERIES / f"{number}.sql").read_text()
    answer = pair.session.query(statement)
    ours = answer.rows()
    theirs = pair.bare.execute(statement)
    description = theirs.description or []
    assert [(c.name, c.type) for c in answer.schema] == [(d[0], str(d[1])) for d in description]
    rows = theirs.fetchall()
    assert len(rows) > 0 or number in ("q18", "q20", "q02")
    assert comparable(ours) == comparable(rows)


def test_lineage_is_the_truth_made_by_hand(pair: Pair) -> None:
    truth = json.loads((QUERIES / "lineage.json").read_text())
    for number in NUMBERS:
        answer = pair.session.query((QUERIES / f"{number}.sql").read_text())
        answer.rows()
        rows = pair.session.query(
            "SELECT output_position, kind, source || '.' || source_column FROM sys.lineage "
            "WHERE event = ?",
            [answer.receipt],
        ).rows()
        shaping = columns(truth[number]["shaped_by"])
        for position, (_, flows, *more) in enumerate(truth[number]["outputs"], start=1):
            told: dict[str, set[str]] = {kind: set() for kind in ("projection", "influence")}
            for at, kind, source in rows:
                if at == position:
                    told[kind].add(source)
            assert told["projection"] == columns(flows), (number, position)
            assert told["influence"] == shaping | columns(" ".join(more)), (number, position)


def columns(names: str) -> set[str]:
    """The columns of a line of the truth: the letters before `_` tell the table."""
    tables = {table[0]: table for table in TABLES} | {"ps": "partsupp", "p": "part"}
    return {f"tpch.{tables[name.partition('_')[0]]}.{name}" for name in names.split()}
