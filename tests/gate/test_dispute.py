"""Bundles: what is in them, who may have them, and that they hold for every way a read may end."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests import linked
from tests.exchanged import Pair, Side, pair

from doumen.gate import Counter, Gate, witness
from doumen.kits.evidence import jws
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.agreement import key_of
from doumen.model.errors import DoumenError, Invalid, NotFound, Refused
from doumen.model.fact import Fact
from doumen.model.message import Message
from doumen.session.node import silent

NAMES = [
    "negotiation.json", "agreement.json", "entries.jsonl", "receipts.jsonl", "heads.jsonl",
    "checkpoint.txt", "proofs.json", "keys-provider.json", "keys-consumer.json", "manifest.json",
    "manifest.jws",
]  # fmt: skip


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("bundles")) as made:
        made.read()
        for side, other in ((made.provider, made.third), (made.consumer, made.provider)):
            side.desk().exchange().ask_witness(other.id)
        for name, role in (("stu", "steward"), ("vera", "auditor"), ("ana", "analyst")):
            made.consumer.node.session().do("actor add", name=name, role=(role,))
        yield made


def files(
    side: Side, key: str, actor: str = "owner", sizes: tuple[int, ...] = ()
) -> dict[str, Any]:
    side.node.means.settling.wait()
    made = side.desk(actor).exchange().bundle(key, sizes, silent)
    return {name: b"".join(pieces) for name, pieces in made}


def rows(text: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_cosigned_head_that_the_ledger_does_not_reach_any_more_has_no_proof(both: Pair) -> None:
    """As after a backup was put back: the bundle is made all the same, and shows it."""
    side = both.provider
    facts = side.node.means.catalog.current()
    ((key, body),) = facts.all(witness.OURS)
    linked.commit(side.node, Fact(witness.OURS, key, {**body, "size": 10_000}))
    try:
        found = files(side, both.key)
    finally:
        linked.commit(side.node, Fact(witness.OURS, key, body))
    assert 10_000 in {one["size"] for one in rows(found["heads.jsonl"])}
    proofs = json.loads(found["proofs.json"])
    assert "10000" not in proofs
    assert proofs


def test_all_is_there_and_the_manifest_says_so(both: Pair) -> None:
    found = files(both.consumer, both.key)
    assert sorted(found) == sorted(NAMES)
    manifest = json.loads(found["manifest.json"])
    assert manifest["format"] == "doumen-bundle-1"
    assert (manifest["side"], manifest["agreement"]) == ("consumer", both.key)
    assert manifest["provider"]["id"] == both.provider.id
    assert manifest["usage"] == {"queries": 1, "rows": 2, "open": 0}
    assert sorted(manifest["files"]) == sorted(set(NAMES) - {"manifest.json", "manifest.jws"})
    assert jws.read(found["manifest.jws"].decode()).payload == found["manifest.json"]
    said = json.loads(found["negotiation.json"])["said"]
    assert [one["move"] for one in said] == ["request", "agree", "verify", "finalize"]
    assert all(one["token"] for one in said)
    types = [json.loads(one["entry"])["type"] for one in rows(found["entries.jsonl"])]
    assert types[-2:] == ["query.asked", "query"]
    assert set(types[:-2]) == {"amend"}
    assert len(rows(found["receipts.jsonl"])) == len(types)
    (head,) = rows(found["heads.jsonl"])
    assert (head["of"], head["participant"]) == ("consumer", both.provider.id)
    keys = json.loads(found["keys-provider.json"])
    assert keys["root"] == both.provider.node.means.own().root
    assert [c["kid"] for c in keys["certificates"]] == [
        both.provider.node.means.keys().certificate["kid"]
    ]


def test_two_bundles_of_one_state_are_the_same_but_for_their_time(both: Pair) -> None:
    one, two = files(both.provider, both.key), files(both.provider, both.key)
    for name in NAMES[:-2]:
        assert one[name] == two[name]
    (theirs,) = [h for h in rows(one["heads.jsonl"]) if h["of"] == "consumer"]
    assert (theirs["participant"], theirs["refused"]) == (both.consumer.id, [])


def test_further_sizes_are_proven(both: Pair) -> None:
    assert {"3", "5"} <= set(
        json.loads(files(both.provider, both.key, sizes=(3, 5))["proofs.json"])
    )
    for size in (0, 999):
        with pytest.raises(Invalid, match=f"never of size {size}"):
            files(both.provider, both.key, sizes=(size,))


def test_who_oversees_may_and_nobody_else(both: Pair) -> None:
    for actor in ("stu", "vera"):
        assert files(both.consumer, both.key, actor)["receipts.jsonl"]
    with pytest.raises(NotFound):
        files(both.consumer, both.key, "ana")
    rule = {"id": "use", "permit": "query", "who": {"actor": "ana"}, "on": {"agreement": both.key}}
    both.consumer.node.gate.amend("owner", [Fact("rule", "use", rule)], "rule")
    with pytest.raises(Refused, match="all evidence"):
        files(both.consumer, both.key, "ana")
    with pytest.raises(NotFound):
        files(both.consumer, "A-AAAAAAAA")


def test_it_is_told_how_far_it_is(both: Pair) -> None:
    told: list[tuple[float | None, str]] = []

    def progress(fraction: float | None, doing: Message) -> None:
        told.append((fraction, str(doing)))

    for _, pieces in both.provider.desk().exchange().bundle(both.key, (), progress):
        list(pieces)
    assert told == [(0.0, "Looking through the ledger"), (0.5, "Writing the receipts")]


def ends(both: Pair) -> None:
    """A read for each way it may end."""
    both.read("SELECT city FROM w.hourly WHERE temp > 10")
    for sql in ("SELECT CAST(city AS INTEGER) AS n FROM w.hourly", "SELECT none FROM w.hourly"):
        with pytest.raises(DoumenError):
            both.read(sql)
    means = replace(both.consumer.means, small=0)  # the consumer records it as it ends
    desk = Counter(Gate(means), "owner", "research", silent)
    desk.query("SELECT temp FROM w.hourly", agreement=both.key).rows()
    both.consumer.node.means.settling.wait()
    both.wire.down = True
    with pytest.raises(DoumenError):
        both.read()
    both.wire.down = False
    both.consumer.desk().exchange().reconcile(both.key)


def test_every_end_of_a_read_holds_on_both_sides(both: Pair, tmp_path: Path) -> None:
    ends(both)
    bundles = [side.bundle(both.key, tmp_path / f"{side.folder.name}.zip")
               for side in (both.provider, both.consumer)]  # fmt: skip
    third = both.third.node.means.own()
    code, said = both.verify(
        bundles[0], "--other", str(bundles[1]), "--witness", f"{third.origin}={third.root}"
    )
    assert (code, f"cosigned by {third.origin}" in said) == (0, True), said
    kinds = {e["type"] for e in both.consumer.entries() if e["agreement"] == both.key}
    assert {"query", "query.failed", "query.broken", "query.settled", "query.ended"} <= kinds


def test_a_read_that_only_one_side_has_is_named(both: Pair, tmp_path: Path) -> None:
    """Its answer never arrived, and nobody settled it yet."""
    lost = both.wire.stream

    def cut(call: Any) -> Any:
        with lost(call):
            raise DoumenError("cut")  # type: ignore[arg-type]  # of a test

    both.wire.stream = cut  # type: ignore[method-assign]
    try:
        with pytest.raises(DoumenError):
            both.read("SELECT max(temp) AS m FROM w.hourly")
    finally:
        both.wire.stream = lost  # type: ignore[method-assign]
    bundles = [side.bundle(both.key, tmp_path / f"{side.folder.name}.zip")
               for side in (both.provider, both.consumer)]  # fmt: skip
    code, said = both.verify(bundles[0], "--other", str(bundles[1]))
    assert code == 1
    assert "the consumer does not show it" in said
    assert "it is not signed by" not in said
    assert "of both sides, only ['provider'] signed" in said


def test_a_receipt_that_was_shredded_is_missed(both: Pair, tmp_path: Path) -> None:
    from sqlalchemy import delete

    from doumen.stores.tables import RECEIPTS

    entries = both.provider.entries()
    read = next(e for e in entries if e["type"] == "query" and e["agreement"] == both.key)
    with both.provider.node.means.database.write() as connection:
        text = both.provider.node.means.ledger.receipt(connection, read["id"])
        connection.execute(delete(RECEIPTS).where(RECEIPTS.c.id == read["id"]))
    try:
        code, said = both.verify(both.provider.bundle(both.key, tmp_path / "b.zip"))
        assert code == 1
        assert f"entry {entries.index(read)}: its receipt is missing" in said
    finally:
        with both.provider.node.means.database.write() as connection:
            both.provider.node.means.ledger.keep_receipts(connection, [(read["id"], text or "")])
    assert read_receipt(text or "").id == read["id"]


def test_a_participant_that_was_removed_leaves_what_was_kept(both: Pair) -> None:
    body = both.provider.fact("participant", both.consumer.id)
    both.provider.node.gate.amend("owner", [Fact("participant", both.consumer.id, None)], "gone")
    try:
        found = files(both.provider, both.key)
        assert json.loads(found["keys-consumer.json"]) == {
            "origin": "", "root": "", "certificates": [],
        }  # fmt: skip
        assert json.loads(found["manifest.json"])["consumer"]["id"] == both.consumer.id
    finally:
        both.provider.node.gate.amend(
            "owner", [Fact("participant", both.consumer.id, body)], "back"
        )


def test_an_agreement_without_a_negotiation_is_told_as_such(both: Pair, tmp_path: Path) -> None:
    id = "urn:test:odd"
    body = {**both.provider.fact("agreement", both.key), "negotiation": "N-NONE", "id": id}
    both.provider.node.gate.amend("owner", [Fact("agreement", key_of(id), body)], "odd")
    path = both.provider.bundle(key_of(id), tmp_path / "b.zip")
    assert zipfile.ZipFile(path).read("negotiation.json") == b"null"
    code, said = both.verify(path)
    assert code == 1
    assert "it is no walk from offer or request to FINALIZED" in said
