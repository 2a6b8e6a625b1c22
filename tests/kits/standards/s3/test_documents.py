"""Errors as S3 tells them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from doumen.kits.standards.s3 import error_document, fault_of
from doumen.model.errors import (
    DoumenError,
    NotFound,
    OverBudget,
    Refused,
    Unavailable,
)
from doumen.model.message import msg


def test_code_words_and_request() -> None:
    error = NotFound(msg("There is no `<a>&`."), next=msg("Look."), detail="object")
    root = ET.fromstring(error_document(error, "r1"))
    told = {child.tag: child.text for child in root}
    assert told == {"Code": "NoSuchKey", "Message": "There is no `<a>&`. Look.", "RequestId": "r1"}
    other = error_document(error, "r1", lambda text: {"Look.": "看。"}.get(text, text))
    assert "看。" in other.decode()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Refused(msg("x"), detail="ended"), ("ExpiredToken", 403)),
        (OverBudget(msg("x"), detail="rate"), ("SlowDown", 503)),
        (Unavailable(msg("x"), detail="busy"), ("SlowDown", 503)),
        (Unavailable(msg("x"), detail="store"), ("ServiceUnavailable", 503)),
        (DoumenError(msg("x")), ("InternalError", 500)),
    ],
)
def test_errors_by_their_code(error: DoumenError, told: tuple[str, int]) -> None:
    assert fault_of(error) == told
