"""Sources, schedules and alerts on pages."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Visitor = Callable[..., Any]


@pytest.fixture(scope="module")
def inbox(world: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is a source, with a schedule and an alert."""
    folder = tmp_path_factory.mktemp("inbox")
    (folder / "in").mkdir()
    (folder / "in" / "one.csv").write_text("a,b\n1,2\n")
    os.utime(folder / "in" / "one.csv", (1_700_000_000, 1_700_000_000))
    file = folder / "inbox.yaml"
    file.write_text("source: folder\npath: in\nstreams:\n  inbox.rows: {files: '*.csv'}\n")
    alert = folder / "alert.yaml"
    alert.write_text("webhook: {url: 'https://127.0.0.1:9/hook', secret: {env: HOOK}}\n")
    world.cli("source", "add", "inbox", str(file))
    world.cli("schedule", "add", "nightly", "source run inbox", "--cron", "0 2 1 1 *")
    world.cli("alert", "add", "oncall", str(alert))
    return folder


@pytest.mark.usefixtures("inbox")
def test_sources_are_listed_with_the_kinds(visitor: Visitor) -> None:
    here = visitor()
    told = here.twin("/sources")
    (found,) = told["sources"]
    assert (found["source"], found["kind"], found["streams"]) == ("inbox", "folder", 1)
    assert found["next"].startswith("20")
    assert {"postgresql", "s3", "folder"} <= {one["kind"] for one in told["kinds"]}
    page = here.get("/sources").text
    assert "doumen source add my_source postgresql.yaml" in page
    assert "inbox" in page
    assert here.get("/collect").text.count("/sources/inbox") == 1


@pytest.mark.usefixtures("inbox")
def test_a_source_is_paused_run_and_goes_on(visitor: Visitor, world: Any) -> None:
    here = visitor()
    told = here.twin("/sources/inbox")
    assert told["source"]["streams"][0]["read"] is None
    assert [one["schedule"] for one in told["schedules"]] == ["nightly"]
    job = here.post("/sources/inbox", "run", schedule="nightly").headers["location"]
    world.told("job wait", job=job.rpartition("/")[2], seconds=60)
    ran = here.twin("/sources/inbox")
    assert ran["source"]["streams"][0]["read"]["time"]
    assert [one["state"] for one in ran["runs"]] == ["done"]
    assert here.get("/d/inbox.rows").status_code == 200
    shown = here.twin(job)
    assert {"kind": "dataset", "name": "inbox.rows"} in shown["results"]
    assert {"name": "landed", "rows": 1} in shown["counts"]
    assert here.post("/sources/inbox", "pause").headers["location"] == "/sources/inbox"
    assert "is paused" in here.get("/sources/inbox").text
    assert world.told("source show", name="inbox")["paused"]
    here.post("/sources/inbox", "resume")
    assert not world.told("source show", name="inbox")["paused"]


@pytest.mark.usefixtures("inbox")
def test_a_schedule_is_paused_and_run(visitor: Visitor, world: Any) -> None:
    here = visitor()
    assert "0 2 1 1 *" in here.get("/schedules").text
    here.post("/schedules/nightly", "pause")
    assert here.twin("/schedules/nightly")["schedule"]["paused"]
    assert here.twin("/schedules")["schedules"][0]["next"] is None
    here.post("/schedules/nightly", "resume")
    assert world.told("schedule show", name="nightly")["next"]
    job = here.post("/schedules/nightly", "run").headers["location"].rpartition("/")[2]
    world.told("job wait", job=job, seconds=60)
    assert job in {one["job"] for one in here.twin("/schedules/nightly")["schedule"]["runs"]}
    assert here.get("/schedules/nightly").status_code == 200


@pytest.mark.usefixtures("inbox")
def test_an_alert_is_shown_and_forgotten(visitor: Visitor, world: Any) -> None:
    here = visitor()
    assert here.twin("/alerts/oncall")["alert"]["wrong"] == []
    page = here.get("/alerts/oncall").text
    assert "Nothing is wrong." in page
    assert "tells an address of the web" in page
    assert here.post("/alerts/oncall", "forget").headers["location"] == "/schedules"
    assert here.get("/alerts/oncall").status_code == 404


@pytest.mark.usefixtures("inbox")
def test_others_change_nothing_of_it(visitor: Visitor, world: Any) -> None:
    for name in ("ana", "sue", "aud"):
        here = visitor(name)
        for path in ("/sources", "/schedules"):
            assert here.get(path).status_code == 200
        for path, do in (
            ("/sources/inbox", "pause"), ("/sources/inbox", "remove"),
            ("/schedules/nightly", "run"), ("/schedules/nightly", "remove"),
        ):  # fmt: skip
            assert here.post(path, do).status_code in {403, 404}
    ana = visitor("ana")
    assert ana.twin("/sources")["sources"] == []
    assert ana.twin("/schedules")["schedules"] == []
    assert ana.get("/sources/inbox").status_code == 404
    assert not world.told("source show", name="inbox")["paused"]


@pytest.mark.usefixtures("inbox")
def test_in_the_end_it_is_forgotten(visitor: Visitor, world: Any) -> None:
    here = visitor()
    assert here.post("/sources/inbox", "remove").headers["location"] == "/sources"
    assert here.get("/sources/inbox").status_code == 404
    assert "No place is described yet" in here.get("/sources").text
    here.post("/schedules/nightly", "remove")
    assert "Nothing is done by itself yet." in here.get("/schedules").text
