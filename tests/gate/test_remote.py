"""Questions under an agreement at the consumer: true answers are given, false ones never."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from tests import linked
from tests.linked import EXPIRES, TRUNCATED, Liar, Linked

from doumen.model.errors import DoumenError, Tampered, Unavailable
from doumen.model.fact import Fact
from doumen.model.life import Life, Notice
from doumen.model.peer import Call, Streamed

TERMS = """
for: [research]
until: 2099-12-31
datasets:
  w.hourly:
    columns: [city, temp]
    duties: [{filter: "city <> 'secret'"}]
quota: {queries: 100000}
"""
HOURLY = "city,temp,station\nRome,30,s1\nOslo,10,s2\nsecret,99,s3\n"
ALL = "SELECT city, temp FROM w.hourly ORDER BY city"
ROWS = [("Oslo", 10), ("Rome", 30)]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linked]:
    with linked.linked(tmp_path_factory.mktemp("remote"), {"w.hourly": HOURLY}) as found:
        yield found


@pytest.fixture
def two(both: Linked) -> Iterator[Linked]:
    yield both
    both.restore()


@pytest.fixture
def key(two: Linked, request: pytest.FixtureRequest) -> str:
    return two.agree(request.node.name, TERMS)


def ask(two: Linked, key: str, sql: str = ALL, actor: str = "owner") -> list[Any]:
    return two.port.session(actor, "research").query(sql, agreement=key).rows()


def test_a_true_answer_is_given_and_counted_alike(two: Linked, key: str) -> None:
    assert ask(two, key) == ROWS
    two.settle()
    assert two.usage(key) == ((1, 2), (1, 2), 0)
    there, here = two.receipts(key)
    assert there == here


def test_a_notice_of_the_provider_is_told_here_too(two: Linked, key: str) -> None:
    life = Life("deprecated", "w.gone", date(2099, 12, 31))
    linked.commit(two.weather, Fact("state", "w.hourly", life.as_json()))
    try:
        answer = two.port.session(None, "research").query(ALL, agreement=key)
        assert answer.rows() == ROWS
        assert answer.notices == (Notice("w.hourly", None, "2099-12-31"),)
    finally:
        linked.commit(two.weather, Fact("state", "w.hourly", None))
        two.settle()


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT count(*), sum(temp), max(city) FROM w.hourly", [(2, 40, "Rome")]),
        ("SELECT CAST(temp AS VARCHAR), NULL, [temp] FROM w.hourly WHERE temp = 30",
         [("30", None, [30])]),
        ("SELECT temp / 4 FROM w.hourly WHERE city = 'Rome'", [(7.5,)]),
        ("SELECT city FROM w.hourly WHERE temp > 1000", []),
        ("SELECT {'a': temp}, MAP {city: 1}, DATE '2026-01-02' FROM w.hourly WHERE temp = 30",
         [({"a": 30}, [("Rome", 1)], date(2026, 1, 2))]),
        ("SELECT temp::UTINYINT, temp::HUGEINT, temp::DECIMAL(9,2), city = 'x' FROM w.hourly "
         "WHERE temp = 30", [(30, 30, Decimal("30.00"), False)]),
        ("SELECT * FROM w.hourly AT (VERSION => 1) WHERE temp = 10", [("Oslo", 10)]),
        ("WITH a AS (SELECT city AS c FROM w.hourly) SELECT x.c, y.c FROM a x, a y "
         "WHERE x.c = 'Rome' AND y.c = 'Oslo'", [("Rome", "Oslo")]),
        ("SELECT '2026-01-01 00:00:00'::TIMESTAMP_S, INTERVAL 1 DAY, TIME '01:02:03' "
         "FROM w.hourly WHERE temp = 30", None),
        ("SELECT 'a'::ENUM('a', 'b'), '\\xAA'::BLOB, 1::BIT FROM w.hourly WHERE temp = 30", None),
    ],
)  # fmt: skip
def test_answers_of_every_form_pass(two: Linked, key: str, sql: str, rows: Any) -> None:
    """What is held to a form is what our own gate says, of any statement and type."""
    found = ask(two, key, sql)
    assert rows is None or found == rows
    two.settle()
    assert two.usage(key)[2] == 0


def test_a_refusal_of_the_provider_is_told_as_it_is(two: Linked) -> None:
    key = two.agree("narrow", TERMS.replace("100000", "1"))
    ask(two, key)
    with pytest.raises(DoumenError) as caught:
        ask(two, key)
    assert caught.value.code == "over-budget.quota"
    assert two.usage(key) == ((1, 2), (1, 2), 0)


Event = dict[str, Any]


def data(**changes: Any) -> Callable[[Event], Event]:
    return lambda event: {**event, "data": {**event["data"], **changes}}


def result(**changes: Any) -> Callable[[Event], Event]:
    return lambda event: data(result={**event["data"]["result"], **changes})(event)


def other_rows(table: pa.Table) -> pa.Table:
    return table.set_column(1, "temp", pa.array([11, 31], pa.int64()))


LIES: dict[str, dict[str, Any]] = {
    "other rows": {"table": other_rows},
    "a row less": {"table": lambda table: table.slice(1)},
    "a row more": {"table": lambda table: pa.concat_tables([table, table.slice(1)])},
    "not cut": {"event": data(truncated=True)},
    "cut": {"end": {TRUNCATED: b"true"}},
    "a negative count": {"event": result(rows=-5)},
    "a count as text": {"event": result(rows="2")},
    "no result": {"event": data(result=None)},
    "a result that is no digest": {"event": result(exact="x")},
    "another request": {"event": data(request="0" * 26)},
    "another statement": {"event": data(statement="0" * 64)},
    "another actor": {"event": lambda event: {**event, "actor": event["actor"] + "x"}},
    "another purpose": {"event": lambda event: {**event, "purpose": "audit"}},
    "another agreement": {"event": lambda event: {**event, "agreement": "A-AAAAAAAA"}},
    "no agreement": {"event": lambda event: {**event, "agreement": None}},
    "another kind": {"event": lambda event: {**event, "type": "derive"}},
    "another dataset": {
        "event": lambda event: {**event, "used": [{"dataset": "w.other", "version": 1}]}
    },
    "a dataset of a third": {
        "event": lambda event: {**event, "used": [{"dataset": "x/w.hourly", "version": 1}]}
    },
    "no dataset name": {"event": lambda event: {**event, "used": [{"dataset": "?", "version": 1}]}},
    "fewer labels": {"event": data(labels=[])},
    "labels that are none": {"event": data(labels=[["\x1b[2J"], []])},
    "labels with blanks": {"event": data(labels=[[" a"], []])},
    "fewer columns": {"event": data(labels=[[]], lineage=[
        {"name": "city", "projection": [], "influence": []}])},
    "lineage that is none": {"event": data(lineage="x")},
    "places that are none": {"event": data(lineage=[
        {"name": n, "projection": ["?"], "influence": []} for n in ("city", "temp")])},
    "places of a third": {"event": data(lineage=[
        {"name": n, "projection": ["did:x/w.a.b"], "influence": []} for n in ("city", "temp")])},
    "a last day that is none": {"event": data(expires="soon")},
    "another last day": {"event": data(expires="2030-01-01")},
    "a last day that is not signed": {"head": {EXPIRES: b"2030-01-01"}},
    "no receipt": {"text": lambda text: ""},
    "words for a receipt": {"text": lambda text: "trust me"},
    "a changed receipt": {"text": lambda text: text.replace("A", "B", 1)},
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_no_row_of_a_false_answer_is_given(two: Linked, key: str, lie: str) -> None:
    two.wire.bend = Liar(two.weather).bend(**LIES[lie])
    with pytest.raises(Tampered) as caught:
        ask(two, key)
    assert caught.value.code == "tampered.remote"
    last = linked.events(two.port, key)[-1]
    assert (last["type"], last["charges"]) == ("query.broken", [])
    assert last["data"]["code"] == "tampered.remote"
    two.restore()
    assert two.usage(key) == ((1, 2), (0, 0), 1)
    assert ask(two, key) == ROWS


def test_what_is_counted_of_a_false_answer_is_not_signed(two: Linked, key: str) -> None:
    two.wire.bend = Liar(two.weather).bend(table=other_rows)
    with pytest.raises(Tampered):
        ask(two, key)
    two.restore()
    done = two.port.session().desk.exchange().reconcile(key)
    assert done.reads == 1
    assert two.usage(key) == ((1, 2), (1, 2), 0)
    (theirs,), (ours,) = (each.values() for each in two.receipts(key))
    assert theirs == ours
    assert len(linked.signers(theirs)) == 1
    assert two.port.session().desk.exchange().reconcile(key).reads == 0


def test_an_old_receipt_is_not_taken_for_a_new_one(two: Linked, key: str) -> None:
    old: list[str] = []
    two.wire.bend = Liar(two.weather).bend(text=lambda text: old.append(text) or text)  # type: ignore[func-returns-value]
    ask(two, key)
    two.wire.bend = Liar(two.weather).bend(text=lambda text: old[0])
    with pytest.raises(Tampered, match="does not hold"):
        ask(two, key)


def test_a_false_answer_that_is_large_ends_with_that(two: Linked, key: str) -> None:
    """Rows of it may have been read by then; `arrow` gives none of them."""
    desk = linked.desk(two.port, "research", replace(two.port.means, small=0))
    two.wire.bend = Liar(two.weather).bend(table=other_rows)
    answer = desk.query(ALL, agreement=key)
    assert [e["type"] for e in linked.events(two.port, key)] == ["query.asked", "query.started"]
    with pytest.raises(Tampered):
        answer.rows()
    with pytest.raises(Tampered):
        desk.query(ALL, agreement=key).arrow()
    two.restore()
    assert desk.query(ALL, agreement=key).rows() == ROWS
    assert desk.query(ALL, agreement=key).arrow().num_rows == 2
    assert two.port.session().desk.exchange().reconcile(key).reads == 2
    assert two.usage(key) == ((4, 8), (4, 8), 0)


def test_an_answer_that_is_left_is_settled(two: Linked, key: str) -> None:
    desk = linked.desk(two.port, "research", replace(two.port.means, small=0))
    desk.query(ALL, agreement=key).close()
    assert two.usage(key)[2] == 1
    two.port.session().desk.exchange().reconcile(key)
    there, here, left = two.usage(key)
    assert (there, left) == (here, 0)


def test_a_refusal_that_has_no_end_is_cut(two: Linked, key: str) -> None:
    def bend(call: Call, answer: Streamed) -> Streamed:
        def forever() -> Iterator[bytes]:
            while True:
                yield bytes(1 << 16)

        return Streamed(500, {}, forever())

    two.wire.bend = bend
    with pytest.raises(DoumenError) as caught:
        ask(two, key)
    assert caught.value.code == "faulty.peer"
    assert two.usage(key)[2] == 1


@pytest.mark.parametrize("status", [204, 302, 401, 502])
def test_an_unsigned_refusal_leaves_a_question_open(two: Linked, key: str, status: int) -> None:
    """A proxy in between knows nothing of it, whatever it says of the costs."""
    body = b'{"charged":false,"code":"refused.x","next":null,"rule":null,"what":"x","why":null}'
    two.wire.bend = lambda call, answer: Streamed(status, {}, iter([body]))
    with pytest.raises(DoumenError):
        ask(two, key)
    assert two.usage(key) == ((1, 2), (0, 0), 1)


def test_explanations_of_a_liar_are_held_to_their_form(two: Linked, key: str) -> None:
    desk = two.port.session(None, "research").desk
    assert desk.explain(ALL, agreement=key).tables[0]["dataset"] == "w.hourly"
    for body in (b"[]", b"{}", b'{"columns":[],"statement":"x","tables":[7],"charges":[]}'):
        two.wire.bend = lambda call, answer, body=body: Streamed(200, {}, iter([body]))  # type: ignore[misc]
        with pytest.raises(Unavailable):
            desk.explain(ALL, agreement=key)
    assert linked.events(two.port, key) == []
