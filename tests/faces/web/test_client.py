"""The client over a real service: the shape, the values and the errors of the local session."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.client import Remote
from doumen.model.errors import Conflict, DoumenError, Invalid, NotFound, Refused, Unavailable
from doumen.model.plan import Scalar

Connect = Callable[..., Remote]
ASK = "select id, phone, born, id::hugeint as huge from city.people order by id"


@pytest.fixture
def connect(server: Any, world: Any) -> Iterator[Connect]:
    opened: list[Remote] = []

    def connecting(
        name: str = "owner", purpose: str | None = None, lang: str | None = None
    ) -> Remote:
        token = world.tokens[name]
        opened.append(doumen.connect(server.url, token, purpose=purpose, lang=lang))
        return opened[-1]

    yield connecting
    for one in opened:
        one.close()


@pytest.mark.parametrize(("actor", "purpose"), [("owner", None), ("ana", "research")])
def test_an_answer_is_that_of_the_session(
    connect: Connect, world: Any, actor: str, purpose: str | None
) -> None:
    there, here = connect(actor, purpose), world.node.session(actor, purpose)
    remote, local = there.query(ASK), here.query(ASK)
    assert remote.schema == local.schema
    assert remote.arrow().equals(local.arrow())
    assert remote.truncated is local.truncated
    assert remote.expires == local.expires
    assert remote.notices == local.notices
    assert there.query(ASK).rows() == here.query(ASK).rows()
    assert there.query(ASK).df().equals(here.query(ASK).df())
    assert there.do("receipt verify", receipt=remote.receipt).json["holds"] is True
    empty = there.query("select 1 as a where false")
    assert (empty.rows(), empty.schema.names) == ([], ("a",))
    assert empty.receipt


def test_parameters_keep_their_types(connect: Connect) -> None:
    values: list[Scalar] = ["7", 7, 2.5, None, True, "null"]
    asked = ", ".join(["?"] * len(values))
    assert connect().query(f"select {asked}", values).rows() == [tuple(values)]
    for value in (datetime(2026, 1, 1), float("nan"), float("inf")):
        with pytest.raises(Invalid, match="cannot be sent"):
            connect().query("select ?", [value])


def test_a_moment_goes_with_the_question(connect: Connect) -> None:
    there = connect()
    now = datetime.now(UTC)
    for as_of in (1, now, now.replace(tzinfo=None)):
        assert there.query("select count(*) > 0 from city.people", as_of=as_of).rows() == [(True,)]
    with pytest.raises(NotFound, match="no version at 2001-01-01"):
        there.query("select count(*) from city.people", as_of=datetime(2001, 1, 1))


def test_a_large_answer_comes_batch_by_batch(connect: Connect) -> None:
    answer = connect("ana").query("select * from city.big, range(5)")
    batches = answer.batches()
    first = next(batches)
    assert first.num_rows < 600_000
    with pytest.raises(Unavailable, match="not been read"):
        _ = answer.receipt
    assert first.num_rows + sum(batch.num_rows for batch in batches) == 600_000
    assert len(answer.receipt) == 26


def test_errors_are_those_of_the_node(connect: Connect, server: Any, world: Any) -> None:
    for sql in ("select", "select * from city.nothing", "select phone from city.people"):
        with pytest.raises(DoumenError) as here:
            world.node.session("ana").query(sql)
        with pytest.raises(type(here.value)) as there:
            connect("ana").query(sql)
        assert there.value.as_json() == here.value.as_json()
    with (
        doumen.connect(server.url, "x") as nobody,
        pytest.raises(Refused, match="no token that lets"),
    ):
        nobody.query("select 1")
    with pytest.raises(NotFound):
        connect().do("describe", dataset="city.nothing")
    with pytest.raises(TypeError, match="no parameter nothing"):
        connect().do("describe", nothing=1)
    with pytest.raises(Invalid):
        connect().do("no such operation")
    for words in ("key rotate", "attach"):
        with pytest.raises(Refused, match="machine of the node") as local:
            connect().do(words)
        assert local.value.code == "refused.local"


def test_files_are_sent(connect: Connect, tmp_path: Path) -> None:
    path = tmp_path / "boats.csv"
    path.write_text("id,name\n1,Ark\n2,Argo\n", "utf-8")
    made = connect().do("collect", path=path, as_dataset="city.boats", replace=True)
    assert made.json["landed"] == 2
    path.write_text("id,name\n1,Ark\n3,Eva\n", "utf-8")
    with pytest.raises(Conflict, match=r"`boats\.csv`"):
        connect().do("collect", path=str(path), as_dataset="city.boats")
    listed = connect().do("label set", target="city.boats", label="open")
    assert listed.json["labels"] == ["open"]


def test_a_token_is_not_shown(connect: Connect, world: Any) -> None:
    assert world.tokens["owner"] not in repr(vars(connect()))


def test_nobody_there() -> None:
    with (
        doumen.connect("http://127.0.0.1:9", "x") as client,
        pytest.raises(Unavailable) as error,
    ):
        client.query("select 1")
    assert error.value.code == "unavailable.connection"


class _Other(BaseHTTPRequestHandler):
    """A server of something else: a page where a problem should be, half an answer."""

    def do_POST(self) -> None:
        self.send_response(502 if "describe" in self.path else 200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"x" * (100 if "describe" in self.path else 10))

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def test_something_else_there() -> None:
    with HTTPServer(("127.0.0.1", 0), _Other) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        with doumen.connect(f"http://127.0.0.1:{other.server_port}", "x") as client:
            with pytest.raises(Unavailable, match="no service of Doumen"):
                client.do("describe", dataset="a.b")
            with pytest.raises(Unavailable, match="stopped in the middle"):
                client.query("select 1")
        other.shutdown()
        thread.join()


def test_errors_come_in_the_language_that_is_asked_for(connect: Connect) -> None:
    with pytest.raises(NotFound) as english:
        connect().do("describe", dataset="no.such")
    with pytest.raises(NotFound) as chinese:
        connect(lang="zh").do("describe", dataset="no.such")
    assert english.value.what == "There is no dataset `no.such`."
    assert chinese.value.what == "没有数据集 `no.such`。"
    assert chinese.value.code == english.value.code


def test_what_the_engine_complains_of_comes_in_that_language_too(connect: Connect) -> None:
    with pytest.raises(DoumenError) as error:
        connect(lang="zh-CN").query("select cast(name as int) from city.people").rows()
    assert error.value.what.startswith("有值无法转换为所要求的类型（第 1 行第")
