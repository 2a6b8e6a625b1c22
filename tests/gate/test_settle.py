"""Questions that broke at each point are settled: both sides count the same, and hold the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import delete
from tests import linked
from tests.gate.settling import (
    ALL,
    QUERY,
    RECEIPTS,
    SETTLE,
    ask,
    lose_answer,
    reconcile,
)
from tests.linked import Linked, losing, lost, only

from doumen.gate import counterpart, peers, remote, settle
from doumen.model.errors import Conflict, DoumenError, Refused, Unavailable
from doumen.model.fact import Fact
from doumen.model.peer import Call, Streamed
from doumen.stores.tables import RECEIPTS as RECEIPTS_KEPT


class Stop(BaseException):
    """The process ends."""


def stopping(*_: object) -> None:
    raise Stop


def before_it_is_sent(two: Linked, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(remote, "passing", stopping)


def request_lost(two: Linked, patch: pytest.MonkeyPatch) -> None:
    two.wire.before = only(QUERY, losing)


def provider_broke(two: Linked, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("doumen.gate.execute.execute", stopping_softly)


def stopping_softly(*_: object) -> None:
    raise RuntimeError


def head_lost(two: Linked, patch: pytest.MonkeyPatch) -> None:
    two.wire.bend = lose_answer(QUERY)


def cut(two: Linked, patch: pytest.MonkeyPatch) -> None:
    def bend(call: Call, answer: Streamed) -> Streamed:
        if not call.address.endswith(QUERY):
            return answer
        whole = b"".join(answer.pieces)

        def pieces() -> Iterator[bytes]:
            yield whole[: len(whole) // 2]
            raise lost()

        return replace(answer, pieces=pieces())

    two.wire.bend = bend


def before_it_is_recorded(two: Linked, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(counterpart, "sign", stopping)


def after_it_is_recorded(two: Linked, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(remote, "passing", lambda name: stopping() if name == "remote.recorded" else None)


def receipt_lost(two: Linked, patch: pytest.MonkeyPatch) -> None:
    two.wire.before = only(RECEIPTS, losing)


BREAKS: dict[Callable[..., None], tuple[int, int, int]] = {
    before_it_is_sent: (0, 0, 1),
    request_lost: (0, 0, 1),
    provider_broke: (1, 0, 1),
    head_lost: (1, 2, 1),
    cut: (1, 2, 1),
    before_it_is_recorded: (1, 2, 1),
    after_it_is_recorded: (1, 2, 0),
    receipt_lost: (1, 2, 0),
}
"""What breaks → what the provider counts, and what is open at the consumer."""


@pytest.mark.parametrize("breaks", BREAKS, ids=lambda one: one.__name__)
def test_wherever_it_breaks_both_count_the_same(
    two: Linked, key: str, breaks: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    queries, rows, opened = BREAKS[breaks]
    with monkeypatch.context() as patch:
        breaks(two, patch)
        with suppress(DoumenError, Stop):
            ask(two, key)
        two.settle()
    two.restore()
    there, _, left = two.usage(key)
    assert (there, left) == ((queries, rows), opened)
    reads, receipts = reconcile(two, key)
    assert reads == opened
    assert two.usage(key) == ((queries, rows), (queries, rows), 0)
    held, ours = two.receipts(key)
    assert held == ours
    assert all(len(linked.signers(text)) == 2 for text in held.values())
    assert receipts == len(held)
    assert reconcile(two, key) == (0, 0)
    again = ask(two, key)
    two.settle()
    assert (len(again), two.usage(key)[2]) == (2, 0)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_settling_beside_a_question_counts_once(two: Linked, key: str, moment: str) -> None:
    """Another process settles while the question is on its way there, or the answer back."""

    def beside(call: Call) -> None:
        two.restore()
        assert reconcile(two, key)[0] == 1

    if moment == "before":
        two.wire.before = only(QUERY, beside)
    else:

        def bend(call: Call, answer: Streamed) -> Streamed:
            whole = b"".join(answer.pieces)
            beside(call)
            return replace(answer, pieces=iter([whole]))

        two.wire.bend = bend
    with pytest.raises(Conflict) as caught:
        ask(two, key)
    assert caught.value.code == "conflict.ended"
    there, here, left = two.usage(key)
    assert (there, left) == (here, 0)
    assert there == ((0, 0) if moment == "before" else (1, 2))


def test_a_large_answer_is_closed_while_it_comes(two: Linked, key: str) -> None:
    """Rows that were given before stay given; the end of it is not recorded, nor counted."""
    desk = linked.desk(two.weather, "research", replace(two.weather.means, small=0),
                       f"{two.port.means.own().id}#ana")  # fmt: skip
    request = linked.Request("r" * 26, "t.o.ken", "{}", "ab" * 32)
    answer = desk.query(ALL, agreement=key, request=request)
    exchange = two.weather.session(two.port.means.own().id).desk.exchange()
    (outcome,) = exchange.outcomes(key, [request.id])
    assert outcome == {"request": request.id, "charged": True, "receipt": None}
    with pytest.raises(Conflict):
        answer.rows()
    assert two.usage(key)[0] == (1, 0)


def test_many_and_large_receipts_go_in_several_messages(
    two: Linked, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle, "PAGE", 2)
    monkeypatch.setattr(settle, "FULL", 20_000)
    two.wire.before = only(RECEIPTS, losing)
    for number in range(3):
        ask(two, key, f"{ALL} LIMIT {number}")
    ask(two, key, f"{ALL} --{'x' * 30_000}")
    two.settle()
    two.wire.before = lambda call: None
    two.wire.bend = lose_answer(QUERY)
    for _ in range(3):
        with pytest.raises(Unavailable):
            ask(two, key, f"{ALL} --{'x' * 12_000}")
    two.restore()
    assert reconcile(two, key) == (3, 7)
    assert two.usage(key)[0] == two.usage(key)[1]
    held, ours = two.receipts(key)
    assert held == ours
    assert all(len(linked.signers(text)) == 2 for text in held.values())


def test_a_shredded_question_is_settled_without_its_text(two: Linked, key: str) -> None:
    two.wire.bend = lose_answer(QUERY)
    with pytest.raises(Unavailable):
        ask(two, key)
    asked = next(e["id"] for e in linked.events(two.port, key) if e["type"] == "query.asked")
    with two.port.means.database.write() as connection:
        connection.execute(delete(RECEIPTS_KEPT).where(RECEIPTS_KEPT.c.id == asked))
    two.restore()
    assert reconcile(two, key)[0] == 1
    assert two.usage(key) == ((1, 2), (1, 2), 0)


def test_only_the_consumer_settles_and_only_who_governs(two: Linked, key: str) -> None:
    with pytest.raises(Refused, match="settled by the consumer"):
        two.weather.session().desk.exchange().reconcile(key)
    two.port.session().do("actor add", name="ana", role=("analyst",))
    with pytest.raises(Refused):
        two.port.session("ana").desk.exchange().reconcile(key)
    two.wire.before = only(SETTLE, losing)
    with pytest.raises(Unavailable):
        reconcile(two, key)
    two.wire.before = lambda call: None
    two.wire.bend = lambda call, answer: Streamed(503, {}, iter([b""]))
    with pytest.raises(Unavailable, match="did not settle"):
        reconcile(two, key)
    with pytest.raises(Unavailable, match="did not settle"):
        settle.deliver(two.port.means, peers.of(two.port.means.catalog.current(),
                                                two.weather.means.own().id), ["x"])  # fmt: skip


def test_events_that_only_name_an_agreement_are_not_its_own(two: Linked, key: str) -> None:
    """The name may stand in an event under another agreement, or under none."""
    desk = two.port.session().desk
    rule = {"id": "named", "permit": "query", "who": {"actor": "bo"}, "on": {"agreement": key}}
    desk.amend([Fact("rule", "named", rule)], subject=f"rule on {key}")
    ask(two, key)
    two.settle()
    assert two.usage(key) == ((1, 2), (1, 2), 0)


def test_settled_by_two_at_once_counts_once(two: Linked, key: str) -> None:
    """Another reconciliation ends the question while the first one asks what came of it."""
    two.wire.bend = lose_answer(QUERY)
    with suppress(DoumenError):
        ask(two, key)
    two.restore()
    others: list[tuple[int, int]] = []

    def meanwhile(call: Call) -> None:
        two.wire.before = lambda _: None
        others.append(reconcile(two, key))

    two.wire.before = only(SETTLE, meanwhile)
    assert (reconcile(two, key)[0], others[0][0]) == (0, 1)
    there, here, left = two.usage(key)
    assert (there, left) == (here, 0)


def test_many_receipts_go_in_pages() -> None:
    pages = list(settle.paged(["a"] * (settle.PAGE + 1)))
    assert [len(page) for page in pages] == [settle.PAGE, 1]
    assert list(settle.paged([])) == []
