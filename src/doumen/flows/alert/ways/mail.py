"""Notices by mail (SMTP), in the language of the worker that sends them.

The line is safe by TLS, from its first byte or by STARTTLS, unless the server is this machine; the
server's certificate is verified. `Message-ID` is the same at every try.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from doumen.flows.alert.ways.interface import SILENCE, WHOLE
from doumen.flows.times import moment
from doumen.model.alert import Mail, Notice, Tls
from doumen.model.errors import Refused, Unavailable
from doumen.model.message import Catalogue, Message, msg
from doumen.rooms.collect.sources.secrets import fetched

_PERMANENT = 500
"""SMTP replies from here on are for good (RFC 5321, 4.2.1)."""


class Sender:
    """The way to some people."""

    def __init__(self, way: Mail) -> None:
        self._way = way

    def send(self, notice: Notice, say: Catalogue, now: datetime) -> None:
        """Hand a notice over to the server, for all."""
        way = self._way
        password = None if way.password is None else fetched({"password": way.password})["password"]
        letter = written(way, notice, say)
        try:
            with self._line() as line:
                if way.tls is Tls.STARTTLS:
                    line.starttls(context=ssl.create_default_context())
                if way.user is not None and password is not None:
                    line.login(way.user, password)
                refused = line.send_message(letter, way.sender, list(way.to))
        except smtplib.SMTPAuthenticationError:
            raise Refused(
                msg("The mail server at {host} does not let us in.", host=way.host),
                next=msg("Check user and password, then: doumen alert test {alert}",
                         alert=notice.alert),
                detail="mail",
            ) from None  # fmt: skip
        except smtplib.SMTPRecipientsRefused as error:
            raise _untaken(way, next(iter(error.recipients.values()))[0]) from None
        except smtplib.SMTPResponseException as error:
            raise _untaken(way, error.smtp_code) from None
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise Unavailable(
                msg("The mail server at {host}:{port} is not reached.", host=way.host,
                    port=way.port),
                why=msg("{kind} on the way.", kind=type(error).__name__),
                next=msg("See whether it listens there, and speaks TLS as `tls` says."),
                detail="mail",
            ) from None  # fmt: skip
        if refused:
            raise _untaken(way, next(iter(refused.values()))[0])

    @contextmanager
    def _line(self) -> Iterator[smtplib.SMTP]:
        """A line to the server, which is broken off where it goes on for too long."""
        way = self._way
        if way.tls is Tls.IMPLICIT:
            context = ssl.create_default_context()
            line: smtplib.SMTP = smtplib.SMTP_SSL(
                way.host, way.port, timeout=SILENCE, context=context
            )
        else:
            line = smtplib.SMTP(way.host, way.port, timeout=SILENCE)

        def end() -> None:
            open_still = line.sock
            if open_still is not None:
                with suppress(OSError):
                    open_still.shutdown(socket.SHUT_RDWR)

        late = threading.Timer(WHOLE, end)
        late.daemon = True
        late.start()
        try:
            with line:
                yield line
        finally:
            late.cancel()


def written(way: Mail, notice: Notice, say: Catalogue) -> EmailMessage:
    """The letter."""
    letter = EmailMessage()
    letter["From"] = way.sender
    letter["To"] = ", ".join(way.to)
    letter["Subject"] = _line(notice.subject, say)
    letter["Date"] = format_datetime(moment(notice.created))
    letter["Message-ID"] = f"<{notice.id}@{way.sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["Doumen-Notice"] = notice.type
    letter.set_content("\n".join(line.into(say) for line in (notice.subject, *notice.lines)))
    return letter


def _line(words: Message, say: Catalogue) -> str:
    """Words in one line, as a header is."""
    return " ".join(words.into(say).split())


def _untaken(way: Mail, code: int) -> Unavailable:
    return Unavailable(
        msg("The mail server at {host} does not take the mail: it answers {code}.", host=way.host,
            code=code),
        why=msg("It says that it never will.") if code >= _PERMANENT else None,
        next=msg("Check sender and addresses."),
        detail="mail",
    )  # fmt: skip
