"""A node of an invented city, with data in Chinese and English, and who is signed in to it."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.browser.deal import dealt
from tests.parties import Party

import doumen
from doumen.rooms.protect.signin import sessions
from doumen.session import Session, create

DISTRICTS = ("东湖", "城北", "新港", "柳塘", "石桥")
RULES = """rules:
  - id: analysts-read-traffic
    permit: query
    who: {role: analyst}
    on: traffic.*
    for: [research]
    duties:
      - mask: {column: plate_no, method: partial, keep_start: 2}
"""
SOURCE = "source: sqlite\npath: shop.db\nstreams:\n  shop.orders: {table: orders, cursor: id}\n"
ALERT = """smtp: {host: mail.example.org, from: doumen@example.org, to: [data@example.org]}
on: [failing, late]
late_after: 2h
"""
CHARGING = {
    "description.purpose": "新能源汽车充电记录：全市公共充电桩逐笔记录，每日更新",
    "columns.plate_no.classification": "personal",
    "columns.plate_no.description": "车牌号",
    "columns.kwh.description": "Energy, kWh",
    "columns.kwh.logicalTypeOptions.maximum": "300",
    "columns.kwh.required": "true",
}


METERS = "meter,district,read_at,litres\n" + "".join(
    f"{n},{DISTRICTS[n % 5]},2026-11-{n % 28 + 1:02},{n % 70}.5\n" for n in range(500)
)
"""Readings of water meters, as a file that somebody brings."""


@dataclass(frozen=True, slots=True)
class City:
    """A running node.

    Attributes:
        party: Whose it is, with the folder of its node.
        url: Where its pages are.
        cookies: The cookies of a browser in which an actor is signed in, by the actor's name.
        names: What stands for the names in the addresses of pages, such as the id of an event.
    """

    party: Party
    url: str
    cookies: Mapping[str, Mapping[str, str]]
    names: Mapping[str, str]


def _charging(folder: Path) -> Path:
    path = folder / "charging.csv"
    lines = [
        f"P{n % 48:03},{DISTRICTS[n % 5]},浙C{n * 7919 % 100000:05},2026-11-{n % 28 + 1:02} "
        f"{n % 24:02}:{n % 60:02}:00,{'' if n % 53 == 0 else n * 37 % 400 / 4},{n * 13 % 90 + 5}"
        for n in range(600)
    ]
    path.write_text(
        "pile_id,district,plate_no,started_at,kwh,fee_cny\n" + "\n".join(lines), "utf-8"
    )
    return path


def _parking(folder: Path) -> Path:
    path = folder / "parking.csv"
    lines = [f"L{n},{DISTRICTS[n % 5]},{n * 31 % 400 + 20}" for n in range(60)]
    path.write_text("\n".join(["lot,district,spaces", *lines]), "utf-8")
    return path


def _bad(folder: Path) -> Path:
    path = folder / "late.csv"
    heads = "pile_id,district,plate_no,started_at,kwh,fee_cny"
    rows = [
        "P1,东湖,浙C00001,2026-11-29 01:00:00,,9",
        "P2,新港,浙C00002,2026-11-29 02:00:00,31.5,12",
    ]
    path.write_text("\n".join([heads, *rows]), "utf-8")
    return path


def _outside(owner: Session, folder: Path) -> None:
    """A source, read by a schedule, and who is told of faults."""
    with sqlite3.connect(folder / "shop.db") as shop:
        shop.execute("create table orders (id integer, amount real)")
        shop.execute("insert into orders values (1, 9.5), (2, 12)")
    shop.close()
    for name, text in (("shop", SOURCE), ("oncall", ALERT)):
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    owner.do("source add", name="shop", file=folder / "shop.yaml")
    owner.do("source run", name="shop")
    owner.do("schedule add", name="nightly", command_line="source run shop", cron="0 2 * * *")
    owner.do("alert add", name="oncall", file=folder / "oncall.yaml")


def fill(owner: Session, folder: Path) -> Mapping[str, str]:
    """Give a node what a city would have after its first day; the names of what has an id."""
    rules = folder / "rules.yaml"
    rules.write_text(RULES, "utf-8")
    collected = owner.do("collect", path=_charging(folder), as_dataset="traffic.charging")
    owner.do("collect", path=_parking(folder), as_dataset="traffic.parking")
    edits = tuple(f"{path}={value}" for path, value in CHARGING.items())
    owner.do("contract edit", dataset="traffic.charging", changes=edits, new_version=True)
    owner.do("collect", path=_bad(folder), as_dataset="traffic.charging")
    _outside(owner, folder)
    owner.derive(
        "select district, sum(kwh) as kwh, count(*) as charges from traffic.charging group by all",
        "traffic.by_district",
    )
    owner.do("label set", target="traffic.charging.plate_no", label="personal")
    owner.do("actor add", name="ana", role=("analyst",), purpose=("research",))
    owner.do("actor add", name="sue", role=("steward",))
    owner.do("rule add", file=rules)
    owner.do("quality score", dataset="traffic.charging")
    owner.do("contract propose", dataset="traffic.charging")
    owner.do("term set", key="energy", name_en="Energy", name_zh="电量", definition_zh="充入的电量")
    owner.do("meaning link", column="traffic.charging.kwh", term="energy")
    owner.do("product create", name="charging", title="充电记录 Charging records",
             dataset=("traffic.charging",))  # fmt: skip
    asked = owner.query("select district, avg(fee_cny) from traffic.charging group by all")
    invited = str(owner.do("account set", name="ana", invite=True).json["url"])
    queued = owner.submit("dataset vacuum", dataset="traffic.parking")
    waiting = owner.keep(_parking(folder))
    return {
        "event": asked.receipt,
        "upload": waiting.id,
        "job": queued.json["job"],
        "collection": collected.json["receipt"],
        "ticket": invited.partition("ticket=")[2],
    }


def _entered(owner: Session, actor: str) -> Mapping[str, str]:
    """The cookies of somebody who has just signed in."""
    text, fact = sessions.opened(actor, "link", datetime.now(UTC), timedelta(hours=12))
    owner.desk.amend([fact], subject=f"sign-in {actor}")
    return {sessions.COOKIE: text}


@contextmanager
def city(folder: Path) -> Iterator[City]:
    """The city, running."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    bureau = Party("city", folder / "node", port)
    create(bureau.folder, "陡门市数据局 Data Office of Doumen", address=f"http://127.0.0.1:{port}")
    with doumen.open(bureau.folder) as node:
        owner = node.session()
        names = fill(owner, folder)
        cookies = {name: _entered(owner, name) for name in ("owner", "ana", "sue")}
    with dealt(bureau, folder) as between:
        assert bureau.server is not None
        yield City(bureau, bureau.server.url, cookies, {**names, **between})
