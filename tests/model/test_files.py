"""Files as people are told of them."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from doumen.model.errors import DoumenError
from doumen.model.files import reading, reason, without
from doumen.model.message import msg


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOSPC, errno.EROFS, errno.EADDRINUSE])
def test_what_the_system_says_often_can_be_put_into_another_language(number: int) -> None:
    error = OSError(number, os.strerror(number))
    assert reason(error) == os.strerror(number)
    assert reason(error).template == os.strerror(number)


def test_what_it_says_rarely_stays() -> None:
    assert reason(OSError(errno.ELOOP, "Too many levels")).template is None
    assert reason(OSError("odd")) == "OSError"
    said = msg("there is no regular file")
    assert reason(OSError(0, said)) is said


def test_a_place_is_left_out_of_a_message_too() -> None:
    place = re.compile("/secret/")
    told = without(place, {"/secret/a": [msg("No `{file}`.", file="/secret/b"), 1]})
    assert told == {"a": ["No `b`.", 1]}
    assert told["a"][0].into(lambda _: "没有 `{file}`。") == "没有 `b`。"


@pytest.mark.parametrize(
    ("name", "code"),
    [("none", "not-found.file"), (".", "unavailable.file"), ("latin", "invalid.encoding")],
)
def test_why_a_file_is_not_read(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "latin").write_bytes(b"caf\xe9")
    with pytest.raises(DoumenError) as caught, reading(tmp_path / name):
        (tmp_path / name).read_text(encoding="utf-8")
    assert caught.value.code == code
