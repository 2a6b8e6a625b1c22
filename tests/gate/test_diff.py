"""Before signing, at the provider's gate: counts as Python finds them, and who may have them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import doumen
from doumen.gate import Counter, Gate
from doumen.gate.diff import MOST
from doumen.kits import policy
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.agreement import Agreement, Side, key_of
from doumen.model.errors import Conflict, Invalid, Refused
from doumen.model.exposure import By, Exposure, Link, More, Rows
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.participant import Participant, member
from doumen.model.rule import Mask
from doumen.session import Node, create
from doumen.session.node import silent
from doumen.stores.catalog import Catalog

PORT = Participant(
    "did:web:port.example", "Port", "port", "https://port.example", "port-1", "00" * 32
)
SPY = replace(PORT, id="did:web:spy.example", alias="spy")
RNG = random.Random(7)
Row = dict[str, Any]
FLIGHTS: list[Row] = [
    {
        "id": n,
        "plane": RNG.choice(["a", "b", "c", None]),
        "delay": RNG.choice([None, *range(9)]),
        "place": RNG.choice(["Rome", "Oslo", None]),
    }
    for n in range(80)
]
PLANES = [{"tail": tail, "owner": f"o{n}"} for n, tail in enumerate("abxy")]
CREW = [{"id": n, "place": "Rome", "name": f"p{n % 3}"} for n in range(70, 90)]
FILTERS: dict[str, Callable[[Row], bool]] = {
    "delay < 5": lambda row: row["delay"] is not None and row["delay"] < 5,
    "delay > 2 OR place = 'Rome'": lambda row: (row["delay"] or 0) > 2 or row["place"] == "Rome",
    "plane IS NULL": lambda row: row["plane"] is None,
    "NOT (place = 'Oslo')": lambda row: row["place"] not in ("Oslo", None),
    f"actor.participant = '{PORT.id}'": lambda row: True,
}


def text(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = [",".join("" if v is None else str(v) for v in row.values()) for row in rows]
    return "\n".join([",".join(rows[0]), *lines]) + "\n"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("diff")
    create(folder / "node", "airport")
    with doumen.open(folder / "node") as opened:
        owner = opened.session()
        for name, rows in (("flights", FLIGHTS), ("planes", PLANES), ("crew", CREW)):
            (folder / f"{name}.csv").write_text(text(rows))
            owner.do("collect", path=folder / f"{name}.csv", as_dataset=f"t.{name}")
        for name, role in (("sue", "steward"), ("tom", "auditor"), ("ana", "analyst")):
            owner.do("actor add", name=name, role=(role,), purpose=("research",))
        odd = "{to: x.tail, customProperties: [{property: doumenDataset, value: not a name}]}"
        to = f"[{{to: planes.tail}}, {odd}]"
        changes = ("columns.id.unique=true", f"columns.plane.relationships={to}")
        owner.do("contract edit", dataset="t.flights", changes=changes, new_version=True)
        commit(opened, *(Fact("participant", one.id, one.as_json()) for one in (PORT, SPY)))
        yield opened


@pytest.fixture(autouse=True)
def forgotten(node: Node) -> Iterator[None]:
    """Agreements are of one test."""
    yield
    forget(node)


def forget(node: Node) -> None:
    held = list(node.means.catalog.current().all("agreement"))
    for key, body in held:
        if "ended" not in body:  # what was agreed stays
            commit(node, Fact("agreement", key, {**body, "ended": "2026-01-02T00:00:00Z"}))


def commit(node: Node, *facts: Fact) -> None:
    node.gate.amend("owner", list(facts), "test")


def agree(node: Node, terms: str, name: str = "one", **changes: Any) -> str:
    id = f"urn:test:{name}:{uuid4()}"
    agreement = Agreement(
        key_of(id), id, Side.PROVIDER, PORT.id, "p", policy.read_terms(terms), "2026-01-01"
    )
    body = policy.agreement_as_json(replace(agreement, **changes))
    commit(node, Fact("agreement", agreement.key, body))
    return agreement.key


def diff(
    node: Node, terms: str, actor: str = "owner", purpose: str | None = None, **means: Any
) -> Exposure:
    gate = Gate(replace(node.means, **means)) if means else node.gate
    desk = Counter(gate, actor, purpose, silent)
    return desk.exchange().diff(policy.read_terms(terms), PORT.id, "offer x-1")


def form(filters: Sequence[str], columns: Sequence[str] = ()) -> str:
    duties = [{"filter": one} for one in filters]
    grant = {"duties": duties, **({"columns": list(columns)} if columns else {})}
    return json.dumps({"datasets": {"t.flights": grant}})


def last(node: Node) -> dict[str, Any]:
    with node.means.database.read() as connection:
        *_, entry = node.means.ledger.entries(connection, 0, None)
    event: dict[str, Any] = json.loads(entry)
    return event


def test_counts_are_those_of_python(node: Node) -> None:
    rng = random.Random(3)
    for trial in range(12):
        new, *old = (
            rng.sample(sorted(FILTERS), rng.randrange(3)) for _ in range(rng.randrange(1, 4))
        )
        granted = [rng.sample(["id", "delay", "place"], 2) for _ in old]
        for number, (filters, columns) in enumerate(zip(old, granted, strict=True)):
            agree(node, form(filters, columns), f"n{number}")
        (gain,) = diff(node, form(new)).gains
        shown = [row for row in FLIGHTS if all(FILTERS[one](row) for one in new)]

        def fresh(among: list[list[str]], rows: list[dict[str, Any]] = shown) -> int:
            return sum(
                not any(all(FILTERS[one](row) for one in filters) for filters in among)
                for row in rows
            )

        assert gain.rows == Rows(len(FLIGHTS), len(shown), fresh(old)), trial
        for column in gain.columns:
            pairs = zip(old, granted, strict=True)
            among = [filters for filters, names in pairs if column.shown.name in names]
            assert column.rows == fresh(among), (trial, column)
        forget(node)


def test_what_is_counted_is_what_the_gate_lets_through(node: Node) -> None:
    terms = form(["delay > 2 OR place = 'Rome'", "NOT (place = 'Oslo')"])
    (gain,) = diff(node, terms).gains
    key = agree(node, terms)
    desk = Counter(node.gate, member(PORT.id, "ana"), None, silent)
    (row,) = desk.query("SELECT count(*) FROM t.flights", agreement=key).rows()
    assert gain.rows is not None
    assert (gain.rows.shown,) == row


def test_masks_and_groups_are_those_of_the_ruling(node: Node) -> None:
    agree(node, "datasets: {t.flights: {columns: [id, delay], duties: [{min_group: 5}]}}")
    found = diff(node, """
datasets:
  t.flights:
    columns: [id, delay, place]
    duties:
      - mask: {column: delay, method: bucket, edges: [3]}
      - mask: {column: place, method: 'null'}
""")  # fmt: skip
    (gain,) = found.gains
    assert [(c.shown.name, c.more, c.rows) for c in gain.columns] == [
        ("id", More.OTHERWISE, 80),
        ("delay", More.OTHERWISE, 80),
        ("place", More.NONE, 0),
    ]
    assert gain.columns[1].shown.mask == Mask("bucket", None, (("edges", (3,)),))
    assert gain.rows == Rows(80, 80, 80)


def _keys(link: Link) -> tuple[str, str, By, int | None, int | None]:
    pairs = ",".join(f"{a}={b}" for a, b in link.columns)
    return f"{link.here.ref} {link.there.ref}", pairs, link.by, link.values, link.rows


def test_keys_that_are_shared_are_counted(node: Node) -> None:
    agree(node, "datasets: {t.planes: {duties: [{filter: \"tail <> 'b'\"}]}, t.crew: {}}")
    found = diff(node, form(["delay < 5"]))
    shown = [row for row in FLIGHTS if FILTERS["delay < 5"](row)]
    planes = [row for row in shown if row["plane"] in ("a", "x", "y")]
    crew = [row for row in shown if row["id"] in {one["id"] for one in CREW}]
    assert [_keys(link) for link in found.links] == [
        ("t.flights t.planes", "plane=tail", By.REFERENCE, 1, len(planes)),
        ("t.flights t.crew", "id=id", By.UNIQUE, len(crew), len(crew)),
    ]
    assert len(planes) > 1 and crew  # noqa: PT018 - the rows say something


def test_no_shared_key_is_counted_as_none(node: Node) -> None:
    agree(node, "datasets: {t.crew: {duties: [{filter: id > 1000}]}}")
    (link,) = diff(node, form([])).links
    assert (link.values, link.rows) == (0, 0)


def test_the_same_rows_under_two_agreements(node: Node) -> None:
    agree(node, form(["delay < 5"], ["id", "delay"]))
    (link,) = diff(node, form(["delay < 3"], ["id", "place"])).links
    few = sum(row["delay"] is not None and row["delay"] < 3 for row in FLIGHTS)
    assert (link.by, link.values, link.rows) == (By.UNIQUE, few, few)
    assert [one.name for one in link.gained] == ["place"]


def test_rows_that_turn_out_to_be_known_link_nothing(node: Node) -> None:
    agree(node, form(["id < 1000"]))
    agree(node, "datasets: {t.crew: {}}", "two")
    found = diff(node, form(["delay < 5"]))
    assert found.gains[0].rows is not None
    assert found.gains[0].rows.new == 0
    assert found.links == ()


def test_only_agreements_in_force_with_the_same_participant_count(node: Node) -> None:
    agree(node, form([]), "theirs", counterparty=SPY.id)
    agree(node, form([]), "other side", side=Side.CONSUMER)
    agree(node, form([]), "ended", ended="2026-01-01T00:00:00Z")
    agree(node, json.dumps({"until": "2026-01-01", "datasets": {"t.flights": {}}}), "over")
    agree(node, json.dumps({"from": "2099-01-01", "datasets": {"t.flights": {}}}), "to come")
    gone = agree(node, "datasets: {t.gone: {}, t.crew: {duties: [{filter: absent > 1}]}}", "gone")
    found = diff(node, form([]))
    assert [one.key for one in found.compared] == [gone]
    assert found.gains[0].held == ()


@pytest.mark.parametrize("actor", ["owner", "sue"])
def test_it_is_an_event_of_who_asks_and_charged_to_nobody_else(node: Node, actor: str) -> None:
    terms = json.dumps({"quota": {"queries": 1}, "datasets": {"t.flights": {}}})
    key = agree(node, terms, f"unused by {actor}")
    secret = "place <> 'Carthage'"
    found = diff(node, form([secret]), actor, "research" if actor == "sue" else None)
    event = last(node)
    assert event["id"] == found.receipt
    assert (event["type"], event["actor"], event["agreement"]) == ("query", actor, None)
    assert event["subject"] == "offer x-1"
    assert event["purpose"] == ("research" if actor == "sue" else None)
    assert event["charges"] == [{"account": f"actor:{actor}", "amount": 1, "unit": "queries"}]
    assert [one["dataset"] for one in event["used"]] == ["t.flights"]
    assert "t.flights.place" in json.dumps(event["data"]["lineage"])
    desk = Counter(node.gate, actor, None, silent)
    receipt = desk.receipt(found.receipt)
    assert "Carthage" not in json.dumps(event) + json.dumps(read_receipt(receipt).disclosed)
    assert desk.exchange().usage(key).queries == 0


@pytest.mark.parametrize("actor", ["tom", "ana", member(PORT.id, "ana"), PORT.id])
def test_nobody_else_may(node: Node, actor: str) -> None:
    with pytest.raises(Refused, match="Only owner and steward"):
        diff(node, form([]), actor)


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ("datasets: {t.flights: {columns: [absent]}}", "has no column `absent`"),
        ("datasets: {t.absent: {}}", "no dataset `t.absent`"),
        ("datasets: {t.flights: {duties: [{filter: absent > 1}]}}", "absent"),
        ("{for: [unheard-of], datasets: {t.flights: {}}}", "unheard-of"),
        ("{until: 2026-01-01, datasets: {t.flights: {}}}", "is over"),
    ],
)
def test_terms_that_cannot_be_enforced(node: Node, terms: str, words: str) -> None:
    with pytest.raises(Invalid, match="cannot be enforced here") as caught:
        diff(node, terms)
    assert words in str(caught.value.why)


def test_a_purpose_must_be_listed_and_assigned(node: Node) -> None:
    with pytest.raises(Invalid, match="no purpose"):
        diff(node, form([]), purpose="unheard-of")
    with pytest.raises(Refused):
        diff(node, form([]), "sue", "marketing")


class Told(Catalog):
    """A catalogue with facts that no job made."""

    def __init__(self, node: Node, *facts: Fact) -> None:
        now = node.means.catalog.current()
        rows = [FactRow(now.version + n, fact, "test", "") for n, fact in enumerate(facts, 1)]
        self._told = now.extended(rows)

    def current(self, connection: object = None) -> Facts:
        return self._told


def test_what_came_under_an_agreement_is_not_counted_for_another_purpose(node: Node) -> None:
    terms = "{for: [research], datasets: {x.y: {}}}"
    key = agree(node, terms, "came", side=Side.CONSUMER)
    body = node.means.catalog.current().body("dataset", "t.crew")
    assert body is not None
    told = Told(node, Fact("dataset", "t.crew", {**body, "agreements": {key: ["x.y"]}}))
    asked = "{for: [research], datasets: {t.crew: {}}}"
    with pytest.raises(Refused, match="does not permit this"):
        diff(node, asked, catalog=told)
    assert last(node)["type"] == "query.refused"
    assert diff(node, asked, "sue", "research", catalog=told).gains[0].rows == Rows(20, 20, 20)


def test_a_count_that_fails_is_recorded(node: Node, tmp_path: Path) -> None:
    path = tmp_path / "tides.csv"
    path.write_text("hour,level\n1,2\n2,3\n")
    node.session().do("attach", path=path, as_dataset="t.tides")
    terms = "datasets: {t.tides: {duties: [{filter: level > 2}]}}"
    assert diff(node, terms).gains[0].rows == Rows(2, 1, 1)
    path.write_text("hour,level\n1,2\n2,3\n3,4\n")
    with pytest.raises(Conflict):
        diff(node, terms)
    assert last(node)["type"] == "query.failed"


def test_many_datasets_are_one_statement(node: Node) -> None:
    names = [f"w.d{number}" for number in range(40)]
    body = node.means.catalog.current().body("dataset", "t.crew")
    told = Told(node, *(Fact("dataset", name, body) for name in names))
    found = diff(node, json.dumps({"datasets": {name: {} for name in names}}), catalog=told)
    assert [gain.rows for gain in found.gains] == [Rows(20, 20, 20)] * 40
    assert len(found.links) == 3 * 40 * 39 / 2
    assert sum(link.values is not None for link in found.links) == MOST
