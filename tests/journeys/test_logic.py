"""Logic tests in the format of sqllogictest: what is admitted gives the engine's own answers.

`DOUMEN_LOGIC_TESTS` names a folder of such files, as DuckDB and SQLite publish them; they are
not part of this project. `corpus/own.test` is in every run. The tables that a file makes are
written as Parquet, collected, and asked through the gate and, over the same files, by a bare
engine. A refusal is counted; a wrong answer or an error that is not told properly fails.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from doumen.model.errors import DoumenError, Tampered, Unavailable
from doumen.session import Session

HERE = Path(__file__).parent
FOLDER = os.environ.get("DOUMEN_LOGIC_TESTS", "")
FILES = sorted(Path(FOLDER).rglob("*.test")) if FOLDER else []
_WITHOUT = ("mode", "hash-threshold", "require", "halt", "sleep", "set", "reset")
_SETTING = re.compile(r"\s*(SET|RESET|PRAGMA|BEGIN|COMMIT|ROLLBACK|EXPLAIN)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Record:
    """A statement or a query of a file.

    `fails` says that the file expects an error.
    """

    sql: str
    query: bool
    fails: bool = False
    ordered: bool = False


def read(text: str) -> Iterator[Record]:
    """The records of a file, loops unrolled; ends where a directive is not known."""
    blocks = [block for block in re.split(r"\n\s*\n", _bare(text)) if block.strip()]
    yield from _unroll(blocks)


def _bare(text: str) -> str:
    """The text without comments; directives of one line stand apart."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    alone = ("loop ", "foreach ", "endloop", *_WITHOUT)
    return "\n".join(f"\n{line}\n" if line.startswith(alone) else line for line in lines)


def _unroll(blocks: Sequence[str]) -> Iterator[Record]:
    place = 0
    while place < len(blocks):
        block = blocks[place].strip("\n")
        first, *rest = block.split("\n")
        words = first.split()
        place += 1
        if words[0] in ("loop", "foreach"):
            end = _end(blocks, place)
            values = range(int(words[2]), int(words[3])) if words[0] == "loop" else words[2:]
            for value in list(values)[:3]:
                name = "${" + words[1] + "}"
                yield from _unroll([b.replace(name, str(value)) for b in blocks[place:end]])
            place = end + 1
        elif words[0] in ("statement", "query"):
            sql, _, _ = "\n".join(rest).partition("\n----")
            sorts = set(words[2:]) & {"rowsort", "valuesort"}
            fails = words[1] in ("error", "maybe")
            yield Record(sql.strip().rstrip(";"), words[0] == "query", fails, not sorts)
        elif words[0] not in _WITHOUT:
            return


def _end(blocks: Sequence[str], place: int) -> int:
    depth = 1
    while True:
        word = blocks[place].split()[0]
        depth += (word in ("loop", "foreach")) - (word == "endloop")
        if not depth:
            return place
        place += 1


@dataclass
class Tally:
    """What became of the queries of a file.

    Attributes:
        unread: Of tables that cannot be brought before the gate, or that cannot be named.
    """

    equal: int = 0
    unread: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    failed_alike: int = 0
    faults: list[str] = field(default_factory=list)


class Runner:
    """Runs files: their statements in a bare engine, their queries in both."""

    def __init__(self, session: Session, folder: Path, same: Any) -> None:
        self.session = session
        self.folder = folder
        self.same = same
        self.versions = 0

    def run(self, text: str) -> Tally:
        """Every query of a file, in the gate and beside it."""
        tally = Tally()
        shown: dict[str, str] = {}
        with duckdb.connect() as maker, duckdb.connect() as bare:
            bare.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")
            for record in read(text):
                if record.query and not _SETTING.match(record.sql):
                    sql = self._named(record.sql, maker, bare, shown)
                    if sql is None:
                        tally.unread += 1
                    else:
                        self._ask(sql, bare, tally)
                elif not _SETTING.match(record.sql):
                    shown.clear()
                    try:
                        maker.execute(record.sql)
                    except duckdb.Error:
                        if not record.fails:
                            return tally
        return tally

    def _ask(self, sql: str, bare: duckdb.DuckDBPyConnection, tally: Tally) -> None:
        try:
            theirs = bare.sql(sql)
            table = theirs.to_arrow_table() if theirs is not None else None
        except duckdb.Error:
            table = None
        try:
            answer = self.session.query(sql)
            ours = answer.arrow()
        except (Unavailable, Tampered) as error:
            tally.faults.append(f"{sql}\n  {type(error).__name__}: {error}")
        except DoumenError as error:
            if table is None:
                tally.failed_alike += 1
            else:
                tally.refused[str(error)] += 1
        else:
            if table is None:
                tally.faults.append(f"{sql}\n  is answered, and the engine refuses it")
            elif (ours.column_names, self.same(ours)) != (table.column_names, self.same(table)):
                tally.faults.append(f"{sql}\n  {ours.to_pydict()}\n  {table.to_pydict()}"[:2000])
            else:
                tally.equal += 1

    def _named(
        self,
        sql: str,
        maker: duckdb.DuckDBPyConnection,
        bare: duckdb.DuckDBPyConnection,
        shown: dict[str, str],
    ) -> str | None:
        """The query with `domain.table` for the tables of the file; None where it has others."""
        listed = maker.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal")
        there = {name.lower() for (name,) in listed.fetchall()}
        try:
            trees = sqlglot.parse(sql, dialect="duckdb")
        except (sqlglot.errors.SqlglotError, RecursionError):
            return sql if not there else None  # the gate says what is wrong
        tables = [t for tree in trees if tree for t in tree.find_all(exp.Table)]
        ctes = {c.alias.lower() for tree in trees if tree for c in tree.find_all(exp.CTE)}
        spots = []
        for table in tables:
            name = table.name.lower()
            if table.db or name in ctes or not isinstance(table.this, exp.Identifier):
                continue
            if name not in there or "start" not in table.this.meta:
                return None
            if name not in shown and not self._collect(name, maker, bare, shown):
                return None
            spots.append((table.this.meta["start"], table.this.meta["end"], shown[name]))
        for start, end, name in sorted(spots, reverse=True):
            sql = sql[:start] + name + sql[end + 1 :]
        return sql

    def _collect(
        self,
        name: str,
        maker: duckdb.DuckDBPyConnection,
        bare: duckdb.DuckDBPyConnection,
        shown: dict[str, str],
    ) -> bool:
        """Bring a table as it is now before the gate, and beside it; False if it cannot be."""
        self.versions += 1
        domain = f"v{self.versions}"
        path = self.folder / f"{domain}.parquet"
        try:
            maker.execute(f"COPY (FROM \"{name}\") TO '{path}' (FORMAT parquet)")
            self.session.do("collect", path=path, as_dataset=f"{domain}.{name}")
        except (duckdb.Error, DoumenError):
            return False
        schema = self.session.query(f"SELECT * FROM {domain}.{name} LIMIT 0").schema
        columns = ", ".join(f'CAST("{c.name}" AS {c.type}) AS "{c.name}"' for c in schema)
        bare.execute(f"CREATE SCHEMA {domain}")
        bare.execute(f"CREATE VIEW {domain}.{name} AS SELECT {columns} FROM read_parquet('{path}')")
        shown[name] = f"{domain}.{name}"
        return True


@pytest.fixture(scope="module")
def runner(world: Any, comparable: Any, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    return Runner(world.node.session(), tmp_path_factory.mktemp("logic"), comparable)


def test_own_file(runner: Runner) -> None:
    tally = runner.run((HERE / "corpus" / "own.test").read_text("utf-8"))
    assert tally.faults == []
    assert (tally.equal, tally.failed_alike, tally.unread) == (8, 1, 0)
    assert not tally.refused


@pytest.mark.parametrize("path", FILES, ids=[str(p.relative_to(FOLDER)) for p in FILES])
def test_file(runner: Runner, path: Path) -> None:
    assert runner.run(path.read_text("utf-8")).faults == []
