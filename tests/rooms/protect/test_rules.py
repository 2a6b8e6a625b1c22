"""Rules: add a file, list, remove, explain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.rooms.protect.conftest import Ledgerless

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.model.agreement import Agreement, Side
from doumen.model.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from doumen.model.fact import Fact
from doumen.model.operation import Table
from doumen.rooms.protect import actors, labels, rules

DeskOf = Callable[..., Desk]

TEXT = """
rules:
  - id: read
    permit: query
    who: {role: analyst}
    on: transport.flights
    duties:
      - filter: "origin <> 'LGA'"
      - mask: {column: tailnum, method: hash}
      - limit: 9
  - {id: all, permit: discover, who: {actor: ana}, on: "transport.*"}
  - {id: later, deny: query, who: {role: guest}, on: "health.*", for: [research]}
"""


@pytest.fixture
def add(desk_of: DeskOf, tmp_path: Path) -> Callable[..., dict[str, object]]:
    actors.add(desk_of(), "ana", role=("analyst",))

    def write(text: str, name: str = "sue", role: str = "steward") -> dict[str, object]:
        path = tmp_path / "rules.yaml"
        path.write_text(text, encoding="utf-8")
        outcome = rules.add(desk_of(name, role), str(path))
        assert any(said.startswith("Next: ") for said in outcome.said)
        return {**outcome.json, "said": outcome.said}

    return write


Add = Callable[..., dict[str, object]]


def test_add_change_and_again(add: Add) -> None:
    first = add(TEXT)
    assert first["added"] == ["read", "all", "later"]
    assert "Nobody has role `guest` yet." in str(first["said"])
    again = add(TEXT)
    assert (again["unchanged"], again["receipt"]) == (["read", "all", "later"], None)
    changed = add(TEXT.replace("limit: 9", "limit: 8"))
    assert (changed["changed"], changed["unchanged"]) == (["read"], ["all", "later"])
    assert changed["receipt"]


def test_all_faults_at_once_and_nothing_added(add: Add, desk_of: DeskOf) -> None:
    labels.put(desk_of(), "transport.planes", "wide")
    with pytest.raises(Invalid, match="faults") as error:
        add("""
rules:
  - {id: a, permit: query, who: {actor: eve}, on: transport.nope, for: [fun]}
  - {id: b, permit: query, who: {role: x}, on: {column: transport.flights.nope}}
  - {id: c, permit: query, who: {role: x}, on: {column: health.nope.x}}
  - {id: d, permit: query, who: {role: x}, on: transport.flights,
     duties: [{filter: nope > 1}, {mask: {column: nope, method: hash}}]}
  - {id: e, permit: query, who: {role: x}, on: "transport.*", duties: [filter: year > 1]}
  - {id: f, permit: query, who: {role: x}, on: {label: wide}, duties: [filter: year > 1]}
  - {id: g, permit: query, who: {role: x}, on: {label: none}, duties: [filter: anything > 1]}
""")
    why = error.value.why or ""
    for fault in (
        "rule `a`: there is no actor `eve`",
        "rule `a`: purpose `fun` is not on the list (`doumen purpose add fun`",
        "rule `a`: there is no dataset `transport.nope`",
        "rule `b`: `transport.flights` has no column `nope`; it has year, origin, TailNum",
        "rule `c`: there is no dataset `health.nope`",
        "rule `d`: on `transport.flights`: there is no column `nope`; there are",
        "rule `e`: on `transport.planes`: ",
        "rule `f`: on `transport.planes`: ",
    ):
        assert fault in why
    assert why.count("rule `d`") == 2
    assert "rule `g`" not in why
    assert "__quarantine" not in why
    assert dict(desk_of().facts().all("rule")) == {}


def test_one_fault(add: Add) -> None:
    with pytest.raises(Invalid, match="No rule is added"):
        add("rules:\n  - {id: a, permit: query, who: {role: x}, on: transport.nope}")


def test_only_those_who_govern(add: Add) -> None:
    text = "rules:\n  - {id: a, permit: query, who: {actor: ana}, on: 'transport.*'}"
    with pytest.raises(Refused):
        add(text, "ana", "analyst")


def test_files_that_cannot_be_read(desk_of: DeskOf, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no file"):
        rules.add(desk_of(), str(tmp_path / "none.yaml"))
    with pytest.raises(Unavailable):
        rules.add(desk_of(), str(tmp_path))
    path = tmp_path / "wrong.yaml"
    path.write_bytes("rules: 中".encode("gb18030"))
    with pytest.raises(Invalid, match="UTF-8"):
        rules.add(desk_of(), str(path))
    path.write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(Invalid, match="1 MiB"):
        rules.add(desk_of(), str(path))


def test_list_and_explain(add: Add, desk_of: DeskOf) -> None:
    add(TEXT)
    full = rules.show_all(desk_of()).json["rules"]
    assert [rule["id"] for rule in full] == ["all", "later", "read"]
    assert full[2]["rule"]["duties"][0] == {"filter": "origin <> 'LGA'"}
    explained = rules.explain(desk_of(), "read")
    assert ["duty", "only rows where origin <> 'LGA'"] in explained.json["words"]
    assert explained.drawn


def test_an_end_has_a_column_only_where_a_rule_has_one(add: Add, desk_of: DeskOf) -> None:
    empty = rules.show_all(desk_of())
    assert "doumen rule add FILE" in empty.said[0]
    add(TEXT)
    for more, heads in (
        ("", ("for", "duties")),
        (", until: 2099-12-31", ("for", "until", "duties")),
    ):
        add(f"rules: [{{id: all, permit: discover, who: {{actor: ana}}, on: '*.*'{more}}}]")
        (table,) = rules.show_all(desk_of()).drawn
        assert isinstance(table, Table)
        assert table.columns == ("rule", "does", "who", "on", *heads)
        assert {len(row) for row in table.rows} == {len(table.columns)}
        assert ("2099-12-31" in str(table.rows)) is bool(more)


@pytest.mark.parametrize("role", ["analyst", "auditor"])
def test_conditions_are_told_to_those_who_govern_only(add: Add, desk_of: DeskOf, role: str) -> None:
    add(TEXT)
    desk = desk_of("ana", role, "analyst")
    listed, explained = rules.show_all(desk), rules.explain(desk, "read")
    assert "LGA" not in str(listed) + str(explained)
    assert "rule" not in explained.json
    assert ["duty", "at most 9 rows of the result"] in explained.json["words"]


def test_rules_that_do_not_speak_of_the_asker_are_absent(add: Add, desk_of: DeskOf) -> None:
    add(TEXT)
    desk = desk_of("bob", "guest")
    assert rules.show_all(desk).json["rules"] == []
    for id in ("read", "none"):
        with pytest.raises(NotFound):
            rules.explain(desk, id)


AGREED = Agreement(
    "A-7F3KQ2AB", "urn:a", Side.PROVIDER, "did:web:port.example", "weather",
    policy.read_terms("""
for: [research]
until: 2099-12-31
datasets:
  w.hourly:
    columns: [city, temp]
    duties: [{filter: "city <> 'hid'"}, {mask: {column: temp, method: "null"}}, {limit: 5}]
"""), "2026-01-01T00:00:00+00:00",
)  # fmt: skip
SIGNED = {"policy": {"@id": "urn:a"}, "negotiation": "N-1"}
ON_IT = {"id": "use", "permit": "query", "who": {"actor": "ana"}, "on": {"agreement": AGREED.key}}


def test_a_clause_of_an_agreement_is_explained(desk_of: DeskOf, node: Ledgerless) -> None:
    node.add([Fact("agreement", AGREED.key, policy.agreement_as_json(AGREED) | SIGNED)])
    told = rules.explain(desk_of(), f"{AGREED.key}-1")
    assert told.json["agreement"] == AGREED.key
    words = told.json["words"]
    assert [list(map(str, pair)) for pair in words[:3]] == [
        ["does", "permits reading rows"],
        ["who", "actors of participant `did:web:port.example`"],
        ["on", "of dataset `w.hourly` the columns `city`, `temp`"],
    ]
    for pair in (["for", "research"], ["until", "2099-12-31, that day (UTC) included"],
                 ["duty", "only rows where city <> 'hid'"],
                 ["duty", "at most 5 rows of the result"]):  # fmt: skip
        assert pair in words
    assert "temp" in str(words[7:])
    assert "temp" not in str(rules.explain(desk_of(), f"{AGREED.key}-1-1").json)
    assert told.said == (f"The whole agreement: doumen agreement show {AGREED.key}",)
    with pytest.raises(NotFound):
        rules.explain(desk_of(), f"{AGREED.key}-2")


def test_a_clause_is_explained_to_whoever_may_see_its_agreement(
    desk_of: DeskOf, node: Ledgerless
) -> None:
    here = replace(AGREED, side=Side.CONSUMER, ended="2026-03-03T00:00:00Z")
    node.add([Fact("agreement", here.key, policy.agreement_as_json(here) | SIGNED)])
    with pytest.raises(NotFound) as caught:
        rules.explain(desk_of("ana", "analyst"), f"{here.key}-1")
    with pytest.raises(NotFound) as absent:
        rules.explain(desk_of("ana", "analyst"), "A-AAAAAAAA-1")
    assert str(caught.value.what).replace(here.key, "") == str(absent.value.what).replace(
        "A-AAAAAAAA", ""
    )
    node.add([Fact("rule", "use", ON_IT)])
    for desk in (desk_of("ana", "analyst"), desk_of("al", "auditor")):
        told = rules.explain(desk, f"{here.key}-1")
        assert ["who", "actors of this node, as its own rules permit"] in told.json["words"]
        assert ["ended", "2026-03-03T00:00:00Z"] in told.json["words"]
        assert "hid" not in str(told)


def test_remove(add: Add, desk_of: DeskOf) -> None:
    add(TEXT)
    assert rules.remove(desk_of("sue", "steward"), "read").json["id"] == "read"
    with pytest.raises(NotFound):
        rules.remove(desk_of(), "read")
    with pytest.raises(Refused):
        rules.remove(desk_of("ana", "analyst"), "all")


def test_what_somebody_else_changed_is_not_overwritten(
    desk_of: DeskOf, add: Callable[..., dict[str, object]], tmp_path: Path
) -> None:
    path = tmp_path / "one.yaml"
    one = "rules: [{id: read, permit: query, who: {role: analyst}, on: transport.flights%s}]"

    def change(more: str, seen: str | None) -> None:
        path.write_text(one % more, encoding="utf-8")
        rules.add(desk_of("sue", "steward"), str(path), seen)

    def version() -> str:
        (told,) = rules.show_all(desk_of("sue", "steward")).json["rules"]
        return str(told["version"])

    change("", rules.ABSENT)
    first = version()
    with pytest.raises(Conflict, match="Somebody else changed rule `read`"):
        change(", for: [research]", rules.ABSENT)
    change(", for: [research]", first)
    assert version() != first
    with pytest.raises(Conflict):
        change("", first)
    with pytest.raises(Conflict):
        rules.remove(desk_of("sue", "steward"), "read", first)
    rules.remove(desk_of("sue", "steward"), "read", version())
    with pytest.raises(Conflict):
        change("", first)
    change("", None)
    told = rules.show_all(desk_of("ana", "analyst")).json["rules"]
    assert [set(each) for each in told] == [{"id", "words"}]
