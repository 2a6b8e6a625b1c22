"""Checks against code lists, of a fact and of a dataset, at a real node."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import doumen
from doumen.session import create

CHANGE = (
    "columns.city.quality=[{{type: custom, engine: doumen, implementation: "
    "{{check: code_list, code_list: {key}{more}}}}}]"
)


def test_values_are_held_against_the_codes_of_a_list(store: str, tmp_path: Path) -> None:
    create(tmp_path / "node", "codes")
    (tmp_path / "a.csv").write_text("id,city\n1,R\n2,O\n3,X\n4,\n")
    (tmp_path / "few.csv").write_text("code,label_en\nR,Rome\nO,Oslo\n")
    many = "".join(f"C{n},\n" for n in range(600))
    (tmp_path / "many.csv").write_text(f"code,label_en\nR,Rome\nX,Elsewhere\n{many}")
    with doumen.open(tmp_path / "node") as node:
        owner = node.session()
        owner.do("collect", path=tmp_path / "a.csv", as_dataset="g.a")
        for key in ("few", "many"):
            owner.do("codelist import", file=tmp_path / f"{key}.csv", key=key)

        def found(key: str, more: str = "") -> dict[str, Any]:
            change = CHANGE.format(key=key, more=more)
            owner.do("contract edit", dataset="g.a", changes=(change,), new_version=True)
            (rule,) = owner.do("contract test", dataset="g.a", examples=5).json["rules"]
            return dict(rule)

        few = found("few")
        assert (few["count"], few["verdict"]) == ("1", "broken")
        assert [row["city"] for row in few["examples"]] == ["X"]
        many_ = found("many")
        assert (many_["kind"], many_["count"], many_["verdict"]) == ("reference", "1", "broken")
        for key in ("few", "many"):
            one = found(key, ", at_most: 1")
            assert (one["key"], one["dimension"]) == ("columns.city.code_list", "conformity")
            assert (one["count"], one["verdict"]) == ("1", "holds")
        none = found("none")
        assert (none["count"], none["verdict"]) == (None, "unchecked")
        assert none["why"] == "there is no code list `none` with codes"
