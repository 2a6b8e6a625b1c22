"""Notices to an address by HTTP, signed as Standard Webhooks says (standardwebhooks.com, v1).

`webhook-id` is the same at every try, `webhook-timestamp` is of the try, and `webhook-signature` is
`v1,` and the base64 of HMAC-SHA256 over `ID.TIMESTAMP.BODY`. Redirects are not followed: the
signature is for whom the owner named.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from doumen.flows.alert.document import check_address
from doumen.flows.alert.ways.interface import GONE, SILENCE, WHOLE
from doumen.model.alert import Notice, Secretly, Webhook
from doumen.model.errors import Invalid, Unavailable
from doumen.model.message import Catalogue, Message, as_written, joined, msg
from doumen.model.source import Secret
from doumen.rooms.collect.sources.secrets import fetched

PREFIX = "whsec_"
_LEAST, _MOST = 24, 64
"""Bytes of a secret, as Standard Webhooks has it."""


class Sender:
    """The way to one address."""

    def __init__(self, way: Webhook) -> None:
        self._way = way

    def send(self, notice: Notice, say: Catalogue, now: datetime) -> None:
        """Hand a notice over; a status of 2xx says that it was taken."""
        kept = {"url": self._way.url, "secret": self._way.secret} | {
            f"header {name}": value for name, value in self._way.headers.items()
        }
        texts = _read(kept)
        body = payload(notice)
        headers = {name: texts[f"header {name}"] for name in self._way.headers}
        headers |= signed(notice.id, int(now.timestamp()), body, key(texts["secret"]))
        headers |= {"Content-Type": "application/json", "User-Agent": "doumen"}
        status = _posted(_address(texts["url"]), body, headers)
        if not 200 <= status < 300:
            raise Unavailable(
                msg("The webhook does not take the notice: it answers {status}.", status=status),
                why=msg("Redirects are not followed.") if 300 <= status < 400 else None,
                next=msg("See there, then: doumen alert test {alert}", alert=notice.alert),
                detail=GONE if status == http.HTTPStatus.GONE else "webhook",
            )


def payload(notice: Notice) -> bytes:
    """The body: the same bytes at every try. It is for programs, so it is in English."""
    message = joined("\n", [notice.subject, *notice.lines]).into(as_written)
    told = {
        "type": notice.type,
        "timestamp": notice.created,
        "data": {**notice.data, "message": message},
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def signed(id: str, timestamp: int, body: bytes, secret: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks.

    Args:
        id: Of the notice.
        timestamp: Seconds since 1970 of this try.
        body: As it is sent.
        secret: The key.
    """
    content = f"{id}.{timestamp}.".encode() + body
    digest = hmac.new(secret, content, hashlib.sha256).digest()
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def key(secret: str) -> bytes:
    """The key of a secret as it is written: `whsec_` and base64.

    Raises:
        Invalid: it is none.
    """
    try:
        found = base64.b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not _LEAST <= len(found) <= _MOST:
        raise Invalid(
            msg("The secret of the webhook is none."),
            why=msg("It is `whsec_` and the base64 of 24 to 64 random bytes."),
            next=msg("Make one: echo whsec_$(openssl rand -base64 32)"),
            detail="secret",
        )
    return found


def _read(kept: Mapping[str, Secretly]) -> dict[str, str]:
    plain = {name: value for name, value in kept.items() if isinstance(value, str)}
    return plain | fetched({n: value for n, value in kept.items() if isinstance(value, Secret)})


def _address(url: str) -> SplitResult:
    try:
        check_address(url)
    except ValueError as error:
        words: Message = error.args[0]
        raise Invalid(
            msg("The address of the webhook cannot be told anything."), why=words, detail="address"
        ) from None
    return urlsplit(url)


def _posted(place: SplitResult, body: bytes, headers: Mapping[str, str]) -> int:
    """Send it; gives the status."""
    host, target = place.hostname or "", place.path or "/"
    target = f"{target}?{place.query}" if place.query else target
    line: http.client.HTTPConnection
    if place.scheme == "https":
        context = ssl.create_default_context()
        line = http.client.HTTPSConnection(host, place.port, timeout=SILENCE, context=context)
    else:
        line = http.client.HTTPConnection(host, place.port, timeout=SILENCE)
    try:
        line.connect()
        with _bounded(line.sock):
            line.request("POST", target, body, dict(headers))
            return line.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unavailable(
            msg("The webhook is not reached."),
            why=msg("{kind} on the way to {host}.", kind=type(error).__name__, host=host),
            next=msg("See whether it listens there, with a certificate that is trusted."),
            detail="webhook",
        ) from None
    finally:
        line.close()


@contextmanager
def _bounded(line: socket.socket) -> Iterator[None]:
    """Break a line off that goes on for too long: one that drips is never silent."""

    def end() -> None:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    late = threading.Timer(WHOLE, end)
    late.daemon = True
    late.start()
    try:
        yield
    finally:
        late.cancel()
