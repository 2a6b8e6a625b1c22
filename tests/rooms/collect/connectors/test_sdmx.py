"""Statistical offices: dataflows are told, and read as SDMX-CSV, of both generations of addresses.

The answers have the form of SDMX-ML 2.1 and 3.0 and of SDMX-CSV 1.0 and 2.0, as published.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.rooms.collect.web.serving import Asked, Reply, Web

from doumen.model.errors import DoumenError, Faulty, Invalid, NotFound, Refused
from doumen.rooms.collect.connectors import SHELF, Mark
from doumen.rooms.collect.jsontext import written

FLOWS = b"""<?xml version="1.0" encoding="UTF-8"?>
<mes:Structure xmlns:mes="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
  xmlns:str="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure"
  xmlns:com="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common">
  <mes:Header><mes:ID>IDREF1</mes:ID></mes:Header>
  <mes:Structures><str:Dataflows>
    <str:Dataflow agencyID="ECB" id="EXR" version="1.0" isFinal="false">
      <com:Name xml:lang="de">Wechselkurse</com:Name>
      <com:Name xml:lang="en">Exchange Rates</com:Name>
      <str:Structure><Ref id="ECB_EXR1" version="1.0" agencyID="ECB" class="DataStructure"/>
      </str:Structure>
    </str:Dataflow>
    <str:Dataflow agencyID="ECB" id="BSI"><com:Name xml:lang="fr">Bilan</com:Name></str:Dataflow>
    <str:Dataflow agencyID="ABC" id="X" version="2.0"/>
  </str:Dataflows></mes:Structures>
</mes:Structure>"""
RATES = b"""DATAFLOW,FREQ,CURRENCY,TIME_PERIOD,OBS_VALUE,OBS_STATUS,TITLE\r
ECB:EXR(1.0),M,USD,2024-01,1.0905,A,"US dollar, monthly"\r
ECB:EXR(1.0),M,USD,2024-02,1.0795,A,"US dollar, monthly"\r
ECB:EXR(1.0),M,JPY,2024-01,,M,\r
"""


def place(web: Web, **options: Any) -> Any:
    return SHELF["sdmx"].connector({"url": f"{web.url}/service", **options}, {})


def read(
    web: Web, flow: str, after: Mark | None = None, version: str = "2.1", **reads: Any
) -> list[Any]:
    model = SHELF["sdmx"].reads
    assert model is not None
    told = model.model_validate(reads).model_dump(mode="json", exclude_none=True)
    with place(web, version=version).open() as opened:
        return [one for page in opened.read(flow, told, after) for one in page]


def table(content: bytes = RATES) -> Reply:
    kind = "application/vnd.sdmx.data+csv;version=1.0.0"
    return Reply(content, headers={"Content-Type": kind}, packed=True)


@pytest.mark.parametrize(
    ("version", "path"),
    [("2.1", "/service/dataflow/all/all/latest"), ("3.0", "/service/structure/dataflow/*/*/~")],
)
def test_dataflows_are_told(web: Web, version: str, path: str) -> None:
    web.give(path, Reply(FLOWS, headers={"Content-Type": "application/xml"}))
    with place(web, version=version).open() as opened:
        found = opened.there()
    assert [(one.name, one.title) for one in found] == [
        ("ABC,X,2.0", ""), ("ECB,BSI", "Bilan"), ("ECB,EXR,1.0", "Exchange Rates"),
    ]  # fmt: skip
    assert "application/vnd.sdmx.structure+xml" in web.asked[0].headers["Accept"]


def test_a_dataflow_is_read(web: Web) -> None:
    web.give("/service/data/ECB,EXR,1.0/M.USD+JPY..", table())
    found = read(
        web, "ECB,EXR,1.0", key="M.USD+JPY..", start="2024-01", end="2024-Q4",
        params={"detail": "full"},
    )  # fmt: skip
    assert [written(one) for one in found][1:] == [
        '{"DATAFLOW":"ECB:EXR(1.0)","FREQ":"M","CURRENCY":"USD","TIME_PERIOD":"2024-02",'
        '"OBS_VALUE":1.0795,"OBS_STATUS":"A","TITLE":"US dollar, monthly"}',
        '{"DATAFLOW":"ECB:EXR(1.0)","FREQ":"M","CURRENCY":"JPY","TIME_PERIOD":"2024-01",'
        '"OBS_VALUE":null,"OBS_STATUS":"M","TITLE":null}',
    ]
    assert web.asked[0].query == {
        "detail": ["full"], "startPeriod": ["2024-01"], "endPeriod": ["2024-Q4"]
    }  # fmt: skip
    accept = web.asked[0].headers["Accept"]
    assert accept.startswith("application/vnd.sdmx.data+csv;version=1.0.0")


def test_a_mark_is_the_first_period(web: Web) -> None:
    web.give("/service/data/EXR/all", table())
    read(web, "EXR", "2024-02", start="2000")
    assert web.asked[0].query == {"startPeriod": ["2024-02"]}


def test_addresses_of_the_third_generation(web: Web) -> None:
    rows = b"STRUCTURE;STRUCTURE_ID;ACTION;OBS_VALUE\ndataflow;ECB:EXR(1.0);I;1\n"
    web.give("/service/data/dataflow/ECB/EXR/1.0/M.USD", table(rows))
    web.give("/service/data/dataflow/*/EXR/~/*", table(rows))
    found = read(
        web, "ECB,EXR,1.0", version="3.0", key="M.USD", start="2024", end="2025", delimiter=";"
    )
    assert found[0]["ACTION"] == "I"
    assert web.asked[0].query == {"c[TIME_PERIOD]": ["ge:2024+le:2025"]}
    read(web, "EXR", version="3.0", delimiter=";")
    assert web.asked[1].query == {}
    assert web.asked[1].headers["Accept"].startswith("application/vnd.sdmx.data+csv;version=2.0.0")


@pytest.mark.parametrize(
    ("reply", "kind", "says"),
    [
        (Reply(status=404), NotFound, "discover"),
        (Reply(status=406), Invalid, "SDMX-CSV"),
        (Reply(status=501), Invalid, "SDMX-CSV"),
        (Reply(status=413), Invalid, "key"),
        (Reply(status=403), Refused, "secrets"),
        (Reply(b"<x/>", headers={"Content-Type": "application/xml"}), Invalid, "application/xml"),
        (Reply(RATES, headers={"Content-Type": "text/csv"}, framed=False), Faulty, "cut"),
    ],
)
def test_what_is_not_given(web: Web, reply: Reply, kind: type[DoumenError], says: str) -> None:
    web.give("/service/data/EXR/all", reply)
    with pytest.raises(kind) as caught:
        read(web, "EXR")
    assert says in str(caught.value.as_json())


def test_what_is_no_dataflow(web: Web) -> None:
    for flow in ("A,B,C,D", "A,,1"):
        with pytest.raises(Invalid, match="no dataflow"):
            read(web, flow)
    assert web.asked == []


def test_many_observations_come_in_chunks(web: Web) -> None:
    def many(asked: Asked) -> Reply:
        rows = b"".join(b"EXR,%d,%d.5\n" % (n, n) for n in range(2500))
        return table(b"DATAFLOW,TIME_PERIOD,OBS_VALUE\n" + rows)

    web.replies["/service/data/EXR/all"] = many
    assert len(read(web, "EXR")) == 2500
