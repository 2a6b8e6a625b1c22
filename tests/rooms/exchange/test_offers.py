"""Offers: read from both forms, held against the node, shown, withdrawn, never changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doumen.model.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from doumen.model.fact import Fact
from doumen.model.participant import Participant
from doumen.rooms.exchange import fitting
from doumen.session.session import Session

Of = Callable[..., Session]
Make = Callable[..., dict[str, Any]]
PORT = Participant("did:web:port.example", "Port", "port", "https://port.example", "p-1", "0" * 64)
TERMS = """
to: [port]
for: [research]
until: 2099-12-31
datasets:
  weather.hourly:
    columns: [place, day, wind]
    duties:
      - filter: "place <> 'LGA'"
      - mask: {column: wind, method: bucket, edges: [2, 5]}
quota: {queries: 100}
price: "free of charge"
"""


@pytest.fixture
def product(of: Of) -> Session:
    """The session of a steward at a node with a product and a participant."""
    of().desk.amend([Fact("participant", PORT.id, PORT.as_json())], subject="port")
    sue = of("sue")
    sue.do("product create", name="weather", title="Weather", dataset=("weather.hourly",))
    return sue


@pytest.fixture
def make(product: Session, tmp_path: Path) -> Make:
    """Makes an offer of a text."""

    def write(text: str = TERMS, session: Session = product, **given: Any) -> dict[str, Any]:
        path = tmp_path / "terms.yaml"
        path.write_text(text, "utf-8")
        told = {"product": "weather", "terms": str(path), **given}
        return dict(session.do("offer create", **told).json)

    return write


def refusal(make: Make, text: str, **given: Any) -> str:
    with pytest.raises(Invalid) as error:
        make(text, **given)
    return error.value.why or ""


def test_an_offer_is_made_shown_and_withdrawn(make: Make, product: Session) -> None:
    origin = product.desk.own().origin
    made = make()
    assert (made["id"], made["uid"]) == ("weather-1", f"urn:doumen:offer:{origin}:weather-1")
    shown = product.do("offer show", id="weather-1")
    assert shown.json["terms"]["to"] == [PORT.id]
    assert ["price", "free of charge"] in shown.json["words"]
    (listed,) = product.do("offer list").json["offers"]
    assert listed == {"id": "weather-1", "product": "weather", "state": "open", "to": [PORT.id],
                      "purposes": ["research"], "until": "2099-12-31",
                      "price": "free of charge"}  # fmt: skip
    assert make()["id"] == "weather-2"
    assert product.do("product show", name="weather").json["offers"] == ["weather-1", "weather-2"]
    assert product.do("offer withdraw", id="weather-1").json["state"] == "withdrawn"
    assert product.do("offer withdraw", id="weather-1").json["receipt"] is None
    assert make()["id"] == "weather-3"


def test_what_is_given_out_is_read_as_it_was(make: Make, product: Session) -> None:
    make(id="First")
    for format in ("yaml", "odrl"):
        given = product.do("offer show", id="first", format=format)
        text = given.drawn[0].text  # type: ignore[union-attr]
        if format == "odrl":
            assert json.loads(text) == given.json
            assert given.json["assigner"] == product.desk.own().id
        again = make(text)["id"]
        one, other = (product.do("offer show", id=id).json["terms"] for id in ("first", again))
        assert one == other


@pytest.mark.parametrize("state", ["draft", "retired"])
def test_what_is_a_draft_or_retired_is_not_offered(
    make: Make, product: Session, state: str
) -> None:
    product.do("dataset state", dataset="weather.hourly", state=state)
    assert state in refusal(make, TERMS)
    with pytest.raises(Invalid) as error:
        product.do("product publish", name="weather")
    assert state in (error.value.why or "")
    product.do("dataset state", dataset="weather.hourly", state="deprecated")
    assert make()["state"] == "open"
    assert product.do("product publish", name="weather").json["state"] == "published"


def test_an_offer_of_odrl_may_leave_out_what_follows_from_the_product(
    make: Make, product: Session
) -> None:
    make()
    shape = dict(product.do("offer show", id="weather-1", format="odrl").json)
    bare = {k: v for k, v in shape.items() if k not in ("@id", "target", "assigner")}
    assert make(json.dumps(bare), id="bare")["uid"].endswith(":bare")
    told = refusal(make, json.dumps({**shape, "target": "urn:x", "assigner": "did:web:x.org"}))
    assert "`urn:x`" in told
    assert "`did:web:x.org`" in told
    assert "not a list" in refusal(make, json.dumps([shape]))


def test_an_offer_is_never_changed(make: Make) -> None:
    make(id="a")
    with pytest.raises(Conflict, match="already"):
        make(id="A")


def test_all_faults_are_told_at_once(make: Make, product: Session) -> None:
    told = refusal(
        make,
        """
to: [nobody, port]
for: [fun]
until: 2020-01-01
datasets:
  weather.places: {}
  weather.hourly: {columns: [place, rain]}
""",
    )
    for fault in ("no participant `nobody`", "purpose `fun` is not on the list",
                  "`weather.places` is not in the product", "no column `rain`",
                  "2020-01-01, is over"):  # fmt: skip
        assert fault in told
    unfit = "{datasets: {weather.hourly: {duties: [{filter: 'rain > 1'}]}}}"
    assert "on `weather.hourly`" in refusal(make, unfit)
    duties = "duties:" + f"\n      - filter: \"place <> '{'x' * 9000}'\"" * 2
    duties = duties.replace("x'", "y'", 1)
    assert "bytes" in refusal(make, TERMS.replace("origin", "x").replace("duties:", duties))
    assert product.do("offer list").json == {"offers": []}


def test_a_product_that_is_gone_or_unknown(make: Make, product: Session, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no product"):
        make(product="rain")
    product.do("product withdraw", name="weather")
    with pytest.raises(Conflict, match="is withdrawn"):
        make()
    product.do("product publish", name="weather")
    with pytest.raises(NotFound, match="no file"):
        make(terms=str(tmp_path / "none.yaml"))
    with pytest.raises(Unavailable):
        make(terms=str(tmp_path))
    (tmp_path / "odd.yaml").write_bytes(b"\xff")
    with pytest.raises(Invalid, match="UTF-8"):
        make(terms=str(tmp_path / "odd.yaml"))
    (tmp_path / "odd.yaml").write_bytes(b" " * (1 << 20) + b" ")
    with pytest.raises(Invalid, match="1 MiB"):
        make(terms=str(tmp_path / "odd.yaml"))


def test_nobody_gets_more_offers_than_a_catalogue_tells(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "MOST", 2)
    make()
    make(TERMS.replace("to: [port]", ""))
    for text in (TERMS, TERMS.replace("to: [port]", "")):
        with pytest.raises(Conflict, match="2 offers"):
            make(text)


def test_offers_are_for_those_who_oversee_documents_for_those_who_govern(
    make: Make, of: Of
) -> None:
    make()
    ana, tom = of("ana"), of("tom")
    assert ana.do("offer list").json == {"offers": []}
    answers = []
    for name in ("weather-1", "weather-9"):
        for verb in ("show", "withdraw"):
            with pytest.raises(NotFound) as unknown:
                ana.do(f"offer {verb}", id=name)
            answers.append(str(unknown.value.as_json()).replace(name, "X"))
    assert answers[:2] == answers[2:]
    with pytest.raises(Refused, match="may not change offer"):
        make(session=ana)
    shown = tom.do("offer show", id="weather-1")
    assert "LGA" not in str(shown)
    assert "LGA" in str(of().do("offer show", id="weather-1"))
    with pytest.raises(Refused, match="as a document"):
        tom.do("offer show", id="weather-1", format="yaml")
    with pytest.raises(Refused, match="may not change offer"):
        tom.do("offer withdraw", id="weather-1")
