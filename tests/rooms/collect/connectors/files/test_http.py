"""Files of the web: what tells them apart, ranges, sign-in, and that secrets stay at home."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.rooms.collect.connectors.files.conftest import BIG, quiet
from tests.webfiles import PASSWORD, TOKEN, USER, Web, serving

from doumen.model.errors import Conflict, DoumenError, Invalid, NotFound, Refused, Unavailable
from doumen.rooms.collect import fetch
from doumen.rooms.collect.connectors import SHELF, Files, bringing


@contextmanager
def opened(web: Web, secrets: dict[str, str] | None = None, **options: Any) -> Iterator[Files]:
    given = {"base": f"{web.address}/files/", "allow_private": True, **options}
    with SHELF["http"].connector(given, secrets or {}).open() as files:
        yield files


def fault(
    web: Web, secrets: dict[str, str] | None = None, name: str = "a.csv", **options: Any
) -> DoumenError:
    with pytest.raises(DoumenError) as caught, opened(web, secrets, **options) as files:
        list(files.items(name))
    assert caught.value.next is not None
    return caught.value


@pytest.fixture
def one(web: Web) -> Web:
    web.files["/files/a.csv"] = BIG
    return web


def brought(web: Web, folder: Path, name: str = "a.csv", **options: Any) -> tuple[str, bytes]:
    with opened(web, **options) as files:
        (item,) = files.items(name)
        files.bring(item, folder / "out", quiet)
    return item.name, (folder / "out").read_bytes()


@pytest.mark.parametrize("etags", ["strong", "weak", "none"])
@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("head", [True, False])
def test_what_tells_one_content_from_another(
    one: Web, tmp_path: Path, etags: str, dated: bool, head: bool
) -> None:
    one.etags, one.dated, one.head = etags, dated, head
    with opened(one) as files:
        (first,) = files.items("a.csv")
        assert list(files.items("a.csv")) == [first]
        one.files["/files/a.csv"] = BIG[:-1]
        (second,) = files.items("a.csv")
        assert (first.size, second.size) == (len(BIG), len(BIG) - 1)
        if etags == "none" and not dated:
            assert first.tag is None
        else:
            assert first.tag not in {None, second.tag}
        files.bring(second, tmp_path / "out", quiet)
        with pytest.raises(Conflict):
            files.bring(first, tmp_path / "old", quiet)
    assert (tmp_path / "out").read_bytes() == BIG[:-1]


@pytest.mark.parametrize(("etags", "ranges", "parts"), [
    ("strong", True, ["bytes=1000000-", "bytes=2000000-"]),
    ("strong", False, ["bytes=1000000-", "bytes=1000000-"]),
    ("weak", True, [None, None]), ("none", True, [None, None]),
])  # fmt: skip
def test_what_broke_is_taken_up_where_parts_are_given(
    one: Web, tmp_path: Path, etags: str, ranges: bool, parts: list[str | None]
) -> None:
    one.etags, one.ranges = etags, ranges
    with opened(one) as files:
        (item,) = files.items("a.csv")
        one.cuts[:] = [1_000_000, 1_000_000]
        one.asked.clear()
        files.bring(item, tmp_path / "out", quiet)
    assert (tmp_path / "out").read_bytes() == BIG
    assert [part for _, _, part, _ in one.asked] == [None, *parts]


def test_what_fails_for_a_while_is_asked_for_again(one: Web, tmp_path: Path) -> None:
    with opened(one) as files:
        (item,) = files.items("a.csv")
        one.statuses[:] = [503, 429, 500]
        files.bring(item, tmp_path / "out", quiet)
        one.statuses[:] = [503] * 9
        with pytest.raises(Unavailable) as caught:
            files.bring(item, tmp_path / "never", quiet)
        assert "503" in str(caught.value.why)
        with pytest.raises(Unavailable):
            list(files.items("a.csv"))


@pytest.mark.parametrize(("status", "kind"), [(412, Conflict), (416, Conflict), (403, Refused),
                                              (404, NotFound), (410, NotFound), (418, Unavailable),
                                              (204, Unavailable), (407, Refused)])  # fmt: skip
def test_answers_that_give_no_file(
    one: Web, tmp_path: Path, status: int, kind: type[DoumenError]
) -> None:
    with opened(one) as files:
        (item,) = files.items("a.csv")
        one.statuses[:] = [status] * 2
        with pytest.raises(kind):
            files.bring(item, tmp_path / "out", quiet)


def test_a_part_that_was_not_asked_for_is_not_taken(
    one: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "TRIES", 1)
    monkeypatch.setattr(fetch, "begun", lambda answer: 7)
    with opened(one) as files:
        (item,) = files.items("a.csv")
        with pytest.raises(Unavailable) as caught:
            files.bring(item, tmp_path / "out", quiet)
    assert "another part" in str(caught.value.why)


def test_a_file_without_a_size(one: Web, tmp_path: Path) -> None:
    one.sized = False
    assert brought(one, tmp_path) == ("a.csv", BIG)


@pytest.mark.parametrize(("name", "called", "path"), [
    ("b c.csv", "b c.csv", "/files/b%20c.csv"),
    ("sub/名.csv", "sub/名.csv", "/files/sub/%E5%90%8D.csv"),
    ("get?name=x&key=secret", "get", "/files/get?name=x&key=secret"),
    ("/other/a.csv", None, "/other/a.csv"),
    ("../up.csv", None, "/up.csv"),
])  # fmt: skip
def test_names_are_addresses(
    web: Web, tmp_path: Path, name: str, called: str | None, path: str
) -> None:
    from urllib.parse import unquote

    web.files[unquote(path.partition("?")[0])] = b"x"
    told, data = brought(web, tmp_path, name)
    assert told == (called or f"{web.address}{path}")
    assert "secret" not in told
    assert {asked for _, asked, _, _ in web.asked} == {path}
    assert data == b"x"


@pytest.mark.parametrize(("secrets", "options"), [
    ({"password": PASSWORD}, {"user": USER}), ({"token": TOKEN}, {}),
])  # fmt: skip
def test_who_is_let_in(
    one: Web, tmp_path: Path, secrets: dict[str, str], options: dict[str, str]
) -> None:
    one.signed = True
    assert "asks who reads" in str(fault(one).what)
    with opened(one, secrets, **options) as files:
        (item,) = files.items("a.csv")
        files.bring(item, tmp_path / "out", quiet)
    wrong = dict.fromkeys(secrets, "wrong")
    assert "does not let us in" in str(fault(one, wrong, **options).what)


def test_secrets_go_home_alone(one: Web, tmp_path: Path) -> None:
    one.signed = True
    with serving(Web(files={"/b.csv": b"b"})) as other:
        one.leads = {"/files/away.csv": f"{other.address}/b.csv", "/files/here.csv": "a.csv"}
        with opened(one, {"token": TOKEN}) as files:
            for number, name in enumerate(("away.csv", "here.csv", f"{other.address}/b.csv")):
                (item,) = files.items(name)
                files.bring(item, tmp_path / str(number), quiet)
        assert {signs for *_, signs in other.asked} == {None}
        assert {signs for *_, signs in one.asked} == {f"Bearer {TOKEN}"}
    assert (tmp_path / "2").read_bytes() == b"b"


@pytest.mark.parametrize(("secrets", "options"), [
    ({"password": "x"}, {}), ({}, {"user": "x"}), ({"password": "x", "token": "y"}, {"user": "x"}),
    ({"token": "a\nb"}, {}), ({"token": "名"}, {}),
    ({"token": "x"}, {"base": "http://example.org/"}), ({}, {"authorities": "/nowhere.pem"}),
])  # fmt: skip
def test_what_does_not_go_together(
    web: Web, secrets: dict[str, str], options: dict[str, Any]
) -> None:
    error = fault(web, secrets, **options)
    assert isinstance(error, Invalid)
    assert web.asked == []


def test_it_lists_nothing(web: Web) -> None:
    for pattern in ("*.csv", "**"):
        assert fault(web, name=pattern).code == "invalid.pattern"
    assert fault(web, name="ftp://example.org/a").code == "invalid.address"


def test_inner_networks_are_entered_only_where_it_is_said(web: Web) -> None:
    error = fault(web, allow_private=False)
    assert error.code == "refused.address"
    assert "allow_private: true" in str(error.next)


def test_certificates_of_an_authority_of_ones_own(tmp_path: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1"],
        cwd=tmp_path, capture_output=True, check=True,
    )  # fmt: skip
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with serving(Web(files={"/files/a.csv": b"x"}), tls) as web:
        assert "certificate" in str(fault(web).why)
        with opened(web, {"token": TOKEN}, authorities=str(tmp_path / "cert.pem")) as files:
            assert [item.size for item in files.items("a.csv")] == [1]
