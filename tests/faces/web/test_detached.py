"""Jobs over HTTP: queued where the client prefers it, done by the service, seen by their actor."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

import doumen
from doumen.model.errors import Invalid, Refused

DETACHED = {"Prefer": "respond-async"}


def ended(client: httpx2.Client, location: str) -> Any:
    """The job at an address, when it is over."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        told = client.get(location).json()
        if told["state"] not in {"queued", "running"}:
            return told
        time.sleep(0.1)
    raise AssertionError(told)


def test_an_upload_is_collected_later(http: Callable[..., httpx2.Client], server: Any) -> None:
    client = http()
    response = client.post(
        "/v1/collect",
        data={"as_dataset": "city.later"},
        files={"path": ("later.csv", b"a,b\n1,2\n3,4\n")},
        headers=DETACHED,
    )
    assert response.status_code == 202
    assert response.headers["preference-applied"] == "respond-async"
    told = response.json()
    assert (told["state"], told["inputs"]["path"]) == ("queued", "later.csv")
    done = ended(client, response.headers["location"])
    assert (done["state"], done["outcome"]["landed"]) == ("done", 2)
    assert logged(server, told["job"], 2) == ["job.begun", "job.done"]


def test_a_dataset_is_derived_later(http: Callable[..., httpx2.Client]) -> None:
    client = http("ana", purpose="research")
    body = {"sql": "select id from city.people", "into": "ana.later"}
    response = client.post("/v1/query", json=body, headers={"Prefer": "wait=5, Respond-Async"})
    assert response.status_code == 202
    done = ended(client, response.headers["location"])
    assert (done["state"], done["purpose"], done["outcome"]["rows"]) == ("done", "research", 20)
    assert http("sue").get(response.headers["location"]).json()["inputs"] == {}


def test_a_preference_that_cannot_be_met_is_passed_over(
    http: Callable[..., httpx2.Client],
) -> None:
    response = http().post("/v1/dataset/list", json={}, headers=DETACHED)
    assert response.status_code == 200
    assert "preference-applied" not in response.headers
    response = http().post("/v1/query", json={"sql": "select 1 as n"}, headers=DETACHED)
    assert response.status_code == 200


def test_a_job_is_queued_with_the_right_to_do_it(http: Callable[..., httpx2.Client]) -> None:
    body = {"sql": "select 1 as n", "into": "city.no"}
    response = http("reader").post("/v1/query", json=body, headers=DETACHED)
    assert (response.status_code, response.json()["code"]) == (403, "refused.scope")
    assert http("reader").post("/v1/job/cancel", json={"job": "x"}).status_code == 403


def test_from_python(server: Any, world: Any, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("a\n1\n")
    with doumen.connect(server.url, world.tokens["owner"]) as node:
        job = node.submit("collect", path=tmp_path / "p.csv", as_dataset="city.python").json["job"]
        assert node.wait(job, seconds=30).json["outcome"]["landed"] == 1
        assert node.wait(job, seconds=0).json["state"] == "done"
        with pytest.raises(Invalid, match="not queued"):
            node.submit("describe", dataset="city.python")
        with pytest.raises(Refused, match="on the machine of the node"):
            node.do("job wait", job=job)


def test_a_service_may_leave_the_queue_to_others(start: Callable[..., Any], world: Any) -> None:
    other = start("--background", "0")
    with doumen.connect(other.url, world.tokens["ana"], purpose="research") as node:
        assert node.do("job list").json["jobs"] is not None
    assert other.stop() == 0


def logged(server: Any, job: str, count: int) -> list[str]:
    """What is logged of a job, once there are so many lines: they come after the answer."""
    until = time.monotonic() + 20
    found: list[str] = []
    while len(found) < count and time.monotonic() < until:
        lines = [json.loads(line) for line in list(server.log) if job in line]
        found = [line["event"] for line in lines if "event" in line]
        time.sleep(0.05)
    return found
