"""A node of an invented city, with data in Chinese and English, and who is signed in to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.served import serve

import doumen
from doumen.rooms.protect.signin import sessions
from doumen.session import Session, create
from doumen.session.worker import Worker

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
CHARGING = {
    "description.purpose": "新能源汽车充电记录：全市公共充电桩逐笔记录，每日更新",
    "columns.plate_no.classification": "personal",
    "columns.plate_no.description": "车牌号",
    "columns.kwh.description": "Energy, kWh",
    "columns.kwh.logicalTypeOptions.maximum": "300",
    "columns.kwh.required": "true",
}


@dataclass(frozen=True, slots=True)
class City:
    """A running node.

    Attributes:
        url: Where its pages are.
        cookies: The cookies of a browser in which an actor is signed in, by the actor's name.
        names: What stands for the names in the addresses of pages, such as the id of an event.
    """

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


def fill(owner: Session, folder: Path) -> None:
    """Give a node what a city would have after its first day."""
    rules = folder / "rules.yaml"
    rules.write_text(RULES, "utf-8")
    owner.do("collect", path=_charging(folder), as_dataset="traffic.charging")
    owner.do("collect", path=_parking(folder), as_dataset="traffic.parking")
    edits = tuple(f"{path}={value}" for path, value in CHARGING.items())
    owner.do("contract edit", dataset="traffic.charging", changes=edits, new_version=True)
    owner.derive(
        "select district, sum(kwh) as kwh, count(*) as charges from traffic.charging group by all",
        "traffic.by_district",
    )
    owner.do("label set", target="traffic.charging.plate_no", label="personal")
    owner.do("actor add", name="ana", role=("analyst",), purpose=("research",))
    owner.do("actor add", name="sue", role=("steward",))
    owner.do("rule add", file=rules)
    owner.do("quality score", dataset="traffic.charging")
    owner.do("contract propose", dataset="traffic.parking")
    owner.do("product create", name="charging", title="充电记录 Charging records",
             dataset=("traffic.charging",))  # fmt: skip
    owner.query("select district, avg(fee_cny) from traffic.charging group by all").rows()


METERS = "meter,district,read_at,litres\n" + "".join(
    f"{n},{DISTRICTS[n % 5]},2026-11-{n % 28 + 1:02},{n % 70}.5\n" for n in range(500)
)


def collecting(owner: Session, folder: Path) -> Mapping[str, str]:
    """Give a node what is on the way in: a file that waits, rows in quarantine, a source, a job."""
    (folder / "in").mkdir()
    meters = folder / "meters.csv"
    meters.write_text(METERS + "x9,东湖,2026-11-02,3\n7,城北\n", "utf-8")
    for name, text in {
        "inbox.yaml": "source: folder\npath: in\nstreams:\n  traffic.inbox: {files: '*.csv'}\n",
        "oncall.yaml": "webhook: {url: 'https://example.org/hook', secret: {env: HOOK}}\n",
    }.items():
        (folder / name).write_text(text, "utf-8")
    done = owner.do("collect", path=meters, as_dataset="water.meters", title="水表 Water meters")
    owner.do("source add", name="inbox", file=folder / "inbox.yaml")
    owner.do("schedule add", name="nightly", command_line="source run inbox", cron="0 2 * * *")
    owner.do("alert add", name="oncall", file=folder / "oncall.yaml")
    (folder / "more.csv").write_text(METERS + "x9,东湖,2026-11-02,3\n", "utf-8")
    return {
        "collected": done.json["receipt"],
        "upload": owner.keep(folder / "more.csv").id,
        "job": owner.submit("quality score", dataset="water.meters").json["job"],
    }


def _entered(owner: Session, actor: str) -> Mapping[str, str]:
    """The cookies of somebody who has just signed in."""
    text, fact = sessions.opened(actor, "link", datetime.now(UTC), timedelta(hours=12))
    owner.desk.amend([fact], subject=f"sign-in {actor}")
    return {sessions.COOKIE: text}


@contextmanager
def city(folder: Path) -> Iterator[City]:
    """The city, running."""
    create(folder / "node", "陡门市数据局 Data Office of Doumen")
    with doumen.open(folder / "node") as node:
        owner = node.session()
        fill(owner, folder)
        coming = collecting(owner, folder)
        Worker(node).run(until_idle=True)
        cookies = {name: _entered(owner, name) for name in ("owner", "ana", "sue")}
        invited = owner.do("account set", name="ana", invite=True).json["url"]
        names = {
            "event": owner.query("select count(*) as n from traffic.charging").receipt,
            "ticket": str(invited).partition("ticket=")[2],
            **coming,
        }
    server = serve(folder / "node", "--rate", "10000")
    try:
        yield City(server.url, cookies, names)
    finally:
        server.close()
