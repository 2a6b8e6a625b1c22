"""Before signing: what an offer of ten million rows would show more, counted.

The terms have a filter and a mask; the other side has the same dataset under another filter, and
one of a million rows that shares its key.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

import doumen
from bench.measure import Measure, median
from doumen.kits import policy
from doumen.model.agreement import Agreement, Side, key_of
from doumen.model.fact import Fact
from doumen.model.participant import Participant
from doumen.session import Node, create

ROWS, KEYS = 10_000_000, 1_000_000
PORT = Participant("did:web:port.example", "Port", "port", "", "port-1", "00" * 32)
OFFER = """
to: [port]
datasets:
  b.big:
    duties:
      - filter: "part < 700 AND word <> 'word 7'"
      - mask: {column: amount, method: bucket, edges: [20, 40, 60]}
"""
HELD = """
datasets:
  b.big: {columns: [id, part, day], duties: [{filter: "part < 300 AND day < DATE '2024-01-01'"}]}
"""
SHARES = "datasets: {b.owners: {}}"


@contextmanager
def prepared() -> Iterator[Node]:
    """A provider with an offer, and with two agreements in force with who would sign it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "terms.yaml").write_text(OFFER)
        duckdb.sql(
            f"COPY (SELECT i AS id, i % 1000 AS part, (i % 7919) / 100 AS amount, "
            f"DATE '2020-01-01' + CAST(i % 2000 AS INTEGER) AS day, 'word ' || i % 500 AS word "
            f"FROM range({ROWS}) t(i)) TO '{path / 'big.parquet'}'"
        )
        duckdb.sql(
            f"COPY (SELECT i * 7 AS id, 'owner ' || i AS owner FROM range({KEYS}) t(i)) "
            f"TO '{path / 'owners.parquet'}'"
        )
        create(path / "node", "bench")
        with doumen.open(path / "node") as node:
            owner = node.session()
            for name in ("big", "owners"):
                owner.do("collect", path=path / f"{name}.parquet", as_dataset=f"b.{name}")
            owner.desk.amend([Fact("participant", PORT.id, PORT.as_json())], subject="port")
            owner.do("product create", name="big", title="Big", dataset=("b.big",))
            owner.do("offer create", product="big", terms=str(path / "terms.yaml"))
            yield node


def agree(node: Node, terms: str) -> None:
    """Put an agreement in force."""
    id = f"urn:bench:{len(terms)}"
    made = Agreement(
        key_of(id), id, Side.PROVIDER, PORT.id, "big", policy.read_terms(terms), "2026-01-01"
    )
    fact = Fact("agreement", made.key, policy.agreement_as_json(made))
    node.gate.amend("owner", [fact], "bench")


def run() -> list[Measure]:
    """All counts of a diff: of rows alone, then of a shared key too."""
    with prepared() as node:
        owner = node.session()

        def diff() -> None:
            owner.do("agreement diff", offer="big-1")

        agree(node, HELD)
        diff()
        rows = median(diff)
        agree(node, SHARES)
        diff()
        keys = median(diff)
    size = f"{ROWS // 10**6}M"
    return [
        Measure(f"agreement diff on {size} rows, rows counted", f"{rows:.2f} s", "<= 3 s",
                rows <= 3),
        Measure(f"agreement diff on {size} rows, a key of {KEYS // 10**6}M shared",
                f"{keys:.2f} s", "<= 3 s", keys <= 3),
    ]  # fmt: skip
