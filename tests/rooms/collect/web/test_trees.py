"""Answers in XML: elements as records, and nothing of what XML can be abused for."""

from __future__ import annotations

import io
from typing import Any

import pytest

from doumen.model.errors import Faulty
from doumen.rooms.collect.jsontext import written
from doumen.rooms.collect.web import trees
from doumen.rooms.collect.web.address import parsed

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<f:feed xmlns:f="urn:f" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <entry id="7"><price>1.50</price><code>007</code><on>true</on><none/><nil xsi:nil="true"/>
    <tag>a</tag><tag/><tag>c</tag><by x="1">Zoë &amp; <![CDATA[<数>]]></by><in><deep>2</deep></in>
  </entry>
  <other><entry id="no"/></other>
  <entry>text alone</entry>
  <entry/>
</f:feed>"""


def elements(content: str | bytes, path: str = "f:feed/entry") -> list[Any]:
    raw = content if isinstance(content, bytes) else content.encode()
    return list(trees.elements(parsed("https://a.org/x"), io.BytesIO(raw), path))


def test_elements_are_records() -> None:
    first, second, third = elements(FEED)
    assert written(first) == (
        '{"@id":7,"price":1.50,"code":"007","on":true,"none":null,"nil":null,'
        '"tag":["a",null,"c"],"by":{"@x":1,"#text":"Zoë & <数>"},"in":{"deep":2}}'
    )
    assert (second, third) == ({"#text": "text alone"}, {"#text": None})
    assert elements(FEED, "/f:feed/other/entry/") == [{"@id": "no"}]
    assert elements(FEED, "feed/entry") == []


def test_many_come_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "_PIECE", 7)
    content = "<a>" + "".join(f"<b><n>{n}</n></b>" for n in range(500)) + "</a>"
    assert [one["n"] for one in elements(content, "a/b")] == [str(n) for n in range(500)]


LAUGHS = """<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]>
<a><b>&y;</b></a>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a><b/></a>"""


@pytest.mark.parametrize(
    "content",
    [LAUGHS, OUTSIDE, "<a><b></a>", "", "no xml", "<a>&nbsp;</a>", b"<a>\xff</a>",
     "<a>" * 200 + "</a>" * 200, "<a><b>"],
)  # fmt: skip
def test_what_is_refused(content: str | bytes) -> None:
    with pytest.raises(Faulty, match="as it should"):
        elements(content, "a/b")


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "LONGEST", 1000)
    monkeypatch.setattr(trees, "_PIECE", 100)
    assert len(elements("<a>" + "<b>x</b>" * 1000 + "</a>", "a/b")) == 1000
    for content in (
        f"<a><b>{'x' * 2000}</b></a>", f"<a><b>{'<c/>' * 2000}</b></a>",
        f"<a><b c='{'x' * 5000}'/></a>", f"<a><b{' ' * 5000}/></a>",
    ):  # fmt: skip
        with pytest.raises(Faulty):
            elements(content, "a/b")
