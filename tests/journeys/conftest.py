"""Tables behind the gate and in bare engines beside it, and the corpus of statements.

The corpus lies in `corpus/`, one file per construct: a comment names a statement, `(in order)`
says that its rows are a sequence, `-- with […]` gives its parameters, `-- refused …` says what
of it is not admitted. Under rules, the bare
engine has ordinary views, written by hand, that say the same as the rules.
"""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from ruamel.yaml import YAML

import doumen
from doumen.model.errors import DoumenError, Refused
from doumen.session import Node, Session, create

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
TPCH = ("customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier")
HAND = ("calibrations", "edges", "nothing", "odd", "readings", "sales", "staff", "things", "widths")
ROLES = ("analyst", "planner", "surveyor")


@dataclass(frozen=True)
class Case:
    """One statement of the corpus."""

    construct: str
    name: str
    sql: str
    ordered: bool = False
    parameters: tuple[Any, ...] = ()
    refused: str = ""

    def __str__(self) -> str:
        return f"{self.construct}: {self.name}"


def cases(path: Path) -> Iterator[Case]:
    """The statements of a file of the corpus."""
    for block in re.split(r"\n{2,}(?=-- )", path.read_text("utf-8").strip()):
        first, *lines = block.splitlines()
        told = dict(_told(lines))
        yield Case(
            path.stem,
            first.removeprefix("-- ").removesuffix(" (in order)"),
            "\n".join(line for line in lines if not line.startswith("-- ")).removesuffix(";"),
            first.endswith(" (in order)"),
            tuple(json.loads(told.get("with", "[]"))),
            told.get("refused", ""),
        )


def _told(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What further comments say of a statement."""
    for line in lines:
        if line.startswith("-- "):
            word, _, rest = line.removeprefix("-- ").partition(" ")
            yield word, rest


@dataclass(frozen=True)
class Truth:
    """What the outputs of a statement are made of, and what shaped them, worked out by hand."""

    says: str
    sql: str
    outputs: Mapping[str, tuple[set[str], set[str]]]
    refused: str = ""


def truths(path: Path) -> list[Truth]:
    """The truths of a file, columns as `domain.table.column`."""
    found = []
    for entry in YAML(typ="safe").load(path.read_text("utf-8")):
        shared = _columns(entry["shaped_by"])
        outputs = {}
        for name, columns in entry["outputs"].items():
            made_of, _, shaped_by = columns.partition("/")
            outputs[name] = (_columns(made_of), shared | _columns(shaped_by))
        found.append(Truth(entry["says"], entry["sql"], outputs, entry.get("refused", "")))
    return found


def _columns(names: str) -> set[str]:
    """Columns of TPC-H bear the first letters of their table; others are `table.column`."""
    prefixes = {table[0]: table for table in TPCH} | {"ps": "partsupp", "p": "part"}
    return {
        f"hand.{name}" if "." in name else f"tpch.{prefixes[name.partition('_')[0]]}.{name}"
        for name in names.split()
    }


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give `case`, each statement of the corpus, and `role` to the tests that ask for them."""
    files = sorted(path for path in CORPUS.glob("*.sql") if path.name != "hand.sql")
    found = [case for path in files for case in cases(path)]
    if "role" in metafunc.fixturenames:
        ruled = [(role, case) for role in ROLES for case in found if _speaks_of(role, case)]
        ids = [f"{role}, {case}" for role, case in ruled]
        metafunc.parametrize(("role", "case"), ruled, ids=ids)
    elif "case" in metafunc.fixturenames:
        metafunc.parametrize("case", found, ids=str)
    if "truth" in metafunc.fixturenames:
        known = truths(CORPUS / "lineage.yaml")
        metafunc.parametrize("truth", known, ids=[each.says for each in known])


@cache
def _ruled(role: str) -> frozenset[str]:
    """The datasets of which the rules of a role ask something."""
    rules = YAML(typ="safe").load((CORPUS / "rules" / f"{role}.yaml").read_text("utf-8"))["rules"]
    targets = [rule["on"] for rule in rules if rule["on"] != "*.*"]
    return frozenset(
        on if isinstance(on, str) else on["column"].rpartition(".")[0] for on in targets
    )


def _speaks_of(role: str, case: Case) -> bool:
    return any(dataset in case.sql for dataset in _ruled(role))


@dataclass(frozen=True)
class Beside:
    """A session before the gate, and a bare engine that shows the same under the same names."""

    session: Session
    bare: duckdb.DuckDBPyConnection
    ruled: bool = False

    def check(self, case: Case) -> None:
        """Hold the gate's answer against the engine's own: names, types, rows.

        What the engine refuses (a column that is not shown, text added up) the gate refuses.
        """
        try:
            theirs = self.bare.sql(case.sql, params=list(case.parameters))
            columns, table = typed(theirs), theirs.to_arrow_table()
        except duckdb.Error:
            if not self.ruled:
                raise
            with pytest.raises(DoumenError):
                self.session.query(case.sql, case.parameters).arrow()
            return
        if case.refused:
            with pytest.raises(Refused, match=re.escape(case.refused)):
                self.session.query(case.sql, case.parameters)
            return
        answer = self.session.query(case.sql, case.parameters)
        ours = answer.arrow()
        assert [(column.name, column.type) for column in answer.schema] == columns
        assert ours.schema.types == table.schema.types
        assert rows_of(ours, ordered=case.ordered) == rows_of(table, ordered=case.ordered)


@dataclass(frozen=True)
class World:
    """A node with the datasets of the corpus and an actor for each role."""

    node: Node
    folder: Path
    files: Mapping[str, Path]

    def owner(self) -> Beside:
        """The owner, beside plain views over the same files."""
        bare = engine(self.files, "raw")
        for dataset in self.files:
            domain, _, table = dataset.partition(".")
            bare.execute(f"CREATE SCHEMA IF NOT EXISTS {domain}")
            bare.execute(f"CREATE VIEW {dataset} AS FROM raw.{domain}_{table}")
        return Beside(self.node.session(), bare)

    def ruled(self, role: str) -> Beside:
        """An actor of this role, beside the views that were written by hand."""
        bare = engine(self.files, "raw")
        outer, inner = self.node.means.mask_keys
        views = (CORPUS / "rules" / f"{role}.sql").read_text("utf-8")
        bare.execute(views.replace("{outer}", outer).replace("{inner}", inner))
        return Beside(self.node.session(f"the_{role}", "research"), bare, ruled=True)


def engine(files: Mapping[str, Path], schema: str) -> duckdb.DuckDBPyConnection:
    """A bare engine with a view `schema.domain_table` over each file."""
    bare = duckdb.connect()
    bare.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")
    bare.execute(f"CREATE SCHEMA {schema}")
    for dataset, path in files.items():
        name = dataset.replace(".", "_")
        bare.execute(f"CREATE VIEW {schema}.{name} AS FROM read_parquet('{path}')")
    return bare


def tpch(folder: Path, scale: str) -> dict[str, Path]:
    """Make the tables of TPC-H as Parquet files."""
    generate = [str(Path(sys.executable).parent / "tpchgen-cli"), "parquet", "-s", scale]
    subprocess.run([*generate, "-o", str(folder)], check=True, capture_output=True)
    return {f"tpch.{table}": folder / f"{table}.parquet" for table in TPCH}


def hand(folder: Path) -> dict[str, Path]:
    """Write the dataset made by hand as Parquet files."""
    with duckdb.connect() as bare:
        bare.execute("SET TimeZone = 'UTC'")
        bare.execute((CORPUS / "hand.sql").read_text("utf-8"))
        for table in HAND:
            bare.execute(f"COPY {table} TO '{folder / table}.parquet' (FORMAT parquet)")
    return {f"hand.{table}": folder / f"{table}.parquet" for table in HAND}


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("corpus")
    files = tpch(folder / "files", "0.01") | hand(folder / "files")
    create(folder / "node", "corpus")
    with doumen.open(folder / "node") as node:
        owner = node.session()
        for dataset, path in files.items():
            owner.do("collect", path=path, as_dataset=dataset)
        for role in ROLES:
            owner.do("actor add", name=f"the_{role}", role=(role,), purpose=("research",))
            owner.do("rule add", file=CORPUS / "rules" / f"{role}.yaml")
        yield World(node, folder, files)


@pytest.fixture(scope="session")
def comparable() -> Callable[[pa.Table], list[tuple[str, ...]]]:
    """Rows of any order in a form where floating values compare within 1e-9."""
    return rows_of


def typed(relation: duckdb.DuckDBPyRelation) -> list[tuple[str, str]]:
    """Names and types of a bare result; the type of a bare NULL is written without quotes."""
    types = (str(each).replace('"NULL"', "NULL") for each in relation.types)
    return list(zip(relation.columns, types, strict=True))


def rows_of(table: pa.Table, *, ordered: bool = False) -> list[tuple[str, ...]]:
    """Rows in a form where floating values compare within 1e-9; sorted unless in order."""
    found = list(zip(*(_cells(column) for column in table.columns), strict=True))
    return found if ordered else sorted(found)


def _cells(column: pa.ChunkedArray) -> list[str]:
    """The values of a column; times as numbers, since Python has no infinite ones."""
    if pa.types.is_date(column.type):
        column = column.cast(pa.int32())
    elif pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    return [_text(value) for value in column.to_pylist()]


def _text(value: Any) -> str:
    """One value, told apart from every other value of its type."""
    if isinstance(value, float) and math.isfinite(value):
        return f"{value or 0.0:.9e}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_text(each) for each in value) + "]"
    return repr(value)
