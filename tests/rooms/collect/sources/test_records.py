"""Streams of records: what is new lands once, as it was written, whatever order it comes in."""

from __future__ import annotations

import json
import random
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.rooms.collect.sources.conftest import rows

from doumen.model.errors import DoumenError, Unavailable
from doumen.model.message import msg
from doumen.rooms.collect import connectors
from doumen.rooms.collect.connectors import SHELF, Gives, Kind, Mark, There
from doumen.rooms.collect.connectors.file import Options
from doumen.rooms.collect.connectors.reads import RecordReads
from doumen.rooms.collect.jsontext import Bare, parsed
from doumen.rooms.collect.sources import records
from doumen.session import Node


@dataclass
class Api:
    """An interface in memory.

    Attributes:
        pages: What it gives, as texts of JSON.
        breaks: Pages after which it breaks off.
        asked: Marks that it was asked with.
    """

    pages: list[str] = field(default_factory=list)
    breaks: int | None = None
    asked: list[Mark | None] = field(default_factory=list)

    def there(self) -> Sequence[There]:
        return [There("things", "records")]

    def read(
        self, table: str | None, reads: Mapping[str, Any], after: Mark | None
    ) -> Generator[Sequence[Any], None, None]:
        self.asked.append(after)
        for number, page in enumerate(self.pages):
            if number == self.breaks:
                raise Unavailable(msg("It went away."), detail="place")
            yield parsed(page)

    def give(self, *pages: Any) -> None:
        self.pages = [one if isinstance(one, str) else json.dumps(one) for one in pages]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    made = Api()

    @dataclass
    class Connector:
        @contextmanager
        def open(self) -> Iterator[Api]:
            yield made

    kind = Kind("api", Options, (), lambda *_: Connector(), Gives.RECORDS, RecordReads)
    monkeypatch.setattr(connectors, "SHELF", {**SHELF, "api": kind})
    return made


def described(node: Node, folder: Path, stream: str) -> None:
    (folder / "api.yaml").write_text(f"source: api\npath: x\nstreams:\n  shop.things: {stream}\n")
    node.session().do("source add", name="api", file=folder / "api.yaml")


def run(node: Node) -> Any:
    (told,) = node.session().do("source run", name="api").json["streams"]
    return told


def ids(node: Node) -> list[Any]:
    return [one for (one,) in rows(node, "SELECT id FROM shop.things ORDER BY id NULLS FIRST")]


def some(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": n, "what": f"w{n}"} for n in numbers]


CURSOR = "{table: things, cursor: id}"
ORDERED = "{table: things, cursor: id, ordered: true}"


def test_values_land_as_they_are_written(node: Node, api: Api, tmp_path: Path) -> None:
    api.give('[{"id":1,"big":12345678901234567890123,"dec":[1.10,{"a":"\\u6570"}],"no":null}]')
    described(node, tmp_path, "{table: things}")
    assert run(node)["landed"] == 1
    assert rows(node, "SELECT id, big, dec, no FROM shop.things") == [
        (1, "12345678901234567890123", '[1.10,{"a":"数"}]', None)
    ]


@pytest.mark.parametrize("stream", [CURSOR, ORDERED])
def test_what_is_new_is_read_on(node: Node, api: Api, tmp_path: Path, stream: str) -> None:
    api.give(some(1, 2), some(3))
    described(node, tmp_path, stream)
    first = run(node)
    assert (first["landed"], first["cursor"], len(first["receipts"])) == (3, "3", 1)
    assert run(node)["unchanged"]
    api.give(some(1, 2), some(3, 7), some(9))
    second = run(node)
    assert (second["rows_in"], second["cursor"]) == (2, "9")
    assert ids(node) == [1, 2, 3, 7, 9]
    assert api.asked == [None, 3, 3]


def test_any_order_is_read_on(node: Node, api: Api, tmp_path: Path) -> None:
    draw, given = random.Random(7), list(range(100, 160))
    described(node, tmp_path, CURSOR)
    known: list[int] = []
    for _ in range(3):
        known += given[len(known) : len(known) + 20]
        mixed = draw.sample(known, len(known))
        api.give(*(some(*mixed[n : n + 7]) for n in range(0, len(mixed), 7)))
        assert run(node)["rows_in"] == 20
    assert ids(node) == known


def test_files_are_bounded_and_land_at_once(
    node: Node, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "PIECE", 100)
    api.give(some(*range(50)))
    described(node, tmp_path, CURSOR)
    told = run(node)
    assert (told["landed"], len(told["receipts"])) == (50, 1)
    assert ids(node) == list(range(50))


def test_in_order_pieces_end_between_two_values(
    node: Node, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "PIECE", 60)
    api.give(some(1, 1, 2, 2), some(2, 2, 2, 3), some(4, 5, 6, 6, 6))
    described(node, tmp_path, ORDERED)
    told = run(node)
    assert (told["landed"], told["cursor"], len(told["receipts"])) == (13, "6", 3)
    assert ids(node) == [1, 1, 2, 2, 2, 2, 2, 3, 4, 5, 6, 6, 6]


@pytest.mark.parametrize("stream", [CURSOR, ORDERED])
@pytest.mark.parametrize("breaks", range(0, 9, 2))
def test_a_run_that_broke_goes_on(
    node: Node, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: str, breaks: int
) -> None:
    monkeypatch.setattr(records, "PIECE", 60)
    given = sorted(random.Random(breaks).choices(range(12), k=24))
    api.give(*(some(*given[n : n + 3]) for n in range(0, 24, 3)))
    described(node, tmp_path, stream)
    api.breaks = breaks
    broke = run(node)
    assert (broke["error"] is None) == (breaks == 8)
    if stream == CURSOR and breaks < 8:
        assert broke["receipts"] == []
    api.breaks = None
    assert run(node)["error"] is None
    assert ids(node) == given


def test_what_is_not_in_order_is_told(node: Node, api: Api, tmp_path: Path) -> None:
    described(node, tmp_path, ORDERED)
    for page in (some(2, 1), [{"id": 1, "what": "x"}, {"what": "y"}]):
        api.give(page)
        assert run(node)["error"]["code"] == "faulty.order"
    assert api.asked == [None, None]
    api.give(some(1, 2, 3))
    assert run(node)["cursor"] == "3"
    api.give(some(1, 3, 2, 4))
    assert run(node)["error"]["code"] == "faulty.order"


def test_records_without_a_cursor_come_with_the_first_run(
    node: Node, api: Api, tmp_path: Path
) -> None:
    described(node, tmp_path, "{table: things, cursor: meta.n}")
    api.give([{"id": 1, "meta": {"n": 5}}, {"id": 2, "meta": {"n": None}}, {"id": 3}])
    assert (run(node)["landed"], ids(node)) == (3, [1, 2, 3])
    api.give([{"id": 1, "meta": {"n": 5}}, {"id": 2}, {"id": 4, "meta": {"n": 6}}])
    assert (run(node)["landed"], ids(node)) == (1, [1, 2, 3, 4])


def test_a_cursor_that_nothing_has_is_told(node: Node, api: Api, tmp_path: Path) -> None:
    api.give([{"id": 1}])
    described(node, tmp_path, "{table: things, cursor: nummer}")
    assert run(node)["error"]["code"] == "invalid.cursor"
    (tested,) = node.session().do("source test", name="api").json["streams"]
    assert tested["error"]["code"] == "invalid.cursor"
    described(node, tmp_path, CURSOR)
    (tested,) = node.session().do("source test", name="api").json["streams"]
    assert tested["error"] is None


def test_what_is_no_record_is_set_aside(node: Node, api: Api, tmp_path: Path) -> None:
    described(node, tmp_path, CURSOR)
    odd = '[{"id":1,"what":"a"},7,{"id":2,"id":3,"what":"b"},{"id":4,"what":NaN},"x",[1]]'
    api.give(odd)
    told = run(node)
    assert (told["rows_in"], told["landed"], told["quarantined"]) == (6, 1, 5)
    reasons = rows(node, "SELECT _reason FROM shop.things__quarantine ORDER BY _row")
    assert [one.partition(":")[0] for (one,) in reasons] == [
        "not-object", "duplicate-key", "number", "not-object", "not-object",
    ]  # fmt: skip


def test_what_is_read_whole_takes_the_place_of_what_was_there(
    node: Node, api: Api, tmp_path: Path
) -> None:
    described(node, tmp_path, "{table: things}")
    api.give([])
    assert run(node)["unchanged"]
    api.give(some(1, 2))
    assert run(node)["landed"] == 2
    assert run(node)["unchanged"]
    api.give(some(2), some(3, 4))
    assert (run(node)["landed"], ids(node)) == (3, [2, 3, 4])
    api.give([])
    assert run(node)["error"]["code"] == "faulty.empty"
    assert ids(node) == [2, 3, 4]


def test_a_value_that_cannot_be_kept_is_told(node: Node, api: Api, tmp_path: Path) -> None:
    api.give("[" + '{"a":' * 300 + "1" + "}" * 300 + "]")
    described(node, tmp_path, "{table: things}")
    assert run(node)["error"]["code"] == "faulty.value"


def test_texts_may_be_compared_as_they_are(node: Node, api: Api, tmp_path: Path) -> None:
    api.give([{"id": "9"}, {"id": "10"}])
    described(node, tmp_path, "{table: things, cursor: id, cursor_is: text}")
    assert run(node)["cursor"] == "9"
    api.give([{"id": "95"}, {"id": "11"}])
    assert (run(node)["landed"], run(node)["cursor"]) == (1, "95")


def test_previews_and_what_is_there(node: Node, api: Api, tmp_path: Path) -> None:
    api.give(
        '[{"a":1,"b":1.5,"c":true,"d":{"e":[1]},"f":"x","g":null}]',
        '[{"a":12345678901234567890,"h":"y","f":1},7]', json.dumps(some(*range(20))),
    )  # fmt: skip
    described(node, tmp_path, CURSOR)
    told = node.session().do("source preview", name="api", table="shop.things").json
    assert [tuple(one.values()) for one in told["columns"][:8]] == [
        ("a", "BIGINT"), ("b", "DOUBLE"), ("c", "BOOLEAN"), ("d", "JSON"), ("f", "VARCHAR"),
        ("g", "JSON"), ("h", "VARCHAR"), ("", "BIGINT"),
    ]  # fmt: skip
    assert told["rows"][0][:6] == [1, "1.5", True, '{"e":[1]}', "x", None]
    assert told["rows"][1][0] == "12345678901234567890"
    assert len(told["rows"]) == 10
    (found,) = node.session().do("source discover", name="api").json["tables"]
    assert (found["table"], found["kind"]) == ("things", "records")
    assert isinstance(Bare("x"), str)


def test_a_stream_names_what_is_read(node: Node, api: Api, tmp_path: Path) -> None:
    for stream in (
        "{}",
        "{table: a, path: b}",
        "{query: SELECT 1}",
        "{files: '*'}",
        "{path: a, x: 1}",
    ):
        with pytest.raises(DoumenError):
            described(node, tmp_path, stream)
    described(node, tmp_path, "{path: things}")
    told = node.session().do("source show", name="api").json
    assert told["streams"][0]["table"] == "things"
