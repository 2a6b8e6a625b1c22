"""Attached files under attack: the folder around them, their paths, what the rules hide of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import doumen
from doumen.model.errors import DoumenError
from doumen.session import Node, Session, create

RULES = """
rules:
  - id: people
    permit: query
    who: {role: analyst}
    on: att.people
    duties:
      - filter: "city <> 'Lishui'"
      - mask: {column: salary, method: "null"}
  - {id: no-secret, deny: query, who: {role: analyst}, on: {column: att.people.secret}}
  - {id: visits, permit: query, who: {role: analyst}, on: att.visits}
"""
PEOPLE = """id,city,salary,code,secret
1,Wenzhou,{0}1,7,{0}a
2,Lishui,{0}2,{0}x,{0}b
3,Ningbo,{0}3,8,{0}c
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, Path]]:
    """A node with two attached files, one of which an analyst sees in part; a third lies beside."""
    folder = tmp_path_factory.mktemp("hostile")
    create(folder / "node", "hostile")
    (folder / "data").mkdir()
    (folder / "data" / "people.csv").write_text(PEOPLE.format("CANARY"))
    (folder / "data" / "visits.csv").write_text("visit,person\n1,1\n2,2\n3,3\n")
    (folder / "data" / "beside.csv").write_text("a\nCANARYbeside\n")
    (folder / "rules.yaml").write_text(RULES)
    with doumen.open(folder / "node") as node:
        owner = node.session()
        for name in ("people", "visits"):
            owner.do("attach", path=folder / "data" / f"{name}.csv", as_dataset=f"att.{name}")
        owner.do("actor add", name="ana", role=("analyst",))
        owner.do("rule add", file=folder / "rules.yaml")
        yield node, folder / "data"


ATTACKS = (
    "SELECT * FROM '{dir}/people.csv'",
    'SELECT * FROM "{dir}/people.csv"',
    "SELECT * FROM read_csv('{dir}/people.csv')",
    "SELECT * FROM read_text('{dir}/people.csv')",
    "SELECT * FROM read_blob('{dir}/*')",
    "SELECT * FROM glob('{dir}/*')",
    "SELECT * FROM sniff_csv('{dir}/people.csv')",
    "FROM '{dir}/beside.csv'",
    "SELECT * FROM read_csv_auto('{dir}/beside.csv')",
    "SELECT filename FROM att.people",
    "SELECT file_index FROM att.people",
    "SELECT file_row_number FROM att.visits",
    "SELECT c4 FROM att.people",
    "SELECT secret FROM att.people",
    "SELECT people.c0 FROM att.people",
    "SELECT * FROM reject_errors",
    "SELECT * FROM reject_scans",
    "SELECT CAST(code AS INTEGER) FROM att.people",
    "SELECT sum(CAST(code AS INTEGER)) FROM att.people p JOIN att.visits v ON p.id = v.person",
    "SELECT error(code) FROM att.people",
    "SELECT * FROM att.people WHERE salary IS NOT NULL OR CAST(code AS DATE) IS NULL",
    "SELECT max(salary), min(salary) FROM att.people",
    "SELECT id, salary FROM att.people ORDER BY salary",
    "COPY att.people TO '{dir}/people.csv'",
    "SELECT stats(code) FROM att.people",
    "DESCRIBE att.people",
    "SUMMARIZE att.people",
    "EXPLAIN ANALYZE SELECT * FROM att.people",
    "SELECT * FROM duckdb_views()",
    "SELECT sql FROM duckdb_tables()",
    "SELECT current_setting('allowed_paths')",
)


def told(session: Session, statement: str) -> str:
    """All that the analyst is told."""
    parts = []
    for ask in (lambda: session.query(statement).rows(), lambda: session.explain(statement)):
        try:
            parts.append(repr(ask()))
        except DoumenError as error:
            parts.append(str(error.as_json()))
    return "\n".join(parts)


@pytest.mark.parametrize("statement", ATTACKS)
def test_nothing_hidden_is_told(place: tuple[Node, Path], statement: str) -> None:
    node, folder = place
    ana = node.session("ana")
    assert ana.query("SELECT count(*) FROM att.people").rows() == [(2,)]
    said = told(ana, statement.format(dir=folder))
    assert "CANARY" not in said
    written = statement.format(dir=folder)
    assert str(folder) not in said.replace(written, "") or str(folder) in written
    assert "Lishui" not in said
    assert (folder / "people.csv").read_text() == PEOPLE.format("CANARY")


def test_the_worker_may_open_exactly_these_files(place: tuple[Node, Path]) -> None:
    """Past the parser, in the engine itself: the attached files and nothing beside them."""
    import duckdb

    from doumen.engines.duckdb.instance import Instance, Reach
    from doumen.model.plan import Bounds

    _, folder = place
    instance = Instance(folder)
    files = [str(folder / "visits.csv")]
    instance.lock(Reach.of(Bounds(), files, (), {files[0]: "stamp"}))
    with instance.connection() as connection:
        assert connection.execute(f"SELECT count(*) FROM read_csv('{files[0]}')").fetchall()
        for other in ("beside.csv", "people.csv", "*.csv", "../node/doumen.toml"):
            with pytest.raises(duckdb.Error):
                connection.execute(f"SELECT * FROM read_text('{folder}/{other}')")
    instance.close()


def test_hidden_changes_are_not_told_apart(place: tuple[Node, Path]) -> None:
    """The same questions over two files that differ in what the rules hide, attached in turn."""
    node, folder = place
    path = folder / "people.csv"
    answers = []
    for hidden in ("other", "CANARY"):
        path.write_text(PEOPLE.format(hidden))
        node.session().do("attach", path=path, as_dataset="att.people", replace=True)
        ana = node.session("ana")
        said = (told(ana, statement.format(dir=folder)) for statement in ATTACKS)
        answers.append([re.sub(r"'version': \d+", "", one) for one in said])
    assert answers[0] == answers[1]
