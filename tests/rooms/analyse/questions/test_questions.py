"""Saved questions on a node: kept, shared by their text, asked again, answers with receipts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.model.errors import DoumenError, Invalid, NotFound, Refused
from doumen.model.fact import Fact
from doumen.model.operation import Table
from doumen.operations import find
from doumen.rooms.analyse.questions import keeping
from doumen.session import Node, create

RULES = """
rules:
  - id: read
    permit: query
    who: {role: analyst}
    on: q.people
    duties: [{filter: "city <> 'Lishui'"}]
  - {id: study, permit: query, who: {role: analyst}, on: q.study, for: [research]}
"""
SQL = "SELECT id, city FROM q.people WHERE id > ?"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("questions")
    create(folder / "n", "Bureau")
    with doumen.open(folder / "n") as node:
        owner = node.session()
        for name in ("people", "study", "secret"):
            path = folder / f"{name}.csv"
            path.write_text("id,city\n1,Wenzhou\n2,Lishui\n3,Ningbo\n", encoding="utf-8")
            owner.do("collect", path=path, as_dataset=f"q.{name}")
        for actor, roles in (("ana", ["analyst"]), ("bob", ["analyst", "pilot"]), ("eve", [])):
            purposes = ["research"] if actor in {"ana", "bob"} else []
            body = {"participant": "", "roles": roles, "purposes": purposes, "claims": {}}
            owner.desk.amend([Fact("actor", actor, body)], subject=actor)
        rules = folder / "rules.yaml"
        rules.write_text(RULES, encoding="utf-8")
        owner.do("rule add", file=rules)
        yield node


def do(node: Node, actor: str, verb: str, purpose: str | None = None, **given: Any) -> Any:
    """Do a verb; gives its JSON, which has all that the verb promises."""
    outcome = node.session(actor, purpose).do(verb, **given)
    told = json.loads(json.dumps(dict(outcome.json), default=list))
    assert set(find(tuple(verb.split())).gives) <= set(told)
    return told


def saved(node: Node, actor: str = "ana", sql: str = SQL, **given: Any) -> str:
    given = {"title": "Cities", "param": ("0",), **given}
    return str(do(node, actor, "question save", sql=sql, **given)["question"])


def test_a_question_is_kept_and_asked_again(node: Node) -> None:
    told = do(node, "ana", "question save", sql=SQL, title="Cities", param=("0",), chart=1)
    key = told["question"]
    assert key.startswith("ana/Q-")
    assert told["parameters"] == [0]
    assert told["datasets"] == ["q.people"]
    assert (told["shared"], told["purpose"], told["chart"]) == ([], None, 1)
    first = do(node, "ana", "question run", question=key.removeprefix("ana/"))
    assert first["rows"] == [[1, "Wenzhou"], [3, "Ningbo"]]
    second = do(node, "ana", "question run", question=key, param=("1",))
    assert second["rows"] == [[3, "Ningbo"]]
    shown = do(node, "ana", "question show", question=key)
    assert [one["receipt"] for one in shown["answers"]] == [second["receipt"], first["receipt"]]
    assert [one["parameters"] for one in shown["answers"]] == [[1], [0]]
    assert shown["sql"] == SQL
    rows = node.session("ana").query(
        f"SELECT id FROM sys.events WHERE subject = 'question {key}' AND type = 'query'"
    ).rows()  # fmt: skip
    assert {row[0] for row in rows} == {first["receipt"], second["receipt"]}


def test_it_is_put_in_the_place_of_an_earlier_one(node: Node) -> None:
    key = saved(node)
    do(node, "ana", "question share", question=key, role=("pilot",))
    told = do(node, "ana", "question save", sql="SELECT 1 AS n", title="One", id=key)
    assert (told["question"], told["shared"], told["datasets"]) == (key, ["pilot"], [])
    with pytest.raises(NotFound, match="There is no question `Q-NONE`"):
        do(node, "ana", "question save", sql="SELECT 1", title="One", id="Q-NONE")
    with pytest.raises(NotFound, match="You saved no question"):
        do(node, "bob", "question save", sql="SELECT 1", title="One", id=key)


def test_its_text_is_shared_and_never_its_answer(node: Node) -> None:
    key = saved(node)
    with pytest.raises(NotFound):
        do(node, "bob", "question show", question=key)
    assert do(node, "ana", "question share", question=key, role=("pilot", "pilot"))["shared"] == [
        "pilot"
    ]
    do(node, "ana", "question run", question=key)
    seen = do(node, "bob", "question show", question=key)
    assert seen["sql"] == SQL
    assert seen["answers"] == []
    assert key in {one["question"] for one in do(node, "bob", "question list")["questions"]}
    answer = do(node, "bob", "question run", question=key)
    (own,) = do(node, "bob", "question show", question=key)["answers"]
    assert own["receipt"] == answer["receipt"]
    refused: tuple[tuple[str, dict[str, Any]], ...] = (
        ("question share", {"everyone": True}),
        ("question remove", {}),
    )
    for verb, given in refused:
        with pytest.raises(NotFound, match="You saved no question"):
            do(node, "bob", verb, question=key, **given)
    do(node, "ana", "question share", question=key)
    with pytest.raises(NotFound):
        do(node, "bob", "question run", question=key)


def test_it_is_read_by_those_who_know_what_it_names(node: Node) -> None:
    key = saved(node)
    do(node, "ana", "question share", question=key, everyone=True)
    assert do(node, "bob", "question show", question=key)
    with pytest.raises(NotFound):
        do(node, "eve", "question show", question=key)
    mine = saved(node, "owner", "SELECT * FROM q.secret, sys.datasets")
    do(node, "owner", "question share", question=mine, everyone=True)
    with pytest.raises(NotFound):
        do(node, "bob", "question show", question=mine)


def test_the_purpose_is_kept(node: Node) -> None:
    told = do(node, "ana", "question save", "research", sql="SELECT id FROM q.study", title="S")
    with pytest.raises(Invalid, match="asked for purpose `research`") as caught:
        do(node, "ana", "question run", question=told["question"])
    assert "--for research" in str(caught.value.next)
    assert len(do(node, "ana", "question run", "research", question=told["question"])["rows"]) == 3
    fields = node.session("ana").do("question show", question=told["question"]).drawn
    assert "research" in str(fields)


def test_it_is_explained_and_written_to_a_file(node: Node, tmp_path: Path) -> None:
    key = saved(node)
    before = len(node.session("ana").desk.asked(limit=1000))
    told = do(node, "ana", "question run", question=key, explain=True)
    assert told["tables"][0]["rows"] == "filtered"
    assert len(node.session("ana").desk.asked(limit=1000)) == before
    told = do(node, "ana", "question run", question=key, output=tmp_path / "a.csv")
    assert told["rows"] == 2
    assert (tmp_path / "a.csv").read_text().count("\n") == 3


def test_it_is_removed_with_its_text(node: Node) -> None:
    key = saved(node, sql="SELECT 'erase me' AS n", param=())
    do(node, "ana", "question save", sql="SELECT 'erase me too'", title="T", id=key)
    do(node, "ana", "question remove", question=key)
    with pytest.raises(NotFound):
        do(node, "ana", "question show", question=key)
    with node.means.database.read() as connection:
        bodies = connection.exec_driver_sql("SELECT body FROM facts").scalars().all()
    assert "erase me" not in str(bodies)
    theirs = saved(node)
    do(node, "owner", "question remove", question=theirs)
    assert theirs not in {q["question"] for q in do(node, "ana", "question list")["questions"]}


def test_the_owner_lists_their_own(node: Node) -> None:
    key = saved(node)
    assert key not in {q["question"] for q in do(node, "owner", "question list")["questions"]}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": ""}, "a title has 1 to 200"),
        ({"title": "x" * 201}, "a title has 1 to 200"),
        ({"title": "a\nb"}, "printable"),
        ({"sql": "SELECT 1 --" + "x" * 100_000}, "100,011 characters; 100,000 are kept"),
        ({"chart": 0}, "numbered from 1"),
        ({"as_of": "never"}, "no version and no moment"),
    ],
)
def test_what_is_not_kept(node: Node, given: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        saved(node, **given)


@pytest.mark.parametrize("sql", ["SELECT", "DROP TABLE q.people", "SELECT * FROM read_csv('x')"])
def test_what_the_gate_would_not_read_is_not_kept(node: Node, sql: str) -> None:
    with pytest.raises((Invalid, Refused)):
        saved(node, sql=sql)


def test_there_is_an_end(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST", 1)
    key = saved(node, "eve", "SELECT 1", param=())
    with pytest.raises(Invalid, match="saved 1 questions"):
        saved(node, "eve", "SELECT 2", param=())
    saved(node, "eve", "SELECT 3", param=(), id=key)


def test_history(node: Node) -> None:
    ids = [do(node, "eve", "query", sql=f"SELECT {n} AS n")["receipt"] for n in range(3)]
    page = do(node, "eve", "question history", limit=2)
    assert [one["receipt"] for one in page["asked"]] == ids[:0:-1]
    assert [one["sql"] for one in page["asked"]] == ["SELECT 2 AS n", "SELECT 1 AS n"]
    assert page["next"] == ids[1]
    rest = do(node, "eve", "question history", before=page["next"])
    assert [one["receipt"] for one in rest["asked"]] == ids[:1]
    assert rest["next"] is None
    key = saved(node, "eve", "SELECT 7 AS n", param=())
    answer = do(node, "eve", "question run", question=key)
    told = do(node, "eve", "question history", question=key)
    assert [one["receipt"] for one in told["asked"]] == [answer["receipt"]]
    assert do(node, "eve", "question history", question="ana/Q-1")["asked"] == []


def test_what_is_drawn(node: Node) -> None:
    eve = node.session("eve")
    with pytest.raises(DoumenError):
        eve.query("SELECT CAST('x' AS BIGINT) AS n").rows()
    eve.query("SELECT 'gone'").rows()
    with node.means.database.write() as connection:
        last = eve.desk.asked(limit=1)[0].id
        connection.exec_driver_sql(f"DELETE FROM receipts WHERE id = '{last}'")
    outcome = eve.do("question history", limit=2)
    (table,) = outcome.drawn
    assert isinstance(table, Table)
    gone, failed = table.rows
    assert gone[3:] == (1, "its receipt was shredded")
    assert failed[3] != ""
    assert failed[4] == "SELECT CAST('x' AS BIGINT) AS n"
    assert outcome.said[0].startswith("Go on: doumen question history --before ")
    key = saved(node, "eve", "SELECT ? AS n")
    assert "parameters" in str(eve.do("question show", question=key).drawn)
    (listed,) = eve.do("question list").drawn
    assert isinstance(listed, Table)
    assert key in {row[0] for row in listed.rows}
