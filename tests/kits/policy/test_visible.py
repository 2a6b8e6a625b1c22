"""The facts that one actor may know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from doumen.kits.policy import about, visible_facts, visible_version
from doumen.model.actor import Actor
from doumen.model.errors import Refused
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.ref import Ref
from doumen.model.snapshot import Bound, DataFile

Build = Callable[..., Facts]
Someone = Callable[..., Actor]
Body = Callable[..., dict[str, Any]]

NOW = datetime(2026, 11, 24, tzinfo=UTC)
RULES = """
rules:
  - {id: all, permit: query, who: {role: analyst}, on: air.open}
  - {id: part, permit: query, who: {actor: ana}, on: air.part,
     duties: [{filter: "city = 'Wenzhou'"}, {mask: {column: city, method: hash}}, {limit: 3}]}
  - {id: names, permit: discover, who: {actor: ana}, on: air.names}
  - {id: column, permit: query, who: {actor: ana}, on: {column: air.column.city},
     duties: [{filter: "id > 7"}]}
  - {id: mine-not, permit: query, who: {actor: ana}, on: air.absent}
  - {id: hide, deny: discover, who: {actor: ana}, on: {column: air.half.id}}
  - {id: half, permit: query, who: {actor: ana}, on: air.half,
     duties: [{mask: {column: id, method: hash}}, {mask: {column: city, method: null}}]}
  - {id: theirs, permit: query, who: {actor: bob}, on: 'air.*'}
  - {id: aim, permit: query, who: {actor: ana}, on: air.aim, for: [research]}
"""


@pytest.fixture(scope="module")
def node(facts_of: Build, body_of: Body) -> Facts:
    columns = {"id": "BIGINT", "city": "VARCHAR"}
    names = ("open", "part", "names", "column", "hidden", "half", "aim")
    made = body_of(
        columns, derived=True, creator="ana", sources=["air.open", "air.hidden", "air.column"]
    )
    theirs = body_of(columns, derived=True, creator="bob", sources=["air.open"])
    entry = {
        "projection": ["air.open.ID", "air.hidden.id", "air.column.id"],
        "influence": ["air.column.city"],
    }
    return facts_of(
        RULES + "  - {id: shared, permit: discover, who: {actor: ana}, on: bob.made}\n",
        datasets={
            **{f"air.{name}": body_of(columns) for name in names},
            "air.open__quarantine": body_of(columns, kind="quarantine"),
            "ana.made": made,
            "bob.made": theirs,
        },
        labels={
            "air.open": ["public"],
            "air.open.city": ["place"],
            "air.hidden.city": ["secret"],
            "air.column.id": ["secret"],
            "air.column.city": ["place"],
        },
        lineage={"ana.made": {"id": entry, "city": entry}, "bob.made": {"id": entry}},
        more=[
            *(Fact("contract", f"air.{n}", {"version": "1.0.0", "text": n}) for n in names),
            Fact("actor", "ana", {"roles": ["analyst"], "purposes": ["research"]}),
            Fact("actor", "bob", {"roles": []}),
            Fact("purpose", "planning", {"description": {}}),
            Fact("key", "k1", {"certificate": {}}),
            Fact("source", "air.open#ab", {"path": "secret.csv"}),
        ],
    )


@pytest.fixture(scope="module")
def seen(node: Facts, someone: Someone) -> Facts:
    return visible_facts(someone(purposes=["research"]), node, NOW)


@pytest.mark.parametrize("role", ["owner", "steward"])
def test_those_who_govern_know_all(node: Facts, someone: Someone, role: str) -> None:
    assert visible_facts(someone("sue", role), node, NOW) is node


def test_an_auditor_knows_all_but_the_expressions(node: Facts, someone: Someone) -> None:
    seen = visible_facts(someone("al", "auditor"), node, NOW)
    assert seen.version == node.version
    assert {kind: set(rows) for kind, rows in seen.rows.items()} == {
        kind: set(rows) for kind, rows in node.rows.items()
    }
    assert "Wenzhou" not in str(seen)
    assert seen.rows["dataset"] == node.rows["dataset"]


@pytest.mark.parametrize(("role", "told"), [("owner", 1), ("steward", 0), ("auditor", 0)])
def test_what_values_of_files_lie_between_is_for_the_owner(
    facts_of: Build, body_of: Body, someone: Someone, role: str, told: int
) -> None:
    file = DataFile("a/b/x.parquet", 9, 2, bounds=(Bound("name", "Ann", "Zoe", 0),)).as_json()
    facts = facts_of(datasets={"a.b": body_of({"name": "VARCHAR"}, files=[file])})
    actor = someone("sue", role)
    seen = visible_facts(actor, facts, NOW)
    row = visible_version(actor, facts, facts.rows["dataset"]["a.b"], then=facts, now=NOW)
    assert row is not None
    for body in (seen.body("dataset", "a.b"), row.fact.body):
        assert body is not None
        assert str(body).count("Zoe") == told
        assert body["files"][0]["rows"] == 2


def test_datasets_are_those_that_may_be_discovered(seen: Facts) -> None:
    assert [key for key, _ in seen.all("dataset")] == [
        "air.aim", "air.column", "air.half", "air.names", "air.open", "air.part", "ana.made",
        "bob.made",
    ]  # fmt: skip


def test_what_changes_with_hidden_rows_is_constant(seen: Facts, node: Facts) -> None:
    for name in ("air.part", "air.names", "air.column", "air.aim", "air.half", "bob.made"):
        body = seen.body("dataset", name)
        assert body is not None
        assert (body["version"], body["files"]) == (0, [])
        assert not {"updated", "created", "table", "creator"} & body.keys()
    assert seen.snapshot(Ref("air", "part")) is not None
    opened = seen.body("dataset", "air.open")
    original = node.body("dataset", "air.open")
    assert opened
    assert original
    assert {k: opened[k] for k in ("version", "files", "updated")} == {
        k: original[k] for k in ("version", "files", "updated")
    }
    assert seen.version == 0
    assert {(r.seq, r.event, r.time) for rows in seen.rows.values() for r in rows.values()} == {
        (0, "", "")
    }


def test_a_stated_purpose_opens_more(node: Facts, someone: Someone) -> None:
    ana = someone(purposes=["research"])
    body = visible_facts(ana, node, NOW, "research").body("dataset", "air.aim")
    assert body
    assert body["version"] == 3
    with pytest.raises(Refused, match="not assigned"):
        visible_facts(someone(), node, NOW, "research")


def test_only_known_columns(seen: Facts) -> None:
    column, half = seen.body("dataset", "air.column"), seen.body("dataset", "air.half")
    assert column
    assert half
    assert [c["name"] for c in column["columns"]] == ["city"]
    assert [c["name"] for c in half["columns"]] == ["city"]


def test_contracts_where_every_column_may_be_known(seen: Facts) -> None:
    assert [key for key, _ in seen.all("contract")] == [
        "air.aim", "air.names", "air.open", "air.part",
    ]  # fmt: skip


def test_labels(seen: Facts) -> None:
    assert [key for key, _ in seen.all("label")] == [
        "air.column.city", "air.open", "air.open.city",
    ]  # fmt: skip


def test_lineage_and_sources_name_only_what_may_be_known(seen: Facts) -> None:
    made, lineage = seen.body("dataset", "ana.made"), seen.body("lineage", "ana.made")
    assert made
    assert lineage
    assert made["sources"] == ["air.open", "air.column"]
    assert made["creator"] == "ana"
    assert lineage["columns"]["id"] == {
        "projection": ["air.open.ID"],
        "influence": ["air.column.city"],
    }
    assert "hidden" not in str(seen)


def test_rows_of_a_part_are_not_all_rows(facts_of: Build, body_of: Body, someone: Someone) -> None:
    facts = facts_of(
        """rules:
  - {id: names, permit: discover, who: {actor: ana}, on: air.open}
  - {id: city, permit: query, who: {actor: ana}, on: {column: air.open.city}}""",
        datasets={"air.open": body_of({"id": "BIGINT", "city": "VARCHAR"})},
    )
    body = visible_facts(someone(), facts, NOW).body("dataset", "air.open")
    assert body
    assert len(body["columns"]) == 2
    assert body["version"] == 0


def test_lineage_of_unknown_columns_is_left_out(
    facts_of: Build, body_of: Body, someone: Someone
) -> None:
    columns = {"id": "BIGINT", "city": "VARCHAR"}
    entry: dict[str, list[str]] = {"projection": [], "influence": []}
    facts = facts_of(
        "rules:\n  - {id: c, permit: discover, who: {actor: ana}, on: {column: bob.made.city}}",
        datasets={"bob.made": body_of(columns, derived=True, creator="bob")},
        lineage={"bob.made": {"id": entry, "city": entry}},
    )
    lineage = visible_facts(someone(), facts, NOW).body("lineage", "bob.made")
    assert lineage == {"columns": {"city": entry}}


def test_rules_are_those_that_speak_of_the_actor_and_of_what_they_know(seen: Facts) -> None:
    rules = dict(seen.all("rule"))
    assert list(rules) == ["aim", "all", "column", "half", "names", "part", "shared"]
    assert rules["part"]["duties"][0] == {"filter": "…"}
    assert rules["part"]["duties"][1:] == [
        {"mask": {"column": "city", "method": "hash"}}, {"limit": 3},
    ]  # fmt: skip
    assert rules["half"]["duties"] == [{"mask": {"column": "city", "method": "null"}}]
    assert "Wenzhou" not in str(seen)


def test_other_kinds(seen: Facts) -> None:
    assert [key for key, _ in seen.all("actor")] == ["ana"]
    assert [key for key, _ in seen.all("purpose")] == ["planning"]
    assert [key for key, _ in seen.all("key")] == ["k1"]
    assert [key for key, _ in seen.all("source")] == []


def test_one_who_is_unknown_knows_next_to_nothing(node: Facts, someone: Someone) -> None:
    seen = visible_facts(someone("eve", "guest"), node, NOW)
    assert set(seen.rows) == {"purpose", "key"}


def version_of(facts: Facts, kind: str, key: str) -> FactRow:
    """The row in force."""
    return facts.rows[kind][key]


def test_a_version_is_shown_as_the_fact_itself_is(node: Facts, someone: Someone) -> None:
    ana = someone("ana", "analyst")
    row = version_of(node, "rule", "part")
    told = visible_version(ana, node, row, then=node, now=NOW)
    assert told is not None
    assert told.seq == row.seq
    assert "Wenzhou" not in str(told.fact.body)
    assert visible_version(someone("stu", "steward"), node, row, then=node, now=NOW) is row
    auditor = visible_version(someone("vera", "auditor"), node, row, then=node, now=NOW)
    assert auditor is not None
    assert "Wenzhou" not in str(auditor.fact.body)
    gone = FactRow(99, Fact("rule", "part", None), "e", "t")
    assert visible_version(ana, node, gone, then=node, now=NOW) is gone
    other = version_of(node, "rule", "theirs")
    assert visible_version(ana, node, other, then=node, now=NOW) is None


def test_a_version_of_a_contract_with_a_column_that_is_not_told(
    facts_of: Build, body_of: Body, someone: Someone
) -> None:
    rules = "rules:\n  - {id: a, permit: discover, who: {actor: ana}, on: {column: d.t.a}}\n"
    contract = FactRow(7, Fact("contract", "d.t", {"text": "…"}), "e", "t")
    now = facts_of(rules, datasets={"d.t": body_of({"a": "BIGINT"})})
    then = facts_of(rules, datasets={"d.t": body_of({"a": "BIGINT", "old": "BIGINT"})})
    shown = visible_version(someone("ana"), now, contract, then=now, now=NOW)
    assert shown == contract
    assert visible_version(someone("ana"), now, contract, then=then, now=NOW) is None


def test_about_some_datasets_and_what_they_were_made_of(node: Facts) -> None:
    told = about(node, [Ref("ana", "made")])
    assert set(told.rows["dataset"]) == {"ana.made", "air.open", "air.hidden", "air.column"}
    assert told.rows["rule"] == node.rows["rule"]


def test_duties_tell_no_hidden_unit_and_no_mapping(
    facts_of: Build, body_of: Body, someone: Someone
) -> None:
    columns = {"id": "BIGINT", "city": "VARCHAR", "Person": "VARCHAR"}
    mapping = "mask: {column: city, method: generalise, levels: {Wenzhou: south}}"
    facts = facts_of(
        f"""rules:
  - id: read
    permit: query
    who: {{role: analyst}}
    on: air.t
    duties: [min_group: {{k: 5, unit: person}}, min_group: {{k: 4, unit: ID}}, {mapping}]
  - {{id: hide, deny: discover, who: {{actor: ana}}, on: {{column: air.t.Person}}}}""",
        datasets={"air.t": body_of(columns)},
    )
    hidden = {"levels": {"…": "…"}, "column": "city", "method": "generalise"}
    for name, unit in (("ana", "…"), ("bob", "person")):
        told = visible_facts(someone(name), facts, NOW).body("rule", "read")
        assert told
        groups = [{"k": 5, "unit": unit}, {"k": 4, "unit": "ID"}]
        assert told["duties"] == [*({"min_group": group} for group in groups), {"mask": hidden}]
    auditor = visible_facts(someone("al", "auditor"), facts, NOW).body("rule", "read")
    assert auditor
    assert "Wenzhou" not in str(auditor)
    assert auditor["duties"][0] == {"min_group": {"k": 5, "unit": "person"}}


def test_tokens_are_for_the_owner_and_for_whom_they_are_of(someone: Someone) -> None:
    body = {"hash": "00", "scopes": ["read"]}
    rows = [FactRow(n, Fact("token", f"{name}/{n}", body), "e", "t") for n, name in _HOLDERS]
    facts = Facts().extended(rows)
    assert visible_facts(someone("owner", "owner"), facts, NOW) is facts
    for name, role in (("ana", "analyst"), ("ana", "steward"), ("ana", "auditor")):
        told = visible_facts(someone(name, role), facts, NOW)
        assert dict(told.all("token")) == {"ana/1": {"scopes": ["read"]}}
    steward = someone("ana", "steward")
    own = visible_version(steward, facts, rows[0], then=facts, now=NOW)
    assert own is not None
    assert own.fact.body == {"scopes": ["read"]}
    assert visible_version(steward, facts, rows[1], then=facts, now=NOW) is None


def test_grants_are_for_whom_they_are_of_and_for_those_who_oversee(someone: Someone) -> None:
    rows = [FactRow(n, Fact("grant", f"{name}/{n}", {}), "e", "t") for n, name in _HOLDERS]
    facts = Facts().extended(rows)
    for role in ("owner", "steward", "auditor"):
        assert len(list(visible_facts(someone("sue", role), facts, NOW).all("grant"))) == 2
    assert [key for key, _ in visible_facts(someone("ana"), facts, NOW).all("grant")] == ["ana/1"]


_HOLDERS = [(1, "ana"), (2, "bob")]


def test_products_are_for_those_who_oversee_their_previews_for_those_who_govern(
    someone: Someone,
) -> None:
    shown = {"columns": [{"name": "a", "type": "VARCHAR"}], "rows": [["Wenzhou"]], "receipt": "r"}
    node = Facts().extended(
        FactRow(n, Fact("product", key, {"title": key, "preview": preview}), "e", "2026")
        for n, (key, preview) in enumerate((("air", shown), ("sea", None)), start=1)
    )
    assert visible_facts(someone("sue", "steward"), node, NOW) is node
    seen = visible_facts(someone("al", "auditor"), node, NOW)
    assert (seen.body("product", "air") or {})["preview"] == {**shown, "rows": []}
    assert seen.body("product", "sea") == node.body("product", "sea")
    assert "product" not in visible_facts(someone(), node, NOW).rows


def test_of_offers_an_auditor_knows_all_but_the_conditions(someone: Someone) -> None:
    grant = {"columns": ["a"], "duties": [{"filter": "a = 'Wenzhou'"}, {"limit": 3}]}
    body = {"product": "air", "terms": {"datasets": {"air.open": grant}}, "state": "open"}
    node = Facts().extended([FactRow(1, Fact("offer", "air-1", body), "e", "2026")])
    seen = visible_facts(someone("al", "auditor"), node, NOW).body("offer", "air-1") or {}
    assert "Wenzhou" not in str(seen)
    assert seen["terms"]["datasets"]["air.open"]["duties"][1:] == [{"limit": 3}]
    assert {**seen, "terms": None} == {**body, "terms": None}
    assert "offer" not in visible_facts(someone(), node, NOW).rows


@pytest.mark.parametrize("role", ["steward", "auditor"])
def test_what_a_schedule_asks_and_whom_an_alert_tells_is_the_owners(
    someone: Someone, role: str
) -> None:
    asked = {"operation": "query", "command": "query 'select 138'", "inputs": {"sql": "select 138"}}
    rows = {
        "schedule": FactRow(1, Fact("schedule", "nightly", asked), "E1", "t"),
        "alert": FactRow(2, Fact("alert", "oncall", {"webhook": "https://x/138"}), "E2", "t"),
    }  # fmt: skip
    for kinds in (("schedule", "alert"), ("schedule",), ("alert",)):
        facts = Facts(2, {kind: {rows[kind].fact.key: rows[kind]} for kind in kinds})
        assert visible_facts(someone("owner", "owner"), facts, NOW) is facts
        seen = visible_facts(someone("sue", role), facts, NOW)
        assert "138" not in str(seen)
        assert not list(seen.all("alert"))
        if "schedule" in kinds:
            body = {"operation": "query", "command": "query", "inputs": {}}
            assert seen.body("schedule", "nightly") == body
        for kind in kinds:
            told = visible_version(someone("sue", role), facts, rows[kind], then=facts, now=NOW)
            assert "138" not in str(told)
            assert (told is None) is (kind == "alert")
    assert visible_facts(someone("ana", "analyst"), facts, NOW).rows.get("alert") is None


def test_proposals_are_for_the_owner_and_for_whoever_had_them_made(someone: Someone) -> None:
    rows = {
        f"P-{name}": FactRow(1, Fact("proposal", f"P-{name}", {"by": name}), "E1", "t")
        for name in ("owner", "sue")
    }
    facts = Facts(1, {"proposal": rows})

    def seen(actor: Actor) -> set[str]:
        return {key for key, _ in visible_facts(actor, facts, NOW).all("proposal")}

    assert seen(someone("owner", "owner")) == {"P-owner", "P-sue"}
    assert seen(someone("sue", "steward")) == {"P-sue"}
    assert seen(someone("vera", "auditor")) == seen(someone("ana", "analyst")) == set()
    for name, told in (("owner", False), ("sue", True)):
        version = visible_version(
            someone("sue", "steward"), facts, rows[f"P-{name}"], then=facts, now=NOW
        )
        assert (version is not None) == told
