"""What is told of errors that the system raises."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from doumen.model.errors import unexpected
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
