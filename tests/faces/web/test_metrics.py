"""Figures for Prometheus: read by its own parser, and adding up over processes."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.served import Server

import doumen
from doumen.faces.web.serve import serve
from doumen.model.errors import Invalid
from doumen.operations import by_name

_AT = re.compile(r"Metrics are told at (http\S+/metrics)")
Figures = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def figures(server: Server) -> Figures:
    """All that is told: name and labels → value."""
    place = next(found[1] for line in server.log if (found := _AT.search(line)))
    told = httpx2.get(place)
    assert told.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(told.text)
        for sample in family.samples
    }


def total(told: Figures, name: str, **labels: str) -> float:
    """The sum of all samples of a name with these labels."""
    wanted = set(labels.items())
    return sum(v for (n, own), v in told.items() if n == name and wanted <= set(own))


@pytest.fixture(scope="module")
def counted(start: Callable[..., Server]) -> Server:
    """A service of two processes that is counted."""
    return start("--workers", "2", "--rate", "10000", "--metrics", "0")


def test_what_was_asked_adds_up(counted: Server, world: Any) -> None:
    before = figures(counted)
    rows = 0
    for _ in range(6):  # a connection each, so that both processes have some
        with doumen.connect(counted.url, world.tokens["ana"], purpose="research") as node:
            rows += len(node.query("select id from city.people").rows())
        httpx2.get(f"{counted.url}/health/live")
        headers = {"Authorization": f"Bearer {world.tokens['ana']}"}
        body = {"sql": "select secret from city.people"}
        httpx2.post(f"{counted.url}/v1/query", json=body, headers=headers)
        httpx2.post(f"{counted.url}/v1/query", json=body)
        httpx2.get(f"{counted.url}/no/such/place")
    after = figures(counted)

    def grown(name: str, **labels: str) -> float:
        return total(after, name, **labels) - total(before, name, **labels)

    assert grown("doumen_requests_total", operation="query", status="200") == 6
    assert grown("doumen_requests_total", operation="query", status="401") == 6
    assert grown("doumen_requests_total", operation="none") == 12
    assert grown("doumen_requests_total") == 30
    assert grown("doumen_request_seconds_count", operation="query") == 18
    assert grown("doumen_request_seconds_bucket", operation="query", le="+Inf") == 18
    assert grown("doumen_answer_rows_total") == rows > 0
    assert grown("doumen_answer_bytes_total", operation="query") > 1000
    assert grown("doumen_problems_total", code="refused.token") == 6
    assert grown("doumen_problems_total", code="not-found.route") == 6
    assert total(after, "doumen_jobs_running") == total(after, "doumen_jobs_waiting") == 0


def test_rows_that_are_brought_in(counted: Server, world: Any, tmp_path: Any) -> None:
    path = tmp_path / "brought.csv"
    path.write_text("id,n\n" + "".join(f"{n},{n}\n" for n in range(500)) + "500,x\n")
    before = figures(counted)
    with doumen.connect(counted.url, world.tokens["owner"]) as node:
        node.do("collect", path=path, as_dataset="city.brought")
    after = figures(counted)
    for fate, rows in (("landed", 500), ("quarantined", 1)):
        name = "doumen_collected_rows_total"
        assert total(after, name, fate=fate) - total(before, name, fate=fate) == rows


def test_how_the_node_is(counted: Server, world: Any) -> None:
    until = time.monotonic() + 15
    while not total(figures(counted), "doumen_ledger_entries") and time.monotonic() < until:
        time.sleep(0.2)
    told = figures(counted)
    assert total(told, "doumen_ledger_entries") > 5
    assert total(told, "doumen_store_up") == 1
    assert 0 < total(told, "doumen_store_seconds") < 5
    assert total(told, "doumen_engine_workers") >= 2
    assert total(told, "doumen_build_info", version="0.1.0") == 1


def test_no_label_is_of_anyones_choice(counted: Server, world: Any) -> None:
    headers = {"Authorization": f"Bearer {world.tokens['ana']}"}
    for place in ("/v1/chosen", "/chosen", "/v1/problems/chosen"):
        httpx2.request("CHOSEN", counted.url + place, headers=headers)
        httpx2.post(counted.url + place, headers=headers, json={"chosen": "chosen"})
    told = figures(counted)
    labels = {label for _, own in told for label in own}
    assert {name for name, _ in labels} == {
        "operation", "status", "code", "fate", "le", "version",
    }  # fmt: skip
    assert {value for name, value in labels if name == "operation"} <= {*by_name(), "none"}
    assert not [value for _, value in labels if "chosen" in value or value in {"ana", "owner"}]


def test_what_a_dead_process_had_running_is_not_told(counted: Server) -> None:
    before = figures(counted)
    import psutil

    processes = [
        child
        for child in psutil.Process(counted.process.pid).children()
        if "spawn_main" in " ".join(child.cmdline())
    ]
    os.kill(processes[0].pid, signal.SIGKILL)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            httpx2.get(f"{counted.url}/health/ready", timeout=5)
        except httpx2.HTTPError:
            continue
        if total(figures(counted), "doumen_store_up") == 1:
            break
    after = figures(counted)
    assert total(after, "doumen_requests_total") >= total(before, "doumen_requests_total")
    assert total(after, "doumen_build_info") == 1


def test_a_place_that_others_reach_is_refused(world: Any) -> None:
    for wrong in ("all", "0.0.0.0:9470", "1:2:x", "70000"):
        with pytest.raises(Invalid, match="cannot start") as error:
            serve(world.folder, metrics=wrong)
        assert "--metrics" in (error.value.why or "")


def test_nothing_is_told_on_the_public_port(counted: Server) -> None:
    assert httpx2.get(f"{counted.url}/metrics").status_code == 404
