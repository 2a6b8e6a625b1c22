"""The states of datasets at the gate: notices in events, and nothing into what is retired."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from doumen.gate import Counter, Gate, derive
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import Refused
from doumen.model.life import Notice
from doumen.session.node import silent

ROWS = "id,v\n1,7\n2,9\n"
RULES = """
rules:
  - {id: states, permit: query, who: {role: analyst}, on: st.*}
"""


@pytest.fixture(scope="module")
def st(world: Any) -> Any:
    for name in ("old", "new"):
        world.collect(f"st-{name}.csv", ROWS, f"st.{name}")
    (world.folder / "states.yaml").write_text(RULES)
    world.owner.do("rule add", file=world.folder / "states.yaml")
    return world


@pytest.fixture
def stands(st: Any) -> Iterator[Any]:
    def say(state: str, dataset: str = "st.old", **more: Any) -> None:
        st.owner.do("dataset state", dataset=dataset, state=state, **more)

    yield say
    say("active")


def test_a_deprecated_dataset_is_spoken_of_in_outcome_and_receipt(st: Any, stands: Any) -> None:
    sql = "SELECT count(*) AS n FROM st.old a JOIN st.old AT (VERSION => 1) b ON true"
    ana = st.as_("ana")
    before = ana.do("query", sql=sql)
    assert "notices" not in before.json
    stands("deprecated", successor="st.new", until="2099-12-31")
    told = {"dataset": "st.old", "state": "deprecated", "successor": "st.new",
            "until": "2099-12-31"}  # fmt: skip
    outcome = ana.do("query", sql=sql)
    assert outcome.json["notices"] == [told]
    assert list(outcome.json["rows"]) == list(before.json["rows"])
    assert any("`st.new` takes its place" in str(one) for one in outcome.said)
    receipt = read_receipt(ana.desk.receipt(outcome.json["receipt"]))
    assert receipt.event["data"]["notices"] == [told]
    assert ana.do("receipt replay", receipt=outcome.json["receipt"]).exit == 0
    assert ana.query("SELECT 1 FROM st.new").notices == ()
    made = ana.do("query", sql=sql, into="ana.from_old")
    assert made.json["notices"] == [told]
    assert any("st.new" in str(one) for one in made.said)


def test_an_answer_that_streams_has_its_notices_at_the_end(st: Any, stands: Any) -> None:
    stands("deprecated")
    means = replace(st.node.means, small=1)
    answer = Counter(Gate(means), "ana", None, silent).query("SELECT * FROM st.old")
    assert answer.rows() == [(1, 7), (2, 9)]
    assert answer.notices == (Notice("st.old"),)


def test_it_is_retired_after_its_last_day(st: Any, stands: Any) -> None:
    stands("deprecated", until=datetime.now(UTC).date().isoformat())
    sql = "SELECT state FROM sys.states WHERE dataset = 'st.old'"
    assert st.as_("ana").query(sql).rows() == [("deprecated",)]
    tomorrow = replace(st.node.means, clock=lambda: datetime.now(UTC) + timedelta(days=1))
    desk = Counter(Gate(tomorrow), "ana", None, silent)
    assert desk.query(sql).rows() == [("retired",)]
    with pytest.raises(Refused, match="retired"):
        desk.query("SELECT * FROM st.old")


def test_what_is_retired_is_read_by_its_owner_and_replayed(st: Any, stands: Any) -> None:
    sql = "SELECT count(*) FROM st.old"
    answer = st.as_("ana").query(sql)
    stands("retired", successor="st.new", reason="Counted twice.")
    assert st.refused("ana", sql) == "refused.retired"
    assert st.last_event()["data"]["code"] == "refused.retired"
    assert st.refused("ana", "SELECT * FROM st.old AT (VERSION => 1)") == "refused.retired"
    assert st.owner.query(sql).rows() == [(2,)]
    assert st.as_("ana").do("receipt replay", receipt=answer.receipt).exit == 0
    assert st.as_("ana").do("describe", dataset="st.old").json["state"] == "retired"
    rows = st.as_("ana").query("SELECT * FROM sys.states WHERE dataset = 'st.old'").rows()
    assert rows == [("st.old", "retired", "st.new", None, "Counted twice.")]


def test_nothing_is_brought_into_what_is_retired(st: Any, stands: Any) -> None:
    stands("retired", successor="st.new")
    path = st.folder / "st-more.csv"
    path.write_text("id,v\n3,1\n")
    for verb in ("collect", "attach"):
        with pytest.raises(Refused) as caught:
            st.owner.do(verb, path=path, as_dataset="st.old")
        assert caught.value.code == "refused.retired"
        assert "st.new" in str(caught.value.next)
    with pytest.raises(Refused, match="nothing is brought into it"):
        st.owner.do("quarantine replay", dataset="st.old")
    stands("draft")
    st.owner.do("collect", path=path, as_dataset="st.old")
    assert st.owner.query("SELECT count(*) FROM st.old").rows() == [(3,)]


def test_nothing_is_derived_into_what_is_retired(st: Any, stands: Any) -> None:
    ana = st.as_("ana")
    ana.derive("SELECT 1 AS a", "ana.kept")
    stands("retired", "ana.kept")
    with pytest.raises(Refused, match="nothing is brought into it"):
        ana.derive("SELECT 2 AS a", "ana.kept")
    assert st.last_event()["data"]["code"] == "refused.retired"
    stands("active", "ana.kept")
    assert ana.derive("SELECT 2 AS a", "ana.kept").notices == ()


def test_retired_meanwhile_nothing_lands(
    st: Any, stands: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the beginning of a job and its commit."""
    ana, real = st.as_("ana"), derive.put
    ana.derive("SELECT 1 AS a", "ana.late")

    def late(*given: Any, **more: Any) -> Any:
        stands("retired", "ana.late")
        return real(*given, **more)

    monkeypatch.setattr(derive, "put", late)
    with pytest.raises(Refused, match="retired"):
        ana.derive("SELECT 2 AS a", "ana.late")


def test_every_change_is_an_event_of_who_governs(st: Any, stands: Any) -> None:
    with pytest.raises(Refused, match=r"may not change state `st\.old`"):
        st.as_("ana").do("dataset state", dataset="st.old", state="retired")
    st.as_("stu").do("dataset state", dataset="st.old", state="deprecated")
    event = st.last_event()
    assert (event["type"], event["actor"], event["subject"]) == ("amend", "stu", "st.old")
    assert event["data"]["facts"] == [{"kind": "state", "key": "st.old", "change": "set"}]
