"""The log of the service: one line for each request and each word of the server.

A line names what was asked for, by whom, and how it ended: never a statement, a parameter, a
value, a token's secret or a place of data; of an error nobody knows its kind and where it arose,
not what it says. The fields are those of `docs/service.md`.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any

from starlette.types import Scope

from doumen.faces.languages import negotiated
from doumen.faces.web.terms import Terms
from doumen.model.errors import Unavailable
from doumen.model.files import reason
from doumen.model.message import msg

LOG = logging.getLogger("doumen.access")
SERVER = logging.getLogger("uvicorn")
_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_PLACES = 3
"""Calls of which the place is told where an error arose that nobody knows."""


class Line:
    """What is known of a request for its line, and for the metrics.

    Attributes:
        language: In which its client wants to be spoken to.
        said: Further fields: operation, actor, token, code, receipt, ended.
        rows: Rows of an answer that were sent.
    """

    def __init__(self, scope: Scope) -> None:
        given = next((v for k, v in scope["headers"] if k == b"x-request-id"), b"")
        self.request = given.decode() if _ID.fullmatch(given) else secrets.token_hex(8)
        tags = [v.decode("latin-1") for k, v in scope["headers"] if k == b"accept-language"]
        self.language = negotiated(",".join(tags))
        self.method = scope["method"] if scope["method"].isalpha() else "?"
        self.status = self.bytes = self.rows = 0
        self.said: dict[str, Any] = {}
        self._since = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._since

    def headers(self) -> list[tuple[bytes, bytes]]:
        """What every answer carries."""
        return [
            (b"x-request-id", self.request.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"no-store"),
        ]

    def failed(self, error: Exception) -> None:
        """Keep the kind of an error that nobody knows, and where it arose."""
        places = traceback.extract_tb(error.__traceback__)[-_PLACES:]
        self.said["error"] = type(error).__name__
        self.said["at"] = [f"{Path(p.filename).name}:{p.lineno} {p.name}" for p in places]

    def write(self) -> None:
        """Write it; the level says how it ended."""
        warned = self.status >= 400 or "ended" in self.said
        level = logging.WARNING if warned else logging.INFO
        level = logging.ERROR if self.status >= 500 else level
        LOG.log(level, "", extra={"fields": self._fields()})

    def _fields(self) -> dict[str, Any]:
        rows = {"rows": self.rows} if self.rows else {}
        return {
            "request": self.request,
            "method": self.method,
            "status": self.status,
            "ms": round(self.seconds * 1000, 1),
            "bytes": self.bytes,
            **rows,
            **self.said,
        }


def begin(terms: Terms) -> None:
    """Send what is logged where the terms say.

    Raises:
        Unavailable: the file cannot be written.
    """
    written: logging.Formatter = _Text() if terms.log_format == "text" else _Json()
    for logger in (LOG, SERVER):
        for old in list(logger.handlers):
            logger.removeHandler(old)
            old.close()
        logger.setLevel(terms.log_level.upper() if logger is LOG else logging.INFO)
        logger.propagate = False
    if terms.log is None:
        handlers: dict[logging.Logger, list[logging.Handler]] = {
            LOG: [logging.StreamHandler(sys.stderr)],
            SERVER: [logging.StreamHandler(sys.stderr)],
        }
    else:
        handlers = {LOG: [_file(terms.log)], SERVER: [_file(terms.log), _screen()]}
    for logger, those in handlers.items():
        for handler in those:
            handler.setFormatter(written)
            logger.addHandler(handler)


def _screen() -> logging.Handler:
    """Standard error, where the server says that it is there, or why it is not."""
    return logging.StreamHandler(sys.stderr)


def _file(path: str) -> logging.Handler:
    """A file that may be moved away at any time: a new one is begun then."""
    try:
        return WatchedFileHandler(path, encoding="utf-8")
    except OSError as error:
        raise Unavailable(
            msg("The log `{path}` cannot be written.", path=path),
            why=reason(error),
            next=msg("Choose another file: `doumen serve --log FILE`."),
            detail="log",
        ) from None


def _parts(record: logging.LogRecord) -> tuple[str, str, Mapping[str, Any]]:
    """Time, level, and fields; a word of the server is a field."""
    moment = datetime.fromtimestamp(record.created, UTC)
    stamp = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
    fields = getattr(record, "fields", None)
    if fields is None:
        fields = {"server": record.getMessage()}
        if record.exc_info and record.exc_info[0] is not None:  # its text may hold what was sent
            fields["error"] = record.exc_info[0].__name__
    return stamp, record.levelname.lower(), fields


class _Json(logging.Formatter):
    """One object of JSON a line."""

    def format(self, record: logging.LogRecord) -> str:
        stamp, level, fields = _parts(record)
        return json.dumps({"time": stamp, "level": level, **fields})


class _Text(logging.Formatter):
    """The same for eyes: time, level, then `field=value`."""

    def format(self, record: logging.LogRecord) -> str:
        stamp, level, fields = _parts(record)
        words = (f"{k}={v if isinstance(v, str) else json.dumps(v)}" for k, v in fields.items())
        return " ".join((stamp, level, *words)).replace("\n", " ")
