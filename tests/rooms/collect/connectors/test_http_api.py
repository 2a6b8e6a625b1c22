"""Interfaces that are described, not coded: pages of every kind, formats, marks, and their ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.rooms.collect.web.serving import Asked, Reply, Web

from doumen.model.errors import DoumenError, Faulty, Invalid, NotFound, Refused, Unavailable
from doumen.rooms.collect.connectors import SHELF, Mark
from doumen.rooms.collect.connectors.http_api_reads import Since
from doumen.rooms.collect.connectors.http_api_session import since
from doumen.rooms.collect.jsontext import written
from doumen.rooms.collect.web import manners

ROWS = [{"id": n, "x": f"r{n}"} for n in range(1, 24)]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manners, "FIRST", 0.001)


def read(web: Web, after: Mark | None = None, path: str = "rows", **reads: Any) -> list[Any]:
    """Records of an interface, as JSON."""
    kind = SHELF["http_api"]
    assert kind.reads is not None
    checked = kind.reads.model_validate(reads).model_dump(mode="json", exclude_none=True)
    with kind.connector({"base": f"{web.url}/v1"}, {}).open() as opened:
        assert opened.there() == ()
        return [one for page in opened.read(path, checked, after) for one in page]


def ids(found: list[Any]) -> list[int]:
    return [int(one["id"]) for one in found]


ALL = [one["id"] for one in ROWS]


def paged(web: Web, body: Callable[[Asked, list[Any], int], Any], size: int = 5) -> None:
    """Pages of rows by `offset`, at most so many in each, whatever is asked for."""

    def reply(asked: Asked) -> Reply:
        start = int(asked.one("offset", "0"))
        made = body(asked, ROWS[start : start + size], start)
        return made if isinstance(made, Reply) else Reply(made)

    web.replies["/v1/rows"] = reply


def test_one_answer_without_pages(web: Web) -> None:
    web.give("/v1/rows", b'{"data":{"items":[{"id":1.10},{"id":12345678901234567890}]},"x":NaN}')
    assert written(read(web, records="$.data.items[*]")) == (
        '[{"id":1.10},{"id":12345678901234567890}]'
    )
    web.give("/v1/rows", {"id": 1}, {"data": None}, Reply(b"", 204))
    assert ids(read(web)) == [1]
    assert read(web, records="$.data") == []
    assert read(web) == []


def test_pages_by_offset(web: Web) -> None:
    paged(web, lambda asked, rows, start: rows)
    assert ids(read(web, paging={"offset": "offset", "limit": "limit", "size": 100})) == ALL
    assert [one.query for one in web.asked[:2]] == [
        {"limit": ["100"], "offset": ["0"]}, {"limit": ["100"], "offset": ["5"]},
    ]  # fmt: skip
    assert len(web.asked) == 6  # an empty one is the last: a short one might not be
    web.asked.clear()
    found = read(web, paging={"offset": "offset", "limit": "limit", "size": 5, "ends": "short"})
    assert (ids(found), len(web.asked)) == (ALL, 5)


def test_pages_that_tell_their_end(web: Web) -> None:
    paged(web, lambda asked, rows, start: {
        "rows": rows, "total": len(ROWS), "more": start + 5 < len(ROWS)
    })  # fmt: skip
    for told in ({"total": "$.total"}, {"more": "more"}):
        web.asked.clear()
        found = read(web, records="rows", paging={"offset": "offset", **told})
        assert (ids(found), len(web.asked)) == (ALL, 5)
    with pytest.raises(Faulty) as caught:
        read(web, records="rows", paging={"offset": "offset", "total": "$.more"})
    assert "no number" in str(caught.value.why)


def test_pages_by_number(web: Web) -> None:
    def page(asked: Asked) -> Reply:
        start = (int(asked.one("page")) - 1) * 5
        return Reply({"items": ROWS[start : start + 5]}) if start < 25 else Reply(status=404)

    web.replies["/v1/rows"] = page
    assert ids(read(web, records="items", paging={"page": "page"})) == ALL
    assert ids(read(web, records="items", paging={"page": "page", "first": 2})) == ALL[5:]
    with pytest.raises(NotFound):
        read(web, records="items", paging={"page": "page", "first": 9})


def test_later_pages_may_leave_out_what_is_empty(web: Web) -> None:
    paged(web, lambda asked, rows, start: {"items": rows} if rows else {"kind": "rows"})
    assert ids(read(web, records="items", paging={"offset": "offset"})) == ALL
    web.give("/v1/rows", {"kind": "rows"})
    with pytest.raises(Faulty) as caught:
        read(web, records="items", paging={"offset": "offset"})
    assert "`items`" in str(caught.value.why)


def test_pages_by_a_value_of_the_answer(web: Web) -> None:
    def page(asked: Asked) -> Reply:
        start = int(asked.one("after", "0"))
        end = start + 5
        told = {"next": end} if end < len(ROWS) else {"next": None} if start % 2 else {}
        return Reply({"items": ROWS[start:end], **told})

    web.replies["/v1/rows"] = page
    by = {"param": "after", "at": "$.next"}
    assert ids(read(web, records="items", paging={"cursor": by})) == ALL
    by = {"param": "after", "of": "id"}
    assert ids(read(web, records="items", paging={"cursor": by})) == ALL
    assert [one.one("after") for one in web.asked[-2:]] == ["20", "23"]
    web.give("/v1/rows", [{"x": 1}])
    with pytest.raises(Faulty) as caught:
        read(web, paging={"cursor": by})
    assert "`id`" in str(caught.value.why)
    web.give("/v1/rows", {"items": ROWS[:1], "next": [1]})
    with pytest.raises(Faulty):
        read(web, records="items", paging={"cursor": {"param": "after", "at": "next"}})


def linking(web: Web, target: Callable[[int], str]) -> None:
    """Pages that tell the next one's address in head and body."""

    def body(asked: Asked, rows: list[Any], start: int) -> Reply:
        if start + 5 >= len(ROWS):
            return Reply({"items": rows, "next": ""})
        to = target(start + 5)
        link = [f'<{to}>; rel="next", </v1/rows>; rel=first', "<x>; rel=last"]
        return Reply({"items": rows, "next": to}, headers={"Link": link})

    paged(web, body)


@pytest.mark.parametrize("paging", [{"link": "next"}, {"next": "$.next"}])
def test_pages_by_address(web: Web, paging: Any) -> None:
    for target in (
        lambda n: f"{web.url}/v1/rows?offset={n}&p=%C3%A4", lambda n: f"?offset={n}",
        lambda n: f"http://127.0.0.1/v1/rows?offset={n}",
    ):  # fmt: skip
        web.asked.clear()
        linking(web, target)
        found = read(web, records="items", params={"q": "1"}, paging=paging)
        assert (ids(found), len(web.asked)) == (ALL, 5)
        assert "q" in web.asked[0].query
        assert "q" not in web.asked[1].query
    for astray in ("https://evil.example.org/x", "http://127.0.0.1:1/v1/rows", "http://127.0.0.2/"):
        linking(web, lambda n, to=astray: to)  # type: ignore[misc]
        with pytest.raises(Refused):
            read(web, records="items", paging=paging)
    linking(web, lambda n: "ftp://x")
    with pytest.raises(Faulty):
        read(web, records="items", paging=paging)


def test_an_address_that_is_no_text(web: Web) -> None:
    web.give("/v1/rows", {"next": 5})
    with pytest.raises(Faulty):
        read(web, paging={"next": "next"})


@pytest.mark.parametrize(
    "paging",
    [
        {"offset": "offset"}, {"page": "n"}, {"next": "$.next"}, {"link": "next"},
        {"cursor": {"param": "c", "at": "$.c"}}, {"cursor": {"param": "c", "of": "$.id"}},
    ],
)  # fmt: skip
def test_what_repeats_itself_has_an_end(web: Web, paging: Any) -> None:
    answer = {"items": ROWS[:5], "next": "/v1/rows?x=1", "c": "same"}
    web.give("/v1/rows", Reply(answer, headers={"Link": "</v1/rows?x=1>; rel=next"}))
    with pytest.raises(Faulty) as caught:
        read(web, records="items", paging=paging)
    assert "comes again" in str(caught.value.why)
    assert len(web.asked) <= 3


def test_pages_are_counted(web: Web) -> None:
    paged(web, lambda asked, rows, start: rows)
    with pytest.raises(Faulty) as caught:
        read(web, pages=3, paging={"offset": "offset"})
    assert "3 pages" in str(caught.value.why)
    assert len(ids(read(web, pages=6, paging={"offset": "offset"}))) == len(ALL)


def test_questions_by_post(web: Web) -> None:
    import json

    def page(asked: Asked) -> Reply:
        body = json.loads(asked.body)
        assert asked.headers["Content-Type"] == "application/json"
        assert (asked.method, body["q"]) == ("POST", {"名": "x", "since": "2024-01-01T00:00:00Z"})
        start = body["page"]["from"]
        return Reply(ROWS[start : start + 10])

    web.replies["/v1/rows"] = page
    found = read(
        web, datetime(2024, 1, 1, tzinfo=UTC), method="POST", body={"q": {"名": "x"}},
        paging={"offset": "page.from", "limit": "page.size", "size": 10, "put": "body"},
        since={"param": "q.since", "put": "body"},
    )  # fmt: skip
    assert ids(found) == ALL
    web.give("/v1/rows", ROWS)
    read(web, method="POST")
    assert web.asked[-1].body == b"{}"


def test_parameters_and_the_mark(web: Web) -> None:
    web.give("/v1/rows", [])
    params = {"tag": ["a", "b&"], "on": True, "n": 1.5, "from": "2020"}
    told = {"param": "from", "form": "date"}
    read(web, path="rows?fixed=1", params=params, since=told)
    assert web.asked[-1].query == {
        "fixed": ["1"], "tag": ["a", "b&"], "on": ["true"], "n": ["1.5"], "from": ["2020"]
    }  # fmt: skip
    read(web, date(2024, 2, 29), params=params, since=told)
    assert web.asked[-1].query["from"] == ["2024-02-29"]


NOON = datetime(2024, 2, 29, 12, 0, 0, 999_999)


@pytest.mark.parametrize(
    ("form", "mark", "told"),
    [
        ("iso", NOON.replace(tzinfo=UTC), "2024-02-29T12:00:00.999999Z"),
        ("iso", NOON, "2024-02-29T12:00:00.999999"),
        ("iso", date(2024, 2, 29), "2024-02-29"),
        ("date", NOON, "2024-02-29"),
        ("epoch", NOON.replace(tzinfo=UTC), 1709208000),
        ("epoch_ms", NOON, 1709208000999),
        ("epoch", date(1969, 12, 31), -86400),
        ("%d.%m.%Y %H:%M", NOON, "29.02.2024 12:00"),
        ("%Y", date(2024, 2, 29), "2024"),
        ("iso", 7, 7),
        ("epoch", Decimal("1.50"), "1.50"),
        ("iso", Decimal("1E+3"), "1000"),
        ("iso", "text", "text"),
    ],
)
def test_forms_of_the_mark(form: str, mark: Mark, told: str | int) -> None:
    assert since(Since(param="p", form=form), mark) == told


def test_other_formats(web: Web) -> None:
    web.give("/v1/rows", b'{"id":1}\n{"id":2}\nbroken\n')
    assert [written(one) for one in read(web, format="ndjson")] == [
        '{"id":1}',
        '{"id":2}',
        "broken",
    ]
    web.give("/v1/rows", b"id;x\n1;a\n2;\n")
    assert written(read(web, format="csv", delimiter=";")) == '[{"id":1,"x":"a"},{"id":2,"x":null}]'
    web.give("/v1/rows", b"<a><b><id>1</id></b><b><id>2</id></b></a>")
    assert ids(read(web, format="xml", records="a/b")) == [1, 2]
    assert web.asked[-1].headers["Accept"] == "application/xml, text/xml"


def test_long_answers_come_in_chunks(web: Web) -> None:
    web.give("/v1/rows", Reply(b"".join(b'{"id":%d}\n' % n for n in range(2500)), packed=True))
    assert len(read(web, format="ndjson")) == 2500


def test_what_may_be_cut_is_not_taken(web: Web) -> None:
    for format in ("ndjson", "csv"):
        web.give("/v1/rows", Reply(b"a\n1\n", framed=False))
        with pytest.raises(Faulty) as caught:
            read(web, format=format)
        assert "a cut is not seen" in str(caught.value.why)
    web.give("/v1/rows", Reply(ROWS, framed=False))
    assert ids(read(web)) == ALL
    web.give("/v1/rows", Reply(ROWS, framed=False, cut=100))
    with pytest.raises(Faulty):
        read(web)


def test_what_breaks_is_asked_for_again(web: Web) -> None:
    content = b"".join(b"%d,r\n" % n for n in range(1, 9000))
    web.give(
        "/v1/rows", Reply(status=503), Reply(b"id,x\n" + content, cut=60_000),
        Reply(b"id,x\n" + content),
    )  # fmt: skip
    assert ids(read(web, format="csv")) == list(range(1, 9000))
    web.give("/v1/rows", Reply(status=502))
    with pytest.raises(Unavailable):
        read(web)


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"<html>", Faulty), (b"", Faulty), (b"[1", Faulty), (b'"text"', Faulty), (b"7", Faulty)],
)
def test_answers_that_are_none(web: Web, body: bytes, kind: type[DoumenError]) -> None:
    web.give("/v1/rows", body)
    with pytest.raises(kind):
        read(web)


def test_paths_stay_below_the_base(web: Web) -> None:
    with pytest.raises(Invalid):
        read(web, path="../admin")
    with pytest.raises(NotFound):
        read(web, path="nowhere")


def faults(**reads: Any) -> str:
    from pydantic import ValidationError

    model = SHELF["http_api"].reads
    assert model is not None
    with pytest.raises(ValidationError) as caught:
        model.model_validate(reads)
    return str(caught.value)


def test_streams_that_do_not_go_together() -> None:
    cases: Iterator[dict[str, Any]] = iter([
        {"paging": {}}, {"paging": {"offset": "o", "page": "p"}},
        {"paging": {"link": "n", "first": 1}},
        {"paging": {"offset": "o", "limit": "l"}}, {"paging": {"offset": "o", "ends": "short"}},
        {"paging": {"cursor": {"param": "p"}}}, {"paging": {"next": "$..x"}},
        {"records": "$[?@.a]"},
        {"format": "xml"}, {"format": "csv", "records": "a"}, {"delimiter": ";"},
        {"encoding": "utf-8"}, {"format": "csv", "encoding": "rot13"}, {"body": {}},
        {"format": "csv", "paging": {"next": "n"}}, {"since": {"param": "s", "put": "body"}},
        {"paging": {"offset": "o", "put": "body"}}, {"since": {"param": "s", "form": "odd"}},
        {"pages": 0}, {"method": "DELETE"}, {"colour": 1},
    ])  # fmt: skip
    for reads in cases:
        assert faults(**reads), reads
