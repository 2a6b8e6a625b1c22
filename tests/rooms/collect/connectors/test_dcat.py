"""Catalogues in DCAT: the same in every form, in pages, and nothing else is fetched."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from tests.rooms.collect.sources.conftest import node, rows
from tests.rooms.collect.web.serving import Asked, Reply, Web

from doumen.model.errors import DoumenError, Faulty, Invalid, Refused, Unavailable
from doumen.rooms.collect.connectors import SHELF
from doumen.session import Node

assert node

TURTLE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix spdx: <http://spdx.org/rdf/terms#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<> a dcat:Catalog ; dct:title "City"@en ; dcat:dataset <d/traffic>, <d/air> .
<d/traffic> a dcat:Dataset ; dct:title "Verkehr"@de, "Traffic / counts"@en, "Trafic"@fr ;
  dct:modified "2026-13-45"^^xsd:date ;
  dcat:distribution <d/traffic/csv>, <d/traffic/old>, <d/traffic/page> .
<d/traffic/csv> a dcat:Distribution ; dct:title "Counts"@en ;
  dcat:downloadURL <files/counts> ;
  dcat:mediaType <https://www.iana.org/assignments/media-types/text/csv> ;
  spdx:checksum [ spdx:checksumValue "abc123" ; spdx:algorithm spdx:checksumAlgorithm_sha1 ] .
<d/traffic/old> dct:title "Counts" ; dcat:downloadURL <https://files.example.org/old.csv> .
<d/traffic/page> dct:title "A page" ; dcat:accessURL <https://city.example.org/page> .
<d/air> a dcat:Dataset ; dct:identifier "air-1" ; dcat:distribution [
    dcat:downloadURL <files/air> ;
    dct:format <http://publications.europa.eu/resource/authority/file-type/JSON> ] .
"""
CSV = b"id,n\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(100))


def place(web: Web, path: str = "catalog.ttl", **options: Any) -> Any:
    return SHELF["dcat"].connector({"url": f"{web.url}/city/{path}", **options}, {})


def listed(web: Web, path: str = "catalog.ttl", pattern: str = "**", **options: Any) -> Any:
    with place(web, path, **options).open() as opened:
        return {item.name: item.tag for item in opened.items(pattern)}


def give(web: Web, path: str, content: bytes | str, kind: str = "") -> None:
    raw = content.encode() if isinstance(content, str) else content
    web.give(f"/city/{path}", Reply(raw, headers={"Content-Type": kind} if kind else {}))


def test_distributions_are_files(web: Web, capfd: pytest.CaptureFixture[str]) -> None:
    give(web, "catalog.ttl", TURTLE, "text/turtle; charset=utf-8")
    found = listed(web)
    assert len(found) == 3
    assert sorted(tag or "" for tag in found.values()) == ["", "", "abc123"]
    assert found["air-1/air.json"] is None
    assert sum(name.startswith("Traffic _ counts/Counts-") for name in found) == 2
    assert list(listed(web, pattern="air-1/*")) == ["air-1/air.json"]
    assert any(name.startswith("Verkehr/") for name in listed(web, language="de-AT"))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("format", "path", "kind"),
    [
        ("xml", "catalog", "application/rdf+xml"), ("nt", "catalog.nt", "text/plain"),
        ("json-ld", "catalog.jsonld", ""), ("xml", "export", ""), ("json-ld", "export", ""),
        ("turtle", "export", "application/octet-stream"),
    ],
)  # fmt: skip
def test_every_form_says_the_same(web: Web, format: str, path: str, kind: str) -> None:
    from rdflib import Graph

    give(web, "catalog.ttl", TURTLE, "text/turtle")
    expected = listed(web)
    graph = Graph().parse(data=TURTLE, format="turtle", publicID=f"{web.url}/city/catalog.ttl")
    give(web, path, graph.serialize(format=format), kind)
    assert listed(web, path) == expected


PROJECT_OPEN_DATA: dict[str, Any] = {
    "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
    "@type": "dcat:Catalog", "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
    "dataset": [{
        "@type": "dcat:Dataset", "identifier": "x-1", "title": "Rates", "modified": "2026-01-01",
        "distribution": [
            {"@type": "dcat:Distribution", "downloadURL": "https://a.example.org/rates",
             "mediaType": "text/csv", "title": "Rates of exchange"},
            {"@type": "dcat:Distribution", "accessURL": "https://a.example.org/page"},
        ],
    }],
}  # fmt: skip


def test_names_of_json_are_known_without_fetching_what_they_mean(web: Web) -> None:
    import json

    give(web, "data.json", json.dumps(PROJECT_OPEN_DATA), "application/json")
    assert listed(web, "data.json") == {"Rates/Rates of exchange.csv": None}
    nested = {**PROJECT_OPEN_DATA, "@context": [f"{web.url}/context", {"@import": f"{web.url}/x"}]}
    give(web, "data.json", json.dumps(nested), "application/json")
    assert listed(web, "data.json") == {"Rates/Rates of exchange.csv": None}
    without = {name: one for name, one in PROJECT_OPEN_DATA.items() if name != "@context"}
    give(web, "data.json", json.dumps(without), "application/json")
    assert listed(web, "data.json") == {"Rates/Rates of exchange.csv": None}
    assert set(web.paths()) == {"/city/data.json"}


def test_pages_are_followed(web: Web) -> None:
    def page(asked: Asked) -> Reply:
        number = int(asked.one("page", "1"))
        text = TURTLE.replace("d/", f"d{number}/").replace("air-1", f"air-{number}")
        to = f"/city/catalog.ttl?page={min(3, number + 1)}"
        last = f"<#> <http://www.w3.org/ns/hydra/core#nextPage> <{to}> ."
        return Reply((text + last).encode(), headers={"Content-Type": "text/turtle"})

    web.replies["/city/catalog.ttl"] = page
    found = listed(web)
    assert [name for name in found if name.startswith("air")] == [
        f"air-{n}/air.json" for n in (1, 2, 3)
    ]
    assert len(web.asked) == 3


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("https://evil.example.org/", Refused),
        ("ftp://x", Faulty),
        ("/city/catalog.ttl?page=2", Faulty),
    ],
)
def test_pages_that_lead_astray(web: Web, target: str, kind: type[DoumenError]) -> None:
    def page(asked: Asked) -> Reply:
        here = "/city/catalog.ttl?page="
        to = target if not asked.query else f"{here}{3 - int(asked.one('page'))}"
        link = f"<> <http://www.w3.org/ns/hydra/core#next> <{to}> ."
        return Reply(link.encode(), headers={"Content-Type": "text/turtle"})

    web.replies["/city/catalog.ttl"] = page
    with pytest.raises(kind):
        listed(web)


ENTITY = """<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><a>&x;</a></rdf:RDF>"""


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("no turtle", "text/turtle"), ("<x", "application/rdf+xml"), ("{", "application/json"),
        (b"\xff\xfe", "application/ld+json"),
    ],
)  # fmt: skip
def test_what_is_no_catalogue(web: Web, content: bytes | str, kind: str) -> None:
    give(web, "catalog.ttl", content, kind)
    with pytest.raises(Faulty) as caught:
        listed(web)
    assert "cannot be read as" in str(caught.value.why)


def test_an_entity_from_outside_is_not_fetched(web: Web) -> None:
    give(web, "catalog.ttl", ENTITY, "application/rdf+xml")
    assert listed(web) == {}


def test_addresses_that_are_none_are_left_out(web: Web) -> None:
    give(web, "catalog.ttl", TURTLE.replace("<files/air>", "<urn:isbn:1>"), "text/turtle")
    assert not any("air" in name for name in listed(web))


def test_it_is_not_there_without_the_extra(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rdflib", None)
    name = "doumen.rooms.collect.connectors.dcat_session"
    monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.raises(Unavailable, match="`rdflib`"), place(web).open():
        pass


def test_options_of_a_catalogue() -> None:
    SHELF["dcat"].check({"url": "https://a.org/catalog.ttl?page=1"})
    for wrong in ({"url": "x"}, {"url": "https://a.org", "language": "in English"}):
        with pytest.raises(Invalid):
            SHELF["dcat"].check(wrong)


def test_a_distribution_lands(web: Web, node: Node, tmp_path: Path) -> None:
    give(web, "catalog.ttl", TURTLE.replace("<d/traffic/old>, ", ""), "text/turtle")
    web.give("/city/files/counts", CSV)
    (tmp_path / "p.yaml").write_text(
        f"source: dcat\nurl: {web.url}/city/catalog.ttl\nstreams:\n"
        "  city.counts: {files: Traffic _ counts/Counts.csv}\n"
    )
    owner = node.session()
    owner.do("source add", name="city", file=tmp_path / "p.yaml")
    for landed in (100, 0):
        (ran,) = owner.do("source run", name="city").json["streams"]
        assert (ran["error"], ran["landed"]) == (None, landed)
    assert web.paths().count("/city/files/counts") == 1
    assert rows(node, "SELECT count(*), max(n) FROM city.counts") == [(100, 9801)]
