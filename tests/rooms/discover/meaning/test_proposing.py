"""What columns may mean, proposed by their names and values."""

from __future__ import annotations

from typing import Any

import pytest

from doumen.kits.meaning import linked
from doumen.model.actor import Actor
from doumen.model.errors import NotFound, Refused
from doumen.model.fact import Fact
from doumen.model.meaning import Code, CodeList, Edition, Words
from doumen.model.message import msg
from doumen.model.proposal import LINK, PROPOSAL, Proposal
from doumen.rooms.discover.meaning import elements, importing, links, terms
from doumen.rooms.discover.meaning.proposing import propose
from doumen.rooms.discover.meaning.similar import alike, normal

NAME = "transport.flights"


def listed(desk: Any, key: str, *codes: str, **more: Any) -> None:
    made = CodeList(key, Words(more.pop("title", key)), editions=(Edition("1"),),
                    count=len(codes), codes=tuple(map(Code, codes)), **more)  # fmt: skip
    desk.keep(Fact("codelist", key, made.as_json()))


def changes(desk: Any, dataset: str = NAME) -> list[tuple[str, str, str, float]]:
    found = propose(desk, dataset=dataset, dry_run=True).json["proposals"]
    return [(one["column"], one["change"].get("to", one["kind"]), one["change"].get("key", ""),
             one["confidence"]) for one in found]  # fmt: skip


def test_by_name_in_either_language(desk: Any) -> None:
    terms.put(desk, key="tail", name_zh="机尾号", synonyms=("Tail-Num",))
    elements.put(desk, key="dep_day", name_en="day of departure", datatype="date")
    elements.put(desk, key="delay", name_en="Delay", datatype="date")
    assert changes(desk) == [("tailnum", "term", "tail", 0.9), ("day", "element", "dep_day", 0.9)]
    elements.put(desk, key="delay", datatype="number")
    assert ("delay", "element", "delay", 0.9) in changes(desk)


def test_near_names_count_less_and_two_alike_not_at_all(desk: Any) -> None:
    terms.put(desk, key="a", name_en="tail numb")
    assert changes(desk) == [("tailnum", "term", "a", 0.6)]
    terms.put(desk, key="b", name_en="tailnum")
    assert changes(desk) == [("tailnum", "term", "b", 0.9)]
    terms.put(desk, key="c", name_en="TAILNUM")
    assert changes(desk) == []
    terms.put(desk, key="c", state="superseded")
    assert changes(desk) == [("tailnum", "term", "b", 0.9)]


def test_by_values_that_tell(desk: Any, fake: Any) -> None:
    listed(desk, "airport", "JFK", "LGA", "EWR", "BOS")
    listed(desk, "some", "JFK", "BOS")
    assert changes(desk) == [("origin", "codelist", "airport", 0.95)]
    listed(desk, "faa", "JFK", "LGA", "EWR", "BOS")
    assert changes(desk) == []
    listed(desk, "faa", "JFK", "LGA", "EWR", "BOS", title="origin")
    assert changes(desk) == [("origin", "codelist", "faa", 0.96)]


def test_values_that_tell_nothing(desk: Any) -> None:
    listed(desk, "grade", "1", "2", "3")
    assert changes(desk) == []
    listed(desk, "grade", "1", "2", "3", title="id")
    assert changes(desk) == [("id", "codelist", "grade", 0.71)]


def test_area_codes_in_a_table(desk: Any, fake: Any) -> None:
    importing.built_in(desk, name="gb2260")
    fake.engine.execute(
        "CREATE TABLE transport.people AS SELECT * FROM (VALUES "
        "(330302, '330302', 'x'), (510202, '510202', 'y'), (110101, '110101', NULL)) t(n, area, z)"
    )
    fake.land("transport.people", 3)
    assert changes(desk, "transport.people") == [
        ("n", "codelist", "gb2260", 0.95), ("area", "codelist", "gb2260", 0.95),
    ]  # fmt: skip
    links.put(desk, column="transport.people.area", codelist="gb2260")
    assert [one[0] for one in changes(desk, "transport.people")] == ["n"]


def test_a_linked_column_is_proposed_to_be_held(desk: Any, contract: str, fake: Any) -> None:
    listed(desk, "plane", "N12", "N13", "N14")
    listed(desk, "other", "X", "Y")
    links.put(desk, column=f"{NAME}.tailnum", codelist="plane")
    (one,) = propose(desk, dataset=NAME, dry_run=True).json["proposals"]
    assert (one["kind"], one["confidence"]) == ("rule", 0.95)
    assert one["change"]["quality"]["arguments"] == {"validValues": ["N12", "N13", "N14"]}
    assert {k: one["evidence"][k] for k in ("values", "codes", "share")} == {
        "values": 2, "codes": 2, "share": 1.0,
    }  # fmt: skip
    links.put(desk, column=f"{NAME}.tailnum", codelist="other")
    assert changes(desk) == []
    listed(desk, "airport", "JFK", "LGA")
    links.put(desk, column=f"{NAME}.origin", codelist="airport")
    assert changes(desk) == []  # its contract has a set for it


def test_they_wait_and_are_not_made_twice(desk: Any) -> None:
    terms.put(desk, key="tail", name_en="tailnum")
    first = propose(desk, dataset=NAME)
    assert first.json["receipt"]
    (key, body), *more = desk.facts().all(PROPOSAL)
    assert not more
    made = Proposal.of_json(body)
    assert (made.key, made.kind, made.column, made.by) == (key, LINK, "tailnum", "owner")
    assert [fact.key for fact in linked([made], desk.facts())] == [f"{NAME}.tailnum"]
    again = propose(desk, dataset=NAME)
    assert (again.json["proposals"], again.json["known"], again.json["receipt"]) == ([], 1, None)
    assert "not made again" in str(again.said)


def test_what_may_not_be_asked_is_told(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    listed(desk, "airport", "JFK", "LGA", "EWR", "BOS")

    def refuse(sql: str, parameters: Any = ()) -> None:
        raise Refused(msg("No."))

    monkeypatch.setattr(desk, "query", refuse, raising=False)
    made = propose(desk, dataset=NAME, dry_run=True)
    assert made.json["unasked"] == ["id", "tailnum", "origin"]
    assert "were not compared" in str(made.said)


def test_who_may_ask_for_proposals(desk: Any) -> None:
    with pytest.raises(NotFound, match="no dataset"):
        propose(desk, dataset="transport.nothing")
    desk.actor = Actor("ana", roles=frozenset({"analyst"}))
    with pytest.raises(Refused):
        propose(desk, dataset=NAME, dry_run=True)


def test_names_are_compared_without_what_parts_words() -> None:
    assert {normal(name) for name in ("birthDate", "BIRTH_DATE", "Birth date", "ＢirthDate")} == {
        "birthdate"
    }
    same = alike(["birth_date"], ["x", "birthDate"])
    assert same is not None
    assert same.ratio == 1
    assert alike(["address1"], ["address2"]) is None
    assert alike(["sex"], ["set"]) is None
    assert alike([""], [""]) is None
    assert alike(["出生年月日期"], ["出生年月日"]) is not None
    assert alike(["姓名"], ["性名"]) is None
