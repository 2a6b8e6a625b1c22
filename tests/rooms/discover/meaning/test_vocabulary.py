"""Terms and data elements: set, shown, listed, imported, removed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from doumen.model.actor import Actor
from doumen.model.errors import Conflict, Invalid, NotFound, Refused
from doumen.rooms.discover.meaning import elements, links, terms


def test_a_term_and_its_versions(desk: Any) -> None:
    first = terms.put(desk, key="Delay", name_en="Delay", synonyms=("late",))
    assert first.json["term"] == "delay"
    assert first.json["version"] == 1
    assert first.json["receipt"]
    again = terms.put(desk, key="delay", name_en="Delay")
    assert (again.json["version"], again.json["receipt"]) == (1, None)
    terms.put(desk, key="delay", name_zh="延误", definition_zh="晚点的分钟数")
    shown = terms.show(desk, key="delay")
    assert shown.json["version"] == 2
    assert shown.json["names"] == {"en": "Delay", "zh": "延误"}
    assert shown.json["synonyms"] == ["late"]
    assert "晚点的分钟数" in str(shown.drawn)
    assert [one["key"] for one in terms.list_all(desk, text="误").json["terms"]] == ["delay"]
    assert terms.list_all(desk, text="other").json["terms"] == []


def test_what_leads_nowhere_is_refused(desk: Any) -> None:
    terms.put(desk, key="a", name_en="A")
    terms.put(desk, key="b", name_en="B", broader=("a",))
    with pytest.raises(Invalid, match="no term `z`"):
        terms.put(desk, key="a", related=("z",))
    with pytest.raises(Invalid, match="above itself"):
        terms.put(desk, key="a", broader=("b",))
    with pytest.raises(Invalid, match="no code list `z`"):
        elements.put(desk, key="e", name_en="E", codelist="z")
    with pytest.raises(Invalid, match="no term `z`"):
        elements.put(desk, key="e", name_en="E", term="z")
    with pytest.raises(Invalid, match="key of a data element"):
        elements.put(desk, key="no key", name_en="E")
    with pytest.raises(NotFound, match="There is no term `z`"):
        terms.show(desk, key="z")


def test_what_is_used_is_not_removed(desk: Any, fake: Any) -> None:
    terms.put(desk, key="a", name_en="A")
    terms.put(desk, key="b", name_en="B", broader=("a",))
    elements.put(desk, key="e", name_en="E", term="b", datatype="date")
    links.put(desk, column="transport.flights.day", element="e")
    for verb, key, by in ((terms, "a", "b"), (terms, "b", "e")):
        with pytest.raises(Conflict, match=f"used by `{by}`"):
            verb.remove(desk, key=key)
    with pytest.raises(Conflict, match=r"used by `transport\.flights\.day`"):
        elements.remove(desk, key="e")
    assert elements.show(desk, key="e").json["used_by"] == [
        {"kind": "link", "key": "transport.flights.day"}
    ]
    links.put(desk, column="transport.flights.day", remove=True)
    assert elements.remove(desk, key="e").json["receipt"]
    assert elements.list_all(desk).json["elements"] == []


def test_entries_of_a_table(desk: Any, tmp_path: Path) -> None:
    file = tmp_path / "terms.csv"
    file.write_text(
        "\ufeffkey,name_en,name_zh,broader,synonyms\n"
        "delay,Delay,延误,event,late|tardy\nevent,Event,事件,,\n", "utf-8"
    )  # fmt: skip
    done = terms.take_in(desk, file=file)
    assert (done.json["entries"], done.json["changed"]) == (2, 2)
    again = terms.take_in(desk, file=file)
    assert (again.json["changed"], again.json["receipt"]) == (0, None)
    assert terms.show(desk, key="delay").json["synonyms"] == ["late", "tardy"]


def test_entries_of_json_as_shown(desk: Any, tmp_path: Path) -> None:
    terms.put(desk, key="a", name_en="A", synonyms=("x", "y"))
    shown = terms.show(desk, key="a").json
    kept = {k: v for k, v in shown.items() if k not in ("changed", "used_by")}
    file = tmp_path / "terms.json"
    file.write_text(json.dumps({"terms": [kept]}), "utf-8")
    assert terms.take_in(desk, file=file).json["changed"] == 0


def test_all_that_is_wrong_is_told_and_nothing_kept(desk: Any, tmp_path: Path) -> None:
    file = tmp_path / "elements.csv"
    lines = ["key,name_en,max_length,term", "good,Good,3,", "bad key,Bad,,", "long,Long,many,",
             "good,Again,,", ",Nobody,,", "far,Far,,nowhere"]  # fmt: skip
    file.write_text("\n".join(lines), "utf-8")
    with pytest.raises(Invalid) as told:
        elements.take_in(desk, file=file)
    why = str(told.value.why)
    for place, fault in ((3, "key of a"), (4, "max_length"), (5, "twice"), (6, "key of a"),
                         (7, "`nowhere`")):  # fmt: skip
        assert f"line {place}: " in why
        assert fault in why.partition(f"line {place}: ")[2].partition(";")[0]
    assert elements.list_all(desk).json["elements"] == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no records"),
        (b"key,key\na,b\n", "columns twice"),
        (b"key,name_en\na\n", "another number of fields"),
        (b"key,name_en\na,b,c\n", "another number of fields"),
        (b'key,name_en\n"a"x,b\n', "no CSV"),
        (b"[1]", "no list of objects"),
        (b"[{]", "no JSON"),
        (b'{"a": [], "b": []}', "no list of objects"),
        (b"key\n\xff\n", "not UTF-8"),
    ],
)
def test_files_that_hold_nothing(desk: Any, tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    with pytest.raises(Invalid, match=told):
        terms.take_in(desk, file=file)


def test_many_faults_are_counted(desk: Any, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("key,name_en\n" + "a b,x\n" * 15, "utf-8")
    with pytest.raises(Invalid) as told:
        terms.take_in(desk, file=file)
    assert "and 5 more" in str(told.value.why)


def test_only_who_governs_says_what_words_mean(desk: Any) -> None:
    desk.actor = Actor("ana", roles=frozenset({"analyst"}))
    with pytest.raises(Refused):
        terms.put(desk, key="a", name_en="A")
    with pytest.raises(Refused):
        elements.remove(desk, key="a")
    assert terms.list_all(desk).json["terms"] == []
