"""Sources of dlt: their resources are streams, and what they raise is told by its kind alone."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.rooms.collect.sources.conftest import node, rows

from doumen.model.errors import DoumenError, Faulty, Invalid, NotFound, Unavailable
from doumen.rooms.collect.connectors import SHELF, Mark
from doumen.rooms.collect.jsontext import written
from doumen.session import Node

assert node

SOURCE = '''
"""A source as people write them for dlt."""

import datetime
import decimal
import enum
import uuid

import dlt
import pyarrow as pa
from pydantic import BaseModel


class Size(enum.Enum):
    BIG = "big"


class Thing(BaseModel):
    n: int


@dlt.resource(primary_key="id")
def users(since: int = 0, updated=dlt.sources.incremental("id", initial_value=0)):
    yield [{"id": n, "name": f"u{n}"} for n in range(since + 1, 4)]
    yield {"id": 9, "name": None}


@dlt.transformer(data_from=users)
def letters(page):
    for one in page if isinstance(page, list) else [page]:
        yield {"user": one["id"], "letter": (one["name"] or "?")[0]}


@dlt.resource
def values():
    yield {"d": decimal.Decimal("1.50"), "t": datetime.datetime(2024, 2, 29, 12),
           "u": uuid.UUID(int=1), "b": b"\\x00\\xff", "e": Size.BIG, "s": (1, {2}), 3: None}
    yield pa.table({"a": [1, 2]})
    yield [[Thing(n=7)], 8]


@dlt.resource
def broken():
    yield {"id": 1}
    raise ValueError("geheim in its own words")


@dlt.source
def shop(key: str = dlt.secrets.value, since: int = 0):
    return users(since), letters, values, broken, dlt.resource([{"key": key}], name="keys")


def no_source():
    return 7


def fails():
    raise RuntimeError("geheim")


class inner:
    shop = shop


none = 5
'''


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package that is installed."""
    (tmp_path / "shop_for_dlt.py").write_text(SOURCE)
    (tmp_path / "raises_for_dlt.py").write_text("raise RuntimeError('geheim')")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "shop_for_dlt"
    for name in ("shop_for_dlt", "raises_for_dlt"):
        sys.modules.pop(name, None)


def place(function: str, secrets: dict[str, str] | None = None, **options: Any) -> Any:
    kind = SHELF["dlt"]
    return kind.connector({"module": function, **options}, secrets or {})


SHOP: dict[str, Any] = {"function": "shop_for_dlt:shop", "arguments": {"key": "k"}}


def read(table: str, after: Mark | None = None, **given: Any) -> list[Any]:
    reads = {"since": given.pop("since")} if "since" in given else {}
    with place(**{**SHOP, **given}).open() as opened:
        return [one for page in opened.read(table, reads, after) for one in page]


def test_resources_are_told_and_read() -> None:
    with place(**SHOP).open() as opened:
        assert [one.name for one in opened.there()] == [
            "broken", "keys", "letters", "users", "values"
        ]  # fmt: skip
    assert [one["id"] for one in read("users")] == [1, 2, 3, 9]
    assert sorted(one["letter"] for one in read("letters")) == ["?", "u", "u", "u"]
    assert [one["id"] for one in read("users", function="shop_for_dlt:users", arguments={})] == [
        1, 2, 3, 9
    ]  # fmt: skip
    assert read("keys", function="shop_for_dlt:inner.shop") == [{"key": "k"}]


def test_values_are_kept() -> None:
    assert [written(one) for one in read("values")] == [
        '{"d":1.50,"t":"2024-02-29T12:00:00","u":"00000000-0000-0000-0000-000000000001",'
        '"b":"AP8=","e":"big","s":[1,[2]],"3":null}',
        '{"a":1}', '{"a":2}', '{"n":7}', "8",
    ]  # fmt: skip


def test_the_mark_may_be_an_argument() -> None:
    assert [one["id"] for one in read("users", 2, since="since")] == [3, 9]
    assert [one["id"] for one in read("users", None, since="since")] == [1, 2, 3, 9]


def test_a_secret_is_an_argument() -> None:
    given: dict[str, Any] = {"secret_as": "key", "secrets": {"secret": "geheim"}, "arguments": {}}
    assert read("keys", **given) == [{"key": "geheim"}]
    for secrets, options in (({"secret": "geheim"}, {}), ({}, {"secret_as": "key"})):
        with (
            pytest.raises(Invalid, match="secret_as"),
            place("shop_for_dlt:shop", secrets, **options).open(),
        ):
            pass


@pytest.mark.parametrize(
    ("table", "given", "kind"),
    [
        ("user", {}, NotFound),
        ("users", {"function": "shop_for_dlt:nowhere"}, NotFound),
        ("users", {"function": "no.such.module:x"}, NotFound),
        ("users", {"function": "raises_for_dlt:x"}, Faulty),
        ("users", {"function": "shop_for_dlt:none"}, Invalid),
        ("users", {"function": "shop_for_dlt:no_source", "arguments": {}}, Invalid),
        ("users", {"function": "shop_for_dlt:fails", "arguments": {}}, Faulty),
        ("users", {"arguments": {}}, Invalid),
        ("users", {"arguments": {"kex": 1}}, Invalid),
        ("users", {"after": 1, "since": "begin"}, Invalid),
        ("broken", {}, Faulty),
    ],
)
def test_what_is_wrong(table: str, given: dict[str, Any], kind: type[DoumenError]) -> None:
    with pytest.raises(kind) as caught:
        read(table, **given)
    assert "geheim" not in str(caught.value.as_json())
    if table == "broken":
        assert "ValueError" in str(caught.value.why)


def test_it_is_not_there_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dlt", None)
    monkeypatch.delitem(sys.modules, "doumen.rooms.collect.connectors.dlt_session", raising=False)
    with pytest.raises(Unavailable, match="`dlt`"), place(**SHOP).open():
        pass


def test_nothing_is_told_and_nothing_kept(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    said = textwrap.dedent("""
        import socket, sys
        def away(*_): raise AssertionError("it calls somebody")
        socket.create_connection = socket.socket.connect = away
        sys.path.insert(0, sys.argv[1])
        from doumen.rooms.collect.connectors import SHELF
        assert "dlt" not in sys.modules
        made = SHELF["dlt"].connector({"module": "shop_for_dlt:users"}, {})
        with made.open() as opened:
            print(sum(len(page) for page in opened.read("users", {}, None)))
    """)
    done = subprocess.run(
        [sys.executable, "-c", said, str(tmp_path)],
        env=os.environ | {"HOME": str(home)}, cwd=home, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "4"
    assert list(home.iterdir()) == []


def test_a_stream_of_a_resource_lands(node: Node, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(
        "source: dlt\nmodule: shop_for_dlt:users\nstreams:\n"
        "  shop.users: {table: users, cursor: id, since: since}\n"
    )
    owner = node.session()
    owner.do("source add", name="shop", file=tmp_path / "s.yaml")
    for landed in (4, 0):
        (told,) = owner.do("source run", name="shop").json["streams"]
        assert (told["error"], told["landed"]) == (None, landed)
    assert rows(node, "SELECT max(id), count(*) FROM shop.users") == [(9, 4)]
