"""An answer written as a dataset, with labels, lineage and terms."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doumen.model.errors import Conflict, Faulty, Invalid, NotFound, Refused
from doumen.model.ref import Ref


def test_labels_and_lineage_flow(world: Any) -> None:
    world.owner.do("label set", target="g.people.city", label="place")
    made = world.owner.derive(
        "SELECT upper(name) AS who, count(*) AS n FROM g.people WHERE city <> 'x' "
        "GROUP BY name -- so\n;",
        "d.names",
    )
    assert made.landed == 5
    facts = world.owner.desk.facts()
    assert facts.labels(Ref("d", "names"), "who") == {"place"}
    lineage = facts.body("lineage", "d.names")
    assert lineage["columns"]["who"]["projection"] == ["g.people.name"]
    assert "g.people.city" in lineage["columns"]["n"]["influence"]
    assert facts.dataset(Ref("d", "names"))["sources"] == ["g.people"]
    assert "d.names" in world.owner.query(
        "SELECT output FROM sys.lineage WHERE output = 'd.names'"
    ).rows()[0]  # fmt: skip


def test_the_maker_reads_it_while_the_sources_permit(world: Any) -> None:
    ana = world.as_("ana")
    made = ana.derive("SELECT city, count(*) AS n FROM g.people GROUP BY city", "ana.cities")
    assert made.landed == 2
    assert len(ana.query("SELECT * FROM ana.cities").rows()) == 2
    again = ana.derive("SELECT city, count(*) AS n FROM g.people GROUP BY city", "ana.cities")
    assert again.snapshot > made.snapshot
    world.owner.do("rule remove", id="read")
    with pytest.raises((NotFound, Refused)):
        ana.query("SELECT * FROM ana.cities")
    world.owner.do("rule add", file=world.folder / "only-read.yaml")
    assert len(ana.query("SELECT * FROM ana.cities").rows()) == 2


@pytest.fixture(autouse=True)
def _rule_read(world: Any) -> None:
    from textwrap import dedent

    (world.folder / "only-read.yaml").write_text(
        dedent("""
        rules:
          - id: read
            permit: query
            who: {role: analyst}
            on: g.people
            duties:
              - filter: "city <> 'Lishui'"
              - mask: {column: name, method: partial, keep_start: 1}
              - limit: 3
        """)
    )


def test_others_write_only_under_their_own_name(world: Any) -> None:
    with pytest.raises(Refused):
        world.as_("ana").derive("SELECT 1 AS n", "g.mine")
    event = json.loads(list(world.owner.desk.entries())[-1])
    assert event["type"] == "query.refused"


def test_names_that_are_taken(world: Any) -> None:
    with pytest.raises(Conflict, match="not derived"):
        world.owner.derive("SELECT 1 AS n", "g.people")
    world.owner.derive("SELECT 1 AS n", "d.taken")
    with pytest.raises(Conflict, match="other columns"):
        world.owner.derive("SELECT 1 AS m", "d.taken")


def test_outputs_need_names_of_their_own(world: Any) -> None:
    with pytest.raises(Invalid, match="share the name"):
        world.owner.derive("SELECT id, id FROM g.people", "d.twice")


def test_what_fails_leaves_no_dataset(world: Any) -> None:
    with pytest.raises(Faulty):
        world.owner.derive("SELECT CAST(name AS INTEGER) AS n FROM g.people", "d.failed")
    assert world.owner.desk.facts().dataset(Ref("d", "failed")) is None
    assert json.loads(list(world.owner.desk.entries())[-1])["type"] == "query.failed"


def test_types_become_what_the_lake_keeps(world: Any) -> None:
    world.owner.derive('SELECT 1::HUGEINT AS h, \'a\' AS "odd ""name"', "d.types")
    answer = world.owner.query("SELECT * FROM d.types")
    assert answer.schema.names == ("h", 'odd "name')
    assert answer.rows()[0][1] == "a"


def test_labels_of_a_whole_dataset_flow_through_a_count(world: Any) -> None:
    world.collect("secret.csv", "a\n1\n", "d.secret")
    world.owner.do("label set", target="d.secret", label="core")
    world.owner.derive("SELECT count(*) AS n FROM d.secret", "d.counted")
    assert world.owner.desk.facts().labels(Ref("d", "counted"), "n") == {"core"}


def test_deriving_again_keeps_what_people_put_on_a_column(world: Any) -> None:
    ana, steward = world.as_("ana"), world.as_("stu")
    world.owner.do("label set", target="g.people.city", label="place")
    for _ in range(2):
        ana.derive("SELECT city, id FROM g.people", "ana.again")
    facts = world.owner.desk.facts()
    assert facts.body("label", "ana.again.city") == {"labels": ["place"], "origin": "derived"}
    steward.do("label set", target="ana.again.city", label="reviewed")
    steward.do("label set", target="ana.again.id", label="reviewed")
    ana.derive("SELECT city, id FROM g.people", "ana.again")
    facts = world.owner.desk.facts()
    assert facts.labels(Ref("ana", "again"), "city") == {"place", "reviewed"}
    assert facts.labels(Ref("ana", "again"), "id") == {"reviewed"}
    world.owner.do("label remove", target="g.people.city", label="place")


def test_the_place_of_an_error_is_in_the_users_own_text(world: Any) -> None:
    version = world.owner.desk.facts().dataset(Ref("g", "people"))["version"]
    failing = "CAST(p.name AS INTEGER)"

    def read(sql: str) -> Any:
        return world.owner.query(sql).rows()

    for table in ("g.people p", f"g.people AT (VERSION => {version}) p"):
        text = f"WITH p AS (FROM {table})\nSELECT '中文' AS z, {failing} AS n FROM p;"
        for ask in (read, lambda sql: world.owner.derive(sql, "d.places")):
            with pytest.raises(Faulty) as caught:
                ask(text)
            assert caught.value.what.endswith(f"(line 2, column 19: `{failing}`).")
