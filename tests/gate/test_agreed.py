"""Agreements at the provider's gate: what they hold, how long, how often, and for whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import pytest

import doumen
from doumen.gate import Counter, Gate
from doumen.kits import policy
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.agreement import Agreement, Side, Use, key_of
from doumen.model.errors import Conflict, DoumenError, NotFound, OverBudget, Refused
from doumen.model.fact import Fact
from doumen.model.job import Request
from doumen.model.life import Life, Notice
from doumen.model.participant import Participant, member
from doumen.session import Node, create
from doumen.session.node import silent

PORT = Participant(
    "did:web:port.example", "Port", "port", "https://port.example", "port-1", "00" * 32, "CN"
)
SPY = replace(PORT, id="did:web:spy.example", alias="spy")
ANA = member(PORT.id, "ana")
TERMS = """
to: [did:web:port.example]
for: [research]
until: 2099-12-31
places: [CN]
datasets:
  w.hourly:
    duties:
      - filter: "city <> 'secret'"
      - mask: {column: station, method: 'null'}
  w.named: {columns: [city, note], duties: [{mask: {column: note, method: partial, keep_start: 1}}]}
quota: {queries: 5}
"""
ALL = "SELECT * FROM w.hourly ORDER BY city"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("agreed")
    create(folder / "node", "weather")
    rows = {
        "hourly": "city,temp,station\nRome,30,s1\nOslo,10,s2\nsecret,99,s3\n",
        "named": "city,note,person\nRome,hello,Ann\n",
        "other": "a\n1\n",
    }
    with doumen.open(folder / "node") as opened:
        owner = opened.session()
        for name, text in rows.items():
            (folder / f"{name}.csv").write_text(text)
            owner.do("collect", path=folder / f"{name}.csv", as_dataset=f"w.{name}")
        commit(opened, *(Fact("participant", one.id, one.as_json()) for one in (PORT, SPY)))
        yield opened


def commit(node: Node, *facts: Fact) -> None:
    node.gate.amend("owner", list(facts), "test")


@pytest.fixture
def key(node: Node, request: pytest.FixtureRequest) -> str:
    return agree(node, request.node.name)


def agree(node: Node, name: str, terms: str = TERMS, **changes: Any) -> str:
    id = f"urn:test:{name}"
    agreement = Agreement(
        key_of(id), id, Side.PROVIDER, PORT.id, "weather", policy.read_terms(terms), "2026-01-01"
    )
    body = policy.agreement_as_json(replace(agreement, **changes))
    commit(node, Fact("agreement", agreement.key, body))
    return agreement.key


def desk(node: Node, actor: str = ANA, purpose: str | None = "research", **means: Any) -> Counter:
    gate = Gate(replace(node.means, **means)) if means else node.gate
    return Counter(gate, actor, purpose, silent)


def rows(node: Node, key: str, sql: str = ALL, **who: Any) -> list[Any]:
    return desk(node, **who).query(sql, agreement=key).rows()


def refusal(node: Node, key: str, sql: str = ALL, **who: Any) -> DoumenError:
    with pytest.raises(DoumenError) as caught:
        rows(node, key, sql, **who)
    return caught.value


def test_what_is_agreed_is_seen_and_nothing_else(node: Node, key: str) -> None:
    assert rows(node, key) == [("Oslo", 10, None), ("Rome", 30, None)]
    assert rows(node, key, "SELECT * FROM w.named") == [("Rome", "h****")]
    assert refusal(node, key, "SELECT person FROM w.named").code == "invalid.column"
    for absent in ("w.other", "w.none", "sys.datasets", "sys.events"):
        error = refusal(node, key, f"SELECT * FROM {absent}")
        assert isinstance(error, NotFound)
        assert str(error.what) == f"There is no dataset `{absent}`."


def test_rules_of_the_node_do_not_reach_into_an_agreement(node: Node, key: str) -> None:
    rule = {"id": "wide", "permit": "query", "who": {"actor": ANA}, "on": "*.*"}
    commit(node, Fact("rule", "wide", rule))
    try:
        assert isinstance(refusal(node, key, "SELECT * FROM w.other"), NotFound)
        assert rows(node, key) == [("Oslo", 10, None), ("Rome", 30, None)]
    finally:
        commit(node, Fact("rule", "wide", None))


def test_without_an_agreement_there_is_nothing(node: Node) -> None:
    with pytest.raises(NotFound, match="There is no dataset"):
        desk(node).query(ALL)
    assert list(desk(node).facts().all("dataset")) == []


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ({"actor": member(SPY.id, "eve")}, "not-found.agreement"),
        ({"purpose": None}, "refused.agreement"),
        ({"purpose": "marketing"}, "refused.agreement"),
        ({"purpose": "unheard-of"}, "invalid.purpose"),
        ({"clock": lambda: datetime(2100, 1, 1, tzinfo=UTC)}, "refused.agreement"),
    ],
)
def test_for_whom_for_what_and_how_long(
    node: Node, key: str, who: dict[str, Any], code: str
) -> None:
    assert refusal(node, key, **who).code == code


def test_of_others_an_agreement_is_as_good_as_absent(node: Node, key: str) -> None:
    eve = member(SPY.id, "eve")
    there, nowhere = (refusal(node, name, actor=eve) for name in (key, "A-AAAAAAAA"))
    assert str(there.what).replace(key, "A-AAAAAAAA") == str(nowhere.what)
    assert there.as_json() | {"what": ""} == nowhere.as_json() | {"what": ""}


def test_a_place_that_is_asked_for_must_be_known(node: Node, key: str) -> None:
    for place, allowed in (("CN", True), ("SG", False), ("", False)):
        commit(node, Fact("participant", PORT.id, replace(PORT, place=place).as_json()))
        if allowed:
            rows(node, key)
        else:
            assert refusal(node, key).code == "refused.agreement"
    commit(node, Fact("participant", PORT.id, PORT.as_json()))


def test_as_consumer_nothing_of_ours_is_in_an_agreement(node: Node) -> None:
    key = agree(node, "consumer", side=Side.CONSUMER)
    assert refusal(node, key).code == "not-found.agreement"


def test_an_agreement_that_was_ended_binds_at_the_next_read(node: Node, key: str) -> None:
    rows(node, key)
    body = node.means.catalog.current().body("agreement", key)
    commit(node, Fact("agreement", key, {**(body or {}), "ended": "2026-02-02T00:00:00Z"}))
    error = refusal(node, key)
    assert (error.code, "2026-02-02" in str(error.why)) == ("refused.agreement", True)


def test_no_read_is_acknowledged_after_the_end(node: Node, key: str) -> None:
    """The agreement is ended while the statement runs: its answer is not given."""
    body = node.means.catalog.current().body("agreement", key) or {}
    plain = node.means.engine

    class Slow:
        def __getattr__(self, name: str) -> Any:
            return getattr(plain, name)

        def query(self, plan: Any, actor: str) -> Any:
            commit(node, Fact("agreement", key, {**body, "ended": "2026-02-02T00:00:00Z"}))
            return plain.query(plan, actor)

    with pytest.raises(Refused, match="was ended"):
        desk(node, engine=Slow()).query(ALL, agreement=key)
    kinds = [event["type"] for event in events(node, key)]
    assert kinds[-2:] == ["query.reserved", "query.refused"]


@pytest.mark.parametrize(
    ("state", "code"), [("retired", "refused.retired"), ("draft", "not-found.dataset")]
)
def test_what_is_retired_or_a_draft_is_not_given_and_the_agreement_stays(
    node: Node, key: str, state: str, code: str
) -> None:
    told = Life(state, "w.other", reason="Counted twice.").as_json()
    commit(node, Fact("state", "w.hourly", told))
    try:
        error = refusal(node, key)
        assert error.code == code
        assert "w.other" not in str(error.as_json())
        assert rows(node, key, "SELECT * FROM w.named") == [("Rome", "h****")]
        agreement = policy.agreement_of(node.means.catalog.current(), key)
        assert agreement.ended is None
        policy.check_stands(agreement)
        (*_, last) = (event for event in events(node, key) if event["type"] == "query.refused")
        assert last["data"]["code"] == code
    finally:
        commit(node, Fact("state", "w.hourly", None))
    assert rows(node, key) == [("Oslo", 10, None), ("Rome", 30, None)]


@pytest.mark.parametrize(("state", "kind"), [("retired", Refused), ("draft", NotFound)])
def test_no_read_is_acknowledged_after_a_dataset_is_retired(
    node: Node, key: str, state: str, kind: type[DoumenError]
) -> None:
    plain = node.means.engine

    class Slow:
        def __getattr__(self, name: str) -> Any:
            return getattr(plain, name)

        def query(self, plan: Any, actor: str) -> Any:
            commit(node, Fact("state", "w.hourly", Life(state).as_json()))
            return plain.query(plan, actor)

    try:
        with pytest.raises(kind):
            desk(node, engine=Slow()).query(ALL, agreement=key)
    finally:
        commit(node, Fact("state", "w.hourly", None))


def test_a_deprecated_dataset_is_given_with_its_notice(node: Node, key: str) -> None:
    for successor, told in (("w.named", "w.named"), ("w.other", None)):
        life = Life("deprecated", successor)
        commit(node, Fact("state", "w.hourly", life.as_json()))
        try:
            answer = desk(node).query(ALL, agreement=key)
            assert answer.notices == (Notice("w.hourly", told),)
        finally:
            commit(node, Fact("state", "w.hourly", None))


def use(node: Node, key: str, state: str, by: Side, *, held: bool) -> Fact:
    body = node.means.catalog.current().body("agreement", key) or {}
    told = asdict(Use("T-1", state, by, "2026-03-03T00:00:00Z", held)) | {"by": by.value}
    return Fact("agreement", key, {**body, "use": told})


@pytest.mark.parametrize(
    ("state", "by", "held", "what"),
    [
        ("SUSPENDED", Side.PROVIDER, True, "rests"),
        ("SUSPENDED", Side.CONSUMER, False, "rests"),
        ("COMPLETED", Side.CONSUMER, False, "was ended"),
        ("TERMINATED", Side.PROVIDER, True, "was ended"),
    ],
)
def test_a_transfer_that_does_not_run_binds_at_the_next_read(
    node: Node, key: str, state: str, by: Side, held: bool, what: str
) -> None:
    commit(node, use(node, key, "STARTED", Side.PROVIDER, held=False))
    rows(node, key)
    commit(node, use(node, key, state, by, held=held))
    error = refusal(node, key)
    assert error.code == "refused.agreement"
    assert what in str(error.what)
    assert f"The {by} " in str(error.why)
    assert ("The provider can" in str(error.next)) is held
    assert [event["type"] for event in events(node, key)][-1] == "query.refused"
    commit(node, use(node, key, "STARTED", Side.PROVIDER, held=False))
    rows(node, key)


def test_no_read_is_acknowledged_after_the_transfer_rests(node: Node, key: str) -> None:
    """It is laid to rest while the statement runs: its answer is not given."""
    plain = node.means.engine

    class Slow:
        def __getattr__(self, name: str) -> Any:
            return getattr(plain, name)

        def query(self, plan: Any, actor: str) -> Any:
            commit(node, use(node, key, "SUSPENDED", Side.PROVIDER, held=True))
            return plain.query(plan, actor)

    with pytest.raises(Refused, match="rests"):
        desk(node, engine=Slow()).query(ALL, agreement=key)
    kinds = [event["type"] for event in events(node, key)]
    assert kinds[-2:] == ["query.reserved", "query.refused"]


def events(node: Node, key: str) -> list[dict[str, Any]]:
    entries = (json.loads(entry) for entry in node.session().desk.entries())
    return [entry for entry in entries if entry["agreement"] == key]


def test_a_quota_holds_for_all_actors_at_once(node: Node, key: str) -> None:
    def ask(number: int) -> bool:
        try:
            rows(node, key, actor=member(PORT.id, f"a{number % 3}"))
        except OverBudget as error:
            assert error.code == "over-budget.quota"  # noqa: PT017
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(ask, range(12))) == 5
    charged = [c for e in events(node, key) for c in e["charges"]]
    assert sum(c["amount"] for c in charged if c["account"] == f"agreement:{key}"
               and c["unit"] == "queries") == 5  # fmt: skip
    assert sum(c["amount"] for c in charged if c["account"] == f"agreement:{key}"
               and c["unit"] == "rows") == 10  # fmt: skip


def test_a_quota_of_the_day_begins_anew(node: Node) -> None:
    text = TERMS.replace("{queries: 5}", "{queries: 1, per: day}")
    key = agree(node, "daily", text)
    days = [datetime(2030, 1, day, 12, tzinfo=UTC) for day in (1, 2)]
    for day in days:
        rows(node, key, clock=lambda day=day: day)
        assert refusal(node, key, clock=lambda day=day: day).code == "over-budget.quota"


def test_the_provider_tells_what_was_used_today_of_what_is_bound_by_the_day(
    node: Node, key: str
) -> None:
    daily = agree(node, "today", TERMS.replace("{queries: 5}", "{queries: 3, per: day}"))
    owner = node.session().desk
    assert owner.exchange().usage(daily).today == 0
    rows(node, daily)
    rows(node, key)
    assert owner.exchange().usage(daily).today == 1
    assert owner.exchange().usage(key).today is None


def test_the_reads_under_an_agreement_are_found_by_its_name(node: Node, key: str) -> None:
    rows(node, key)
    found = node.session().desk.happened(subject=key, types=("query",)).events
    assert found
    assert {one.agreement for one in found} == {key}


def test_a_request_is_answered_once(node: Node, key: str) -> None:
    request = Request("r" * 20, "signed.token.here", '{"a": 1}', "ab" * 32)
    answer = desk(node).query(ALL, agreement=key, request=request)
    assert len(answer.rows()) == 2
    receipt = read_receipt(desk(node).receipt(answer.receipt))
    assert receipt.event["data"]["request"] == request.id
    assert receipt.event["agreement"] == key
    assert receipt.event["actor"] == ANA
    assert receipt.disclosed["request"] == {"token": request.token, "body": request.body}
    assert receipt.disclosed["salt"] == request.salt
    with pytest.raises(Conflict, match="answered before"):
        desk(node).query(ALL, agreement=key, request=request)
    other = replace(request, id="s" * 20)
    desk(node).query(ALL, agreement=key, request=other)


def test_refusals_name_the_agreement_and_cost_nothing(node: Node, key: str) -> None:
    refusal(node, key, "SELECT * FROM w.other")
    refusal(node, key, purpose="marketing")
    assert [e["type"] for e in events(node, key)] == ["query.refused"] * 2
    assert all(e["charges"] == [] for e in events(node, key))
    assert len(rows(node, key)) == 2


def test_an_explanation_shows_the_clauses(node: Node, key: str) -> None:
    told = desk(node).explain(ALL, agreement=key)
    assert told.tables[0]["rules"][0]["id"] == f"{key}-1"
    assert "secret" not in json.dumps(told.tables, default=str)
    assert {c["account"]: c["amount"] for c in told.charges if c["unit"] == "queries"}[
        f"agreement:{key}"
    ] == 1
