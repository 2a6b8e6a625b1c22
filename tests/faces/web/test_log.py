"""The log: what a line has, in both forms, to a file too; and what it never has."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.served import Server

from doumen.faces.web import log
from doumen.faces.web.terms import Terms
from doumen.model.errors import Unavailable

FIELDS = {"time", "level", "request", "method", "status", "ms", "bytes"}
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
DOCS = Path(__file__).parents[3] / "docs" / "service.md"


def told(server: Server, request: str) -> dict[str, Any]:
    until = time.monotonic() + 10
    while time.monotonic() < until:  # it is written when the answer has been sent
        for line in server.lines():
            if line["request"] == request:
                return line
        time.sleep(0.02)
    raise AssertionError(request)


def awaited(path: Path, request: str) -> None:
    """Return when the line of that request stands there."""
    until = time.monotonic() + 10
    while not (path.exists() and f"request={request} " in path.read_text("utf-8")):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_line_of_an_answer(http: Callable[..., httpx2.Client], server: Server) -> None:
    client = http("ana", "research", **{"X-Request-Id": "answered"})
    came = client.post("/v1/query", json={"sql": "select id from city.people where id < 9"})
    line = told(server, "answered")
    assert line.keys() == {*FIELDS, "rows", "operation", "actor", "token", "receipt"}
    assert STAMP.fullmatch(line["time"])
    assert (line["level"], line["status"], line["rows"]) == ("info", 200, 4)
    assert (line["operation"], line["actor"]) == ("query", "ana")
    assert line["receipt"] == came.json()["receipt"]
    assert line["bytes"] == len(came.content)


def test_a_line_of_a_refusal(http: Callable[..., httpx2.Client], server: Server) -> None:
    client = http("ana", "", **{"X-Request-Id": "refused"})
    client.post("/v1/actor/add", json={"name": "eve"})
    line = told(server, "refused")
    assert line.keys() == {*FIELDS, "operation", "actor", "token", "code"}
    assert (line["level"], line["code"], line["status"]) == ("warning", "refused.role", 403)


def test_a_line_of_a_collection(
    http: Callable[..., httpx2.Client], server: Server, tmp_path: Path
) -> None:
    client = http("owner", "", **{"X-Request-Id": "collected"})
    files = {"path": ("logged.csv", b"a\n1\n2\n")}
    client.post("/v1/collect", data={"as_dataset": "city.logged"}, files=files)
    line = told(server, "collected")
    assert (line["landed"], line["quarantined"]) == (2, 0)
    assert len(line["receipt"]) == 26


def test_the_documented_fields_are_those(server: Server) -> None:
    table = DOCS.read_text("utf-8").partition("## Log")[2].partition("## Metrics")[0]
    heads = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
    documented = {name for head in heads for name in re.findall(r"\w+", head)}
    assert {name for line in server.lines() for name in line} <= documented


def test_text_to_a_file_that_may_be_moved_away(
    start: Callable[..., Server], tmp_path: Path
) -> None:
    path = tmp_path / "service.log"
    server = start("--log", str(path), "--log-format", "text", "--log-level", "warning")
    httpx2.get(f"{server.url}/health/live")
    httpx2.get(f"{server.url}/v1/nothing", headers={"X-Request-Id": "first"})
    awaited(path, "first")
    path.rename(tmp_path / "old.log")
    httpx2.get(f"{server.url}/v1/nothing", headers={"X-Request-Id": "second"})
    awaited(path, "second")
    old, new = (tmp_path / "old.log").read_text("utf-8"), path.read_text("utf-8")
    assert re.fullmatch(rf"{STAMP.pattern} warning request=second .*code=not-found.route\n", new)
    assert "request=first" in old
    assert "health" not in old + new
    assert not server.lines()


@pytest.fixture
def logging_here() -> Any:
    """The loggers of the service, as they were before."""
    kept = [(each, each.handlers[:], each.level, each.propagate) for each in (log.LOG, log.SERVER)]
    for each in (log.LOG, log.SERVER):
        each.handlers = []
    yield
    for each, handlers, level, propagate in kept:
        each.handlers, each.propagate = handlers, propagate
        each.setLevel(level)


def test_a_word_of_the_server_and_an_error_of_its_own(
    logging_here: None, capsys: pytest.CaptureFixture[str]
) -> None:
    log.begin(Terms("/node"))
    try:
        raise KeyError("canary")
    except KeyError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    line = json.loads(capsys.readouterr().err)
    assert line["server"] == "Exception in ASGI application"
    assert (line["level"], line["error"]) == ("error", "KeyError")
    log.begin(Terms("/node", log_format="text"))
    logging.getLogger("uvicorn.error").info("Started\nhere")
    assert capsys.readouterr().err.endswith("info server=Started here\n")


def test_a_file_that_cannot_be_written(logging_here: None, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be written") as error:
        log.begin(Terms("/node", log=str(tmp_path / "none" / "log")))
    assert error.value.code == "unavailable.log"
