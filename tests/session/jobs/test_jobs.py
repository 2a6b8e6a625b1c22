"""Jobs: queued by those who may, seen by those who may, done once, whatever dies when."""

from __future__ import annotations

import errno
import json
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.queued import asked, state, work

from doumen.faces.cli import app
from doumen.gate import jobs as gate_jobs
from doumen.model.errors import (
    Conflict,
    DoumenError,
    Invalid,
    NotFound,
    OverBudget,
    Unavailable,
)
from doumen.model.files import Upload
from doumen.session import Node
from doumen.session import worker as module
from doumen.session.node import now


def test_a_job_is_done_as_its_actor(node: Node) -> None:
    job, name = asked(node)
    assert node.session().desk.facts().dataset(doumen_ref(name)) is None
    assert [line["event"] for line in work(node)] == ["job.begun", "job.done"]
    told = node.session().do("job show", job=job).json
    assert (told["state"], told["exit"], told["attempt"]) == ("done", 0, 1)
    assert told["outcome"]["dataset"] == name
    assert told["receipt"] == told["outcome"]["receipt"]
    assert node.session().do("receipt verify", receipt=told["receipt"]).exit == 0
    assert node.session().query(f"select count(*) from {name}").rows() == [(10,)]


def doumen_ref(name: str) -> Any:
    from doumen.model.ref import Ref

    return Ref.parse(name)


def test_what_the_gate_refuses_fails_as_it_would_at_once(node: Node) -> None:
    told = node.session("bob").submit("query", sql="select n from t.base", into="bob.x").json
    work(node)
    shown = node.session("bob").do("job show", job=told["job"]).json
    with pytest.raises(DoumenError) as caught:
        node.session("bob").do("query", sql="select n from t.base", into="bob.x")
    assert shown["state"] == "failed"
    assert shown["error"] == caught.value.as_json()
    assert shown["exit"] == caught.value.exit


def test_rights_are_those_of_the_moment_it_is_done(node: Node) -> None:
    node.session().do("actor add", name="gone")
    told = node.session("gone").submit("query", sql="select 1 as n", into="gone.x").json
    node.session().do("actor remove", name="gone")
    work(node)
    shown = node.session().do("job show", job=told["job"]).json
    assert shown["state"] == "failed"


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_a_token_that_lets_nobody_in_any_more_does_no_job(
    node: Node, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = node.session().do("token add", actor="owner", scope=("write",), days=1).json["id"]
    job, name = asked(node, token=token)
    if how == "revoked":
        node.session().do("token revoke", id=token)
    else:
        monkeypatch.setattr(module, "now", lambda: now() + timedelta(days=2))
    work(node)
    shown = node.session().do("job show", job=job).json
    assert shown["error"]["code"] == "refused.token"
    assert node.session().desk.facts().dataset(doumen_ref(name)) is None
    valid, _ = asked(node, token=node.session().do("token add", actor="owner").json["id"])
    monkeypatch.undo()
    work(node)
    assert state(node, valid) == "done"


def test_who_may_know_which_jobs(node: Node) -> None:
    mine, _ = asked(node)
    told = node.session("ana").submit("query", sql="select 42 as n", into="ana.x").json["job"]
    assert node.session("ana").do("job show", job=told).json["inputs"]["sql"] == "select 42 as n"
    seen = node.session("sue").do("job show", job=told).json
    assert (seen["actor"], seen["inputs"]) == ("ana", {})
    listed = {j["job"] for j in node.session("sue").do("job list").json["jobs"]}
    assert {mine, told} <= listed
    assert {j["actor"] for j in node.session("ana").do("job list").json["jobs"]} == {"ana"}
    for other in ("no-such-job", mine):
        with pytest.raises(NotFound) as caught:
            node.session("ana").do("job show", job=other)
        assert caught.value.what == f"There is no job `{other}`."
        for verb in ("job cancel", "job retry"):
            more = {"reason": "x"}
            with pytest.raises(NotFound):
                node.session("ana").do(verb, job=other, **more)
    with pytest.raises(NotFound):
        node.session("sue").do("job cancel", job=told)
    assert node.session().do("job cancel", job=told).json["state"] == "cancelled"


def test_what_is_not_queued_is_told(node: Node) -> None:
    with pytest.raises(Invalid, match="not queued"):
        node.session().submit("describe", dataset="t.base")
    with pytest.raises(Invalid, match="needs `into`"):
        node.session().submit("query", sql="select 1")
    with pytest.raises(Invalid, match="takes no `examples`"):
        node.session().submit("contract test", dataset="t.base", examples=3)
    with pytest.raises(Invalid, match="no such state"):
        node.session().do("job list", state=("nowhere",))


def test_a_queue_is_not_filled_without_end(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_jobs, "MOST", 2)
    for _ in range(2):
        node.session("ana").submit("query", sql="select 1 as n", into="ana.y")
    with pytest.raises(OverBudget, match="wait already"):
        node.session("ana").submit("query", sql="select 1 as n", into="ana.y")
    asked(node)  # others may


def test_a_job_that_waits_is_cancelled_at_once(node: Node) -> None:
    job, _ = asked(node)
    told = node.session().do("job cancel", job=job, reason="a mistake")
    assert (told.json["state"], told.json["reason"]) == ("cancelled", "a mistake")
    assert work(node) == []
    with pytest.raises(Conflict, match="is over"):
        node.session().do("job cancel", job=job)


def test_what_failed_is_done_again_for_a_reason(node: Node, tmp_path: Path) -> None:
    missing = tmp_path / "later.csv"
    told = node.session().submit("collect", path=missing, as_dataset="t.later").json["job"]
    with pytest.raises(Conflict, match="not there to be done again"):
        node.session().do("job retry", job=told, reason="x")
    work(node)
    shown = node.session().do("job show", job=told).json
    assert (shown["state"], shown["error"]["code"]) == ("failed", "not-found.file")
    missing.write_text("a\n1\n")
    again = node.session().do("job retry", job=told, reason="the file has come").json
    assert (again["retry_of"], again["reason"]) == (told, "the file has come")
    work(node)
    done = node.session().do("job wait", job=again["job"])
    assert (done.exit, done.json["outcome"]["landed"]) == (0, 1)
    assert node.session().do("job wait", job=told).exit == 3


def test_a_wait_has_an_end(node: Node) -> None:
    job, _ = asked(node)
    with pytest.raises(OverBudget, match="not over after 1 seconds: queued"):
        node.session().do("job wait", job=job, seconds=1)


def sent(folder: Path, text: str) -> Upload:
    """A file as a face keeps what was sent."""
    folder.mkdir()
    path = Upload(folder / "people.csv")
    path.write_text(text)
    return path


def test_a_file_that_was_sent_is_kept_until_it_is_in(
    node: Node, made: Path, tmp_path: Path
) -> None:
    path = sent(tmp_path / "one", "a,b\n1,2\n")
    told = node.session().submit("collect", path=path, as_dataset="t.sent").json
    assert told["inputs"]["path"] == "people.csv"
    assert not path.exists()
    work(node)
    shown = node.session().do("job show", job=told["job"]).json
    assert shown["outcome"]["landed"] == 1
    assert not (made / "spool" / told["job"]).exists()
    assert node.session().desk.facts().body("source", "t.sent#" + source_of(node)) is not None


def source_of(node: Node) -> str:
    """Digest of the one file of `t.sent`, which is known by the name that was sent."""
    key, body = next(
        (k, b) for k, b in node.session().desk.facts().all("source") if k.startswith("t.sent#")
    )
    assert body["path"] == "people.csv"
    return key.partition("#")[2]


def test_a_file_that_was_sent_is_there_for_another_try(
    node: Node, made: Path, tmp_path: Path
) -> None:
    path = sent(tmp_path / "one", '{"broken')
    told = (
        node.session()
        .submit("collect", path=path, as_dataset="t.broken", json_path="$.x")
        .json["job"]
    )
    work(node)
    shown = node.session().do("job show", job=told).json
    assert shown["state"] == "failed"
    assert str(made) not in json.dumps(shown)
    again = node.session().do("job retry", job=told, reason="once more").json["job"]
    node.spool.remove(told)
    work(node)
    error = node.session().do("job show", job=again).json["error"]
    assert error["code"] == "conflict.upload"


def test_without_room_nothing_is_kept_or_queued(
    node: Node, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = [*(made / "spool").glob("*")]
    monkeypatch.setattr("doumen.session.spool.shutil.move", full)
    path = sent(tmp_path / "one", "a,b\n1,2\n")
    with pytest.raises(Unavailable) as caught:
        node.session().submit("collect", path=path, as_dataset="t.roomless")
    assert caught.value.code == "unavailable.disk"
    assert [*(made / "spool").glob("*")] == before
    assert not node.means.queue.all(states=("queued",))


def test_what_no_job_has_is_swept(node: Node, made: Path) -> None:
    lost = made / "spool" / "01LOST"
    lost.mkdir(parents=True)
    work(node)
    assert lost.exists()
    long_ago = time.time() - 2 * 24 * 3600
    os.utime(lost, (long_ago, long_ago))
    work(node)
    assert not lost.exists()


def test_a_job_is_forgotten_in_time(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    job, _ = asked(node)
    node.session().do("job cancel", job=job)
    monkeypatch.setattr(module, "now", lambda: now() + timedelta(days=31))
    work(node)
    with pytest.raises(NotFound):
        node.session().do("job show", job=job)


def test_by_the_command_line(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], node: Node
) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n2\n")
    line = ["--node", str(made), "--json"]
    path = str(tmp_path / "a.csv")
    assert app.main([*line, "collect", path, "--as-dataset", "t.cli", "--detach"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["operation"]) == ("queued", "collect")
    assert app.main([*line, "worker", "--until-idle"]) == 0
    assert json.loads(capsys.readouterr().out)["done"] >= 1
    assert app.main([*line, "job", "wait", told["job"]]) == 0
    assert json.loads(capsys.readouterr().out)["outcome"]["landed"] == 2
    assert app.main([*line, "--detach", "doctor"]) == 2
    assert "not queued" in capsys.readouterr().err
    assert app.main([*line, "worker", "--jobs", "0"]) == 2
