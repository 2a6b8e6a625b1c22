"""What a driver says is told by its state and its number, and is not passed on."""

from __future__ import annotations

import pytest

from doumen.model.errors import DoumenError, Faulty, Invalid, NotFound, Refused, Unavailable
from doumen.rooms.collect.connectors.odbc_address import Options
from doumen.rooms.collect.connectors.odbc_faults import failure, unreached

OPTIONS = Options(driver="D")


def said(state: str, number: int = 0) -> str:
    """An error as arrow-odbc words it."""
    return f"ODBC emitted an error:\nState: {state}, Native error: {number}, Message: geheim"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (said("08S01"), Unavailable),
        (said("HY000", 2013), Unavailable),
        (said("HYT00"), Unavailable),
        (said("40001"), Unavailable),
        (said("53200"), Unavailable),
        (said("42501"), Refused),
        (said("42000", 229), Refused),
        (said("42S02"), Invalid),
        (said("37000"), Invalid),
        (said("22012"), Faulty),
        ("geheim", Faulty),
    ],
)
def test_what_a_state_means(words: str, kind: type[DoumenError]) -> None:
    for query in (True, False):
        error = failure(OPTIONS, words, query=query)
        assert type(error) is kind or (not query and type(error) is Faulty)
        assert "geheim" not in str(error.as_json())


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (said("IM002"), Unavailable),
        (said("01000"), Unavailable),
        (said("08001"), Unavailable),
        (said("HY000", 2002), Unavailable),
        (said("28000", 18456), Refused),
        (said("3D000"), NotFound),
        (said("42000", 4060), NotFound),
        (said("HY000", 1), Refused),
        ("geheim", Refused),
    ],
)
def test_why_a_connection_is_not_made(words: str, kind: type[DoumenError]) -> None:
    error = unreached(OPTIONS, words)
    assert type(error) is kind
    assert "geheim" not in str(error.as_json())
