"""Law 6: the same receipt gives the same answer, also after the data and the rules changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doumen.model.errors import NotFound, Refused
from doumen.model.ref import Ref

pytestmark = pytest.mark.law
RULES = """
rules:
  - id: r
    permit: query
    who: {role: analyst}
    on: law.people
    duties:
      - filter: "city <> 'Wenzhou' AND salary < 4000"
      - mask: {column: name, method: hash}
"""
STATEMENTS = (
    "SELECT name, age FROM law.people WHERE age > ? ORDER BY age",
    "SELECT city, avg(salary / 7.0) AS pay, count(*) AS n FROM law.people WHERE id > ? GROUP BY 1",
    "SELECT now() AS t, id FROM law.people WHERE id > ?",
    "SELECT count(*) AS n FROM sys.events WHERE position > ?",
)


@pytest.fixture
def asked(world: Any, tmp_path: Path) -> Any:
    world.rule(RULES)
    ana = world.node.session("ana")
    receipts = []
    for number, statement in enumerate(STATEMENTS):
        answer = ana.query(statement, [3])
        table = answer.arrow()
        pq.write_table(table, tmp_path / f"{number}.parquet")
        receipts.append((ana.desk.receipt(answer.receipt), tmp_path / f"{number}.parquet"))
    return ana, receipts


def test_replay_gives_the_same(world: Any, asked: Any, tmp_path: Path) -> None:
    ana, receipts = asked
    path = world.write("more", [{"id": 500, "name": "new", "city": "Lishui", "age": 20,
                                 "salary": 1, "code": "1"}], None)  # fmt: skip
    world.node.session().do("collect", path=Path(path), as_dataset="law.people", append=True)
    world.rule("rules:\n  - {id: no, deny: query, who: {role: analyst}, on: law.people}\n")
    for text, result in receipts:
        file = tmp_path / "receipt.json"
        file.write_text(text)
        found = ana.do("receipt replay", receipt=str(file), result=result)
        assert found.exit == 0, found.json
        assert found.json["exact"]
        assert found.json["floating"] in ("none", "equal", "close")


def test_another_result_is_not_the_same(asked: Any, tmp_path: Path) -> None:
    ana, receipts = asked
    text, result = receipts[1]
    table = pq.read_table(result)
    wrong = pa.compute.multiply(table["pay"], 1.001)
    pq.write_table(table.set_column(1, "pay", wrong), result)
    file = tmp_path / "receipt.json"
    file.write_text(text)
    found = ana.do("receipt replay", receipt=str(file), result=result)
    assert found.json["floating"] in ("equal", "differs")


def test_a_missing_snapshot_is_named(world: Any, tmp_path: Path) -> None:
    (tmp_path / "gone.csv").write_text("a\n1\n")
    own = world.node.session()
    own.do("collect", path=tmp_path / "gone.csv", as_dataset="law.gone")
    answer = own.query("SELECT a FROM law.gone")
    answer.rows()
    world.node.means.lake.remove(own.desk.facts().snapshot(Ref("law", "gone")).files)
    with pytest.raises(NotFound) as caught:
        own.do("receipt replay", receipt=answer.receipt)
    assert "law.gone" in caught.value.what


def test_others_do_not_replay_it(world: Any, asked: Any, tmp_path: Path) -> None:
    _, receipts = asked
    world.node.session().do("actor add", name="bob", role=("analyst",))
    file = tmp_path / "receipt.json"
    file.write_text(receipts[0][0])
    with pytest.raises(Refused):
        world.node.session("bob").do("receipt replay", receipt=str(file))
