"""Laws 4, 5 and 9 where the lake is in a bucket, and two writers on it, each with its own cache.

What the laws ask is what they ask of a lake on disk; `make bucket` runs all of their tests so.
Shown to fail by: putting a version of the log in place of another's; naming files in the
catalogue before they are put; a cache that is trusted without a look at what came.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import deltalake
import pytest
from tests import forked
from tests.laws.test_durability import ROUNDS, ROWS, WRITE_POINTS, check, kill, write_inputs
from tests.laws.test_evidence import ask, stranger
from tests.objects import ACCESS, BUCKET, SECRET
from tests.relay import Relay, relaying
from tests.sound import faults

import doumen
from doumen.model.errors import Conflict, DoumenError, OverBudget
from doumen.model.ref import Ref
from doumen.session import create
from doumen.session.settings import read

pytestmark = [pytest.mark.law, pytest.mark.usefixtures("in_bucket")]
POINTS = ("lake.put", "lake.settled", "lake.publishing", *WRITE_POINTS[5:])
APPEND = """
import sys
from pathlib import Path
import doumen
with doumen.open(sys.argv[1]) as node:
    for path in sorted(Path(sys.argv[2]).glob(sys.argv[3])):
        node.session().do("collect", path=path, as_dataset="law.t", append=True)
        answer = node.session().query("SELECT count(*) FROM law.t").rows()
        assert answer[0][0] % 7 == 0, answer
"""


def delta(node: Path, table: str = "law/t") -> deltalake.DeltaTable:
    """The table as another program reads it, from the bucket."""
    address = read(node).bucket
    assert address is not None
    return deltalake.DeltaTable(
        f"s3://{BUCKET}/{address.prefix}/{table}",
        storage_options={
            "aws_endpoint_url": address.endpoint or "", "aws_access_key_id": ACCESS,
            "aws_secret_access_key": SECRET, "aws_region": "us-east-1", "aws_allow_http": "true",
        },
    )  # fmt: skip


def test_one_kill_at_each_point(tmp_path: Path) -> None:
    assert kill(tmp_path, [f"{point}:1" for point in POINTS]) == len(POINTS)
    assert not (tmp_path / "node" / "lake").exists()
    assert delta(tmp_path / "node").count() == 4 * ROUNDS * ROWS


def test_two_writers_on_two_machines_land_every_row_once(tmp_path: Path, choose: Any) -> None:
    with choose("postgresql"):
        one, two = tmp_path / "one", tmp_path / "two"
        create(one, "twice")
        shutil.copytree(one, two)
        write_inputs(tmp_path, ["a", "b", "c", "d"])
        begun = [
            forked.start(APPEND, str(node), str(tmp_path), pattern)
            for node, pattern in ((one, "[ab]-*.csv"), (two, "[cd]-*.csv"))
        ]
        assert [forked.finish(process) for process in begun] == [0, 0]
        check(one, ["a"], whole=False)
        for node in (one, two):
            with doumen.open(node) as opened:
                assert opened.session().query(
                    "SELECT count(*), count(DISTINCT (who, number, row)) FROM law.t"
                ).rows() == [(4 * ROUNDS * ROWS, 4 * ROUNDS * ROWS)]
            assert faults(node) == []
        assert delta(two).count() == 4 * ROUNDS * ROWS


def test_a_log_that_another_program_wrote_is_no_place_to_append(tmp_path: Path) -> None:
    node = tmp_path / "node"
    create(node, "alone")
    write_inputs(tmp_path, ["p"])
    with doumen.open(node) as opened:
        own = opened.session()
        own.do("collect", path=tmp_path / "p-0.csv", as_dataset="law.t")
        bucket: Any = own.means.lake._place if hasattr(own, "means") else opened.means.lake._place
        publish = bucket._publish

        def overtaken(*given: Any) -> None:
            """Another program commits between our look at the log and our commit."""
            deltalake.write_deltalake(delta(node), delta(node).to_pyarrow_table(), mode="append")
            publish(*given)

        bucket._publish = overtaken
        with pytest.raises(Conflict) as raised:
            own.do("collect", path=tmp_path / "p-1.csv", as_dataset="law.t", append=True)
        assert raised.value.code == "conflict.delta"
        bucket._publish = publish
        assert own.query("SELECT count(*) FROM law.t").rows() == [(ROWS,)]
        own.do("collect", path=tmp_path / "p-1.csv", as_dataset="law.t", append=True)
        assert own.query("SELECT count(*) FROM law.t").rows() == [(2 * ROWS,)]
    assert delta(node).count() == 2 * ROWS


def test_no_interleaving_spends_more_than_there_is(tmp_path: Path) -> None:
    node = tmp_path / "node"
    create(node, "counted")
    write_inputs(tmp_path, ["p"])
    (tmp_path / "rules.yaml").write_text(
        "rules:\n  - {id: few, permit: query, who: {role: analyst}, on: law.t,\n"
        "     duties: [{count: 5}]}\n"
    )
    got: list[str] = []
    with doumen.open(node) as opened:
        own = opened.session()
        own.do("collect", path=tmp_path / "p-0.csv", as_dataset="law.t")
        own.do("actor add", name="ana", role=("analyst",))
        own.do("rule add", file=tmp_path / "rules.yaml")

        def work() -> None:
            for _ in range(4):
                try:
                    opened.session("ana").query("SELECT count(*) FROM law.t").rows()
                    got.append("answer")
                except OverBudget:
                    got.append("refused")

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert own.desk.inspect() == ()
    assert (got.count("answer"), got.count("refused")) == (5, 11)


def test_a_stranger_verifies_what_was_read_of_a_bucket(tmp_path: Path) -> None:
    node = tmp_path / "node"
    create(node, "evidence")
    (tmp_path / "a.csv").write_text("a,b\n1,x\n2,y\n")
    with doumen.open(node) as opened:
        opened.session().do("collect", path=tmp_path / "a.csv", as_dataset="e.a")
    receipt = ask(node, "r.json")
    code, said = stranger(receipt)
    assert code == 0, said
    shutil.rmtree(node / "cache")
    with doumen.open(node) as opened:
        told = opened.session().do("receipt replay", receipt=str(receipt))
        assert told.exit == 0


@pytest.fixture
def seen(in_bucket: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    """A relay before the store, which notes what is asked."""
    parts = urlsplit(in_bucket.endpoint)
    with relaying((str(parts.hostname), int(parts.port or 0))) as relay:
        monkeypatch.setenv("DOUMEN_LAKE", f"s3://{BUCKET}/?endpoint=http://127.0.0.1:{relay.port}")
        yield relay


def test_a_cold_cache_costs_one_read_per_file_and_a_warm_one_none(
    tmp_path: Path, seen: Relay
) -> None:
    node = tmp_path / "node"
    create(node, "cache")
    write_inputs(tmp_path, ["p", "q", "r"])
    with doumen.open(node) as opened:
        for path in sorted(tmp_path.glob("*-*.csv")):
            opened.session().do("collect", path=path, as_dataset="law.t", append=True)
        snapshot = opened.session().desk.facts().snapshot(Ref("law", "t"))
        assert snapshot is not None
    shutil.rmtree(node / "cache")
    seen.asked.clear()
    with doumen.open(node) as opened:
        own = opened.session()
        for _ in range(3):
            assert own.query("SELECT count(*) FROM law.t").rows() == [(6 * ROWS,)]
    paths = sorted(path.rpartition("/")[2] for _, path in seen.asked)
    assert paths == sorted(file.path.rpartition("/")[2] for file in snapshot.files)
    assert {method for method, _ in seen.asked} == {"GET"}
    seen.asked.clear()
    with doumen.open(node) as opened:
        assert opened.session().query("SELECT count(*) FROM law.t").rows() == [(6 * ROWS,)]
    assert seen.asked == []


def test_a_point_brings_only_the_files_that_may_hold_it(tmp_path: Path, seen: Relay) -> None:
    node = tmp_path / "node"
    create(node, "point")
    with doumen.open(node) as opened:
        own = opened.session()
        for number in range(4):
            path = tmp_path / f"{number}.csv"
            path.write_text("id\n" + "".join(f"{number * 10 + n}\n" for n in range(10)))
            own.do("collect", path=path, as_dataset="law.t", append=True)
        own.do("dataset cluster", dataset="law.t", column=("id",))
        own.desk.compact(Ref("law", "t"), rows=10)
    shutil.rmtree(node / "cache")
    seen.asked.clear()
    with doumen.open(node) as opened:
        assert opened.session().query("SELECT id FROM law.t WHERE id = 17").rows() == [(17,)]
    assert 1 <= len(seen.asked) <= 2


def test_a_store_that_is_away_is_told_and_comes_back(tmp_path: Path, seen: Relay) -> None:
    node = tmp_path / "node"
    create(node, "away")
    write_inputs(tmp_path, ["p"])
    with doumen.open(node) as opened:
        own = opened.session()
        own.do("collect", path=tmp_path / "p-0.csv", as_dataset="law.t")
        seen.dead = True
        assert own.query("SELECT count(*) FROM law.t").rows() == [(ROWS,)]
        with pytest.raises(DoumenError) as raised:
            own.do("collect", path=tmp_path / "p-1.csv", as_dataset="law.t", append=True)
        assert raised.value.code == "unavailable.lake"
        assert SECRET not in str(raised.value.as_json())
        seen.dead = False
        own.do("collect", path=tmp_path / "p-1.csv", as_dataset="law.t", append=True)
        assert own.query("SELECT count(*) FROM law.t").rows() == [(2 * ROWS,)]
    assert faults(node) == []
