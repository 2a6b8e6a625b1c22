"""Jobs on pages: listed, followed as they go on, cancelled and done again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.served import Server

from doumen.faces.web.page import live

Visitor = Callable[..., Any]
SLOW = "select count(*) as n from range(60000000) a(i), range(40) b(j) where (i * j) % 7 = 1"


@pytest.fixture
def waiting(world: Any) -> Iterator[str]:
    """A job of the owner that takes a while; cancelled in the end."""
    session = world.node.session()
    job = str(session.submit("query", sql=SLOW, into="city.slow_one").json["job"])
    yield job
    world.told("job cancel", job=job)
    world.told("job wait", job=job, seconds=60)


def events(here: Any, path: str, most: int = 30) -> Iterator[tuple[str, str]]:
    """The events of a stream: their name and data."""
    with here.client.stream("GET", path) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        name, data = "", []
        for line in answer.iter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)
            elif not line and (data or name):
                yield name, "\n".join(data)
                name, data = "", []
                most -= 1
                if not most:
                    return


def test_jobs_are_those_that_one_may_know(visitor: Visitor, world: Any, waiting: str) -> None:
    here = visitor()
    listed = here.twin("/jobs")["jobs"]
    assert waiting in {one["job"] for one in listed}
    assert here.get("/jobs").status_code == 200
    assert waiting in here.get("/jobs?state=queued").text + here.get("/jobs?state=running").text
    assert waiting not in here.get("/jobs?state=done").text
    assert here.twin("/jobs?state=nonsense")["chosen"] == ""
    other = visitor("ana")
    assert waiting not in {one["job"] for one in other.twin("/jobs")["jobs"]}
    assert other.get(f"/jobs/{waiting}").status_code == 404
    assert other.get(f"/jobs/{waiting}/live").status_code == 404
    assert other.post(f"/jobs/{waiting}", "cancel").status_code == 404
    for overseer in map(visitor, ("aud", "sue")):
        told = overseer.twin(f"/jobs/{waiting}")
        assert told["job"]["inputs"] == {}
        assert told["may"] == {"cancel": False, "retry": False}
        assert "range(60000000)" not in overseer.get(f"/jobs/{waiting}").text
    assert visitor("").get(f"/jobs/{waiting}/live").status_code == 401


def test_a_job_is_followed_cancelled_and_done_again(
    visitor: Visitor, world: Any, waiting: str
) -> None:
    here = visitor()
    path = f"/jobs/{waiting}"
    page = here.get(path).text
    assert f'hx-sse:connect="{path}/live"' in page
    assert here.twin(path)["may"] == {"cancel": True, "retry": False}
    seen: list[tuple[str, str]] = []
    follower = threading.Thread(target=lambda: seen.extend(events(here, f"{path}/live")))
    follower.start()
    until = time.monotonic() + 20
    while not seen and time.monotonic() < until:
        time.sleep(0.05)
    done = visitor().post(path, "cancel", reason="no need")
    assert done.headers["location"] == path
    follower.join(30)
    assert "Cancel it" in seen[0][1]
    assert seen[-1] == ("done", "")
    assert "Try again" in seen[-2][1]
    told = here.twin(path)
    assert (told["job"]["state"], told["job"]["reason"]) == ("cancelled", "no need")
    assert told["may"] == {"cancel": False, "retry": True}
    assert here.post(path, "cancel").status_code == 409
    assert here.post(path, "retry").status_code == 400
    again = here.post(path, "retry", reason="after all").headers["location"]
    assert here.twin(again)["job"]["retry_of"] == waiting
    world.told("job cancel", job=again.rpartition("/")[2])


def test_what_failed_says_why(visitor: Visitor, world: Any) -> None:
    session = world.node.session()
    job = session.submit("query", sql="select * from city.nowhere", into="city.x").json["job"]
    world.told("job wait", job=job, seconds=60)
    told = visitor().twin(f"/jobs/{job}")
    assert told["job"]["state"] == "failed"
    page = visitor().get(f"/jobs/{job}").text
    assert told["job"]["error"]["code"] in page
    assert "Try again" in page
    (last,) = [data for name, data in events(visitor(), f"/jobs/{job}/live") if not name]
    assert told["job"]["error"]["code"] in last


def test_a_check_shows_its_score(visitor: Visitor, world: Any) -> None:
    job = world.node.session().submit("quality score", dataset="city.people").json["job"]
    world.told("job wait", job=job, seconds=60)
    told = visitor().twin(f"/jobs/{job}")
    assert told["results"][0] == {"kind": "score", "name": "city.people"}
    assert "/d/city.people?tab=quality" in visitor().get(f"/jobs/{job}").text


def test_streams_end_with_the_sign_in(visitor: Visitor, world: Any, waiting: str) -> None:
    here = visitor()
    stream = events(here, f"/jobs/{waiting}/live")
    assert "Cancel it" in next(stream)[1]
    here.post("/signout", "signout")
    assert [name for name, _ in stream][-1] == "done"
    assert here.client.get(f"/jobs/{waiting}/live").status_code == 401


def test_who_looks_on_takes_no_place_of_jobs(
    start: Callable[..., Server], visitor: Visitor, world: Any, waiting: str
) -> None:
    here = visitor()
    streams = [events(here, f"/jobs/{waiting}/live") for _ in range(live.OF_ONE)]
    for one in streams:
        next(one)
    refused = here.client.get(f"/jobs/{waiting}/live")
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable.busy")
    assert here.get("/d").status_code == 200
    other = visitor("aud")
    assert next(events(other, f"/jobs/{waiting}/live", 1))[1]
    for one in streams:
        one.close()  # type: ignore[attr-defined]
