"""Mail: written in the language of who reads it, over a line that nobody else reads."""

from __future__ import annotations

import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.told import certified, mailed

from doumen.faces.languages import catalogue
from doumen.flows.alert.ways import mail
from doumen.model.alert import Mail, Notice, Tls
from doumen.model.errors import Refused, Unavailable
from doumen.model.message import Catalogue, as_written, msg
from doumen.model.source import Keeps, Secret

NOW = datetime(2026, 11, 29, 2, 0, 5, tzinfo=UTC)
NOTICE = Notice(
    "01NOTICE", "oncall", "failing.begun", "2026-11-29T02:00:00.000000Z", {},
    msg("{node}: {what}", node="Shop\nSubject: x",
        what=msg("schedule `{schedule}` fails", schedule="nightly")),
    (msg("See it: doumen job show {job}", job="J1"),),
)  # fmt: skip
WAY = Mail(
    "127.0.0.1", 25, Tls.NONE, None, None, "node@shop.example", ("a@x.example", "b@x.example")
)


def send(way: Mail, say: Catalogue = as_written) -> None:
    mail.Sender(way).send(NOTICE, say, NOW)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's context, with a certificate that is trusted here."""
    chain, key = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, key)
    return context


def test_a_letter_comes_to_all(zygote: None) -> None:
    with mailed() as box:
        send(replace(WAY, port=box.port))
    ((sender, receivers, letter),) = box.came
    assert (sender, receivers) == ("node@shop.example", ["a@x.example", "b@x.example"])
    assert letter["Subject"] == "Shop Subject: x: schedule `nightly` fails"
    assert letter["Message-ID"] == "<01NOTICE@shop.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"] == "Sun, 29 Nov 2026 02:00:00 +0000"
    lines = letter.get_content().splitlines()
    assert lines[-1] == "See it: doumen job show J1"


def test_a_letter_is_in_the_language_of_who_reads_it() -> None:
    with mailed() as box:
        send(replace(WAY, port=box.port), catalogue("zh"))
    ((_, _, letter),) = box.came
    assert "nightly" in letter["Subject"]
    assert "fails" not in letter["Subject"]
    assert "doumen job show J1" in letter.get_content()
    assert "See it" not in letter.get_content()


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")  # it knows of STARTTLS only
@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_a_line_is_safe(tls: Tls, certificate: ssl.SSLContext, monkeypatch: Any) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "geheim")

    def lets_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        from aiosmtpd.smtp import AuthResult

        good = (data.login, data.password) == (b"doumen", b"geheim")
        return AuthResult(success=good, handled=False)

    more: dict[str, Any] = {"authenticator": lets_in, "auth_required": True}
    if tls is Tls.IMPLICIT:
        more |= {"ssl_context": certificate, "auth_require_tls": False}
    else:
        more |= {"tls_context": certificate, "require_starttls": True}
    kept = Secret(Keeps.ENV, "MAIL_PASSWORD")
    with mailed(**more) as box:
        way = replace(WAY, host="localhost", port=box.port, tls=tls, user="doumen", password=kept)
        send(way)
        with pytest.raises(Refused) as caught:
            send(replace(way, user="somebody"))
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(Unavailable, match="is not reached"):
            send(way)
    assert len(box.came) == 1
    assert caught.value.code == "refused.mail"
    assert "geheim" not in str(caught.value.as_json())


def test_without_tls_there_nothing_is_sent() -> None:
    with mailed() as box:
        with pytest.raises(Unavailable) as caught:
            send(replace(WAY, port=box.port, tls=Tls.STARTTLS))
        assert caught.value.why == "SMTPNotSupportedError on the way."
    assert not box.came


@pytest.mark.parametrize(("reply", "for_good"), [("451 later", False), ("554 geheim", True)])
def test_what_is_not_taken_is_told_by_its_code(reply: str, for_good: bool) -> None:
    with mailed() as box:
        box.reply = reply
        with pytest.raises(Unavailable) as caught:
            send(replace(WAY, port=box.port))
    assert f"it answers {reply[:3]}" in str(caught.value)
    assert (caught.value.why == "It says that it never will.") is for_good
    assert "geheim" not in str(caught.value.as_json())


@pytest.mark.parametrize("refused", [["a@x.example"], ["a@x.example", "b@x.example"]])
def test_an_address_that_is_refused(refused: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.told import Box

    async def asked(
        self: Box, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in refused:
            return "550 geheim"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    monkeypatch.setattr(Box, "handle_RCPT", asked, raising=False)
    with mailed() as box, pytest.raises(Unavailable, match="it answers 550") as caught:
        send(replace(WAY, port=box.port))
    assert "geheim" not in str(caught.value.as_json())
    assert len(box.came) == (len(refused) == 1)


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unavailable) as caught:
        send(replace(WAY, port=port))
    assert caught.value.why == "ConnectionRefusedError on the way."


def test_who_says_nothing_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "SILENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(Unavailable):
        send(replace(WAY, port=mute.getsockname()[1]))


def test_who_goes_on_for_too_long_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "WHOLE", 0.1)
    from tests.told import Box

    async def slow(self: Box, *given: Any) -> str:
        import asyncio

        await asyncio.sleep(0.6)
        return "250 OK"

    monkeypatch.setattr(Box, "handle_DATA", slow)
    with mailed() as box, pytest.raises(Unavailable):
        send(replace(WAY, port=box.port))
