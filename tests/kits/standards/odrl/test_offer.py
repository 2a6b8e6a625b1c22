"""Terms as Offer and Agreement: law 8, valid in published messages, nothing of others dropped."""

from __future__ import annotations

import contextlib
import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import RDF
from tests.counts import count
from tests.kits.policy.offers.strategies import terms

from doumen.kits.policy.offers import read_terms
from doumen.kits.standards.odrl import (
    Agreed,
    Offered,
    read_agreement,
    read_offer,
    write_agreement,
    write_offer,
)
from doumen.kits.standards.odrl.evaluable import evaluable
from doumen.kits.standards.odrl.terms import NAMESPACES, PROFILE
from doumen.model.errors import Invalid
from doumen.model.terms import Terms

often = settings(max_examples=count(100), deadline=None)
UID, TARGET = "urn:uuid:e8dc8655", "urn:uuid:3dd1add4"
PROVIDER, CONSUMER = "did:web:weather.example", "did:web:port.example%3A8443"
SIGNED = datetime(2026, 11, 29, 15, 4, 5, 678, tzinfo=UTC)
Body = dict[str, Any]
Change = Callable[[Body], Any]
FULL = read_terms("""
to: [did:web:port.example]
for: [research, 规划]
from: 2026-12-01
until: 2027-12-31
places: [CN]
datasets:
  weather.hourly:
    columns: [origin, temp]
    duties: [{limit: 100}, {mask: {column: temp, method: bucket, edges: [1, 2]}}]
quota: [{queries: 1000}, {queries: 5, per: day}]
due: {report: 30, attribute: Weather Service, delete: 30}
price: 100 EUR a month
""")


def offer(found: Terms = FULL) -> Body:
    """An offer as it comes out of a message."""
    body: Body = json.loads(json.dumps(write_offer(found, UID, TARGET, PROVIDER)))
    return body


def agreement(found: Terms = FULL) -> Body:
    return write_agreement(
        found, UID, TARGET, assigner=PROVIDER, assignee=CONSUMER, timestamp=SIGNED
    )


def why(document: Mapping[str, Any], read: Callable[[Any], Any] = read_offer) -> str:
    with pytest.raises(Invalid) as error:
        read(document)
    return error.value.why or ""


@pytest.mark.law
@often
@given(terms())
def test_what_is_written_is_read(found: Terms) -> None:
    assert read_offer(offer(found)) == Offered(UID, TARGET, PROVIDER, found)
    agreed = Agreed(UID, TARGET, PROVIDER, CONSUMER, SIGNED, found)
    assert read_agreement(json.loads(json.dumps(agreement(found)))) == agreed


def test_moments_are_kept_to_the_microsecond_whatever_their_zone() -> None:
    there = SIGNED.astimezone(timezone(timedelta(hours=8)))
    written = write_agreement(
        FULL, UID, TARGET, assigner=PROVIDER, assignee=CONSUMER, timestamp=there
    )
    assert written == agreement()
    assert written["timestamp"] == "2026-11-29T15:04:05.000678Z"
    came = {**written, "timestamp": "2026-11-29T23:04:05.000678+08:00"}
    assert read_agreement(came).timestamp == SIGNED


CONTEXTS = Path(__file__).parents[1] / "dsp" / "published" / "context"
ODRL = Namespace(NAMESPACES["odrl"])


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # by rdflib, in rdflib
def test_a_processor_of_json_ld_finds_every_term_under_the_context_of_messages() -> None:
    words = json.loads((CONTEXTS / "odrl.jsonld").read_text("utf-8"))["@context"]
    prefixes = json.loads((CONTEXTS / "dspace.jsonld").read_text("utf-8"))["@context"]
    declared = {name: prefixes[name] for name in ("odrl", "xsd")}
    document = {"@context": {**declared, **words}, **offer()}
    graph = Graph().parse(data=json.dumps(document), format="json-ld")
    assert (URIRef(UID), RDF.type, ODRL.Offer) in graph
    assert (URIRef(UID), ODRL.assigner, URIRef(PROVIDER)) in graph
    assert len(list(graph.objects(None, ODRL.permission))) == 1
    assert len(list(graph.objects(None, ODRL.duty))) == 6
    assert len(list(graph.objects(None, ODRL.constraint))) == 9
    terms = {
        str(term)
        for key in (ODRL.leftOperand, ODRL.operator, ODRL.action, ODRL.unit, RDF.value)
        for term in graph.objects(None, key)
        if isinstance(term, URIRef)
    }
    assert len(terms) > 20
    known = (NAMESPACES["odrl"], NAMESPACES["doumen"])
    assert {term for term in terms if not term.startswith(known)} == set()
    assert f"{PROFILE}:limit.value" in terms


def test_the_terms_that_stand_on_the_page_are_read_and_all_that_is_written_stands_there() -> None:
    page = (Path(__file__).parents[4] / "docs" / "odrl.md").read_text("utf-8")
    (shown,) = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    found = read_terms(shown)
    assert [str(grant.ref) for grant in found.grants] == ["weather.daily", "weather.hourly"]
    assert read_offer(offer(found)).terms == found
    used = set(re.findall(r"urn:doumen:odrl:1:([\w.]+)", json.dumps([offer(found), offer()])))
    assert {"perAgreementDay", "attribution", "price", "column", "dataset"} <= used
    assert {word for word in used if f"`doumen:{word}`" not in page} == set()


def put(*path: Any, to: Any) -> Change:
    """A change of one part of the offer; a function gets what stands there."""

    def change(body: Body) -> Any:
        node: Any = body
        for step in path[:-1]:
            node = node[step]
        last = path[-1]
        held = node[last] if isinstance(node, list) or last in node else None
        node[last] = to(held) if callable(to) else to
        return body

    return change


def limits(left: str, operator: str, right: Any, **more: Any) -> Body:
    return {"leftOperand": left, "operator": operator, "rightOperand": right, **more}


RULE = ("permission", 0)
LIMITS = (*RULE, "constraint")
DUTIES = (*RULE, "duty")


def with_limit(number: int, **changes: Any) -> Change:
    return put(*LIMITS, number, to=lambda held: {**held, **changes})


def words(value: Any) -> Any:
    """The same with words of ODRL and a prefix of ours, as one would write by hand."""
    text = json.dumps(value).replace("urn:doumen:odrl:1:", "d:").replace('"odrl:', '"')
    return json.loads(text.replace(NAMESPACES["rdf"], "rdf:"))


SAME: dict[str, Change] = {
    "words": lambda o: {**words(o), "@context": ["http://www.w3.org/ns/odrl.jsonld",
                                                 {"d": "urn:doumen:odrl:1:"}]},
    "uid and type": lambda o: {"uid": o.pop("@id"), "type": o.pop("@type"), **o},
    "one permission": put("permission", to=lambda held: held[0]),
    "assigner as a node": put("assigner", to={"@id": PROVIDER}),
    "until midnight": with_limit(8, operator="lt", rightOperand="2028-01-01T00:00:00Z"),
    "until the day after": with_limit(8, operator="lt", rightOperand="2028-01-01"),
    "from midnight": with_limit(4, rightOperand={"@value": "2026-12-01T00:00:00Z",
                                                 "@type": "xsd:dateTime"}),
    "after a day": with_limit(4, operator="gt", rightOperand="2026-11-30"),
    "one party": with_limit(2, operator="eq", rightOperand=CONSUMER.partition("%")[0]),
    "party as IRI": with_limit(2, rightOperand=[{"@id": CONSUMER.partition("%")[0]}]),
    "a count as text": with_limit(5, rightOperand="1000"),
    "a count as number": with_limit(5, rightOperand=1000),
    "columns twice": with_limit(1, rightOperand=["temp", "origin"]),
    "order": put(*LIMITS, to=lambda held: held[::-1]),
    "order of duties": put(*DUTIES, to=lambda held: held[::-1]),
    "types": lambda o: put(*RULE, "@type", to="Permission")(
        put(*DUTIES, 0, "@type", to=["Duty"])(o)),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_other_ways_to_say_the_same_are_read(name: str) -> None:
    assert read_offer(SAME[name](offer())).terms == FULL


def second(**changes: Any) -> Change:
    def change(body: Body) -> Body:
        other = copy.deepcopy(body["permission"][0])
        other["constraint"][0]["rightOperand"] = "weather.daily"
        body["permission"].append({**other, **changes})
        return body

    return change


REFUSED: dict[str, tuple[Change, str]] = {
    "kind": (put("@type", to="Set"), "@type: `Set` is not `Offer`"),
    "no kind": (lambda o: {k: o[k] for k in o if k != "@type"}, "`@type` is missing"),
    "no uid": (lambda o: {k: o[k] for k in o if k != "@id"}, "`uid` is missing"),
    "uid without its prefix": (put("@id", to="doumen:x"),
                               "uid: `undeclared doumen:x` has a prefix that is not declared"),
    "uid in short": (put("@id", to="odrl:x"), "uid: an IRI is expected here"),
    "uid by a prefix": (lambda o: {**o, "@context": {"n": "urn:n:"}, "@id": "n:x"},
                        "uid: an IRI is expected here"),
    "uid in a list": (put("@id", to=[UID]), "uid: an IRI is expected here"),
    "uid in a node": (put("@id", to={"@id": UID}), "uid: an IRI is expected here"),
    "target without its prefix": (put("target", to="dpv:x"), "target: `undeclared dpv:x` has"),
    "assigner without its prefix": (put("assigner", to={"@id": "dpv:x"}), "assigner: `undeclared"),
    "empty target": (put("target", to=""), "target: an IRI is expected here"),
    "no target": (lambda o: {k: o[k] for k in o if k != "target"}, "`target` is missing"),
    "no assigner": (put("assigner", to=[]), "`assigner` is missing"),
    "assignee": (put("assignee", to="did:web:x"), "`assignee` is not understood here"),
    "profile": (put("profile", to=["urn:x", PROFILE]), "profile `urn:x` is not known"),
    "no profile": (put("profile", to=None), "terms of a profile are used"),
    "prohibition": (put("prohibition", to=[{"action": "use"}]), "`prohibition` is not understood"),
    "obligation": (put("obligation", to=[]), "`obligation` is not understood here"),
    "nothing": (put("permission", to=[]), "`permission` is missing"),
    "text": (put(*RULE, to="use"), "permission[0]: an object is expected here"),
    "context": (put("@context", to=["https://example.org"]), "no context is loaded"),
    "action": (put(*RULE, "action", to="use"), "permission[0].action: action `use` is not"),
    "actions": (put(*RULE, "action", to=["read", "use"]), "permission[0].action: one is read"),
    "target of a rule": (put(*RULE, "target", to="urn:x"), "permission[0]: `target` is not"),
    "no dataset": (put(*LIMITS, to=lambda held: held[1:]), "a permission names its dataset"),
    "no constraint": (put(*LIMITS, to=[]), "a permission names its dataset"),
    "datasets": (with_limit(0, operator="isAnyOf", rightOperand=["x.a", "x.b"]), "one dataset"),
    "twice": (put(*LIMITS, to=lambda held: [*held, held[0]]), "constraint[9]: a second constraint"),
    "columns": (with_limit(1, operator="isAllOf"), "`doumen:column` is read with `isAnyOf`"),
    "column as IRI": (with_limit(1, rightOperand=[{"@id": "urn:x"}]), "`doumen:column` is read"),
    "unit": (with_limit(2, unit="urn:x"), "`recipient` is read with `isAnyOf`"),
    "place": (with_limit(3, rightOperand=["cn"]), "terms, places.0"),
    "first day": (with_limit(4, rightOperand="2026-12-01T08:00:00Z"), "the first day is read as"),
    "no day": (with_limit(4, rightOperand="2026-13-01"), "`2026-13-01` is not a day"),
    "quota": (with_limit(5, **{"odrl:unit": "urn:x"}), "constraint[5]: `count` is read as"),
    "no quota": (with_limit(5, rightOperand="many"), "constraint[5]: `count` is read as"),
    "per actor": (with_limit(5, **{"odrl:unit": "urn:doumen:odrl:1:perDay"}), "`count` is read as"),
    "quota twice": (with_limit(6, **{"odrl:unit": "urn:doumen:odrl:1:perAgreement"}),
                    "constraint[6]: a second constraint"),
    "zero": (with_limit(5, rightOperand="0"), "terms, quota"),
    "purpose": (with_limit(7, rightOperand=[{"@id": "urn:x"}]), "`urn:x` is not a purpose"),
    "language": (put(*LIMITS, 3, to=limits("odrl:language", "eq", "en")), "operand `language`"),
    "logical": (put(*LIMITS, 3, to={"and": []}), "constraint[3]: `and` is not understood here"),
    "consequence": (put(*DUTIES, 0, "consequence", to=[]), "duty[0]: `consequence` is not"),
    "duty uid": (put(*DUTIES, 0, "uid", to="urn:x"), "duty[0]: `uid` is not understood here"),
    "duty text": (put(*DUTIES, 0, to="pay"), "duty[0]: an object is expected here"),
    "no action": (put(*DUTIES, 0, to={}), "duty[0]: `action` is missing"),
    "empty action": (put(*DUTIES, 0, "action", to={}), "duty[0].action: `rdf:value` is missing"),
    "other duty": (put(*DUTIES, 0, "action", to="anonymize"), "duty `anonymize` is not understood"),
    "a count as duty": (put(*DUTIES, 0, "action", to="urn:doumen:odrl:1:count"), "`doumen:count`"),
    "delete": (put(*DUTIES, 4, "action", to="delete"), "`delete` is read with `delayPeriod lteq`"),
    "months": (put(*DUTIES, 2, "action", "odrl:refinement", 0, "rightOperand",
                   to={"@value": "P1M", "@type": "xsd:duration"}), "`inform` is read with"),
    "words": (put(*DUTIES, 3, "action", "odrl:refinement", 0, "rightOperand", to=7),
              "`attribute` is read with `doumen:attribution eq` a text"),
    "due twice": (put(*DUTIES, to=lambda held: [*held, held[2]]), "`inform` is asked twice"),
    "price twice": (put(*DUTIES, to=lambda held: [*held, held[5]]), "`compensate` is asked twice"),
    "one dataset twice": (lambda o: {**o, "permission": o["permission"] * 2},
                          "permission[1]: dataset `weather.hourly` has two permissions"),
    "other terms": (second(duty=[]), "permission[1]: purposes, days, places"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_terms_cannot_hold_is_refused_with_its_place(name: str) -> None:
    change, told = REFUSED[name]
    assert told in why(change(offer()))


def test_all_faults_are_told_at_once() -> None:
    body = put("assigner", to=[])(
        put("prohibition", to=[])(with_limit(5, rightOperand="x")(offer()))
    )
    assert why(body).count(";") == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-11-29T15:04:05", "is not a moment with its zone"),
        ("2026-11-29", "is not a moment with its zone"),
        (7, "`7` is not a moment with its zone"),
        ("0001-01-01T00:00:00+14:00", "is not a moment with its zone"),
        ([], "`timestamp` is missing"),
    ],
)
def test_an_agreement_has_its_moment(text: Any, told: str) -> None:
    assert told in why({**agreement(), "timestamp": text}, read_agreement)


def test_the_name_of_an_agreement_is_read_as_it_stands() -> None:
    for uid in (UID, "urn:doumen:odrl:1:x", NAMESPACES["odrl"] + "x", "https://a.example/b"):
        assert read_agreement({**agreement(), "@id": uid}).uid == uid
    told = why({**agreement(), "@id": "xsd:x"}, read_agreement)
    assert told == "uid: an IRI is expected here."


def test_an_offer_is_no_agreement() -> None:
    assert "`timestamp` is not understood" in why(agreement())
    told = why(offer(), read_agreement)
    assert "`Offer` is not `Agreement`" in told
    assert "`assignee` is missing" in told


ODD: list[Any] = [None, 7, "x", [], {"@id": 7}]


def altered(value: Any) -> Iterator[Any]:
    """Every document in which one part is odd, or left out."""
    yield from ODD
    if isinstance(value, dict):
        for key, item in value.items():
            yield {name: held for name, held in value.items() if name != key}
            yield {**value, "urn:x": item}
            for one in altered(item):
                yield {**value, key: one}
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield value[:number] + value[number + 1 :]
            for one in altered(item):
                yield [*value[:number], one, *value[number + 1 :]]


def untyped(value: Any) -> Any:
    """The document without the datatypes of its values: their operands tell them too."""
    if isinstance(value, list):
        return [untyped(one) for one in value]
    if not isinstance(value, dict):
        return value
    left = {"@type"} if "@value" in value else set()
    return {key: untyped(item) for key, item in value.items() if key not in left}


@pytest.mark.law
def test_no_part_is_ignored_and_none_breaks_the_reader() -> None:
    """What is altered is refused, or something else is read, but for a datatype left out."""
    whole, body = read_offer(offer()), offer()
    same: list[Any] = []
    refused = 0
    for one in altered(body):
        if not isinstance(one, dict):
            continue
        try:
            if read_offer(one) == whole:
                same.append(one)
        except Invalid:
            refused += 1
    assert refused > 700
    assert {json.dumps(untyped(one)) for one in same} == {json.dumps(untyped(body))}
    for one in altered(body):
        if isinstance(one, dict):
            with contextlib.suppress(Invalid):
                evaluable(one)
