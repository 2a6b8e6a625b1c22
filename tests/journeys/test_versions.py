"""Time travel: `AT` gives what a bare engine gives over the files of that version."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import doumen
from doumen.model.errors import DoumenError
from doumen.session import Session, create

WHOLE = "FROM {now} SELECT count(*) AS n, max(id) AS last"
STATEMENTS = [
    "SELECT id, name FROM {first} ORDER BY id",
    "SELECT name, count(*) AS n FROM {second} AS g WHERE g.id > 1 GROUP BY name",
    "SELECT n.id, o.name FROM {now} n LEFT JOIN {first} o USING (id)",
    "SELECT id FROM {second} EXCEPT SELECT id FROM {first}",
    "SELECT count(*) AS n FROM {then}",
    "WITH o AS (FROM {then} SELECT id) SELECT (SELECT max(id) FROM {now}) - max(id) AS d FROM o",
]
"""`{first}`, `{second}`: by version; `{then}`: as it was between the second and the third."""


@dataclass(frozen=True)
class Grown:
    """A dataset of three versions; for each name how it is asked, and the view beside it."""

    owner: Session
    analyst: Session
    bare: duckdb.DuckDBPyConnection
    asked: dict[str, str]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grown]:
    folder = tmp_path_factory.mktemp("versions")
    create(folder / "node", "versions")
    with doumen.open(folder / "node") as node, duckdb.connect() as bare:
        owner = node.session()
        moments, files = [], []
        for version in (1, 2, 3):
            path = folder / f"part{version}.parquet"
            _part(path, version)
            files.append(str(path))
            made = owner.do("collect", path=path, as_dataset="hand.growing", append=True)
            assert made.json["snapshot"] == version
            bare.execute(f"CREATE VIEW v{version} AS FROM read_parquet({files})")
            bare.execute(f"CREATE VIEW few{version} AS FROM v{version} WHERE name <> 'b'")
            time.sleep(0.01)
            moments.append(datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" "))
            time.sleep(0.01)
        owner.do("actor add", name="ana", role=("analyst",))
        (folder / "rules.yaml").write_text(
            "rules:\n  - {id: few, permit: query, who: {role: analyst}, on: hand.growing,\n"
            "     duties: [{filter: \"name <> 'b'\"}]}\n"
        )
        owner.do("rule add", file=folder / "rules.yaml")
        asked = {
            "first": "hand.growing AT (VERSION => 1)",
            "second": "hand.growing AT (VERSION => 2)",
            "now": "hand.growing",
            "then": f"hand.growing AT (TIMESTAMP => TIMESTAMP '{moments[1]}')",
        }
        yield Grown(owner, node.session("ana"), bare, asked)


def _part(path: Path, version: int) -> None:
    """Four rows that no other version has."""
    rows = ", ".join(f"({4 * version + n}, '{'abc'[n % 3]}')" for n in range(4))
    with duckdb.connect() as engine:
        engine.execute(f"COPY (FROM (VALUES {rows}) t(id, name)) TO '{path}' (FORMAT parquet)")


def _beside(views: str) -> dict[str, str]:
    places = {"first": 1, "second": 2, "now": 3, "then": 2}
    return {name: f"{views}{version}" for name, version in places.items()}


@pytest.mark.parametrize("statement", [WHOLE, *STATEMENTS])
def test_a_version_is_what_its_files_hold(grown: Grown, comparable: Any, statement: str) -> None:
    theirs: pa.Table = grown.bare.sql(statement.format(**_beside("v"))).to_arrow_table()
    ours = grown.owner.query(statement.format(**grown.asked)).arrow()
    assert ours.schema.names == theirs.schema.names
    assert comparable(ours) == comparable(theirs)
    assert ours.num_rows


@pytest.mark.parametrize("statement", [WHOLE, *STATEMENTS])
def test_rules_hold_in_the_past(grown: Grown, comparable: Any, statement: str) -> None:
    theirs = grown.bare.sql(statement.format(**_beside("few"))).to_arrow_table()
    ours = grown.analyst.query(statement.format(**grown.asked)).arrow()
    assert comparable(ours) == comparable(theirs)


@pytest.mark.parametrize("at", ["VERSION => 0", "VERSION => 4", "TIMESTAMP => DATE '1990-01-01'"])
def test_a_version_that_there_never_was(grown: Grown, at: str) -> None:
    with pytest.raises(DoumenError):
        grown.owner.query(f"SELECT * FROM hand.growing AT ({at})").arrow()
