"""Checks of files that stay where they lie."""

from __future__ import annotations

from pathlib import Path

import doumen
from doumen.session import create


def test_attached_files_are_checked_where_they_lie(store: str, tmp_path: Path) -> None:
    create(tmp_path / "node", "attached")
    file = tmp_path / "a.csv"
    file.write_text("id,city\n1,Rome\n1,Oslo\n2,\n")
    with doumen.open(tmp_path / "node") as node:
        owner = node.session()
        owner.do("attach", path=file, as_dataset="g.a")
        changes = ("columns.id.unique=true", "columns.city.quality=[{metric: nullValues, "
                   "mustBeLessThan: 1}]")  # fmt: skip
        owner.do("contract edit", dataset="g.a", changes=changes, new_version=True)
        found = owner.do("contract test", dataset="g.a", examples=2).json
        told = {rule["key"]: rule for rule in found["rules"]}
        assert (told["columns.id.unique"]["count"], found["rows"], found["faults"]) == ("1", 3, 2)
        assert [row["city"] for row in told["columns.city.null_values"]["examples"]] == [None]
        assert owner.do("quality score", dataset="g.a").json["rows"] == 3
