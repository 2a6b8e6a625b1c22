"""Law 1 across two nodes: what an agreement hides changes nothing that its consumer can see.

Two providers differ only in what is hidden: rows filtered out, values masked, columns that are
not granted, other datasets, rules, labels, offers to others, other participants with agreements
and questions of their own. Both are asked the same, by a consumer of their own; everything that
comes over the wire is held against each other, without what differs between any two runs: times,
ids, keys and signatures.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests import linked
from tests.linked import Linked

from doumen.kits import policy
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.agreement import Agreement, Side, key_of
from doumen.model.answer import WHOLE
from doumen.model.errors import DoumenError
from doumen.model.fact import Fact
from doumen.model.participant import member
from doumen.model.peer import Call, Streamed
from doumen.rooms.exchange.negotiation import courier

pytestmark = pytest.mark.law

TERMS = """
for: [research]
until: 2099-12-31
datasets:
  w.hourly:
    columns: [city, temp, station]
    duties:
      - filter: "city <> 'secret'"
      - mask: {column: station, method: 'null'}
      - limit: 3
  w.people:
    columns: [city, age]
    duties: [{min_group: {k: 2}}]
quota: {queries: 40}
"""
DECISIONS = "decisions: [{accept: request, from: [port]}]\n"
SIGHT = {
    "w.hourly": "city,temp,station,hidden\nRome,30,s1,a\nOslo,10,s2,b\nBern,7,s3,c\nKyiv,1,s4,d\n",
    "w.people": "city,age,name\nRome,30,Ann\nRome,40,Bob\nOslo,50,Cyn\n",
}
HIDDEN = {
    "w.hourly": "city,temp,station,hidden\nRome,30,x9,z\nOslo,10,x8,y\nsecret,99,x7,x\n"
    "Bern,7,x6,w\nKyiv,1,x5,v\nsecret,-5,x4,u\n",
    "w.people": "city,age,name\nRome,30,Zoe\nRome,40,Yan\nOslo,50,Xi\n",
    "w.other": "a\n1\n",
    "v.secret": "b\n2\n",
}
STATEMENTS = (
    "SELECT * FROM w.hourly ORDER BY city",
    "SELECT * FROM w.hourly ORDER BY city LIMIT 1",
    "SELECT count(*), sum(temp), min(station) FROM w.hourly",
    "SELECT temp FROM w.hourly WHERE station = 's1'",
    "SELECT hidden FROM w.hourly",
    "SELECT nothing FROM w.hourly",
    "SELECT city, count(*) AS n FROM w.people GROUP BY city ORDER BY city",
    "SELECT age FROM w.people",
    "SELECT name FROM w.people",
    "SELECT * FROM w.other",
    "SELECT * FROM w.nowhere",
    "SELECT * FROM v.secret",
    "SELECT * FROM sys.datasets",
    "SELECT * FROM sys.events",
    "SELECT * FROM w.hourly AT (VERSION => 0) ORDER BY city",
    "SELECT * FROM w.hourly AT (VERSION => 7)",
    "SELECT 1 / (temp - 99) FROM w.hourly ORDER BY city",
    "SELECT CAST(station AS INTEGER) FROM w.hourly",
    "SELECT h.city FROM w.hourly h JOIN w.people p ON h.city = p.city",
    "DROP TABLE w.hourly",
)
_VARIES = [
    (re.compile(r"[0-9A-HJKMNP-TV-Z]{26}"), "<id>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)"), "<time>"),
    (re.compile(r"[0-9a-f]{64}"), "<digest>"),
    (re.compile(r"did:key:z[1-9A-HJ-NP-Za-km-z]+"), "<did>"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"(?<![A-Z-])[AN]-[A-Z2-7]{8}\b"), "<key>"),
    (re.compile(r"weather-[0-9a-f]{8}"), "<origin>"),
]
_SAID = {
    "previous", "salt", "certificate", "inclusion", "token", "body", "facts", "version",
    "statement",
}  # fmt: skip
"""What of a receipt differs between any two nodes: the place in a ledger, versions, keys, salts."""


def plain(text: str) -> str:
    for pattern, name in _VARIES:
        text = pattern.sub(name, text)
    return text


def bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: bare(v) for k, v in value.items() if k not in _SAID}
    if isinstance(value, list | tuple):
        return [bare(one) for one in value]
    return value


class Seen:
    """Keeps what comes back to the consumer."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, list[str], Any]] = []

    def bend(self, call: Call, answer: Streamed) -> Streamed:
        whole = b"".join(answer.pieces)
        headers = sorted(name for name in answer.headers)
        self.answers.append((answer.status, headers, told(whole)))
        return replace(answer, pieces=iter([whole]))


def told(body: bytes) -> Any:
    """An answer in words, without what differs between any two; of Arrow also its size."""
    try:
        return plain(json.dumps(bare(json.loads(body)), sort_keys=True))
    except ValueError:
        reader = pa.ipc.open_stream(io.BytesIO(body))
        rows: list[Any] = []
        end: dict[bytes, bytes] = {}
        while not end:
            batch, found = reader.read_next_batch_with_custom_metadata()
            if found is not None and WHOLE in found:
                end = dict(found)
            else:
                rows.append((batch.num_rows, batch.nbytes, batch))
        receipt = read_receipt(end[WHOLE].decode())
        said = {"event": receipt.event, "rules": list(receipt.rules)}
        return rows, plain(json.dumps(bare(said), sort_keys=True))


def world(folder: Path, rows: dict[str, str], *, more: bool) -> Iterator[tuple[Linked, Seen]]:
    with linked.linked(folder, rows) as two:
        owner = two.weather.session()
        (folder / "terms.yaml").write_text(TERMS)
        (folder / "decisions.yaml").write_text(DECISIONS)
        owner.do("product create", name="weather", title="Weather",
                 dataset=("w.hourly", "w.people"))  # fmt: skip
        owner.do("offer create", product="weather", terms=str(folder / "terms.yaml"))
        owner.do("product publish", name="weather")
        owner.do("negotiation policy", file=str(folder / "decisions.yaml"))
        if more:
            others(two, folder)
        seen = Seen()
        two.wire.bend = seen.bend
        yield two, seen


def others(two: Linked, folder: Path) -> None:
    """What goes on at the provider with everybody else."""
    owner = two.weather.session()
    third = replace(two.port.means.own(), id="did:web:third.example", alias="third")
    rule = {"id": "open", "permit": "query", "who": {"actor": "eve"}, "on": "w.*"}
    linked.commit(
        two.weather,
        Fact("participant", third.id, third.as_json()),
        Fact("rule", "open", rule),
        Fact("label", "w.hourly.hidden", {"labels": ["personal"], "origin": "human"}),
    )
    owner.do("actor add", name="eve", role=("analyst",))
    (folder / "third.yaml").write_text(
        "to: [third]\nfor: [research]\ndatasets: {w.hourly: {}}\nquota: {queries: 3}\n"
    )
    owner.do("offer create", product="weather", terms=str(folder / "third.yaml"))
    owner.do("product create", name="secret", title="Secret", dataset=("v.secret",))
    id = "urn:test:third"
    terms = policy.read_terms("for: [research]\ndatasets: {w.hourly: {}}\nquota: {queries: 3}")
    signed = "2026-01-01T00:00:00Z"
    held = Agreement(key_of(id), id, Side.PROVIDER, third.id, "weather", terms, signed)
    body = policy.agreement_as_json(held) | {"policy": {}}
    linked.commit(two.weather, Fact("agreement", held.key, body))
    asker = linked.desk(two.weather, "research", two.weather.means, member(third.id, "eve"))
    for _ in range(3):
        asker.query("SELECT * FROM w.hourly", agreement=held.key).rows()


def story(two: Linked, statements: Sequence[str]) -> list[Any]:
    """Everything that a consumer does, and all that it gets to see of it here."""
    shown: list[Any] = []
    port = two.port.session(None, "research")

    def do(words: str, **given: Any) -> Any:
        try:
            told = port.do(words, **given).json
        except DoumenError as error:
            told = {"error": error.as_json()}
        shown.append((words, plain(json.dumps(bare(told), sort_keys=True, default=str))))
        return told

    (offer,) = do("offer list", at="weather")["offers"]
    key = do("negotiation start", offer=offer["id"], at="weather", wait=0)["negotiation"]
    for _ in range(3):
        for node in (two.weather, two.port):
            courier.attend_all(node.session().desk)
    agreement = do("negotiation show", negotiation=key)["agreement"]
    for sql in statements:
        for ask in ("query", "explain"):
            try:
                answer = getattr(port.desk, ask)(sql, agreement=agreement)
                found = answer.rows() if ask == "query" else repr(answer)
            except DoumenError as error:
                found = error.as_json()
            two.settle()
            said = json.dumps(bare(found), ensure_ascii=False, default=str)
            shown.append((ask, sql, plain(said)))
        do("agreement usage", agreement=agreement)
    do("negotiation list")
    do("agreement list")
    do("agreement show", agreement=agreement)
    two.settle()
    do("agreement reconcile", agreement=agreement)
    return shown


@pytest.mark.parametrize(
    "statements",
    [STATEMENTS[::3], pytest.param(STATEMENTS, marks=pytest.mark.soak)],
    ids=["some", "all"],
)
def test_what_is_hidden_changes_nothing_that_a_consumer_sees(
    tmp_path: Path, statements: Sequence[str]
) -> None:
    found = []
    for name, rows, more in (("one", SIGHT, False), ("other", HIDDEN, True)):
        (tmp_path / name).mkdir()
        for two, seen in world(tmp_path / name, rows, more=more):
            found.append((story(two, statements), seen.answers))
    (one, there), (other, elsewhere) = found
    assert one == other
    assert len(there) > 2 * len(statements) - 6
    for mine, yours in zip(there, elsewhere, strict=True):
        assert mine == yours


def test_what_is_shown_does_change_it(tmp_path: Path) -> None:
    """The same comparison sees a difference where one is shown: one degree in Oslo."""
    found = []
    warmer = {**SIGHT, "w.hourly": SIGHT["w.hourly"].replace("Oslo,10", "Oslo,11")}
    for name, rows in (("one", SIGHT), ("other", warmer)):
        (tmp_path / name).mkdir()
        for two, _ in world(tmp_path / name, rows, more=False):
            found.append(story(two, STATEMENTS[:1]))
    assert found[0] != found[1]
