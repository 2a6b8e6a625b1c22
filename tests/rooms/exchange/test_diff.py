"""Who sees what more: at the provider by what is counted, at the consumer by what is told."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from tests.rooms.exchange.test_asking import Pair
from tests.rooms.exchange.test_catalogue import ANA, OWN, node, offer, product

from doumen.faces.cli.draw import draw
from doumen.faces.cli.wide import width
from doumen.faces.languages import catalogue
from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.standards import odrl
from doumen.kits.standards.dsp import Role
from doumen.kits.standards.dsp.negotiation import NegotiationState
from doumen.model.actor import Actor
from doumen.model.agreement import Agreement, Side, key_of
from doumen.model.errors import Conflict, DoumenError, Invalid, NotFound, Refused
from doumen.model.exposure import By, Exposure, Gain, Link, Sight
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.operation import Outcome
from doumen.model.participant import Participant
from doumen.model.ref import Ref
from doumen.rooms.exchange import diff, exposed
from doumen.rooms.exchange.negotiation.state import Negotiation
from doumen.session.session import Session

Of = Callable[..., Session]
PORT = Participant("did:web:port.example", "Port", "port", "https://port.example", "p-1", "0" * 64)
TERMS = """
to: [port]
for: [research]
until: 2099-12-31
places: [CN]
datasets:
  weather.hourly:
    columns: [place, day, wind]
    duties:
      - filter: "place <> 'LGA'"
      - mask: {column: wind, method: bucket, edges: [2, 5]}
"""
HELD = """
datasets:
  weather.hourly: {columns: [place, wind], duties: [{filter: "place = 'JFK'"}]}
  weather.places: {}
"""
NEGOTIATED = "urn:uuid:0c5ef1a0-0000-4000-8000-000000000000"


def agreement(terms: str, name: str = "one", **given: Any) -> Fact:
    id = f"urn:test:{name}"
    given = {"side": Side.PROVIDER, "counterparty": PORT.id, "product": "weather", **given}
    made = Agreement(key_of(id), id, terms=policy.read_terms(terms), signed="2026-01-01", **given)
    return Fact("agreement", made.key, policy.agreement_as_json(made))


@pytest.fixture
def airport(of: Of, tmp_path: Path) -> Session:
    """The owner of a node with an offer to a participant who has an agreement."""
    owner = of()
    owner.desk.amend([Fact("participant", PORT.id, PORT.as_json())], subject="port")
    owner.do("product create", name="weather", title="Weather", dataset=("weather.hourly",))
    (tmp_path / "terms.yaml").write_text(TERMS, "utf-8")
    owner.do("offer create", product="weather", terms=str(tmp_path / "terms.yaml"))
    owner.do("label set", target="weather.places.name", label="personal")
    return owner


def drawn(outcome: Outcome, language: str = "en", room: int = 80) -> str:
    """As it is drawn on a terminal, which it does not go beyond."""
    stream = io.StringIO()
    draw(outcome.drawn, stream, room, catalogue(language))
    text = stream.getvalue()
    assert max(map(width, text.splitlines())) <= room
    return text


def test_what_is_counted_is_told_in_json(airport: Session) -> None:
    fact = agreement(HELD)
    airport.desk.amend([fact], subject="test")
    told = airport.do("agreement diff", offer="weather-1").json
    (hourly,) = told["datasets"]
    assert (told["of"], told["side"], told["with"], told["more"]) == (
        "weather-1", "provider", PORT.id, True,
    )  # fmt: skip
    assert told["compared"] == [{"agreement": fact.key, "with": PORT.id, "product": "weather"}]
    assert hourly["rows"] == {"all": 27, "shown": 18, "new": 9}
    assert (hourly["agreements"], hourly["columns_known"]) == ([fact.key], True)
    assert (hourly["purposes"], hourly["new_purposes"]) == (["research"], [])
    assert (hourly["until"], hourly["longer"]) == ("2099-12-31", False)
    assert [(c["name"], c["more"], c["more_rows"], c["rows"]) for c in hourly["columns"]] == [
        ("place", "none", True, 9),
        ("day", "new", True, 18),
        ("wind", "none", True, 9),
    ]
    assert hourly["columns"][2]["mask"] == {"method": "bucket", "edges": [2, 5]}
    assert hourly["columns"][2]["before"] == [None]
    (link,) = told["combinable"]
    assert (link["columns"], link["values"], link["rows"]) == (["place"], 1, 9)
    assert link["with"]["agreement"] == fact.key
    assert link["linked"] == [{"name": "name", "labels": ["personal"]}]
    assert [one["name"] for one in link["gained"]] == ["day", "wind"]
    assert json.loads(json.dumps(told)) == told
    assert airport.desk.receipt(told["receipt"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_drawn_for_people(airport: Session, language: str) -> None:
    alone = airport.do("agreement diff", offer="weather-1")
    airport.desk.amend([agreement(HELD)], subject="test")
    text = drawn(airport.do("agreement diff", offer="weather-1"), language)
    assert ("place: same" in text) is (language == "en")
    assert ("9 rows, 1" in text) is (language == "en")
    assert ("18 of 27 are shown, 9 of them are new" in text) is (language == "en")
    assert ("in more rows" in text) is (language == "en")
    assert ("no agreement is in force" in drawn(alone, language)) is (language == "en")


def test_the_same_terms_again_are_nothing_more(airport: Session) -> None:
    terms = TERMS.replace("to: [port]", f"to: ['{PORT.id}']")
    airport.desk.amend([agreement(terms)], subject="test")
    outcome = airport.do("agreement diff", offer="weather-1")
    assert (outcome.json["more"], outcome.json["combinable"]) == (False, [])
    assert str(outcome.said[0]) == "Nothing more is seen than before."


def test_where_nothing_could_be_asked_for_is_said(airport: Session) -> None:
    unknown = airport.do("agreement diff", offer="weather-1").json["unknown"]
    assert unknown == [
        "What `port` has from elsewhere, or kept of agreements that are over, is not known.",
        "Nothing can be asked for from where `port` is known to be: `-`.",
    ]


def test_with_whom(airport: Session, tmp_path: Path) -> None:
    (tmp_path / "open.yaml").write_text("datasets: {weather.hourly: {}}", "utf-8")
    airport.do("offer create", product="weather", terms=str(tmp_path / "open.yaml"))
    spy = replace(PORT, id="did:web:spy.example", alias="spy")
    airport.desk.amend([Fact("participant", spy.id, spy.as_json())], subject="spy")
    for given, kind in (
        ({"offer": "weather-2"}, Invalid),
        ({"offer": "weather-2", "participant": "nobody"}, NotFound),
        ({"offer": "weather-1", "participant": "spy"}, Invalid),
        ({"offer": "weather-1", "participant": "port", "at": "port"}, Invalid),
        ({"offer": "weather-9"}, NotFound),
        ({"offer": "N-AAAAAAAA"}, DoumenError),
    ):
        with pytest.raises(kind):
            airport.do("agreement diff", **given)
    told = airport.do("agreement diff", offer="weather-2", participant="spy").json
    assert (told["with"], told["datasets"][0]["new_purposes"]) == (spy.id, ["*"])


def test_nobody_else_is_told(airport: Session, of: Of) -> None:
    with pytest.raises(Refused):
        of("tom").do("agreement diff", offer="weather-1")
    with pytest.raises(NotFound):
        of("ana").do("agreement diff", offer="weather-1")
    assert of("sue").do("agreement diff", offer="weather-1").json["receipt"]


def negotiation(role: Role, terms: str, state: NegotiationState, with_: Participant) -> Fact:
    asked = odrl.write_offer(
        policy.read_terms(terms), "urn:doumen:offer:x:weather-1",
        "urn:doumen:product:x:a", OWN.id,
    )  # fmt: skip
    made = Negotiation(role, with_.id, "/dsp", NEGOTIATED, "urn:uuid:2", state, asked)
    return Fact("negotiation", made.key, made.as_json())


def test_what_a_negotiation_has_come_to(airport: Session) -> None:
    wanted = "{for: [research], datasets: {weather.hourly: {columns: [ssn]}}}"
    fact = negotiation(Role.PROVIDER, wanted, NegotiationState.REQUESTED, PORT)
    airport.desk.amend([fact], subject="test")
    told = airport.do("agreement diff", offer=fact.key).json
    assert (told["of"], told["with"]) == (fact.key, PORT.id)
    assert [c["name"] for c in told["datasets"][0]["columns"]] == ["ssn"]
    over = negotiation(Role.PROVIDER, wanted, NegotiationState.TERMINATED, PORT)
    airport.desk.amend([over], subject="test")
    with pytest.raises(Conflict, match="is over"):
        airport.do("agreement diff", offer=fact.key)


class Consumer(Pair):
    """A node that asks another, with agreements of its own."""

    def __init__(self, provider: Facts, *own: Fact) -> None:
        super().__init__(provider)
        self.own_facts = own
        self.actor = Actor("owner", roles=frozenset({"owner"}))

    def facts(self) -> Facts:
        known = super().facts()
        rows = [FactRow(known.version + n, f, "e", "") for n, f in enumerate(self.own_facts, 1)]
        return known.extended(rows)

    def own(self) -> Participant:
        return ANA


def provider() -> Facts:
    return node(
        product("a"),
        product("b"),
        offer("a-1", "a", columns=["place", "Wind"]),
        offer("b-1", "b"),
    )


def consumed(terms: str, name: str, **given: Any) -> Fact:
    given = {"side": Side.CONSUMER, "counterparty": OWN.id, **given}
    return agreement(terms, name, **given)


def asked(consumer: Consumer, **given: Any) -> Outcome:
    return diff.diff(cast("Desk", consumer), **{"offer": "a-1", "at": "w", **given})


def test_a_consumer_counts_nothing() -> None:
    outcome = asked(Consumer(provider()))
    told = outcome.json
    (hourly,) = told["datasets"]
    assert (told["side"], told["with"], told["receipt"]) == ("consumer", OWN.id, None)
    assert told["of"] == "urn:doumen:offer:weather-1:a-1"
    assert (hourly["rows"], hourly["provider"], told["more"]) == (None, OWN.id, True)
    assert {(c["name"], c["type"], c["more"], c["rows"]) for c in hourly["columns"]} == {
        ("place", "VARCHAR", "new", None), ("Wind", "DOUBLE", "new", None),
    }  # fmt: skip
    assert told["unknown"] == ["Rows are not counted: only `w` could, and is not asked."]
    drawn(outcome)


def test_what_a_consumer_has_of_that_participant_and_of_others() -> None:
    spare = replace(OWN, id="did:web:spare.example", alias="spare")
    here = consumed(
        "datasets: {w.hourly: {columns: [place], duties: [{filter: \"place = 'x'\"}]}}", "here",
        product="b",
    )  # fmt: skip
    whole = consumed("datasets: {x.names: {}, x.more: {columns: [place]}}", "whole", product="gone",
                     counterparty=spare.id)  # fmt: skip
    not_ours = consumed("datasets: {w.hourly: {}}", "not ours", side=Side.PROVIDER)
    outcome = asked(Consumer(provider(), here, whole, not_ours))
    told = outcome.json
    assert [one["agreement"] for one in told["compared"]] == sorted([here.key, whole.key])
    place, wind = sorted(told["datasets"][0]["columns"], key=lambda c: str(c["name"]).lower())
    assert (place["more"], place["more_rows"], wind["more"]) == ("none", True, "new")
    links = {(one["with"]["dataset"], one["with"]["provider"]) for one in told["combinable"]}
    assert links == {("w.hourly", OWN.id), ("x.more", spare.id)}
    assert told["unknown"][1:] == [
        "The catalogue of `did:web:spare.example` is not to be had: There is no participant "
        "`did:web:spare.example` on this node.",
        f"The columns of `x.names` under agreement `{whole.key}` are not told any more.",
    ]
    assert "perhaps in more rows" in drawn(outcome)


def test_a_negotiation_of_a_consumer() -> None:
    fact = negotiation(
        Role.CONSUMER, "datasets: {w.hourly: {}, w.none: {}}", NegotiationState.OFFERED, OWN
    )
    told = asked(Consumer(provider(), fact), offer=fact.key, at=None).json
    hourly, none = told["datasets"]
    assert (told["side"], told["with"], len(hourly["columns"])) == ("consumer", OWN.id, 2)
    assert (none["columns"], none["columns_known"]) == ([], False)
    assert told["unknown"][-1] == "The columns of `w.none` in the offer are not told."


def test_only_those_who_govern_ask_as_a_consumer() -> None:
    consumer = Consumer(provider(), negotiation(Role.CONSUMER, "datasets: {w.hourly: {}}",
                                                NegotiationState.OFFERED, OWN))  # fmt: skip
    consumer.actor = Actor("tom", roles=frozenset({"auditor"}))
    for given in ({}, {"offer": consumer.own_facts[0].key, "at": None}):
        with pytest.raises(Refused, match="Only owner and steward"):
            asked(consumer, **given)
    assert consumer.asked == []


def test_terms_that_are_not_understood_cannot_be_compared() -> None:
    consumer = Consumer(provider())

    def odd(body: dict[str, Any]) -> dict[str, Any]:
        for dataset in body.get("dataset", [body]):
            for one in dataset["hasPolicy"]:
                one["profile"] = "urn:of-nobody"
                one["permission"][0]["action"] = "urn:dance"
        return body

    consumer.change = odd
    with pytest.raises(Invalid, match="does not understand"):
        asked(consumer)


def test_groups_hashes_and_long_lists_are_drawn() -> None:
    terms = policy.read_terms("""
for: [research]
datasets: {w.a: {duties: [{min_group: 5}]}}
""")
    sight = Sight("did:web:w", Ref("w", "a"), None, (), groups=((5, None),), purposes=("research",))
    other = replace(sight, ref=Ref("w", "b"))
    link = Link(sight, other, (("id", "id"),), By.REFERENCE, hashed=True)
    gains = (
        Gain(sight, (), purposes=("research",), longer=True),
        Gain(replace(sight, purposes=()), (), any_purpose=True),
        Gain(replace(sight, purposes=()), ()),
    )
    found = Exposure("did:web:c", terms, gains, (link,) * (exposed.DRAWN + 1))
    outcome = exposed.told(found, "x", Side.CONSUMER, PORT, [])
    drawn(outcome)
    text = drawn(outcome, room=200)
    for words in (
        "groups of at least 5 rows",
        "research; new: research",
        "any purpose, which is new",
        "any purpose, as before",
        "no end, longer than before",
        "no end, as before",
        "reference in the contract, hashed",
        "of the same terms",
        "nothing else with nothing else",
        "the first 100 of 101",
    ):
        assert words in text, words
