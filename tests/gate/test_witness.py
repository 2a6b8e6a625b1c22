"""Heads between three nodes: cosigned, asked for anew, refused and kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.exchanged import Pair, Side, cheated, pair

from doumen.gate import Counter, Gate, witness
from doumen.kits.evidence import note
from doumen.kits.evidence.canonical import canonical
from doumen.kits.evidence.cosignature import cosign as cosign_line
from doumen.kits.evidence.cosignature import cosigned_at
from doumen.model.errors import Conflict, DoumenError, Invalid, Refused, Tampered, Unavailable
from doumen.model.fact import Fact
from doumen.model.peer import Heard, Reply
from doumen.session.node import silent


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("three")) as made:
        yield made


def news(side: Side, title: str = "news") -> None:
    side.node.gate.amend("owner", [Fact("purpose", "news", {"title": title})], "news")


def ask(side: Side, other: Side) -> Any:
    return side.desk().exchange().ask_witness(other.id)


def shown(side: Side, **changes: Any) -> witness.Shown:
    keys, text = side.node.means.keys(), side.desk().checkpoint()
    issued = int(side.node.means.clock().timestamp())
    return replace(witness.Shown(text, keys.certificate, issued, 0, ()), **changes)


def cosign(by: Side, of: Side, what: witness.Shown) -> dict[str, Any]:
    return by.desk(of.id).exchange().cosign(
        what.certificate, what.issued, what.text, what.old, what.proof
    )  # fmt: skip


def test_a_head_is_cosigned_and_kept_on_both_sides(three: Pair) -> None:
    provider, third = three.provider, three.third
    before = provider.desk().checkpoint()
    held = ask(provider, third)
    assert held["checkpoint"].startswith(before)
    public = third.node.means.keys().certificate["public"]
    assert cosigned_at(held["checkpoint"], third.node.means.own().origin, public) > 0
    assert provider.fact("cosigned", third.id) == held
    kept = third.fact("head", provider.id)
    assert (kept["checkpoint"], kept["size"]) == (before, held["size"])
    assert [side.entries()[-1]["type"] for side in (provider, third)] == [
        "head.witnessed", "head.cosigned",
    ]  # fmt: skip
    assert third.entries()[-1]["actor"] == provider.id


def test_a_later_head_is_shown_with_its_proof(three: Pair) -> None:
    provider, consumer = three.provider, three.consumer
    first = ask(consumer, provider)
    news(consumer)
    three.wire.seen.clear()
    second = ask(consumer, provider)
    assert second["size"] > first["size"]
    assert len(three.wire.seen) == 1
    history = provider.node.means.catalog.history("head", consumer.id)
    assert len(history) == 2
    assert len(provider.fact("head", consumer.id)["refused"]) == 0


def test_the_size_is_asked_for_where_it_is_not_known(three: Pair) -> None:
    provider, third = three.provider, three.third
    ask(third, provider)
    third.node.gate.means.commits.submit(
        lambda _: witness._draft(
            third.means, "owner", "test", {}, Fact(witness.OURS, provider.id, None)
        )
    )
    three.wire.seen.clear()
    ask(third, provider)
    assert len(three.wire.seen) == 2
    assert cosign_code(provider, third, shown(third)) == "conflict.head"
    with pytest.raises(witness.Behind) as caught:
        cosign(provider, third, shown(third))
    size = provider.fact("head", third.id)["size"]
    assert caught.value.as_json()["size"] == str(size) == str(caught.value.size)


def cosign_code(by: Side, of: Side, what: witness.Shown) -> str:
    with pytest.raises(DoumenError) as caught:
        cosign(by, of, what)
    return caught.value.code


def test_the_same_head_again_changes_nothing(three: Pair) -> None:
    provider, consumer = three.provider, three.consumer
    ask(consumer, provider)
    what = shown(consumer, text=provider.fact("head", consumer.id)["checkpoint"])
    size = len(provider.entries())
    again = cosign(provider, consumer, what)
    assert again == cosign(provider, consumer, replace(what, old=99, proof=("00",)))
    assert len(provider.entries()) == size


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": "x"}, "tampered.checkpoint"),
        ({"old": -1}, "invalid.head"),
        ({"proof": ("00",) * 64}, "invalid.head"),
    ],
)
def test_what_is_no_head_is_refused_and_not_kept(
    three: Pair, change: dict[str, Any], code: str
) -> None:
    provider, consumer = three.provider, three.consumer
    before = provider.fact("head", consumer.id)
    assert cosign_code(provider, consumer, shown(consumer, **change)) == code
    assert provider.fact("head", consumer.id) == before


def test_a_head_of_another_ledger_is_refused(three: Pair) -> None:
    provider, consumer, third = three.provider, three.consumer, three.third
    certificate = third.node.means.keys().certificate
    assert cosign_code(provider, consumer, shown(third)) == "tampered.certificate"
    keys = consumer.node.means.keys()
    odd = note.sign_checkpoint(note.Checkpoint("else", 900, bytes(32)), keys.origin, keys.working)
    assert cosign_code(provider, consumer, shown(consumer, text=odd)) == "tampered.head"
    body = provider.fact("participant", third.id)
    provider.node.gate.amend("owner", [Fact("participant", third.id, {**body, "origin": "o"})], "x")
    assert cosign_code(provider, third, shown(third, certificate=certificate)) == "tampered.head"
    provider.node.gate.amend("owner", [Fact("participant", third.id, body)], "x")


def forge(side: Side, size: int, root: bytes) -> str:
    keys = side.node.means.keys()
    head = note.Checkpoint(keys.origin, size, root)
    return note.sign_checkpoint(head, keys.origin, keys.working)


def test_a_head_that_does_not_continue_is_kept_beside_the_other(three: Pair) -> None:
    provider, third = three.provider, three.third
    ask(third, provider)
    held = provider.fact("head", third.id)
    size, later = held["size"], held["issued"] + 60
    cases = [
        (forge(third, size, bytes(32)), size, (), "differ"),
        (forge(third, size + 5, bytes(32)), size, ("00" * 32,), "is not shown to begin"),
        (forge(third, size + 5, bytes([1] * 32)), size, ("zz",), "is not shown to begin"),
        (forge(third, size - 1, bytes(32)), 0, (), "was shown before"),
    ]
    for text, old, proof, why in cases:
        what = shown(third, text=text, old=old, proof=proof, issued=later)
        with pytest.raises(Tampered) as caught:
            cosign(provider, third, what)
        assert (caught.value.code, why in str(caught.value.why)) == ("tampered.fork", True)
        count = len(provider.entries())
        assert cosign_code(provider, third, what) == "tampered.fork"
        assert len(provider.entries()) == count
    kept = provider.fact("head", third.id)
    assert {**kept, "refused": []} == {**held, "refused": []}
    assert [one["checkpoint"] for one in kept["refused"]] == [case[0] for case in cases]
    assert provider.entries()[-1]["type"] == "head.refused"
    early = shown(third, text=forge(third, size - 2, bytes(32)), issued=held["issued"] + 1)
    assert cosign_code(provider, third, early) == "conflict.head"
    news(third)
    ask(third, provider)
    assert len(provider.fact("head", third.id)["refused"]) == 4


def test_a_node_that_was_cut_off_is_told(three: Pair, tmp_path: Path) -> None:
    consumer, third = three.consumer, three.third
    news(consumer)
    ask(consumer, third)
    short = cheated(consumer, tmp_path / "short", lambda entries: entries[:9])
    with short as side, pytest.raises(Tampered, match="longer head"):
        ask(side, third)
    assert third.fact("head", consumer.id)["refused"] == []


def test_a_fork_is_told_to_the_one_who_asks(three: Pair, tmp_path: Path) -> None:
    consumer, third = three.consumer, three.third
    ask(consumer, third)

    def change(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**one, "purpose": "x"} if n == 5 else one for n, one in enumerate(entries)]

    with cheated(consumer, tmp_path / "fork", change) as fork:
        news(fork)
        with pytest.raises(Tampered) as caught:
            ask(fork, third)
    assert caught.value.code == "tampered.fork"
    assert len(third.fact("head", consumer.id)["refused"]) == 1


Bend = Callable[[Reply], Reply]


class Bent:
    """Changes what comes back."""

    def __init__(self, wire: Any, bend: Bend) -> None:
        self.wire, self.bend = wire, bend

    def call(self, call: Any, most: int) -> Reply:
        return self.bend(self.wire.call(call, most))


@pytest.mark.parametrize(
    ("bend", "code"),
    [
        (lambda r: Reply(200, {}, r.body), "tampered.cosignature"),
        (lambda r: Reply(200, {}, b"{}"), "tampered.cosignature"),
        (lambda r: Reply(200, {}, canonical({"cosignature": "x\n"})), "tampered.cosignature"),
        (lambda r: Reply(502, {}, b"<html>"), "unavailable.peer"),
        (lambda r: Reply(409, {}, b"{}"), "unavailable.peer"),
        (lambda r: Reply(409, {}, told({"code": None})), "unavailable.peer"),
        (lambda r: Reply(409, {}, told({"size": "x"})), "unavailable.peer"),
        (lambda r: Reply(409, {}, told({"size": "3"})), "unavailable.peer"),
    ],
)
def test_an_answer_that_is_no_cosignature_is_not_kept(three: Pair, bend: Bend, code: str) -> None:
    provider, consumer = three.provider, three.consumer
    before = provider.fact("cosigned", consumer.id)
    bent: Any = Bent(three.wire, bend)
    means = replace(provider.node.means, peers=bent)
    with pytest.raises(DoumenError) as caught:
        Counter(Gate(means), "owner", None, silent).exchange().ask_witness(consumer.id)
    assert caught.value.code == code
    assert provider.fact("cosigned", consumer.id) == before


def test_what_is_cosigned_stays_our_head(three: Pair) -> None:
    """A witness signs our head with junk under it, and brings the junk with its line."""
    provider, third = three.provider, three.third
    text, keys = provider.desk().checkpoint(), third.node.means.keys()
    ours = witness._Ours(text, int(text.split("\n")[1]), "", [])
    signed = cosign_line(f"{text}junk\n\n— x AAAAAAA=\n", keys.origin, keys.working, 5)
    seal = last_reply(three, provider, third)
    before = provider.fact("cosigned", third.id)
    heard = Heard(200, canonical({"cosignature": f"junk\n\n{signed}"}), "", seal)
    with pytest.raises(Tampered) as caught:
        witness._keep(provider.means, "owner", participant(provider, third), ours, heard)
    assert caught.value.code == "tampered.cosignature"
    assert provider.fact("cosigned", third.id) == before


def told(more: dict[str, str | None]) -> bytes:
    return canonical({**Conflict("x", detail="head").as_json(), **more})  # type: ignore[arg-type]


def test_a_head_is_due_when_there_is_news_and_time_has_passed(three: Pair) -> None:
    provider, consumer = three.provider, three.consumer
    assert consumer.desk().exchange().witness_due("did:web:never.example")
    ask(provider, consumer)
    assert ask(provider, consumer)["size"] <= len(provider.entries())

    def due(minutes: int) -> bool:
        later = provider.node.means.clock() + timedelta(minutes=minutes)
        means = replace(provider.means, clock=lambda: later)
        return Counter(Gate(means), "owner", None, silent).exchange().witness_due(consumer.id)

    assert (due(0), due(11)) == (False, False)
    news(provider)
    assert (due(0), due(11)) == (False, True)


def test_a_cosignature_that_is_kept_is_not_kept_again(three: Pair) -> None:
    provider, consumer = three.provider, three.consumer
    ask(provider, consumer)
    text = provider.fact("cosigned", consumer.id)["checkpoint"].rsplit("— ", 1)[0]
    ours = witness._Ours(text, 0, "", [])
    line = consumer.fact("head", provider.id)["cosignature"]
    count = len(provider.entries())
    seal = last_reply(three, provider, consumer)
    heard = Heard(200, canonical({"cosignature": line}), "", seal)
    known = witness._keep(provider.means, "owner", participant(provider, consumer), ours, heard)
    assert known == provider.fact("cosigned", consumer.id)
    assert len(provider.entries()) == count


def participant(side: Side, other: Side) -> Any:
    from doumen.gate import peers

    return peers.of(side.node.means.catalog.current(), other.id)


def last_reply(three: Pair, side: Side, other: Side) -> str:
    heard = side.desk().call(other.id, "POST", "/exchange/settle", {})
    assert heard.reply is not None
    return heard.reply


def test_only_who_governs_shows_the_head(three: Pair) -> None:
    owner = three.provider.node.session()
    owner.do("actor add", name="ana", role=("analyst",))
    with pytest.raises(Refused, match="may not speak"):
        three.provider.desk("ana").exchange().ask_witness(three.consumer.id)


def test_nobody_answers(three: Pair) -> None:
    three.wire.down = True
    try:
        with pytest.raises(Unavailable):
            ask(three.provider, three.consumer)
    finally:
        three.wire.down = False


def test_the_form_of_a_request_is_held(three: Pair) -> None:
    for body, code in (
        ({"checkpoint": "x", "old": "1", "proof": []}, "invalid.exchange"),
        ({"checkpoint": "x", "old": 1, "proof": [1]}, "invalid.exchange"),
        ({"old": 1, "proof": []}, "invalid.exchange"),
    ):
        heard = three.provider.desk().call(three.consumer.id, "POST", witness.PATH, body)
        assert (heard.status, json.loads(heard.body)["code"]) == (Invalid.http, code)
