"""The words of rules in receipts and explanations tell only of columns that the actor knows."""

from __future__ import annotations

from typing import Any

from doumen.kits.evidence.receipt import read_receipt

RULES = """
rules:
  - {id: unseen-age, deny: discover, who: {role: clerk}, on: {column: g.people.age}}
  - id: clerks
    permit: query
    who: {role: clerk}
    on: g.people
    duties:
      - mask: {column: age, method: "null"}
      - mask: {column: name, method: hash}
"""


def test_a_mask_on_a_column_that_is_not_told(world: Any) -> None:
    path = world.folder / "clerks.yaml"
    path.write_text(RULES)
    world.owner.do("rule add", file=path)
    world.owner.do("actor add", name="cleo", role=("clerk",))
    cleo = world.as_("cleo")
    (table,) = cleo.explain("SELECT id FROM g.people").tables
    assert table["rules"] == [
        {"id": "clerks", "duties": ["column `name` is shown as a keyed hash"]}
    ]
    answer = cleo.query("SELECT id FROM g.people")
    answer.rows()
    receipt = read_receipt(cleo.desk.receipt(answer.receipt))
    assert "age" not in str(receipt.rules)
    assert "`name`" in str(receipt.rules)


def test_a_rule_on_a_column_that_is_not_told_has_no_words(world: Any) -> None:
    path = world.folder / "writers.yaml"
    path.write_text("""
rules:
  - {id: w-id, permit: query, who: {role: writer}, on: {column: g.people.id}}
  - id: w-age
    permit: query
    who: {role: writer}
    on: {column: g.people.age}
    duties:
      - limit: 2
  - {id: w-no-age, deny: discover, who: {role: writer}, on: {column: g.people.age}}
""")
    world.owner.do("rule add", file=path)
    world.owner.do("actor add", name="wen", role=("writer",))
    (table,) = world.as_("wen").explain("SELECT * FROM g.people").tables
    assert [column["name"] for column in table["columns"]] == ["id"]
    assert {"id": "w-age", "duties": []} in table["rules"]
