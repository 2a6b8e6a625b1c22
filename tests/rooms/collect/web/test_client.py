"""One who asks: answers whole or not at all, patience within bounds, secrets at home alone."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from tests.engines.peers.conftest import Authority
from tests.rooms.collect.web.serving import Asked, Reply, Web, serving

from doumen.model.errors import (
    DoumenError,
    Faulty,
    Invalid,
    NotFound,
    Refused,
    Unavailable,
)
from doumen.model.wanted import WANTED, Wanted
from doumen.rooms.collect import unpack
from doumen.rooms.collect.web import body as bodies
from doumen.rooms.collect.web.address import parsed
from doumen.rooms.collect.web.client import Call, Client
from doumen.rooms.collect.web.manners import Clock, Manners
from doumen.rooms.collect.web.signing import Fixed, bearer


class Time:
    """A clock that a test looks at: sleeping takes no time."""

    def __init__(self) -> None:
        self.at = 1_700_000_000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.at += seconds

    def clock(self) -> Clock:
        return Clock(self.now, self.now, self.sleep, lambda: 1.0)


@pytest.fixture
def time() -> Time:
    return Time()


_made: list[Client] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _made:
        _made.pop().close()


def asker(web: Web, time: Time, **given: Any) -> Client:
    manners = Manners(given.pop("rate", None), given.pop("tries", 5), time.clock())
    _made.append(Client(parsed(web.url), given.pop("sign", None), manners, **given))
    return _made[-1]


def got(client: Client, address: str, **given: Any) -> bytes:
    with client.ask(Call(parsed(address), **given)) as answer:
        return answer.body.read()


def test_an_answer_is_taken_whole_and_the_line_kept(web: Web, time: Time) -> None:
    web.give("/a", b"x" * 300_000)
    client = asker(web, time, headers={"accept": "text/x"})
    for _ in range(3):
        assert got(client, f"{web.url}/a", headers={"Accept": "text/y"}) == b"x" * 300_000
    assert web.opened == 1
    assert web.asked[0].headers["accept"] == "text/x"
    assert "Accept" not in web.asked[0].headers


def test_a_line_that_was_closed_meanwhile_is_opened_anew(web: Web, time: Time) -> None:
    web.give("/a", Reply(b"one", cut=3))
    client = asker(web, time)
    for _ in range(2):
        assert got(client, f"{web.url}/a") == b"one"
    assert (time.slept, web.opened, len(client._kept)) == ([], 2, 1)


def test_what_breaks_is_asked_for_again(web: Web, time: Time) -> None:
    whole = b"y" * 5000
    web.give("/a", Reply(whole, cut=100), Reply(whole, cut=0), Reply(status=500), Reply(whole))
    assert got(asker(web, time), f"{web.url}/a") == whole
    assert time.slept == [0.5, 1.0, 2.0]
    web.give("/b", Reply(whole, packed=True, cut=12), Reply(whole, packed=True))
    assert got(asker(web, time), f"{web.url}/b") == whole


def test_what_breaks_again_and_again_is_told(web: Web, time: Time) -> None:
    web.give("/a", Reply(b"yyy", cut=1))
    with pytest.raises(Unavailable, match="does not answer") as caught:
        got(asker(web, time, tries=3), f"{web.url}/a?key=geheim")
    assert len(web.asked) == 3
    assert "geheim" not in str(caught.value.as_json())
    with pytest.raises(Unavailable, match="does not answer"):
        got(asker(web, time, private=True), "http://127.0.0.1:1/a")
    with pytest.raises(NotFound, match="no host"):
        got(asker(web, time), "http://nowhere.invalid/a")


def test_a_line_that_is_silent_is_given_up(web: Web) -> None:
    import time as real

    def slow(asked: Asked) -> Reply:
        real.sleep(0.5)
        return Reply()

    web.replies["/a"] = slow
    client = Client(parsed(web.url), manners=Manners(tries=1), seconds=0.1)
    with pytest.raises(Unavailable):
        got(client, f"{web.url}/a")


def test_patience_is_what_is_asked_for(web: Web, time: Time) -> None:
    web.give(
        "/a",
        Reply(status=429, headers={"Retry-After": "7"}),
        Reply(status=503, headers={"Retry-After": formatdate(time.at + 27, usegmt=True)}),
        Reply(status=403, headers={"Retry-After": "2"}),
        Reply(status=429, headers={"Retry-After": "soon"}),
        b"there",
    )
    assert got(asker(web, time), f"{web.url}/a") == b"there"
    assert time.slept[0] == 7
    assert time.slept[1] == pytest.approx(20, abs=1)
    assert time.slept[2:] == [2, 4.0]


def test_patience_has_an_end(web: Web, time: Time) -> None:
    web.give("/a", Reply(status=429, headers={"Retry-After": "86400"}))
    with pytest.raises(Unavailable, match="86400 seconds") as caught:
        got(asker(web, time), f"{web.url}/a")
    assert caught.value.code == "unavailable.busy"
    assert time.slept == []


def test_the_pace_is_kept(web: Web, time: Time) -> None:
    web.give("/a", b"")
    client = asker(web, time, rate=4.0)
    for _ in range(5):
        got(client, f"{web.url}/a")
    assert time.slept == [0.25] * 4


def test_who_is_not_waited_for_stops(web: Web) -> None:
    web.give("/a", Reply(status=500))
    wanted = Wanted()
    wanted.end()
    token = WANTED.set(wanted)
    try:
        with pytest.raises(Unavailable, match="ended before"):
            got(Client(parsed(web.url)), f"{web.url}/a")
    finally:
        WANTED.reset(token)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Invalid), (401, Refused), (403, Refused), (404, NotFound), (410, NotFound),
        (422, Invalid), (500, Unavailable), (429, Unavailable), (304, Faulty), (206, Faulty),
        (999, Unavailable),
    ],
)  # fmt: skip
def test_every_status_is_told(web: Web, time: Time, status: int, kind: type[DoumenError]) -> None:
    web.give("/a", Reply(b"" if status == 304 else b"their own words", status=status))
    with pytest.raises(kind) as caught:
        got(asker(web, time), f"{web.url}/a")
    assert "their own" not in str(caught.value.as_json())


def test_secrets_stay_at_home(web: Web, time: Time) -> None:
    with serving() as other:
        web.give("/a", Reply(status=302, headers={"Location": f"{other.url}/b"}))
        other.give("/b", b"there")
        sign = Fixed({"Authorization": "Bearer geheim"}, {"key": "geheim"})
        client = asker(web, time, sign=sign, headers={"X-Mine": "1"}, private=True)
        assert got(client, f"{web.url}/a?q=1", headers={"Accept": "x"}) == b"there"
        assert web.asked[0].query == {"q": ["1"], "key": ["geheim"]}
        assert web.asked[0].headers["Authorization"] == "Bearer geheim"
        assert other.asked[0].query == {}
        assert other.asked[0].headers["Accept"] == "x"
        assert not {"Authorization", "X-Mine"} & other.asked[0].headers.keys()
        web.give("/c", Reply(status=301, headers={"Location": "/a"}))
        assert got(client, f"{web.url}/c") == b"there"
        assert web.asked[-1].headers["Authorization"] == "Bearer geheim"


def test_an_inner_network_is_not_entered(web: Web, time: Time) -> None:
    with serving() as other:
        web.give("/a", Reply(status=302, headers={"Location": f"{other.url}/b"}))
        with pytest.raises(Refused, match="inner network"):
            got(asker(web, time), f"{web.url}/a")
        assert other.asked == []


@pytest.mark.parametrize(
    ("method", "status", "location", "kind"),
    [
        ("GET", 302, "ftp://x/y", Faulty),
        ("GET", 302, "", Unavailable),
        ("POST", 302, "/b", Refused),
        ("POST", 307, "http://127.0.0.2:1/b", Refused),
    ],
)
def test_redirects_that_lead_astray(
    web: Web, time: Time, method: str, status: int, location: str, kind: type[DoumenError]
) -> None:
    web.give("/a", Reply(status=status, headers={"Location": location}))
    with pytest.raises(kind):
        got(asker(web, time), f"{web.url}/a", method=method, body=None)
    web.give("/ok", Reply(status=308, headers={"Location": "/there"}))
    web.give("/there", b"there")
    assert got(asker(web, time), f"{web.url}/ok", method="POST", body=b"q") == b"there"
    assert web.asked[-1].body == b"q"


def test_a_redirect_does_not_leave_tls(time: Time) -> None:
    from doumen.rooms.collect.web.client import _astray

    secure, plain = parsed("https://a/b"), parsed("http://a/b")
    assert _astray(Call(secure), secure, plain, 302) is not None
    assert _astray(Call(plain), plain, secure, 302) is None


def test_bombs_and_what_is_too_long(web: Web, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "FREE", 1 << 20)
    web.give("/a", Reply(b"\0" * (8 << 20), packed=True))
    with pytest.raises(Faulty, match="as it should") as caught:
        got(asker(web, time), f"{web.url}/a")
    assert "250 times" in str(caught.value.why)
    web.give("/b", b"x" * 3_000_000)
    with pytest.raises(Faulty) as caught:
        got(asker(web, time), f"{web.url}/b", most=2 << 20)
    assert "2 MiB" in str(caught.value.why)
    for coded, content in (("br", b"x"), ("gzip", b"no gzip at all")):
        web.give("/c", Reply(content, headers={"Content-Encoding": coded}))
        with pytest.raises(Faulty):
            got(asker(web, time), f"{web.url}/c")


def test_long_answers_go_to_the_disk(web: Web, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    import random

    monkeypatch.setattr(bodies, "IN_MEMORY", 1000)
    monkeypatch.setattr(unpack, "CHUNK", 100)
    whole = random.Random(1).randbytes(20_000) + b"0" * 20_000
    web.give("/a", Reply(whole, packed=True))
    moved: list[int] = []
    with asker(web, time).ask(Call(parsed(f"{web.url}/a")), moved.append) as answer:
        assert answer.body.read() == whole
        assert answer.framed
    assert moved
    web.give("/b", Reply(b"open end", framed=False))
    with asker(web, time).ask(Call(parsed(f"{web.url}/b"))) as answer:
        assert not answer.framed


def test_certificates_are_looked_at(time: Time, tmp_path: Path) -> None:
    authority = Authority(tmp_path).made()
    with serving(authority.context("127.0.0.1")) as web:
        web.give("/a", b"there")
        with pytest.raises(Unavailable) as caught:
            got(asker(web, time), f"{web.url}/a")
        assert "certificate" in str(caught.value.why)
        client = asker(web, time, authorities=str(authority.file), sign=bearer("t"))
        assert got(client, f"{web.url}/a") == b"there"
    with serving() as plain, pytest.raises(Unavailable) as caught:
        got(asker(web, time, private=True), f"https://127.0.0.1:{plain.port}/a")
    assert "TLS" in str(caught.value.why)
    for wrong in (tmp_path / "none.pem", tmp_path):
        with pytest.raises(Unavailable, match="authorities"):
            asker(web, time, authorities=str(wrong))
    (tmp_path / "bad.pem").write_text("no certificate")
    with pytest.raises(Unavailable, match="authorities"):
        asker(web, time, authorities=str(tmp_path / "bad.pem"))


def test_a_header_that_cannot_be_sent_is_invalid(web: Web, time: Time) -> None:
    with pytest.raises(Invalid):
        got(asker(web, time, headers={"X-A": "b\nc"}), f"{web.url}/a")
