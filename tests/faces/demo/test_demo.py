"""The city is made once, goes on after a cut, and is served with a link into it."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

import doumen
from doumen.faces.demo.papers import ASKED
from doumen.faces.demo.verb import NAME, demo
from doumen.model.errors import Conflict, Unavailable
from doumen.model.message import Message
from doumen.session import Session, create

DATASETS = {
    "business.companies", "energy.substation_load", "environment.air_quality",
    "health.clinic_visits", "tourism.visitors", "traffic.charging",
    "traffic.charging_by_district", "traffic.parking", "water.meter_readings",
}  # fmt: skip


class Cut(Exception):
    """Somebody pulled the plug."""


class Plug:
    """Progress that breaks off before one of the steps."""

    def __init__(self, after: int) -> None:
        self.left, self.told = after, list[str]()

    def __call__(self, fraction: float | None, doing: Message) -> None:
        self.told.append(str(doing))
        self.left -= 1
        if self.left < 0:
            raise Cut


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a city that was cut off thrice on its way."""
    folder = tmp_path_factory.mktemp("demo") / "city"
    for after in (0, 7, 30):
        with pytest.raises(Cut):
            demo(folder, no_serve=True, progress=Plug(after))
    told = demo(folder, no_serve=True, progress=Plug(1000))
    assert told.json["datasets"] == len(DATASETS)
    return folder


@pytest.fixture
def owner(made: Path) -> Iterator[Session]:
    with doumen.open(made) as node:
        yield node.session()


def test_all_of_it_is_there_once(owner: Session) -> None:
    listed = owner.do("dataset list").json["datasets"]
    assert {one["dataset"] for one in listed} == DATASETS
    landed = {one["dataset"]: one["rows"] for one in listed}
    assert landed["traffic.charging"] == 4008
    assert landed["tourism.visitors"] == 240
    assert landed["energy.substation_load"] == 3600
    assert landed["environment.air_quality"] == 2400
    scores = owner.do("quality scores").json["scores"]
    assert {one["dataset"] for one in scores} == DATASETS - {"traffic.charging_by_district"}
    assert owner.do("proposal list").json["count"] > 10
    saved = owner.do("question list").json["questions"]
    asked = {one["sql"] for one in owner.do("question history", limit=100).json["asked"]}
    assert len(saved) == len(ASKED)
    assert set(ASKED.values()) <= asked
    (product,) = owner.do("product list").json["products"]
    assert (product["state"], product["offers"]) == ("published", 1)


def test_what_is_planted_is_found(owner: Session) -> None:
    found = {
        (one["dataset"], tuple(one["columns"])): one["count"]
        for one in owner.do("quality broken").json["broken"]
    }
    assert found["traffic.charging", ("record_id",)] == "8"
    assert found["traffic.charging", ("kwh",)] == "9"


def test_patients_are_not_told_to_an_analyst(made: Path) -> None:
    with doumen.open(made) as node:
        ana = node.session("ana", "research")
        row = (
            ana.query("SELECT 姓名, 手机号 FROM health.clinic_visits LIMIT 1")
            .arrow()
            .to_pylist()[0]
        )
    assert re.fullmatch(r"199\*+", row["手机号"])
    assert not re.search("[赵钱孙李周吴郑王冯陈]", row["姓名"])


def test_another_time_nothing_is_done_again(made: Path) -> None:
    def size() -> int:
        with doumen.open(made) as node:
            (latest,) = node.session().do("event list", limit=1).json["events"]
            return int(latest["position"])

    before = size()
    demo(made, no_serve=True)
    assert size() == before + 1, "the new link alone"


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    create(tmp_path / "node", "bureau")
    with pytest.raises(Conflict, match="no demonstration"):
        demo(tmp_path / "node", no_serve=True)
    assert not (tmp_path / "node" / "outside").exists()


def test_a_port_that_is_taken_is_told_first(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable, match=str(port)):
            demo(tmp_path / "city", port=port)
    assert not (tmp_path / "city").exists()


def test_the_link_leads_into_the_city(made: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(made, tmp_path / "doumen-demo")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "doumen", "demo", "--port", str(port)]
    running = subprocess.Popen(
        command, cwd=folder.parent, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    try:
        assert running.stderr is not None
        lines = iter(running.stderr.readline, "")
        url = next(m.group() for line in lines if (m := re.search(r"http://\S+ticket=\S+", line)))
        with httpx2.Client(follow_redirects=True, timeout=60) as browser:
            page = browser.get(url).text
            form = dict(re.findall(r'name="(csrf|ticket)" value="([^"]+)"', page))
            home = browser.post(url, data={**form, "do": "link"})
        assert home.status_code == 200
        assert NAME.split()[0] in home.text
        assert f">{len(DATASETS)}<" in home.text
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=30)
