"""How values look on pages, and what templates may say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from jinja2 import UndefinedError

from doumen.faces.web.page import draw


@pytest.mark.parametrize(
    ("path", "query", "address"),
    [
        ("/d", {}, "/d"),
        ("/d", {"q": "", "page": None}, "/d"),
        ("/d", {"q": "充电 桩", "tab": "use"}, "/d?q=%E5%85%85%E7%94%B5+%E6%A1%A9&tab=use"),
        ("/d/a.b c?", {"label": ["x", "y"]}, "/d/a.b%20c%3F?label=x&label=y"),
        ("/d", {"from_": 3, "n": 0}, "/d?from=3&n=0"),
        ("/d", {"column": [""], "is.a_": ["", "1"], "none": []}, "/d?column=&is.a_=&is.a_=1"),
    ],
)
def test_an_address_is_made(path: str, query: dict[str, Any], address: str) -> None:
    assert draw.url(path, **query) == address


@pytest.mark.parametrize(
    ("bytes_", "text"),
    [(None, "–"), (0, "0 B"), (1023, "1,023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"),
     (5 * 2**40, "5.0 TiB"), (5 * 2**50, "5,120.0 TiB")],
)  # fmt: skip
def test_bytes_are_told_in_binary_units(bytes_: int | None, text: str) -> None:
    assert draw.size(bytes_) == text


def test_numbers_and_times_are_told() -> None:
    assert draw.count(1234567) == "1,234,567"
    assert draw.count(None) == "–"
    assert draw.percent(0.12345) == "12.3"
    assert draw.percent(None) == "–"
    assert draw.moment("2026-11-24T13:05:59.123Z") == "2026-11-24 13:05 UTC"
    assert draw.moment(datetime(2026, 11, 24, 13, 5, tzinfo=UTC)) == "2026-11-24 13:05 UTC"
    assert draw.moment("2026-11-24T21:05:00+08:00") == "2026-11-24 13:05 UTC"
    assert draw.moment("") == "–"
    assert draw.day("2026-11-24T13:05") == "2026-11-24"
    assert draw.day(date(2026, 11, 24)) == "2026-11-24"
    assert draw.day(None) == "–"
    assert draw.short("01M8NX53BBZ25AD9KECF87M3RD", 10) == "01M8NX53BB…"
    assert draw.short("a") == "a"


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), ("a<b", "a<b"), (True, "true"), (0.1 + 0.2, "0.3"), (12, "12"),
     ([1, "浙"], '[1, "浙"]'), ({"a": None}, '{"a": null}')],
)  # fmt: skip
def test_a_value_is_text(value: Any, text: str) -> None:
    assert draw.cell(value) == text


def test_numeric_types_stand_on_the_right() -> None:
    assert draw.numeric("DECIMAL(18,2)")
    assert draw.numeric("BIGINT")
    assert not draw.numeric("VARCHAR")
    assert not draw.numeric("BIGINT[]")


def test_a_template_speaks_the_language_and_escapes() -> None:
    english, chinese = draw.environment("en"), draw.environment("zh")
    text = '{{ _("Good to see you, {name}", name=who) }} {{ icon("user") }}'
    told = english.from_string(text).render(who="<b>")
    assert told.startswith("Good to see you, &lt;b&gt; <svg")
    assert chinese.from_string(text).render(who="a").startswith("您好，a")


def test_a_name_that_a_page_does_not_have_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        draw.environment("en").from_string("{{ nothing }}").render()
