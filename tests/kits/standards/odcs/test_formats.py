from __future__ import annotations

from datetime import datetime

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.standards.odcs.formats import to_jdk, to_strptime

PAIRS = [
    ("yyyy-MM-dd", "%Y-%m-%d"),
    ("dd.MM.yyyy HH:mm", "%d.%m.%Y %H:%M"),
    ("yyyy-MM-dd'T'HH:mm:ss.SSS", "%Y-%m-%dT%H:%M:%S.%g"),
    ("yyyy年M月d日", "%Y年%-m月%-d日"),
    ("hh:mm a", "%I:%M %p"),
    ("EEE, d MMM yyyy", "%a, %-d %b %Y"),
    ("yyyyMMdd'%''x'", "%Y%m%d%%'x"),
]


@pytest.mark.parametrize(("jdk", "strptime"), PAIRS)
def test_patterns(jdk: str, strptime: str) -> None:
    assert to_strptime(jdk) == strptime
    back = to_jdk(strptime)
    assert back is not None
    assert to_strptime(back) == strptime


@pytest.mark.parametrize("pattern", ["qq", "yyyyy", "[yyyy]", "yyyy-ww", "{", "'open"])
def test_what_strptime_cannot_say(pattern: str) -> None:
    assert to_strptime(pattern) is None


@pytest.mark.parametrize("format", ["%U", "%c", "%", "%Y%"])
def test_what_a_pattern_cannot_say(format: str) -> None:
    assert to_jdk(format) is None


@pytest.mark.parametrize(("jdk", "strptime"), PAIRS[:4])
def test_the_engine_reads_them(jdk: str, strptime: str) -> None:
    moment = datetime(2013, 11, 24, 17, 5)
    text = moment.strftime(strptime.replace("%-", "%").replace("%g", "000"))
    (read,) = duckdb.execute("SELECT strptime(?, ?)", [text, strptime]).fetchall()[0]
    assert read.date() == moment.date()
    assert to_strptime(jdk) == strptime


@given(st.text(alphabet="yMdHms'[]{}#% -年x", max_size=12))
@settings(derandomize=True, deadline=None, max_examples=count(300))
def test_law_a_pattern_written_reads_back(pattern: str) -> None:
    format = to_strptime(pattern)
    if format is not None:
        back = to_jdk(format)
        assert back is None or to_strptime(back) == format
