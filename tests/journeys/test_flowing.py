"""A city bureau connects what it has and leaves it running: six kinds of servers, each scheduled.

Orders in PostgreSQL, customers in MariaDB (where it is installed), daily readings in an S3 store,
a price list behind SFTP, payments behind an interface that pages, throttles and fails, districts on
a portal of CKAN. All servers are real or speak the published form, and are started here.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import sftp
from tests.flows.conftest import Stand
from tests.rooms.collect.connectors.conftest import mariadb, mysql_place, postgresql_place
from tests.rooms.collect.connectors.test_ckan import API, Portal, resource
from tests.rooms.collect.web.serving import Asked, Reply, Web, serving

import doumen
from doumen.model.errors import NotFound, Refused
from doumen.rooms.collect.web import manners
from doumen.session import Node, create
from doumen.session import worker as module

assert mariadb
assert mysql_place
assert postgresql_place
EVERY = timedelta(minutes=16)


class Bureau:
    """The node, its servers, and what each of them has."""

    def __init__(self, stand: Stand, web: Web, stack: ExitStack) -> None:
        self.stand = stand
        self.web = web
        self.folder = stand.folder
        self.stack = stack
        self.payments: list[dict[str, Any]] = []
        self.turns = 0

    def source(self, name: str, text: str, monkeypatch: Any, **secrets: str) -> None:
        """Describe a source, and have it run by a schedule."""
        for variable, value in secrets.items():
            monkeypatch.setenv(variable, value)
        file = self.folder / f"{name}.yaml"
        file.write_text(text)
        self.stand.do("source add", name=name, file=file)
        assert self.stand.do("source test", name=name)["source"] == name
        self.stand.add(f"run_{name}", f"source run {name}", every="15m")

    def pay(self, asked: Asked) -> Reply:
        """Payments, two to a page, after patience was asked for and a page failed."""
        self.turns += 1
        if self.turns % 5 == 1:
            return Reply({"error": "slow down"}, 429, {"Retry-After": "0"})
        if self.turns % 5 == 3:
            return Reply({"error": "oops"}, 503)
        start = int(asked.one("skip", "0"))
        return Reply({"items": self.payments[start : start + 2]})

    def pass_on(self) -> dict[str, str]:
        """Let the time come and a worker do what is due; how each run ended."""
        self.stand.ahead += EVERY
        self.stand.work()
        listed = self.stand.do("schedule list")["schedules"]
        return {one["schedule"]: one["last"]["state"] for one in listed}


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bureau]:
    monkeypatch.setattr(manners, "pause", lambda seconds: None, raising=False)
    create(tmp_path / "node", "bureau")
    with ExitStack() as stack:
        web = stack.enter_context(serving())
        node: Node = stack.enter_context(doumen.open(tmp_path / "node"))
        stand = Stand(node, tmp_path)
        monkeypatch.setattr(module, "now", lambda: stand.now)
        yield Bureau(stand, web, stack)


def connected(bureau: Bureau, request: pytest.FixtureRequest, patch: Any) -> Callable[..., None]:
    """Connect all places; gives what lets a day pass there."""
    postgres = request.getfixturevalue("postgresql_place")
    days = [_orders(bureau, postgres, patch), _readings(bureau, request, patch)]
    days += [_prices(bureau, patch), _payments(bureau, patch), _districts(bureau, patch)]

    def pass_everywhere(number: int) -> None:
        for day in days:
            day(number)

    return pass_everywhere


def _orders(bureau: Bureau, place: Any, patch: Any) -> Callable[[int], None]:
    table = place.name("sold")
    place.execute(f"DROP TABLE IF EXISTS {table}",
                  f"CREATE TABLE {table} (id BIGINT PRIMARY KEY, customer BIGINT, "
                  "article VARCHAR(9), amount DECIMAL(9,2))")  # fmt: skip
    options = "".join(f"{key}: {value}\n" for key, value in place.options.items())
    bureau.source("orders", f"source: postgresql\n{options}sslmode: disable\n"
                  f"password: {{env: PG}}\nstreams:\n"
                  f"  city.orders: {{table: {table}, cursor: id}}\n",
                  patch, PG=place.secrets["password"])  # fmt: skip

    def day(number: int) -> None:
        rows = ", ".join(f"({number * 10 + n}, {n % 4}, 'a{n % 3}', {n}.50)" for n in range(10))
        place.execute(f"INSERT INTO {table} VALUES {rows}")

    return day


def _readings(bureau: Bureau, request: Any, patch: Any) -> Callable[[int], None]:
    folder = request.getfixturevalue("objects").folder()
    options = "".join(f"{key}: {value}\n" for key, value in folder.options.items())
    secrets = folder.secrets
    kept = "".join(f"{key}: {{env: S3_{key.upper()}}}\n" for key in secrets)
    folder.store.put("readings/0.csv", b"day,station,level\n-1,s0,0.5\n")
    bureau.source("readings", f"source: s3\n{options}{kept}streams:\n"
                  "  city.readings: {files: 'readings/*.csv'}\n", patch,
                  **{f"S3_{key.upper()}": value for key, value in secrets.items()})  # fmt: skip

    def day(number: int) -> None:
        rows = "".join(f"{number},s{n},{n}.25\n" for n in range(3))
        text = f"day,station,level\n{rows}".encode()
        folder.store.put(f"readings/{number + 1}.csv", text)

    return day


def _prices(bureau: Bureau, patch: Any) -> Callable[[int], None]:
    root = bureau.folder / "sftp"
    root.mkdir()
    server = bureau.stack.enter_context(sftp.serving(sftp.Server(root)))

    def day(number: int) -> None:
        text = "article,price\n" + "".join(f"a{n},{number + n}.10\n" for n in range(3))
        (root / "prices.csv.gz").write_bytes(gzip.compress(text.encode(), mtime=0))

    day(0)
    options = "".join(f"{key}: {json.dumps(value)}\n" for key, value in server.options.items())
    bureau.source("prices", f"source: sftp\n{options}password: {{env: SFTP}}\nstreams:\n"
                  "  city.prices: {files: prices.csv.gz, settled: 0, key: article, "
                  "writes: history}\n", patch, SFTP=sftp.PASSWORD)  # fmt: skip
    return day


def _payments(bureau: Bureau, patch: Any) -> Callable[[int], None]:
    bureau.web.replies["/v1/payments"] = bureau.pay
    bureau.payments.append({"order": -1, "paid": 0, "at": 0})
    bureau.source("payments", f"source: http_api\nbase: {bureau.web.url}/v1\nstreams:\n"
                  "  city.payments:\n    path: payments\n    records: $.items\n"
                  "    paging: {offset: skip, limit: take, size: 2}\n"
                  "    key: order\n    cursor: at\n    late: 5\n", patch)  # fmt: skip

    def day(number: int) -> None:
        for n in range(3):
            bureau.payments.append({"order": number * 10 + n, "paid": n, "at": number * 10 + n + 1})
        bureau.payments[0] = {"order": -1, "paid": number, "at": number * 10 + 3}

    return day


def _districts(bureau: Bureau, patch: Any) -> Callable[[int], None]:
    portal = Portal(bureau.web)
    url = f"{bureau.web.url}/d.csv"
    bureau.web.give("/d.csv", b"district,title\n0,North\n1,South\n")
    portal.datasets["city"] = [resource("r-1", "districts.csv", url, hash="1")]
    root = API.removesuffix("/api/3/action")
    bureau.source("districts", f"source: ckan\nurl: {bureau.web.url}{root}\nallow_private: true\n"
                  "streams:\n  city.districts: {files: 'city/districts.csv'}\n", patch)  # fmt: skip

    def day(number: int) -> None:
        text = f"district,title\n0,North\n1,South\n2,Day {number}\n".encode()
        bureau.web.give("/d.csv", text)
        portal.datasets["city"] = [resource("r-1", "districts.csv", url, hash=f"h{number}")]

    return day


def test_a_bureau_leaves_it_running(
    bureau: Bureau, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = connected(bureau, request, monkeypatch)
    for number in range(3):
        day(number)
        assert set(bureau.pass_on().values()) == {"done"}
    owner = bureau.stand.node.session()
    counts = {
        "orders": 30, "readings": 10, "payments": 10, "districts": 3,
        "prices WHERE valid_to IS NULL": 3, "prices": 9,
    }  # fmt: skip
    for table, count in counts.items():
        assert owner.query(f"SELECT count(*) FROM city.{table}").rows() == [(count,)], table
    assert owner.query('SELECT paid FROM city.payments WHERE "order" = -1').rows() == [(2,)]
    assert owner.query("SELECT title FROM city.districts WHERE district = 2").rows() == [("Day 2",)]
    before = collections(bureau)
    assert set(bureau.pass_on().values()) == {"done"}
    assert collections(bureau) == before
    asked_by_two(bureau)


def collections(bureau: Bureau) -> int:
    """How many collections the ledger holds."""
    entries = bureau.stand.node.session().desk.entries()
    return sum(json.loads(one)["type"] == "collect" for one in entries)


def asked_by_two(bureau: Bureau) -> None:
    """The owner and an analyst ask one question over what came from four places."""
    owner = bureau.stand.node.session()
    sql = (
        "SELECT o.article, count(*) AS n, sum(o.amount * p.price) AS value "
        "FROM city.orders o JOIN city.prices p USING (article) "
        'LEFT JOIN city.payments q ON q."order" = o.id WHERE p.valid_to IS NULL '
        "GROUP BY ALL ORDER BY ALL"
    )
    owner.do("actor add", name="ana", role=("analyst",))
    ana = bureau.stand.node.session("ana")
    with pytest.raises(NotFound):
        ana.query(sql)
    rules = bureau.folder / "rules.yaml"
    rules.write_text(
        "rules:\n"
        + "".join(
            f"  - {{id: r-{table}, permit: query, who: {{role: analyst}}, on: city.{table}"
            + (', duties: [{filter: "customer <> 3"}]' if table == "orders" else "")
            + "}\n"
            for table in ("orders", "prices", "payments")
        )
    )
    owner.do("rule add", file=rules)
    all_of_it = owner.query(sql).rows()
    assert [row[:2] for row in all_of_it] == [("a0", 12), ("a1", 9), ("a2", 9)]
    seen = ana.query(sql)
    wanted = owner.query(sql.replace("WHERE", "WHERE o.customer <> 3 AND")).rows()
    assert seen.rows() == wanted != all_of_it
    with pytest.raises((Refused, NotFound)):
        ana.query("SELECT * FROM city.readings")


def test_mariadb_flows_where_it_is_installed(
    bureau: Bureau, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = request.getfixturevalue("mysql_place")
    place.execute("DROP TABLE IF EXISTS people",
                  "CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(20), district INT)",
                  "INSERT INTO people VALUES (1, '王', 0), (2, '李', 1)")  # fmt: skip
    options = "".join(f"{key}: {value}\n" for key, value in place.options.items())
    bureau.source("people", f"source: mysql\n{options}password: {{env: MY}}\nstreams:\n"
                  "  city.people: {table: people, key: id, vanished: mark}\n", monkeypatch,
                  MY=place.secrets["password"])  # fmt: skip
    assert bureau.pass_on() == {"run_people": "done"}
    place.execute("DELETE FROM people WHERE id = 1", "UPDATE people SET district = 5")
    assert bureau.pass_on() == {"run_people": "done"}
    rows = bureau.stand.node.session().query(
        "SELECT id, name, district, vanished_at IS NULL FROM city.people ORDER BY id"
    )
    assert rows.rows() == [(1, "王", 0, False), (2, "李", 5, True)]
