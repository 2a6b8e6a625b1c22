"""What a derived dataset keeps of the rules in force, and what that spares on reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from doumen.kits.policy import DatasetRuling, terms
from doumen.model.actor import Actor
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.ref import ColumnRef, Ref
from doumen.model.rule import Mask

Build = Callable[..., Facts]
Someone = Callable[..., Actor]
Ask = Callable[..., DatasetRuling]
Body = Callable[..., dict[str, Any]]

RAW = {"plane": "VARCHAR", "City": "VARCHAR", "day": "DATE"}
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
READ = "{id: p, permit: query, who: {role: analyst}, on: air.raw}"
HASH = "{id: h, permit: query, who: {role: analyst}, on: ON, duties: [mask: {COLUMN method: hash}]}"


def hashed(on: str, column: str = "column: plane, ", id: str = "h") -> str:
    return HASH.replace("ON", on).replace("COLUMN ", column).replace("id: h,", f"id: {id},")


def also(method: str, column: str = "plane", id: str = "m", more: str = "") -> str:
    mask = f"mask: {{column: {column}, method: {method}{more}}}"
    return f"{{id: {id}, permit: query, who: {{role: analyst}}, on: air.raw, duties: [{mask}]}}"


class Derived:
    """A node on which datasets are derived and then read under other rules."""

    def __init__(self, facts: Facts, rules: Build, body_of: Body, ask: Ask) -> None:
        self.facts, self._rules, self._body, self._ask = facts, rules, body_of, ask

    def under(self, *lines: str, labels: Mapping[str, Any] | None = None) -> Derived:
        """The same datasets under other rules."""
        text = "rules:\n" + "\n".join(f"  - {line}" for line in lines)
        made = self._rules(text, datasets={}, labels=labels)
        kept = {k: v for k, v in self.facts.rows.items() if k in ("dataset", "lineage")}
        self.facts = Facts(9, {**made.rows, **kept})
        return self

    def derive(self, name: str, actor: Actor, **columns: list[str]) -> dict[str, Any]:
        """Write a dataset whose columns are made of the values of these; its terms."""
        places = {c: [ColumnRef.parse(p) for p in from_] for c, from_ in columns.items()}
        sources = sorted({p.ref for ps in places.values() for p in ps})
        rulings = [self._ask(self.facts, actor, str(ref)) for ref in sources if ref.domain != "sys"]
        kept = terms(actor, self.facts, purpose=None, now=NOW, rulings=rulings, projections=places)
        body = self._body(
            dict.fromkeys(columns, "VARCHAR"), derived=True, creator="ana",
            sources=[str(r.ref) for r in rulings], terms=kept, updated=NOW.isoformat(),
        )  # fmt: skip
        lineage = {c: {"projection": f, "influence": []} for c, f in columns.items()}
        facts = [Fact("dataset", name, body), Fact("lineage", name, {"columns": lineage})]
        self.facts = self.facts.extended([FactRow(9, fact, "e", "2026") for fact in facts])
        return kept

    def masks(self, name: str, actor: Actor | None = None) -> dict[str, str]:
        """The masks under which a dataset is read."""
        ruling = self._ask(self.facts, actor, name)
        return {c.column.name: c.mask.method for c in ruling.columns if c.mask is not None}


@pytest.fixture
def node(facts_of: Build, body_of: Body, ask: Ask) -> Derived:
    return Derived(facts_of(datasets={"air.raw": body_of(RAW)}), facts_of, body_of, ask)


def test_nothing_is_kept_where_nothing_is_asked(node: Derived, someone: Someone) -> None:
    assert node.under(READ).derive("ana.x", someone(), plane=["air.raw.plane"]) == {}


def test_a_hash_is_not_hashed_once_more(node: Derived, someone: Someone) -> None:
    node.under(READ, hashed("air.raw"))
    kept = node.derive(
        "ana.x", someone(), id=["air.raw.plane"], both=["air.raw.plane", "air.raw.city"]
    )
    assert list(kept["masks"]) == ["id", "both"]
    assert list(kept["masks"]["id"]) == ["air.raw.plane"]
    assert kept["masks"]["id"]["air.raw.plane"][0].startswith("hash:")
    assert node.masks("ana.x") == {}
    share = "{id: s, permit: query, who: {actor: bob}, on: ana.x}"
    node.under(hashed("air.raw").replace("role: analyst", "actor: bob"), share)
    assert node.masks("ana.x", someone("bob")) == {}


def test_a_mask_that_came_later_is_applied(node: Derived, someone: Someone) -> None:
    node.under(READ).derive("ana.x", someone(), id=["air.raw.plane"])
    assert node.under(READ, hashed("air.raw")).masks("ana.x") == {"id": "hash"}
    node.under(READ, hashed("air.raw")).derive("ana.y", someone(), id=["air.raw.plane"])
    partial = also("partial", more=", keep_start: 1")
    assert node.under(READ, hashed("air.raw"), partial).masks("ana.y") == {"id": "partial"}


def test_a_stronger_mask_satisfies_a_weaker_one(node: Derived, someone: Someone) -> None:
    partial = also("partial", more=", keep_start: 1")
    node.under(READ, hashed("air.raw"), partial).derive("ana.x", someone(), id=["air.raw.plane"])
    assert node.masks("ana.x") == {}
    other = also("partial", id="o", more=", keep_start: 2")
    assert node.under(READ, other).masks("ana.x") == {"id": "partial"}
    node.under(READ, partial, other).derive("ana.y", someone(), id=["air.raw.plane"])
    assert node.masks("ana.y") == {}


def test_a_mapping_is_not_mapped_once_more(node: Derived, someone: Someone) -> None:
    mapping = also("generalise", column="city", more=", levels: {Wenzhou: Zhejiang}")
    kept = node.under(READ, mapping).derive("ana.x", someone(), area=["air.raw.City"])
    assert node.masks("ana.x") == {}
    assert "Wenzhou" not in str(kept)
    assert "Zhejiang" not in str(kept)
    assert node.under(READ, mapping.replace("Wen", "Hang")).masks("ana.x") == {"area": "generalise"}


def test_masks_over_two_steps(node: Derived, someone: Someone) -> None:
    node.under(READ, hashed("air.raw")).derive("ana.x", someone(), id=["air.raw.plane"])
    kept = node.derive("ana.y", someone(), id=["ana.x.id"])
    assert list(kept["masks"]["id"]) == ["air.raw.plane"]
    assert node.masks("ana.y") == {}
    later = also("null")
    assert node.under(READ, hashed("air.raw"), later).masks("ana.y") == {"id": "null"}
    node.derive("ana.z", someone(), id=["ana.y.id"])
    assert node.masks("ana.z") == {}


def test_a_way_that_is_not_masked_counts(node: Derived, someone: Someone) -> None:
    ana = someone()
    node.under(READ).derive("ana.open", ana, id=["air.raw.plane"])
    node.under(READ, hashed("air.raw", id="h"))
    node.derive("ana.shut", ana, id=["air.raw.plane"])
    assert node.masks("ana.open") == {"id": "hash"}
    owner = someone("owner", "owner")
    for way in (["ana.shut.id", "air.raw.plane"], ["air.raw.plane", "ana.shut.id"]):
        assert "masks" not in node.derive("ana.mix", owner, id=way)
        assert node.masks("ana.mix") == {"id": "hash"}
    assert "masks" in node.derive("ana.copy", owner, id=["ana.shut.id"])
    node.derive("ana.mix", ana, id=["ana.open.id", "ana.shut.id", "sys.events.id"])
    assert node.masks("ana.mix") == {}


def test_masks_of_labels_and_patterns(node: Derived, someone: Someone) -> None:
    labels = {"air.raw.plane": ["personal"], "ana.x": ["personal"]}
    label = hashed("{label: personal}", "")
    node.under(READ, label, labels=labels)
    node.derive("ana.x", someone(), plane=["air.raw.plane"], city=["air.raw.city"], n=[])
    assert node.masks("ana.x") == {"city": "hash", "n": "hash"}
    node.under(READ, hashed("'*.*'"))
    assert node.masks("ana.x") == {}
    assert node.under(READ, hashed("ana.x")).masks("ana.x") == {"plane": "hash"}
    exact = hashed("{column: ana.x.plane}", "")
    assert node.under(READ, exact).masks("ana.x") == {"plane": "hash"}


def test_versions_of_one_dataset_shown_under_different_masks(
    node: Derived, someone: Someone
) -> None:
    node.under(READ, hashed("air.raw"))
    ruling = node._ask(node.facts, someone(), "air.raw")
    plain = replace(ruling, columns=tuple(replace(c, mask=None) for c in ruling.columns))
    dotted = replace(ruling, columns=tuple(replace(c, mask=Mask("null")) for c in ruling.columns))
    place = [ColumnRef.parse("air.raw.plane")]
    for rulings, kept in (
        ([ruling, ruling], True), ([ruling, plain], False), ([ruling, dotted], False), ([], False),
    ):  # fmt: skip
        told = terms(
            someone(), node.facts, purpose=None, now=NOW, rulings=rulings, projections={"x": place}
        )
        assert ("masks" in told) is kept


def test_groups_of_all_that_a_dataset_was_made_of(node: Derived, someone: Someone) -> None:
    group = "{id: g, permit: query, who: {role: analyst}, on: air.raw, duties: [min_group: DUTY]}"
    raw = group.replace("DUTY", "{k: 5, unit: plane}")
    kept = node.under(raw).derive("ana.x", someone(), id=["air.raw.plane"])
    told = {"dataset": "air.raw", "k": 5, "unit": "plane", "rule": "g"}
    assert kept == {"groups": [told]}
    assert node.derive("ana.y", someone(), id=["ana.x.id"]) == {"groups": [told]}
    for name in ("ana.x", "ana.y"):
        assert node._ask(node.facts, someone(), name).groups == ()
    owned = node.under(
        "{id: o, permit: query, who: {role: owner}, on: '*.*', duties: [min_group: 2]}"
    )
    assert owned.derive("ana.z", someone("owner", "owner"), id=["air.raw.plane"]) == {}


def test_last_days_do_not_move_when_derived_again(node: Derived, someone: Someone) -> None:
    kept = node.under(
        "{id: p, permit: query, who: {role: analyst}, on: air.raw, duties: [expire: 30]}"
    )
    told = {"expires": [{"day": "2026-12-24", "rule": "p"}]}
    assert kept.derive("ana.x", someone(), id=["air.raw.plane"]) == told
    later = datetime(2026, 12, 20, tzinfo=UTC)
    ruling = node._ask(node.facts, someone(), "ana.x", now=later)
    assert ruling.expires == (4, "p")
    again = terms(
        someone(), node.facts, purpose=None, now=later, rulings=[ruling],
        projections={"id": [ColumnRef(Ref("ana", "x"), "id")]},
    )  # fmt: skip
    assert again == told
