"""A portal of CKAN: answers in the form of its action API 3; files here and elsewhere, tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.rooms.collect.sources.conftest import node, rows
from tests.rooms.collect.web.serving import Asked, Reply, Web, serving

from doumen.model.errors import DoumenError, Faulty, NotFound, Refused, Unavailable
from doumen.rooms.collect.connectors import SHELF, bringing
from doumen.rooms.collect.connectors.ckan import Options
from doumen.rooms.collect.web import manners
from doumen.session import Node

assert node

API = "/portal/api/3/action"


class Portal:
    """Datasets of a portal, as `package_show` and `package_search` tell them."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.datasets: dict[str, list[dict[str, Any]]] = {}
        self.tables: dict[str, list[dict[str, Any]]] = {}
        web.replies |= {
            f"{API}/package_show": self._show, f"{API}/package_search": self._search,
            f"{API}/datastore_search": self._store,
        }  # fmt: skip

    def _dataset(self, name: str) -> dict[str, Any]:
        found = self.datasets[name]
        return {"id": f"id-{name}", "name": name, "title": name.title(), "state": "active",
                "num_resources": len(found), "resources": found}  # fmt: skip

    def _show(self, asked: Asked) -> Reply:
        name = asked.one("id").removeprefix("id-")
        if name not in self.datasets:
            error = {"message": "Not found", "__type": "Not Found Error"}
            return Reply({"success": False, "error": error}, 404)
        return Reply({"help": "…", "success": True, "result": self._dataset(name)})

    def _search(self, asked: Asked) -> Reply:
        assert asked.one("sort") == "name asc"
        start, rows = (
            int(asked.one("start")),
            min(2, int(asked.one("rows"))),
        )  # a portal has a limit
        found = [self._dataset(name) for name in sorted(self.datasets)][start : start + rows]
        return Reply({"success": True, "result": {"count": len(self.datasets), "results": found}})

    def _store(self, asked: Asked) -> Reply:
        table = asked.one("resource_id")
        if table == "_table_metadata":
            listed: list[dict[str, Any]] = [{"_id": n, "name": name, "oid": n, "alias_of": None}
                      for n, name in enumerate(self.tables)]  # fmt: skip
            found = [*listed, {"_id": 99, "name": "an-alias", "alias_of": "r-1"}]
        elif table in self.tables:
            found = self.tables[table]
        else:
            error = {"__type": "Not Found Error", "message": "Not found"}
            return Reply({"success": False, "error": error}, 404)
        assert table == "_table_metadata" or asked.one("sort") == "_id"
        start = int(asked.one("offset"))
        result = {"records": found[start : start + 3], "total": len(found), "limit": 3,
                  "fields": [{"id": "_id", "type": "int"}], "_links": {"start": "…"}}  # fmt: skip
        return Reply({"success": True, "result": result})


def resource(key: str, name: str, url: str, **more: Any) -> dict[str, Any]:
    """A resource with what CKAN tells of each."""
    return {
        "id": key, "name": name, "url": url, "format": "", "mimetype": None, "hash": "",
        "size": None, "last_modified": None, "url_type": None, "state": "active",
        "datastore_active": False, "package_id": "p", **more,
    }  # fmt: skip


def upload(key: str, name: str, url: str, time: str = "2026-01-01T00:00:00") -> dict[str, Any]:
    return resource(key, name, url, url_type="upload", last_modified=time)


@pytest.fixture
def portal(web: Web, monkeypatch: pytest.MonkeyPatch) -> Portal:
    monkeypatch.setattr(manners, "FIRST", 0.001)
    monkeypatch.setattr(bringing, "PAUSE", 0.001)
    made = Portal(web)
    made.datasets = {
        "traffic": [
            upload("r1", "Counts 2024/25", f"{web.url}/portal/download/counts.csv"),
            upload("r2", "Counts", "/portal/download/more", "2026-02-01") | {"format": "CSV"},
            resource("r3", "Counts", "https://elsewhere.example.org/c.csv"),
            resource("r4", "A page", "no address at all"),
            resource("r5", "gone.csv", f"{web.url}/x.csv", state="deleted"),
        ],
        "air": [resource("a1", "", f"{web.url}/portal/air.json", format="JSON")],
        "zoo": [upload("z1", "../../etc/passwd", f"{web.url}/z", time="")],
        "empty": [],
    }
    return made


def place(portal: Portal, kind: str = "ckan", **secrets: str) -> Any:
    return SHELF[kind].connector({"url": f"{portal.web.url}/portal"}, secrets)


def listed(portal: Portal, pattern: str) -> dict[str, str | None]:
    with place(portal).open() as opened:
        return {item.name: item.tag for item in opened.items(pattern)}


def test_resources_are_files_in_the_folder_of_their_dataset(portal: Portal) -> None:
    found = listed(portal, "**")
    assert list(found) == [
        "air/air.json", "traffic/Counts 2024_25.csv", "traffic/Counts-db77fd01.csv",
        "traffic/Counts-e49d63b2.csv", "zoo/_.._etc_passwd",
    ]  # fmt: skip
    assert found["air/air.json"] is None
    assert found["traffic/Counts 2024_25.csv"] is not None
    assert sum(tag is None for name, tag in found.items() if "Counts-" in name) == 1
    assert all(".." not in name.split("/") for name in found)


def test_a_dataset_that_is_named_is_asked_for_alone(portal: Portal) -> None:
    assert len(listed(portal, "traffic/*.csv")) == 3
    assert portal.web.paths() == [f"{API}/package_show"]
    assert list(listed(portal, "id-air/*")) == ["id-air/air.json"]
    assert list(listed(portal, "a*/*")) == ["air/air.json"]
    with pytest.raises(NotFound, match="no dataset `trafic`"):
        listed(portal, "trafic/*.csv")


def test_a_tag_is_another_where_the_file_is(portal: Portal) -> None:
    name = "traffic/Counts 2024_25.csv"
    first = listed(portal, "traffic/*")[name]
    assert listed(portal, "traffic/*")[name] == first
    portal.datasets["traffic"][0]["last_modified"] = "2026-01-02T00:00:00"
    assert listed(portal, "traffic/*")[name] not in {first, None}


def test_a_token_is_sent_as_the_portal_takes_it(portal: Portal) -> None:
    with place(portal, token="t").open() as opened:
        list(opened.items("traffic/*"))
    assert portal.web.asked[0].headers["Authorization"] == "t"


CONTENT = b"id,n\n" + b"".join(b"%d,%d\n" % (n, n) for n in range(5000))


def brought(portal: Portal, path: Path, name: str = "traffic/Counts 2024_25.csv") -> bytes:
    with place(portal).open() as opened:
        item = next(one for one in opened.items("**") if one.name == name)
        opened.bring(item, path, lambda *_: None)
    return path.read_bytes()


def test_what_breaks_is_taken_up_where_it_broke(portal: Portal, tmp_path: Path) -> None:
    asked: list[str | None] = []

    def give(request: Asked) -> Reply:
        asked.append(request.headers.get("Range"))
        start = int(asked[-1].removeprefix("bytes=").removesuffix("-")) if asked[-1] else 0
        headers = {"ETag": '"v1"'}
        if start:
            assert request.headers["If-Range"] == '"v1"'
            headers["Content-Range"] = f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"
        cut = 10_000 if len(asked) < 3 else None
        return Reply(CONTENT[start:], 206 if start else 200, headers, cut=cut)

    portal.web.replies["/portal/download/counts.csv"] = give
    assert brought(portal, tmp_path / "a") == CONTENT
    assert asked[0] is None
    assert all(one is not None for one in asked[1:])


def test_a_file_that_changed_meanwhile_comes_from_its_beginning(
    portal: Portal, tmp_path: Path
) -> None:
    portal.web.give(
        "/portal/download/counts.csv", Reply(CONTENT, headers={"ETag": '"v1"'}, cut=9000),
        Reply(status=416), Reply(CONTENT, 206, {"Content-Range": "bytes 7-8/9"}, cut=2000),
        Reply(status=503, headers={"Retry-After": "0"}), Reply(CONTENT[::-1]),
    )  # fmt: skip
    assert brought(portal, tmp_path / "a") == CONTENT[::-1]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(status=404), NotFound), (Reply(status=401), Refused),
        (Reply(status=500), Unavailable),
        (Reply(CONTENT, framed=False), Faulty), (Reply(CONTENT, cut=10), Unavailable),
    ],
)  # fmt: skip
def test_files_that_do_not_come(
    portal: Portal, tmp_path: Path, reply: Reply, kind: type[DoumenError]
) -> None:
    portal.web.give("/portal/download/counts.csv", reply)
    with pytest.raises(kind):
        brought(portal, tmp_path / "a")


def test_files_elsewhere_are_no_inner_network(portal: Portal, tmp_path: Path) -> None:
    with serving() as other:
        other.give("/f.csv", CONTENT)
        portal.datasets["air"] = [resource("a", "f.csv", f"{other.url}/f.csv")]
        with pytest.raises(Refused, match="inner network"):
            brought(portal, tmp_path / "a", "air/f.csv")
        assert Options(url=other.url).allow_private is False
        kind = SHELF["ckan"]
        given = {"url": f"{portal.web.url}/portal", "allow_private": True}
        with kind.connector(given, {"token": "geheim"}).open() as opened:
            (item,) = opened.items("air/*")
            opened.bring(item, tmp_path / "b", lambda *_: None)
        assert (tmp_path / "b").read_bytes() == CONTENT
        assert "Authorization" not in other.asked[0].headers


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", {"success": False, "result": {}}, {"result": 1}]
)
def test_what_is_no_portal(portal: Portal, body: Any) -> None:
    portal.web.give(f"{API}/package_show", body)
    with pytest.raises(Faulty):
        listed(portal, "traffic/*")


def test_a_dataset_lands(portal: Portal, node: Node, tmp_path: Path) -> None:
    portal.web.give("/portal/download/counts.csv", CONTENT)
    (tmp_path / "p.yaml").write_text(
        f"source: ckan\nurl: {portal.web.url}/portal\nstreams:\n"
        "  city.counts: {files: traffic/Counts 2024_25.csv}\n"
    )
    owner = node.session()
    owner.do("source add", name="portal", file=tmp_path / "p.yaml")
    assert owner.do("source test", name="portal").exit == 0
    told = owner.do("source preview", name="portal", table="city.counts").json
    assert told["rows"][0] == ["0", "0"]
    for landed in (5000, 0):
        (ran,) = owner.do("source run", name="portal").json["streams"]
        assert (ran["error"], ran["landed"]) == (None, landed)
    downloads = portal.web.paths().count("/portal/download/counts.csv")
    owner.do("source run", name="portal")
    assert portal.web.paths().count("/portal/download/counts.csv") == downloads
    assert rows(node, "SELECT count(*), sum(n) FROM city.counts") == [(5000, 12497500)]
    found = owner.do("source discover", name="portal").json["tables"]
    assert "air/air.json" in [one["table"] for one in found]


def test_the_datastore_gives_records(portal: Portal, node: Node, tmp_path: Path) -> None:
    portal.tables["r-1"] = [
        {"_id": n, "when": "2026-01-01T00:00:00", "v": 1.5} for n in range(1, 9)
    ]
    with place(portal, "ckan_datastore").open() as opened:
        assert [one.name for one in opened.there()] == ["r-1"]
        found = [one for page in opened.read("r-1", {}, None) for one in page]
        assert [str(one["_id"]) for one in found] == [str(n) for n in range(1, 9)]
        with pytest.raises(NotFound, match="no table `r-2`"):
            list(opened.read("r-2", {}, None))
    (tmp_path / "p.yaml").write_text(
        f"source: ckan_datastore\nurl: {portal.web.url}/portal\nstreams:\n"
        "  city.values: {table: r-1, cursor: _id, ordered: true}\n"
    )
    owner = node.session()
    owner.do("source add", name="store", file=tmp_path / "p.yaml")
    assert owner.do("source run", name="store").json["streams"][0]["landed"] == 8
    portal.tables["r-1"].append({"_id": 9, "when": None, "v": 2})
    (ran,) = owner.do("source run", name="store").json["streams"]
    assert (ran["landed"], ran["cursor"]) == (1, "9")
