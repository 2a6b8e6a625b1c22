"""What is told of errors that the system raises."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from doumen.model.errors import Refused, told_by, unexpected
from doumen.model.files import unwritable
from doumen.model.message import msg

NEXT = msg("Report it.")


def test_an_unknown_error_tells_its_kind_alone() -> None:
    told = unexpected(ValueError("138-0000-0001"), NEXT).as_json()
    assert (told["code"], told["next"]) == ("internal", NEXT)
    assert "ValueError" in str(told["why"])
    assert "138" not in str(told)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_known_wherever_it_shows(number: int) -> None:
    error = OSError(number, os.strerror(number), "secret.csv")
    for told in (unexpected(error, NEXT), unwritable(Path("out.csv"), error)):
        assert (told.code, told.exit, told.http) == ("unavailable.disk", 4, 503)
        assert told.next
        assert "secret" not in str(told.as_json())


def test_other_errors_of_the_system_are_told_as_they_are() -> None:
    error = PermissionError(errno.EACCES, "Permission denied")
    assert unexpected(error, NEXT).code == "internal"
    assert unwritable(Path("out.csv"), error).code == "unavailable.file"


def test_an_error_that_another_node_tells_of_is_the_same() -> None:
    error = Refused(msg("No."), why=msg("So."), next=NEXT, rule="R-1", detail="x")
    told = told_by(error.as_json())
    assert isinstance(told, Refused)
    assert told.as_json() == error.as_json()


@pytest.mark.parametrize(
    "change", [{"code": None}, {"what": None}, {"code": 3}, {"what": []}, {"why": 1}, {"rule": {}}]
)
def test_what_has_not_the_shape_of_a_failure_tells_of_none(change: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        told_by({**Refused(msg("No.")).as_json(), **change})
