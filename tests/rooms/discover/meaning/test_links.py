"""What columns mean, said and shown."""

from __future__ import annotations

from typing import Any

import pytest

from doumen.model.actor import Actor
from doumen.model.errors import Invalid, NotFound, Refused
from doumen.model.fact import Fact
from doumen.model.meaning import Code, CodeList, Edition, Words
from doumen.rooms.discover.meaning import elements, links, terms

NAME = "transport.flights"


@pytest.fixture(autouse=True)
def vocabulary(desk: Any) -> None:
    listed = CodeList("place", Words("Places"), editions=(Edition("1"),), count=1,
                      codes=(Code("JFK"),))  # fmt: skip
    desk.keep(Fact("codelist", "place", listed.as_json()))
    terms.put(desk, key="departure", name_en="Departure")
    terms.put(desk, key="other", name_en="Other")
    elements.put(desk, key="origin", name_en="Origin", codelist="place", term="departure")


def column(desk: Any, name: str) -> dict[str, Any]:
    columns = links.show(desk, dataset=NAME).json["columns"]
    found: dict[str, Any] = next(one for one in columns if one["column"] == name)
    return found


def test_an_element_brings_its_term_and_its_list(desk: Any) -> None:
    made = links.put(desk, column=f"{NAME}.ORIGIN", element="origin")
    assert made.json["column"] == "origin"
    told = column(desk, "origin")
    assert told["element"] | {"names": {}} == {
        "key": "origin", "version": 1, "names": {}, "state": "draft", "by": "link",
    }  # fmt: skip
    assert (told["term"]["key"], told["term"]["by"]) == ("departure", "element")
    assert told["codelist"] == {
        "key": "place", "version": 1, "names": {"en": "Places", "zh": ""}, "state": "standard",
        "by": "element", "edition": "1", "dataset": None,
    }  # fmt: skip
    links.put(desk, column=f"{NAME}.origin", term="other")
    told = column(desk, "origin")
    assert (told["term"]["key"], told["term"]["by"], told["element"]["key"]) == (
        "other", "link", "origin",
    )  # fmt: skip
    shown = links.show(desk, dataset=NAME)
    assert shown.json["linked"] == 1
    assert "Places" in str(shown.drawn)
    assert "meaning propose" in str(shown.said)


def test_a_link_is_taken_off(desk: Any) -> None:
    place = f"{NAME}.day"
    assert links.put(desk, column=place, term="other").json["receipt"]
    assert links.put(desk, column=place, term="other").json["receipt"] is None
    links.put(desk, column=place, remove=True)
    assert column(desk, "day")["term"] is None
    assert links.put(desk, column=place, remove=True).json["receipt"] is None


def test_what_is_not_there(desk: Any) -> None:
    for place, told in (
        ("transport.nothing.day", "no dataset"),
        (f"{NAME}.nothing", "no column `nothing`"),
    ):
        with pytest.raises(NotFound, match=told):
            links.put(desk, column=place, term="other")
    with pytest.raises(NotFound, match="no term `z`"):
        links.put(desk, column=f"{NAME}.day", term="z")
    with pytest.raises(NotFound, match="no dataset"):
        links.show(desk, dataset="transport.nothing")
    both: dict[str, Any] = {"term": "other", "remove": True}
    for given in ({}, both):
        with pytest.raises(Invalid, match="Say what the column means"):
            links.put(desk, column=f"{NAME}.day", **given)


def test_only_who_governs_links(desk: Any) -> None:
    desk.actor = Actor("ana", roles=frozenset({"analyst"}))
    with pytest.raises(Refused, match="may not change link"):
        links.put(desk, column=f"{NAME}.day", term="other")
    assert "propose" not in str(links.show(desk, dataset=NAME).said)
