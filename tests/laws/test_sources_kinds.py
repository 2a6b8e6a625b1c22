"""Laws 3 and 9 for every kind of place: killed, cut and run to its end, every row is there once.

Each kind on the shelf gives orders, of which every seventh breaks the contract. A process that
reads them is killed amid it; more come; the connection is cut, where there is one; then it is run
to its end. In each mode of writing, what the place gave has landed or is aside, none twice.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests import forked
from tests.laws.test_sources_files import CONTRACT
from tests.relay import Relay, relaying
from tests.rooms.collect.connectors.conftest import (
    duckdb_place,
    mariadb,
    mysql_place,
    odbc_driver,
    odbc_place,
    postgresql_place,
    sqlite_place,
)
from tests.rooms.collect.connectors.files.conftest import (
    folder_place,
    http_place,
    relay,
    s3_place,
    sftp_place,
    sftp_server,
    web,
)
from tests.rooms.collect.connectors.test_ckan import Portal, upload
from tests.rooms.collect.connectors.test_delta_sharing import Provider, profile
from tests.rooms.collect.web.serving import Asked, Reply, Web, serving
from tests.sound import faults

import doumen
from doumen.rooms.collect.connectors import SHELF
from doumen.session import create

pytestmark = pytest.mark.law
FIXTURES = (
    duckdb_place, mariadb, mysql_place, odbc_driver, odbc_place, postgresql_place, sqlite_place,
    folder_place, http_place, relay, s3_place, sftp_place, sftp_server, web,
)  # fmt: skip
WORK = """
import sys
import doumen
from doumen.rooms.collect.connectors import bringing
from doumen.rooms.collect.sources import filing, pieces, records
from doumen.rooms.collect.web import manners
sys.path.insert(0, sys.argv[3])
pieces.PIECE, filing.FILES, records.PIECE = 80, 2, 2500
bringing.PAUSE = manners.FIRST = 0.001
with doumen.open(sys.argv[1]) as node:
    done = node.session().do("source run").json
    assert sys.argv[2] == "cut" or done["failed"] == 0, done
"""
CUTS = [2000, 900, 5000, 300]
ALL = ("orders", "latest", "whole")
DLT = """
import json, pathlib
import dlt

@dlt.resource(name="orders")
def orders():
    yield json.loads(pathlib.Path(__file__).with_name("orders.json").read_text())
"""
CATALOGUE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
<> a dcat:Catalog ; dcat:dataset <orders> .
<orders> a dcat:Dataset ; dct:identifier "orders" ; dcat:distribution {all} .
{each}
"""


@dataclass
class Orders:
    """The orders of a place of one kind.

    Attributes:
        document: What says where it is.
        streams: Options of each stream, by the name of its dataset.
        sell: Makes orders with these numbers there.
        cuts: Bytes after which what comes breaks off, one for each time; None: nothing can break.
        secrets: Variables of the environment.
    """

    document: Mapping[str, Any]
    streams: Mapping[str, Mapping[str, Any]]
    sell: Callable[[range], None]
    cuts: list[int] | None = None
    secrets: dict[str, str] = field(default_factory=dict)


def rows(ids: range) -> list[dict[str, int]]:
    return [{"id": n, "amount": -n if n % 7 == 0 else n} for n in ids]


def csv(ids: range) -> bytes:
    return b"id,amount\n" + b"".join(b"%(id)d,%(amount)d\n" % _bytes(one) for one in rows(ids))


def _bytes(row: Mapping[str, int]) -> dict[bytes, int]:
    return {name.encode(): value for name, value in row.items()}


def _table(place: Any, relay: Relay | None) -> Orders:
    name = place.name("law_orders")
    place.execute(f"DROP TABLE IF EXISTS {name}",
                  f"CREATE TABLE {name} (id BIGINT PRIMARY KEY, amount BIGINT)")  # fmt: skip

    def sell(ids: range) -> None:
        values = ", ".join(f"({one['id']}, {one['amount']})" for one in rows(ids))
        place.execute(f"INSERT INTO {name} VALUES {values}")

    options, secrets = dict(place.options), {f"K_{k.upper()}": v for k, v in place.secrets.items()}
    if relay is not None and "attributes" in options:
        options["attributes"] = options["attributes"] | {"PORT": relay.port}
    elif relay is not None:
        options["port"] = relay.port
    document = {"source": place.kind, **options}
    document |= {k: {"env": f"K_{k.upper()}"} for k in place.secrets}
    streams = {
        "orders": {"table": name, "cursor": "id"},
        "latest": {"table": name, "key": "id"},
        "whole": {"table": name},
    }
    return Orders(document, streams, sell, relay.cuts if relay else None, secrets)


@contextmanager
def tables(kind: str, request: Any, folder: Path) -> Iterator[Orders]:
    place = request.getfixturevalue(f"{kind}_place")
    server = {"postgresql": "port", "mysql": "port", "odbc": "attributes"}.get(kind)
    if server is None:
        yield _table(place, None)
        return
    port = place.options[server]
    with relaying(("127.0.0.1", port["PORT"] if kind == "odbc" else port)) as before:
        yield _table(place, before)


@contextmanager
def files(kind: str, request: Any, folder: Path) -> Iterator[Orders]:
    place = request.getfixturevalue(f"{kind}_place")
    sold = bytearray(csv(range(0)))

    def sell(ids: range) -> None:
        sold.extend(csv(ids).partition(b"\n")[2])
        place.put("all.csv", bytes(sold))
        if place.lists:
            for start in range(ids.start, ids.stop, 25):
                place.put(f"n{start:04d}.csv", csv(range(start, min(start + 25, ids.stop))))

    each = {"settled": 0} if kind in {"folder", "sftp"} else {}
    streams: dict[str, Any] = {
        "latest": {"files": "all.csv", "key": "id", **each},
        "whole": {"files": "all.csv", **each},
    }
    if place.lists:
        streams["orders"] = {"files": "n*.csv", **each}
    secrets = {f"K_{k.upper()}": v for k, v in place.secrets.items()}
    document = {"source": kind, **place.options}
    document |= {k: {"env": f"K_{k.upper()}"} for k in place.secrets}
    breaks = {"sftp": "sftp_server", "http": "web", "s3": "relay"}.get(kind)
    cuts = request.getfixturevalue(breaks).cuts if breaks else None
    yield Orders(document, streams, sell, cuts, secrets)


def _served(given: Web, path: str, content: bytes, cuts: list[int]) -> None:
    def reply(asked: Asked) -> Reply:
        return Reply(content, cut=min(cuts.pop(0), len(content) - 1) if cuts else None)

    given.replies[path] = reply


@contextmanager
def ckan(kind: str, request: Any, folder: Path) -> Iterator[Orders]:
    with serving() as given:
        portal, cuts = Portal(given), list[int]()
        portal.datasets["orders"] = []

        def sell(ids: range) -> None:
            name = f"n{ids.start:04d}"
            _served(given, f"/portal/{name}.csv", csv(ids), cuts)
            there = portal.datasets["orders"]
            there.append(upload(name, f"{name}.csv", f"{given.url}/portal/{name}.csv"))

        streams = {"orders": {"files": "orders/*"}, "whole": {"files": "**", "writes": "replace"},
                   "latest": {"files": "orders/*", "key": "id"}}  # fmt: skip
        document = {"source": kind, "url": f"{given.url}/portal", "allow_private": True}
        yield Orders(document, streams, sell, cuts)


@contextmanager
def dcat(kind: str, request: Any, folder: Path) -> Iterator[Orders]:
    with serving() as given:
        names, cuts = list[str](), list[int]()

        def catalogue(asked: Asked) -> Reply:
            each = "".join(f'<{n}> dct:title "{n}" ; dcat:downloadURL <files/{n}.csv> .\n'
                           for n in names)  # fmt: skip
            told = CATALOGUE.format(all=", ".join(f"<{n}>" for n in names), each=each)
            return Reply(told.encode(), headers={"Content-Type": "text/turtle"})

        def sell(ids: range) -> None:
            names.append(f"n{ids.start:04d}")
            _served(given, f"/city/files/{names[-1]}.csv", csv(ids), cuts)

        given.replies["/city/catalog.ttl"] = catalogue
        streams = {"orders": {"files": "orders/*"}, "whole": {"files": "**", "writes": "replace"},
                   "latest": {"files": "orders/*", "key": "id"}}  # fmt: skip
        document = {"source": kind, "url": f"{given.url}/city/catalog.ttl", "allow_private": True}
        yield Orders(document, streams, sell, cuts)


@contextmanager
def delta_sharing(kind: str, request: Any, folder: Path) -> Iterator[Orders]:
    with serving() as given:
        provider, cuts = Provider(given), list[int]()
        provider.schema = {"type": "struct", "fields": [
            {"name": name, "type": type_, "nullable": True, "metadata": {}}
            for name, type_ in (("id", "long"), ("amount", "long"), ("day", "date"))
        ]}  # fmt: skip
        stored = provider._stored

        def broken(asked: Asked) -> Reply:
            found = stored(asked)
            return Reply(found.body, cut=min(cuts.pop(0), 60)) if cuts else found

        provider._stored = broken  # type: ignore[method-assign]

        def sell(ids: range) -> None:
            out = io.BytesIO()
            pq.write_table(pa.Table.from_pylist(rows(ids)), out)
            provider.files[f"f{ids.start}"] = (out.getvalue(), "2026-01-01")
            provider.version = str(int(provider.version) + 1)

        table = {"files": "sales/eu/orders", "accept_extra": True}
        streams = {"whole": table, "latest": {**table, "key": "id"}}
        document = {"source": kind, "profile": {"env": "K_PROFILE"}}
        yield Orders(document, streams, sell, cuts, {"K_PROFILE": profile(given)})


@contextmanager
def records(kind: str, request: Any, folder: Path) -> Iterator[Orders]:
    with serving() as given:
        sold, cuts = list[dict[str, int]](), list[int]()

        def cut(content: bytes, **more: Any) -> Reply:
            at = min(cuts.pop(0), len(content) - 1) if cuts else None
            return Reply(content, cut=at, **more)

        def store(asked: Asked) -> Reply:
            start = int(asked.one("offset", "0"))
            found = [{"_id": one["id"] + 1, **one} for one in sold][start : start + 40]
            return cut(json.dumps({"success": True, "result": {"records": found}}).encode())

        def sdmx(asked: Asked) -> Reply:
            text = "id,amount\n" + "".join(f"{one['id']},{one['amount']}\n" for one in sold)
            return cut(text.encode(), headers={"Content-Type": "text/csv"})

        given.replies = {
            "/orders": lambda asked: cut(json.dumps(sold).encode()),
            "/api/3/action/datastore_search": store, "/data/orders/all": sdmx,
        }  # fmt: skip
        (folder / "orders_of_law.py").write_text(DLT)

        def sell(ids: range) -> None:
            sold.extend(rows(ids))
            (folder / "orders.json").write_text(json.dumps(sold))

        places: dict[str, dict[str, Any]] = {
            "http_api": {"base": given.url, "tries": 8},
            "ckan_datastore": {"url": given.url, "tries": 8},
            "sdmx": {"url": given.url, "tries": 8},
            "dlt": {"module": "orders_of_law:orders"},
        }
        extra = {"accept_extra": True} if kind == "ckan_datastore" else {}
        streams = {
            "orders": {"table": "orders", "cursor": "id", **extra},
            "latest": {"table": "orders", "key": "id", **extra},
            "whole": {"table": "orders", "writes": "replace", **extra},
        }
        yield Orders({"source": kind, **places[kind]}, streams, sell,
                     None if kind == "dlt" else cuts)  # fmt: skip


KINDS: Mapping[str, Any] = {
    **dict.fromkeys(("sqlite", "duckdb", "postgresql", "mysql", "odbc"), tables),
    **dict.fromkeys(("folder", "sftp", "http", "s3"), files),
    "ckan": ckan, "dcat": dcat, "delta_sharing": delta_sharing,
    **dict.fromkeys(("http_api", "ckan_datastore", "sdmx", "dlt"), records),
}  # fmt: skip
QUICK = ("postgresql", "s3", "sdmx")
"""Kinds that each check tries; the others have their turn in the soak."""


def test_every_kind_is_in_this_suite() -> None:
    assert set(KINDS) == set(SHELF)


def made(folder: Path, orders: Orders) -> Path:
    """A node with the source."""
    node = folder / "node"
    create(node, "shop")
    (folder / "orders.odcs.yaml").write_text(CONTRACT)
    streams = {
        f"shop.{name}": {**options, "contract": "orders.odcs.yaml"}
        for name, options in orders.streams.items()
    }
    document = {**orders.document, "streams": streams}
    (folder / "shop.yaml").write_text(json.dumps(document, default=str))
    with doumen.open(node) as opened:
        opened.session().do("source add", name="shop", file=folder / "shop.yaml")
    return node


def whole(node: Path, orders: Orders, count: int) -> None:
    """Every row is there once, landed or aside, and the ledger is sound."""
    good = [n for n in range(count) if n % 7 or n == 0]
    with doumen.open(node) as opened:
        owner = opened.session()
        assert owner.desk.inspect() == ()
        for name in orders.streams:
            landed = owner.query(f"SELECT id FROM shop.{name} ORDER BY id").rows()
            assert [n for (n,) in landed] == good, name
        for name in orders.streams.keys() & {"orders"}:
            bad = f"SELECT count(*), count(DISTINCT _raw) FROM shop.{name}__quarantine"
            assert owner.query(bad).rows() == [(count - len(good),) * 2], name
        for entry in map(json.loads, owner.desk.entries()):
            data = entry["data"]
            if entry["type"] == "collect" and data["mode"] in {"append", "replace"}:
                assert data["rows_in"] == data["landed"] + data["quarantined"], entry
    assert faults(node) == []


@pytest.mark.parametrize(
    "kind", [k if k in QUICK else pytest.param(k, marks=pytest.mark.soak) for k in KINDS]
)
def test_killed_cut_and_run_to_its_end(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with KINDS[kind](kind, request, tmp_path) as orders:
        for name, value in orders.secrets.items():
            monkeypatch.setenv(name, value)
        orders.sell(range(100))
        node = made(tmp_path, orders)

        def run(how: str, failpoint: str = "") -> int:
            arguments = (str(node), how, str(tmp_path))
            return forked.finish(forked.start(WORK, *arguments, DOUMEN_FAILPOINT=failpoint))

        assert run("whole", "commit.durable:2") == -9
        orders.sell(range(100, 130))
        assert run("whole", "commit.prepared:1") == -9
        if orders.cuts is not None:
            orders.cuts[:] = CUTS
            run("cut")
            assert len(orders.cuts) < len(CUTS)
            orders.sell(range(130, 180))
            orders.cuts[:] = CUTS
            run("cut")
            orders.cuts.clear()
        for _ in range(2):
            assert run("whole") == 0
            whole(node, orders, 180 if orders.cuts is not None else 130)
