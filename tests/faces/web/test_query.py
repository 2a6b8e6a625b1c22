"""Answers over HTTP: five forms, one content, the receipt with each."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from doumen.faces.web.problems import Problem
from doumen.faces.web.query import MEDIA, chosen

Client = Callable[..., httpx2.Client]
ASK = "select id, name, phone, born from city.people order by id"
BIG = "select * from city.big"
HUGE = "select big.*, text || range as more from city.big, range(40)"
LONG = "select count(*) from range(200000) a, range(200000) b where a.range % 7 = b.range % 11"
ARROW = "application/vnd.apache.arrow.stream"


def ask(client: httpx2.Client, sql: str, media: str = "application/json", **more: Any) -> Any:
    return client.post("/v1/query", json={"sql": sql, **more}, headers={"Accept": media})


def held(data: bytes) -> tuple[pa.Table, dict[bytes, bytes]]:
    """All rows of an Arrow stream, and the metadata of its last batch."""
    reader = pa.ipc.open_stream(data)
    batches: list[pa.RecordBatch] = []
    last: dict[bytes, bytes] = {}
    while True:
        try:
            batch, found = reader.read_next_batch_with_custom_metadata()
        except StopIteration:
            return pa.Table.from_batches(batches, reader.schema), last
        last = dict(found or {})
        batches.append(batch)


def test_the_same_as_the_command_line(http: Client, world: Any) -> None:
    for actor, purpose in (("owner", ""), ("ana", "research"), ("ana", ""), ("aud", "")):
        told = world.told("query", actor, purpose, sql=ASK)
        body = ask(http(actor, purpose), ASK).json()
        if "error" in told:
            assert {k: body[k] for k in told["error"]} == told["error"]
        else:
            assert body.pop("receipt") != told.pop("receipt")
            assert body == told
    told = world.cli("query", ASK, actor="ana", purpose="research")
    assert told["rows"] == ask(http("ana", "research"), ASK).json()["rows"]
    assert told["rows"][0][2].startswith("138*")


def test_every_form_holds_the_same_and_its_receipt(http: Client) -> None:
    for sql, small in (
        (ASK, True),
        ("select 1 as id, 'a' as name where false", True),
        (BIG, False),
    ):
        receipts = set()
        rows = {}
        for media in MEDIA:
            response = ask(http(), sql, media)
            assert response.status_code == 200
            assert response.headers["content-type"] == media
            assert ("doumen-receipt" in response.headers) is small
            rows[media], receipt = read(media, response.content)
            if small:
                assert receipt in {None, response.headers["doumen-receipt"]}
            if receipt is not None:
                receipts.add(receipt)
        assert len(set(rows.values())) == 1, rows
        assert len(receipts) == 4
        for receipt in receipts:
            assert http().get("/v1/receipt/verify", params={"receipt": receipt}).status_code == 200


def read(media: str, data: bytes) -> tuple[int, str | None]:
    """Rows of an answer, and the receipt in it."""
    if media == "application/json":
        body = json.loads(data)
        return len(body["rows"]), body["receipt"]
    if media == "application/x-ndjson":
        head, *rows, last = map(json.loads, data.splitlines())
        assert "columns" in head
        return len(rows), last["receipt"]
    if media == "text/csv":
        return pyarrow.csv.read_csv(io.BytesIO(data)).num_rows, None
    if media == ARROW:
        table, last = held(data)
        return table.num_rows, last[b"doumen.receipt"].decode()
    file = pyarrow.parquet.ParquetFile(io.BytesIO(data))
    return file.metadata.num_rows, file.metadata.metadata[b"doumen.receipt"].decode()


def test_values_keep_their_types(http: Client) -> None:
    values = ["7", 7, 1.5, True, None, "null", "é'\";--"]
    sql = "select " + ", ".join("typeof(?)" for _ in values)
    told = ask(http(), sql, param=values).json()["rows"][0]
    assert told[0] == told[5] == told[6] == "VARCHAR"
    assert told[3] == "BOOLEAN"
    assert ask(http(), "select ? as a", param=[values[6]]).json()["rows"] == [[values[6]]]


def test_explain_and_into(http: Client) -> None:
    explained = ask(http("ana", "research"), ASK, explain=True).json()
    assert explained["statement"] == ASK
    made = ask(http("ana", "research"), ASK, into="ana.people")
    assert made.json()["dataset"] == "ana.people"
    refused = ask(http("reader"), ASK, into="city.copy")
    assert (refused.status_code, refused.json()["code"]) == (403, "refused.scope")


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/*", "text/csv"),
        ("text/html, text/csv;q=0.5, application/x-ndjson;q=0.9", "application/x-ndjson"),
        (f"application/json;q=0, {ARROW}", ARROW),
    ],
)
def test_the_form_that_is_preferred(accept: str, media: str) -> None:
    assert chosen(accept) == media


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "image/*"])
def test_a_form_that_there_is_not(accept: str) -> None:
    with pytest.raises(Problem) as problem:
        chosen(accept)
    assert problem.value.status == 406


def hang_up(url: str, token: str, sql: str, media: str, take: int) -> None:
    """Ask, take some bytes, and go away."""
    place = urlsplit(url)
    body = json.dumps({"sql": sql}).encode()
    head = (
        f"POST /v1/query HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        f"Accept: {media}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((place.hostname, place.port), timeout=30) as line:
        line.sendall(head.encode() + body)
        while take > 0:
            take -= len(line.recv(min(take, 65536)))
        if not take:
            time.sleep(0.5)


def events(world: Any, kind: str) -> list[Any]:
    sql = f"select data from sys.events where type = '{kind}' order by position"
    return [json.loads(row[0]) for row in world.told("query", sql=sql)["rows"]]


def test_who_hangs_up_ends_the_query(server: Any, world: Any) -> None:
    failed = len(events(world, "query.failed"))
    hang_up(server.url, world.tokens["owner"], LONG, "text/csv", 0)
    until = time.monotonic() + 10
    while len(events(world, "query.failed")) == failed and time.monotonic() < until:
        time.sleep(0.2)
    assert events(world, "query.failed")[-1]["code"] == "unavailable.abandoned"


def test_a_stream_that_broke_has_a_start_without_an_end(server: Any, world: Any) -> None:
    before = len(events(world, "query.started")), len(events(world, "query.ended"))
    hang_up(server.url, world.tokens["owner"], HUGE, ARROW, 200_000)
    time.sleep(1)
    after = len(events(world, "query.started")), len(events(world, "query.ended"))
    assert after == (before[0] + 1, before[1])


def test_a_slow_client_does_not_hold_others_up(server: Any, world: Any, http: Client) -> None:
    slow = threading.Thread(
        target=hang_up, args=(server.url, world.tokens["owner"], HUGE, ARROW, 1000)
    )
    slow.start()
    assert ask(http(), ASK).status_code == 200
    slow.join()


def test_two_answers_at_once_are_not_mixed(http: Client) -> None:
    found: dict[int, Any] = {}

    def one(n: int) -> None:
        sql = f"select id + {n}000000 as id from city.big order by id"
        found[n] = held(ask(http("ana"), sql, ARROW).content)[0]

    threads = [threading.Thread(target=one, args=(n,)) for n in range(1, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for n, table in found.items():
        assert table.num_rows == 120_000
        assert table["id"][0].as_py() == n * 1_000_000
        assert table["id"][-1].as_py() == n * 1_000_000 + 119_999
