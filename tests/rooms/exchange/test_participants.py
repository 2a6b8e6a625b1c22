"""Participants: added by card and by DID, pinned, listed, removed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.rooms.exchange.conftest import FakeDesk, Other

from doumen.gate.desk import Desk
from doumen.kits.evidence import keys
from doumen.kits.evidence.didkey import did_key
from doumen.kits.standards.dsp.didweb import METHOD
from doumen.model.actor import Actor
from doumen.model.errors import Conflict, DoumenError, Invalid, NotFound, Refused, Unavailable
from doumen.rooms.exchange import participants as verbs

Written = Callable[[Any], str]
WEATHER = Other("Weather", 2)


def web(number: int = 3, name: str = "Weather") -> Other:
    """A node that is named by its host."""
    other = Other(name, number)
    other.own = replace(other.own, id=f"{METHOD}{other.host}")
    return other


def serve(fake: FakeDesk, other: Other) -> str:
    """Put the document of a node where it belongs; gives its DID."""
    fake.documents[f"https://{other.host}/.well-known/did.json"] = other.document()
    return other.own.id


def test_the_card_of_one_node_is_added_at_another(
    fake: FakeDesk, desk: Desk, tmp_path: Path
) -> None:
    shown = verbs.card(desk)
    assert json.loads(shown.drawn[0].text) == shown.json == fake.here.card  # type: ignore[union-attr]
    path = tmp_path / "card.json"
    said = verbs.card(desk, output=path).said
    assert fake.here.public in said[2]
    assert json.loads(path.read_text("utf-8")) == fake.here.card
    with pytest.raises(Conflict):
        verbs.card(desk, output=path)
    with pytest.raises(Unavailable):
        verbs.card(desk, output=tmp_path / "none" / "card.json")
    there = FakeDesk()
    there.here = WEATHER
    outcome = verbs.add(there, str(path), place="CN")  # type: ignore[arg-type]
    assert outcome.json == {
        **fake.here.own.as_json(), "alias": "here", "place": "CN", "receipt": "receipt-1"
    }  # fmt: skip
    assert "another way" in outcome.said[1]
    assert fake.here.public in outcome.said[1]
    assert there.subjects == ["participant here"]


def test_a_node_without_an_address_has_no_card(fake: FakeDesk, desk: Desk) -> None:
    fake.here.own = replace(fake.here.own, address="")
    with pytest.raises(Invalid, match="no address") as caught:
        verbs.card(desk)
    assert "doumen.toml" in str(caught.value.why)


def test_listed_shown_and_removed(fake: FakeDesk, desk: Desk, written: Written) -> None:
    verbs.add(desk, written(WEATHER.card), alias="Meteo")
    (one,) = verbs.show_all(desk).json["participants"]
    for name in ("meteo", "METEO", WEATHER.own.id):
        assert verbs.show(desk, name).json == one
    assert verbs.find(desk.facts(), "meteo").root == WEATHER.public
    fake.actor = Actor("vera", roles=frozenset({"auditor"}))
    assert verbs.show_all(desk).json["participants"] == [one]
    with pytest.raises(Refused):
        verbs.remove(desk, "meteo")
    fake.actor = Actor("ana", roles=frozenset({"analyst"}))
    assert verbs.show_all(desk).json["participants"] == []
    with pytest.raises(NotFound):
        verbs.show(desk, "meteo")
    with pytest.raises(Refused):
        verbs.add(desk, written(WEATHER.card))
    fake.actor = Actor("stu", roles=frozenset({"steward"}))
    assert verbs.remove(desk, WEATHER.own.id).json["alias"] == "meteo"
    with pytest.raises(NotFound):
        verbs.remove(desk, "meteo")


def test_adding_again_takes_over_what_may_change(
    fake: FakeDesk, desk: Desk, written: Written
) -> None:
    verbs.add(desk, written(WEATHER.card), alias="meteo", place="CN")
    moved = {**WEATHER.card, "address": "https://New.example:8470/dsp/", "name": "Weather service"}
    outcome = verbs.add(desk, written(moved))
    told = {name: outcome.json[name] for name in ("alias", "place", "address", "name")}
    assert told == {
        "alias": "meteo", "place": "CN", "address": "https://new.example:8470/dsp",
        "name": "Weather service",
    }  # fmt: skip
    assert "changed" in outcome.said[0]
    assert verbs.add(desk, written(moved), alias="wx", place="").json["place"] == ""
    assert len(verbs.show_all(desk).json["participants"]) == 1


def test_the_root_key_is_pinned(fake: FakeDesk, desk: Desk, written: Written) -> None:
    did = serve(fake, web())
    outcome = verbs.add(desk, did)
    assert outcome.json["alias"] == "weather"
    assert "certificate of TLS" in outcome.said[1]
    serve(fake, web(4))
    with pytest.raises(Conflict, match="another root key"):
        verbs.add(desk, did)
    assert verbs.show(desk, did).json["root"] == web().public
    again = web()
    again.own = replace(again.own, id=did_key(again.public))
    with pytest.raises(Conflict, match="has this root key already"):
        verbs.add(desk, written(again.card), alias="other")


def test_one_card_is_not_for_another_did(fake: FakeDesk, desk: Desk, written: Written) -> None:
    wrong = {**WEATHER.card, "id": Other("X", 7).own.id}
    with pytest.raises(Invalid, match="no participant's card"):
        verbs.add(desk, written(wrong))
    did = serve(fake, web())
    claims = {**WEATHER.card, "id": did}  # somebody's host, and a root key of one's own
    with pytest.raises(Invalid, match="no participant's card"):
        verbs.add(desk, written(claims))
    assert verbs.add(desk, written(web().card)).json["id"] == did
    with pytest.raises(Conflict, match="this node itself"):
        verbs.add(desk, written(fake.here.card))
    fake.documents.clear()
    with pytest.raises(Unavailable):
        verbs.add(desk, did)


def test_an_address_may_be_found_by_the_versions(fake: FakeDesk, desk: Desk) -> None:
    other = web()
    document = other.document()
    del document["service"][0]
    at = f"https://{other.host}/.well-known/did.json"
    versions = f"https://{other.host}/.well-known/dspace-version"
    old = {"version": "2024-1", "path": "/old", "binding": "HTTPS"}
    fake.documents = {
        at: document,
        versions: {"protocolVersions": [old, {**old, "version": "2025-1", "path": "/x/"}]},
    }
    assert verbs.add(desk, other.own.id).json["address"] == f"https://{other.host}/x"
    fake.documents[versions] = {"protocolVersions": [old]}
    with pytest.raises(Invalid, match="does not speak version"):
        verbs.add(desk, other.own.id)


@pytest.mark.parametrize(
    "address",
    ["", "http://weather.example", "https://10.0.0.1/dsp", "https://localhost/dsp",
     "https://u:p@weather.example"],
)  # fmt: skip
def test_addresses_are_judged_when_they_are_added(
    desk: Desk, written: Written, address: str
) -> None:
    with pytest.raises((Invalid, Refused)) as caught:
        verbs.add(desk, written({**WEATHER.card, "address": address}))
    assert caught.value.code.endswith(".dsp-address")


@pytest.mark.parametrize("did", ["did:web:", "did:web:localhost", "did:web:10.0.0.1",
                                 "did:web:Weather.example"])  # fmt: skip
def test_dids_are_judged_before_anything_is_fetched(fake: FakeDesk, desk: Desk, did: str) -> None:
    with pytest.raises((Invalid, Refused)):
        verbs.add(desk, did)


def test_names_here_are_unique(desk: Desk, written: Written) -> None:
    verbs.add(desk, written(WEATHER.card))
    other = Other("Weather", 5)
    with pytest.raises(Conflict, match="is called `weather`"):
        verbs.add(desk, written(other.card))
    assert verbs.add(desk, written(other.card), alias="weather2").json["alias"] == "weather2"
    numbered = {**Other("N", 6).card, "name": "4 winds"}
    with pytest.raises(Invalid) as caught:
        verbs.add(desk, written(numbered))
    assert "--alias" in str(caught.value.next)
    assert verbs.add(desk, written({**numbered, "name": "温州 Port!"})).json["alias"] == "温州_port"
    with pytest.raises(Invalid, match="no place"):
        verbs.add(desk, written(numbered), alias="n", place="China")


def _changed(**changed: Any) -> dict[str, Any]:
    return {**WEATHER.card, **changed}


_KEYS = WEATHER.card["keys"]
_ELSE = keys.certify(WEATHER.root, _KEYS["certificates"][0]["public"], "else", "2026")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        "{" * 5000,
        _changed(more=1),
        {k: v for k, v in WEATHER.card.items() if k != "name"},
        _changed(name=7),
        _changed(name=""),
        _changed(name="  "),
        _changed(name="a\x1b[31m"),
        _changed(name="x" * 201),
        _changed(id="did:example:1"),
        _changed(keys="text"),
        _changed(keys={**_KEYS, "root": "00"}),
        _changed(keys={**_KEYS, "root": "01" + "0" * 62, "certificates": []}),
        _changed(keys={**_KEYS, "origin": "a b"}),
        _changed(keys={**_KEYS, "certificates": [_ELSE]}),
        _changed(keys={**_KEYS, "certificates": [{**WEATHER.certificate, "issued": "x"}]}),
        json.dumps(WEATHER.card)[:-1] + ', "id": "x"}',
        " " * (1 << 19),
    ],
)
def test_what_is_no_card_is_refused(
    fake: FakeDesk, desk: Desk, written: Written, body: Any
) -> None:
    with pytest.raises(DoumenError):
        verbs.add(desk, written(body))
    assert fake.subjects == []


def test_files_that_cannot_be_read(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        verbs.add(desk, str(tmp_path / "none.json"))
    assert "did:web" in str(caught.value.next)
    with pytest.raises(Unavailable):
        verbs.add(desk, str(tmp_path))
