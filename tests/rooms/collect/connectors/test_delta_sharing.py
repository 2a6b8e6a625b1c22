"""A server of Delta Sharing, by the published protocol: tables, versions, signed files."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.rooms.collect.sources.conftest import node, rows
from tests.rooms.collect.web.serving import Asked, Reply, Web

from doumen.model.errors import (
    Conflict,
    DoumenError,
    Faulty,
    Invalid,
    NotFound,
    Refused,
)
from doumen.rooms.collect.connectors import SHELF, bringing, delta_types
from doumen.rooms.collect.web import manners
from doumen.session import Node

assert node

PREFIX = "/delta-sharing"
SCHEMA = {
    "type": "struct",
    "fields": [
        {"name": "id", "type": "long", "nullable": False, "metadata": {}},
        {"name": "at", "type": "timestamp", "nullable": True, "metadata": {}},
        {"name": "price", "type": "decimal(10,2)", "nullable": True, "metadata": {}},
        {"name": "late", "type": "string", "nullable": True, "metadata": {}},
        {"name": "day", "type": "date", "nullable": True, "metadata": {}},
    ],
}


def parquet(table: pa.Table, **how: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **how)
    return out.getvalue()


def orders(*ids: int, **more: Any) -> bytes:
    """A file of the table, without the column of its partition."""
    when = datetime(2026, 1, 1, 12, 0, 0, 123_456)
    columns = {
        "id": pa.array(ids, pa.int64()),
        "at": pa.array([when] * len(ids), pa.timestamp("us")),
        "price": pa.array([Decimal("1.50")] * len(ids), pa.decimal128(10, 2)),
    }
    return parquet(pa.table(columns | more), use_deprecated_int96_timestamps=ids[0] % 2 == 0)


class Provider:
    """What a server shares.

    Attributes:
        files: Identifier → content, and the day of its partition.
        signed: Least number of a query whose addresses are taken.
        later: Version of the table once an address was not taken.
    """

    def __init__(self, web: Web) -> None:
        self.web = web
        self.version = "3"
        self.files: dict[str, tuple[bytes, str]] = {}
        self.schema: Any = SCHEMA
        self.protocol: Mapping[str, Any] = {"minReaderVersion": 1}
        self.configuration: Mapping[str, str] = {}
        self.signed = 0
        self.later = ""
        self.queries = 0
        place = f"{PREFIX}/shares/sales/schemas/eu/tables/orders"
        web.replies |= {
            f"{PREFIX}/shares": self._shares, f"{PREFIX}/shares/sales/all-tables": self._tables,
            f"{place}/version": self._version, f"{place}/query": self._query,
        }  # fmt: skip
        web.give(f"{PREFIX}/shares/empty/all-tables", {})
        web.give(
            f"{PREFIX}/shares/sales/schemas/eu/tables/returns/version",
            Reply(headers={"Delta-Table-Version": "1"}),
        )

    def _known(self, asked: Asked) -> None:
        assert asked.headers["Authorization"] == "Bearer t0ken"

    def _shares(self, asked: Asked) -> Reply:
        self._known(asked)
        if asked.one("pageToken") == "2":
            return Reply({"items": [{"name": "empty"}], "nextPageToken": ""})
        return Reply({"items": [{"name": "sales", "id": "1"}], "nextPageToken": "2"})

    def _tables(self, asked: Asked) -> Reply:
        self._known(asked)
        found = [{"share": "sales", "schema": "eu", "name": name} for name in ("returns", "orders")]
        return Reply({"items": found})

    def _version(self, asked: Asked) -> Reply:
        self._known(asked)
        return Reply(headers={"Delta-Table-Version": self.version})

    def _query(self, asked: Asked) -> Reply:
        self._known(asked)
        assert (asked.method, asked.body) == ("POST", b"{}")
        assert asked.headers["delta-sharing-capabilities"] == "responseformat=parquet"
        self.queries += 1
        table = {
            "id": "t", "format": {"provider": "parquet"}, "schemaString": json.dumps(self.schema),
            "partitionColumns": ["day"], "configuration": self.configuration,
        }  # fmt: skip
        lines: list[Any] = [{"protocol": self.protocol}, {"metaData": table}]
        for name, (content, day) in self.files.items():
            url = f"{self.web.url}/store/{name}?signature={self.queries}"
            self.web.replies[f"/store/{name}"] = self._stored
            lines.append({"file": {"url": url, "id": name, "size": len(content),
                                   "partitionValues": {"day": day}, "stats": "{}"}})  # fmt: skip
        body = "".join(json.dumps(one) + "\n" for one in lines).encode()
        return Reply(body, headers={"Delta-Table-Version": self.version})

    def _stored(self, asked: Asked) -> Reply:
        if int(asked.one("signature")) < self.signed:
            self.version = self.later or self.version
            return Reply(status=403)
        return Reply(self.files[asked.path.rpartition("/")[2]][0])


@pytest.fixture
def provider(web: Web, monkeypatch: pytest.MonkeyPatch) -> Provider:
    monkeypatch.setattr(manners, "FIRST", 0.001)
    monkeypatch.setattr(bringing, "PAUSE", 0.001)
    made = Provider(web)
    made.files = {
        "f1": (orders(1, 2), "2026-01-01"),
        "f2": (orders(4, 5, late=pa.array(["x", None])), ""),
    }
    return made


def profile(web: Web, **more: Any) -> str:
    told = {"shareCredentialsVersion": 1, "endpoint": f"{web.url}{PREFIX}/", "bearerToken": "t0ken"}
    return json.dumps(told | more)


def place(provider: Provider, **secrets: str) -> Any:
    given = secrets or {"profile": profile(provider.web)}
    return SHELF["delta_sharing"].connector({}, given)


def brought(provider: Provider, path: Path, name: str = "sales/eu/orders") -> pa.Table:
    with place(provider).open() as opened:
        (item,) = opened.items(name)
        opened.bring(item, path, lambda *_: None)
    assert list(path.parent.iterdir()) == [path]
    return pq.read_table(path)


def test_tables_are_listed_with_their_versions(provider: Provider) -> None:
    with place(provider).open() as opened:
        assert [(one.name, one.tag) for one in opened.items("**")] == [
            ("sales/eu/orders", "3"), ("sales/eu/returns", "1"),
        ]  # fmt: skip
        assert [one.name for one in opened.items("sales/*/ord*")] == ["sales/eu/orders"]
        provider.web.asked.clear()
        assert [one.name for one in opened.items("sales/eu/orders")] == ["sales/eu/orders"]
        assert len(provider.web.asked) == 1
        with pytest.raises(NotFound, match="no table `sales/eu/nothing`"):
            list(opened.items("sales/eu/nothing"))
        with pytest.raises(Invalid, match="no table of Delta Sharing"):
            list(opened.items("orders"))


def test_a_table_is_one_file_with_all_its_columns(provider: Provider, tmp_path: Path) -> None:
    found = brought(provider, tmp_path / "a")
    assert found.schema.names == ["id", "at", "price", "late", "day"]
    when = datetime(2026, 1, 1, 12, 0, 0, 123_456, UTC)
    assert [tuple(one.values()) for one in found.to_pylist()] == [
        (1, when, Decimal("1.50"), None, date(2026, 1, 1)),
        (2, when, Decimal("1.50"), None, date(2026, 1, 1)),
        (4, when, Decimal("1.50"), "x", None),
        (5, when, Decimal("1.50"), None, None),
    ]


def test_a_table_without_files_is_empty(provider: Provider, tmp_path: Path) -> None:
    provider.files = {}
    assert brought(provider, tmp_path / "a").num_rows == 0


def test_an_address_that_ended_is_asked_for_anew(provider: Provider, tmp_path: Path) -> None:
    provider.signed = 2
    assert brought(provider, tmp_path / "a").num_rows == 4
    assert provider.queries == 2
    provider.signed = 99
    with pytest.raises(Refused):
        brought(provider, tmp_path / "b")


def test_a_table_that_changes_meanwhile_is_told(provider: Provider, tmp_path: Path) -> None:
    with place(provider).open() as opened:
        (item,) = opened.items("sales/eu/orders")
        provider.version = "4"
        with pytest.raises(Conflict):
            opened.bring(item, tmp_path / "a", lambda *_: None)
        (item,) = opened.items("sales/eu/orders")
        provider.signed, provider.later = 9, "5"
        with pytest.raises(Conflict):
            opened.bring(item, tmp_path / "b", lambda *_: None)


def test_files_that_are_none(provider: Provider, tmp_path: Path) -> None:
    for content in (b"no parquet", parquet(pa.table({"id": ["seven"]}))):
        provider.files = {"f1": (content, "2026-01-01")}
        with pytest.raises(Faulty, match="cannot be read"):
            brought(provider, tmp_path / str(len(content)))
        (tmp_path / str(len(content))).unlink()
    provider.files = {"f1": (orders(1), "yesterday")}
    with pytest.raises(Faulty):
        brought(provider, tmp_path / "c")


@pytest.mark.parametrize(
    "change",
    [
        {"protocol": {"minReaderVersion": 2}}, {"schema": {"fields": [{"name": "x", "type": "y"}]}},
        {"configuration": {"delta.columnMapping.mode": "name"}}, {"schema": 1},
    ],
)  # fmt: skip
def test_tables_that_ask_for_more(provider: Provider, tmp_path: Path, change: Any) -> None:
    for name, value in change.items():
        setattr(provider, name, value)
    with pytest.raises((Invalid, Faulty)):
        brought(provider, tmp_path / "a")


@pytest.mark.parametrize(
    "body",
    [b"[]\n", b'{"protocol":{}}\n', b"no json", b'{"file":{"id":"x","size":"y"}}', b'{"a":1}'],
)
def test_answers_that_are_none(provider: Provider, tmp_path: Path, body: bytes) -> None:
    place_of = f"{PREFIX}/shares/sales/schemas/eu/tables/orders"
    reply = Reply(body, headers={"Delta-Table-Version": "3"})
    provider.web.give(f"{place_of}/query", reply)
    with pytest.raises(Faulty):
        brought(provider, tmp_path / "a")
    provider.web.give(f"{place_of}/version", Reply())
    with pytest.raises(Faulty):
        brought(provider, tmp_path / "a")


def test_an_address_that_is_none(provider: Provider, tmp_path: Path) -> None:
    query = provider._query

    def odd(asked: Asked) -> Reply:
        made = query(asked)
        return Reply(made.body.replace(b"http:", b"s3:"), headers=made.headers)

    provider.web.replies[f"{PREFIX}/shares/sales/schemas/eu/tables/orders/query"] = odd
    with pytest.raises(Faulty):
        brought(provider, tmp_path / "a")


def test_lists_that_are_none(provider: Provider) -> None:
    for body in (b"x", b"[]", {"items": 7}, {"items": [], "nextPageToken": "same"}):
        provider.web.give(f"{PREFIX}/shares", body)
        with place(provider).open() as opened, pytest.raises(Faulty):
            list(opened.items("**"))


def test_profiles(provider: Provider) -> None:
    url = provider.web.url
    for text in (
        "no json", "[]", profile(provider.web, shareCredentialsVersion=2),
        profile(provider.web, endpoint=""), profile(provider.web, bearerToken=7),
    ):  # fmt: skip
        with pytest.raises(Invalid), place(provider, profile=text).open():
            pass
    ended = profile(provider.web, expirationTime="2021-11-12T00:12:29.0Z")
    with pytest.raises(Refused, match="has ended"), place(provider, profile=ended).open():
        pass
    for until in ("2999-01-01T00:00:00Z", "2999-01-01T00:00:00", "someday", None):
        given = profile(provider.web, expirationTime=until)
        with place(provider, profile=given).open() as opened:
            assert list(opened.items("sales/eu/orders"))
    kind = SHELF["delta_sharing"]
    with kind.connector({"endpoint": f"{url}{PREFIX}"}, {"token": "t0ken"}).open() as opened:
        assert list(opened.items("sales/eu/orders"))
    for options, secrets in (
        ({}, {}), ({"endpoint": url}, {"profile": profile(provider.web)}),
    ):  # fmt: skip
        with pytest.raises(Invalid), kind.connector(options, secrets).open():
            pass
    with pytest.raises(Invalid):
        kind.check({"user": "u"})


def test_types_and_values_of_partitions() -> None:
    told = {"fields": [
        {"name": "a", "type": {"type": "array", "elementType": "integer"}},
        {"name": "m", "type": {"type": "map", "keyType": "string", "valueType": "double"}},
        {"name": "s", "type": {"type": "struct", "fields": [{"name": "b", "type": "boolean"}]}},
        {"name": "n", "type": "timestamp_ntz"}, {"name": "x", "type": "binary"},
    ]}  # fmt: skip
    assert [str(one.type) for one in delta_types.schema(json.dumps(told))] == [
        "list<item: int32>", "map<string, double>", "struct<b: bool>", "timestamp[us]", "binary",
    ]  # fmt: skip
    utc = pa.timestamp("us", "UTC")
    for text, kind, value in (
        ("7", pa.int16(), 7), ("1.5", pa.float64(), 1.5), ("true", pa.bool_(), True),
        ("1.50", pa.decimal128(5, 2), Decimal("1.50")), ("x", pa.string(), "x"),
        ("", pa.string(), None), (None, pa.int64(), None),
        ("2026-01-01", pa.date32(), date(2026, 1, 1)),
        ("2026-01-01 00:00:00", utc, datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01 00:00:00", pa.timestamp("us"), datetime(2026, 1, 1)),
    ):  # fmt: skip
        assert delta_types.value(text, kind).as_py() == value
    for text, kind in (
        ("x", pa.int64()), ("perhaps", pa.bool_()), ("x", pa.decimal128(3, 1)),
        ("300", pa.int8()), ("2026", pa.date32()), ("now", utc),
    ):  # fmt: skip
        with pytest.raises(ValueError):  # noqa: PT011 (it has no words)
            delta_types.value(text, kind)
    for text in ("x", "{}", '{"fields":[{"name":"a","type":{"type":"odd"}}]}', '{"fields":[1]}'):
        with pytest.raises(ValueError):  # noqa: PT011 (it has no words)
            delta_types.schema(text)


def test_a_table_lands_and_is_read_anew_where_its_version_is_another(
    provider: Provider, node: Node, tmp_path: Path
) -> None:
    (tmp_path / "share.json").write_text(profile(provider.web))
    (tmp_path / "share.json").chmod(0o600)
    (tmp_path / "p.yaml").write_text(
        "source: delta_sharing\nprofile: {file: share.json}\nstreams:\n"
        "  shop.orders: {files: sales/eu/orders}\n"
    )
    owner = node.session()
    owner.do("source add", name="share", file=tmp_path / "p.yaml")
    assert owner.do("source test", name="share").exit == 0
    (ran,) = owner.do("source run", name="share").json["streams"]
    assert (ran["error"], ran["landed"]) == (None, 4)
    queries = provider.queries
    assert owner.do("source run", name="share").json["streams"][0]["unchanged"]
    assert provider.queries == queries
    provider.version, provider.files = "4", {"f3": (orders(7), "2026-02-01")}
    assert owner.do("source run", name="share").json["streams"][0]["landed"] == 1
    assert rows(node, "SELECT id, price, day FROM shop.orders") == [
        (7, Decimal("1.50"), date(2026, 2, 1))
    ]
    provider.version, provider.files = "5", {}
    told = owner.do("source run", name="share").json["streams"][0]
    assert told["error"] is None
    assert rows(node, "SELECT count(*) FROM shop.orders") == [(0,)]


def test_no_secret_is_in_what_is_told(provider: Provider) -> None:
    with pytest.raises(DoumenError) as caught, place(provider, profile="t0ken").open():
        pass
    assert "t0ken" not in str(caught.value.as_json())
    assert "t0ken" not in repr(place(provider))
