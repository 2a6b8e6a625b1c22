"""Errors as a reader of S3 is told them: a code that clients know, a status, and our words.

Source: Amazon S3 API Reference, "Error responses".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from doumen.model.errors import DoumenError
from doumen.model.message import Catalogue, as_written, spoken

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
CODES: Mapping[str, tuple[str, int]] = {
    "refused.keys": ("AccessDenied", 403),
    "refused.presigned": ("AccessDenied", 403),
    "refused.bucket": ("AccessDenied", 403),
    "refused.session-token": ("InvalidToken", 400),
    "refused.skew": ("RequestTimeTooSkewed", 403),
    "refused.ended": ("ExpiredToken", 403),
    "not-found.object": ("NoSuchKey", 404),
    "invalid.request": ("InvalidRequest", 400),
    "invalid.range": ("InvalidRange", 416),
    "invalid.method": ("MethodNotAllowed", 405),
    "invalid.unsupported": ("NotImplemented", 501),
    "conflict.condition": ("PreconditionFailed", 412),
    "over-budget.rate": ("SlowDown", 503),
    "unavailable.busy": ("SlowDown", 503),
}
"""Code of an error of ours → code and status of S3; any other is not told apart."""
_UNAVAILABLE = ("ServiceUnavailable", 503)
_INTERNAL = ("InternalError", 500)
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fault_of(error: DoumenError) -> tuple[str, int]:
    """Code and status of S3."""
    other = _UNAVAILABLE if error.kind == "unavailable" else _INTERNAL
    return CODES.get(error.code, other)


def error_document(error: DoumenError, request: str, say: Catalogue = as_written) -> bytes:
    """The body of an error.

    Args:
        error: What is told.
        request: Id of the request.
        say: Catalogue of the language of the reader.
    """
    sentences = [spoken(part, say) for part in (error.what, error.why, error.next) if part]
    parts = {
        "Code": fault_of(error)[0],
        "Message": " ".join(map(str, sentences)),
        "RequestId": request,
    }
    return document("Error", "".join(element(name, text) for name, text in parts.items()))


def document(root: str, body: str, namespace: str = "") -> bytes:
    """A document of XML in UTF-8."""
    named = f' xmlns="{namespace}"' if namespace else ""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}{named}>{body}</{root}>'.encode()


def element(name: str, text: str) -> str:
    """An element that holds a text; what XML cannot hold is left out."""
    return f"<{name}>{escape(_UNWRITABLE.sub('', text))}</{name}>"
