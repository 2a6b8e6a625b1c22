"""Rulings on derived datasets: denials and masks flow, creators keep what they made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from doumen.kits.policy import DatasetRuling, absent
from doumen.kits.policy.flow import ancestors, origins, shapers, sources
from doumen.model.actor import Actor
from doumen.model.errors import NotFound, Refused
from doumen.model.fact import Facts
from doumen.model.ref import ColumnRef, Ref
from doumen.model.rule import Action

Build = Callable[..., Facts]
Someone = Callable[..., Actor]
Ask = Callable[..., DatasetRuling]
Body = Callable[..., dict[str, Any]]

RAW = {"plane": "VARCHAR", "delay": "DOUBLE", "airport": "VARCHAR"}
MADE = {"plane": "VARCHAR", "late": "DOUBLE", "n": "BIGINT"}
LINEAGE: Mapping[str, Any] = {
    "ana.made": {
        "plane": {"projection": ["air.raw.plane"], "influence": []},
        "late": {"projection": ["air.raw.delay"], "influence": ["air.raw.PLANE"]},
        "n": {"projection": [], "influence": []},
    },
    "ana.again": {
        "plane": {"projection": ["ana.made.plane"], "influence": []},
        "late": {"projection": ["ana.made.late"], "influence": []},
        "n": {"projection": ["ana.made.n"], "influence": []},
    },
}
PERMIT = "{id: p, permit: query, who: {role: analyst}, on: air.raw}"
SHARE = "{id: share, permit: query, who: {role: analyst}, on: 'ana.*'}"


@pytest.fixture(scope="session")
def derived(facts_of: Build, body_of: Body) -> Build:
    def build(*lines: str, **more: Any) -> Facts:
        origin = {"derived": True, "creator": "ana"}
        bodies = {
            "air.raw": body_of(RAW),
            "ana.made": body_of(MADE, sources=["air.raw"], **origin),
            "ana.again": body_of(MADE, sources=["ana.made"], **origin),
            **more.pop("bodies", {}),
        }
        text = "rules:\n" + "\n".join(f"  - {line}" for line in lines) if lines else ()
        lineage = {**LINEAGE, **more.pop("lineage", {})}
        return facts_of(text, datasets=bodies, lineage=lineage, **more)

    return build


def names(ruling: DatasetRuling) -> list[str]:
    return [c.column.name for c in ruling.columns]


def masks(ruling: DatasetRuling) -> dict[str, str]:
    return {c.column.name: c.mask.method for c in ruling.columns if c.mask is not None}


def test_the_graph(derived: Build) -> None:
    facts = derived()
    again = Ref("ana", "again")
    raw = Ref("air", "raw")
    assert sources(facts, raw) == ()
    assert ancestors(facts, again) == (raw, Ref("ana", "made"))
    assert ColumnRef(raw, "delay") in origins(facts, again, "LATE")
    assert ColumnRef(raw, "PLANE") in origins(facts, again, "late")
    assert origins(facts, again, "late", ("projection",)) == {
        ColumnRef(Ref("ana", "made"), "late"),
        ColumnRef(raw, "delay"),
    }


def test_lineage_of_what_is_no_longer_derived_is_over(facts_of: Build, body_of: Body) -> None:
    facts = facts_of(datasets={"ana.made": body_of(MADE)}, lineage=LINEAGE)
    assert shapers(facts, Ref("ana", "made"), "plane", ("projection",)) == frozenset()


def test_where_lineage_is_not_recorded_everything_counts(derived: Build, body_of: Body) -> None:
    lost = body_of({"x": "BIGINT"}, derived=True, creator="ana", sources=["air.raw", "gone.g"])
    facts = derived(bodies={"ana.lost": lost})
    assert shapers(facts, Ref("ana", "lost"), "x", ("projection",)) == {
        ColumnRef(Ref("air", "raw"), name) for name in RAW
    }


@pytest.mark.parametrize("ref", ["ana.made", "ana.again"])
def test_the_creator_reads_what_they_made(derived: Build, ask: Ask, ref: str) -> None:
    facts = derived(
        "{id: p, permit: query, who: {role: analyst}, on: air.raw, duties: "
        "[{filter: delay > 1}, {limit: 5}, {mask: {column: plane, method: hash}}]}"
    )
    ruling = ask(facts, ref=ref)
    assert names(ruling) == ["plane", "late", "n"]
    assert masks(ruling) == {"plane": "hash"}
    assert ruling.filters == ()
    assert ruling.limit == (5, "p")
    assert ruling.rules == ("p",)


@pytest.mark.parametrize("ref", ["ana.made", "ana.again"])
def test_anyone_else_needs_a_permit(derived: Build, someone: Someone, ask: Ask, ref: str) -> None:
    bob = someone("bob")
    with pytest.raises(NotFound) as error:
        ask(derived(PERMIT), bob, ref)
    assert error.value.as_json() == absent(Ref.parse(ref)).as_json()
    assert names(ask(derived(SHARE), bob, ref)) == ["plane", "late", "n"]


def test_the_creator_loses_it_with_the_source(derived: Build, someone: Someone, ask: Ask) -> None:
    facts = derived("{id: p, permit: query, who: {role: analyst}, on: air.raw, for: [research]}")
    ana = someone(purposes=["research"])
    for ref in ("ana.made", "ana.again"):
        assert ask(facts, ana, ref, purpose="research").rules == ()
        with pytest.raises(Refused, match="as long as its sources") as refused:
            ask(facts, ana, ref)
        assert refused.value.rule == "p"
        assert refused.value.next == "State a purpose: `--for research`."
        with pytest.raises(Refused) as hidden:
            ask(derived(), ana, ref)
        assert "air.raw" not in str(hidden.value.as_json())
        assert names(ask(derived(), ana, ref, action=Action.DISCOVER)) == ["plane", "late", "n"]


def test_a_permit_of_its_own_is_enough(derived: Build, ask: Ask) -> None:
    ruling = ask(derived(SHARE), ref="ana.made")
    assert names(ruling) == ["plane", "late", "n"]
    assert ruling.rules == ("share",)


def test_the_creator_keeps_the_columns_that_the_sources_still_show(
    derived: Build, ask: Ask
) -> None:
    facts = derived("{id: c, permit: query, who: {role: analyst}, on: {column: air.raw.delay}}")
    ruling = ask(facts, ref="ana.made")
    assert names(ruling) == ["n"]
    assert names(ask(facts, ref="ana.again")) == ["n"]


@pytest.mark.parametrize("ref", ["ana.made", "ana.again"])
def test_a_denied_source_denies_what_was_made_of_it(
    derived: Build, someone: Someone, ask: Ask, ref: str
) -> None:
    facts = derived(PERMIT, SHARE, "{id: no, deny: query, who: {role: analyst}, on: 'air.*'}")
    for actor in (someone(), someone("bob")):
        with pytest.raises(Refused, match="Rule `no` denies") as error:
            ask(facts, actor, ref)
        assert error.value.rule == "no"
    hidden = derived(SHARE, "{id: no, deny: discover, who: {role: analyst}, on: air.raw}")
    with pytest.raises(NotFound):
        ask(hidden, someone("bob"), ref)


@pytest.mark.parametrize("ref", ["ana.made", "ana.again"])
def test_a_denied_source_column_denies_what_it_shaped(
    derived: Build, someone: Someone, ask: Ask, ref: str
) -> None:
    facts = derived(
        PERMIT, SHARE, "{id: no, deny: query, who: {role: analyst}, on: {column: air.raw.plane}}"
    )
    ruling = ask(facts, someone("bob"), ref)
    assert names(ruling) == ["n"]
    assert ruling.denied == {"plane": "no", "late": "no"}


def test_masks_flow_along_projection(derived: Build, someone: Someone, ask: Ask) -> None:
    facts = derived(
        SHARE,
        "{id: col, permit: query, who: {role: analyst}, on: {column: air.raw.plane}, "
        "duties: [mask: {method: hash}]}",
        "{id: set, permit: query, who: {role: analyst}, on: 'air.*', "
        "duties: [{mask: {column: Delay, method: null}}, {limit: 3}]}",
        "{id: other, permit: query, who: {role: guest}, on: 'air.*', "
        "duties: [mask: {column: plane, method: null}]}",
    )
    for ref in ("ana.made", "ana.again"):
        ruling = ask(facts, someone("bob"), ref)
        assert masks(ruling) == {"plane": "hash", "late": "null"}
        assert ruling.rules == ("col", "set", "share")
        assert ruling.limit is None


def test_rules_on_labels_follow_the_labels(derived: Build, someone: Someone, ask: Ask) -> None:
    lines = (SHARE, "{id: no, deny: query, who: {role: analyst}, on: {label: personal}}")
    on_source = derived(*lines, labels={"air.raw.plane": ["personal"]})
    assert names(ask(on_source, someone("bob"), "ana.made")) == ["plane", "late", "n"]
    on_made = derived(*lines, labels={"ana.made.plane": ["personal"]})
    assert names(ask(on_made, someone("bob"), "ana.made")) == ["late", "n"]


def test_circles_end(derived: Build, body_of: Body, ask: Ask) -> None:
    origin = {"derived": True, "creator": "ana"}
    column = {"x": "BIGINT"}
    bodies = {
        "ana.self": body_of(column, sources=["ana.self"], **origin),
        "ana.a": body_of(column, sources=["ana.b", "air.raw"], **origin),
        "ana.b": body_of(column, sources=["ana.a"], **origin),
    }
    lineage = {
        "ana.self": {"x": {"projection": ["ana.self.x"], "influence": []}},
        "ana.a": {"x": {"projection": ["ana.b.x", "air.raw.delay"], "influence": []}},
        "ana.b": {"x": {"projection": ["ana.a.x"], "influence": []}},
    }
    masked = PERMIT[:-1] + ", duties: [mask: {column: delay, method: hash}]}"
    facts = derived(masked, bodies=bodies, lineage=lineage)
    assert names(ask(facts, ref="ana.self")) == ["x"]
    for ref in ("ana.a", "ana.b"):
        assert masks(ask(facts, ref=ref)) == {"x": "hash"}
    closed = derived(bodies=bodies, lineage=lineage)
    for ref in ("ana.a", "ana.b"):
        with pytest.raises(Refused):
            ask(closed, ref=ref)


def test_many_steps_stay_quick(facts_of: Build, body_of: Body, ask: Ask) -> None:
    bodies = {"air.raw": body_of({"x": "BIGINT"})}
    lineage = {}
    last = ["air.raw"]
    for step in range(12):
        made = [f"ana.d{step}_{side}" for side in ("l", "r")]
        for name in made:
            bodies[name] = body_of({"x": "BIGINT"}, derived=True, creator="ana", sources=last)
            lineage[name] = {"x": {"projection": [f"{s}.x" for s in last], "influence": []}}
        last = made
    facts = facts_of(f"rules:\n  - {PERMIT}", datasets=bodies, lineage=lineage)
    assert names(ask(facts, ref=last[0])) == ["x"]


def test_sources_that_are_gone_and_tables_of_the_system(
    derived: Build, body_of: Body, ask: Ask
) -> None:
    origin = {"derived": True, "creator": "ana"}
    bodies = {
        "ana.gone": body_of({"x": "BIGINT"}, sources=["air.gone"], **origin),
        "ana.log": body_of({"x": "BIGINT"}, sources=[], **origin),
    }
    lineage = {"ana.log": {"x": {"projection": ["sys.events.id"], "influence": []}}}
    facts = derived(SHARE.replace("analyst", "other"), bodies=bodies, lineage=lineage)
    assert names(ask(facts, ref="ana.log")) == ["x"]
    with pytest.raises(Refused, match="as long as"):
        ask(facts, ref="ana.gone")


def test_a_join_with_a_table_of_the_system(derived: Build, body_of: Body, ask: Ask) -> None:
    body = body_of({"x": "BIGINT"}, sources=["air.raw"], derived=True, creator="ana")
    entry = {"projection": ["sys.events.id"], "influence": ["air.raw.delay"]}
    facts = derived(PERMIT, bodies={"ana.mix": body}, lineage={"ana.mix": {"x": entry}})
    assert names(ask(facts, ref="ana.mix")) == ["x"]


def test_limits_hold_though_the_way_of_the_creator_is_closed(
    derived: Build, body_of: Body, ask: Ask
) -> None:
    """A further denial must never lift a limit (law 2)."""
    limited = PERMIT[:-1] + ", duties: [limit: 2]}"
    both = body_of(MADE, sources=["air.raw", "air.gone"], derived=True, creator="ana")
    facts = derived(limited, SHARE, bodies={"ana.made": both})
    assert ask(facts, ref="ana.made").limit == (2, "p")
