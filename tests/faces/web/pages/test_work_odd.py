"""Answers of odd kinds on the workbench: in order, drawn and given out; no markup of users."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.faces.web.pages.test_work import ask

Visitor = Callable[..., Any]
MARKUP = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
KINDS = [
    "INTERVAL 3 DAY", "'a'::ENUM('a', 'b')", "'nan'::DOUBLE", "'-inf'::FLOAT", "TRUE", "NULL",
    "TIME '10:00:00'", "'\\x00'::BLOB", "[1, 2]", "{'a': 1}", "MAP {'a': 1}", "1::HUGEINT",
    "'2026-01-01 00:00:00+01'::TIMESTAMPTZ", "'infinity'::DATE", "'infinity'::TIMESTAMP",
    "'5a0b8e0c-0c0c-4c0c-8c0c-0c0c0c0c0c0c'::UUID", "1.5::DECIMAL(38, 10)", "'101'::BIT",
    "'{\"a\": 1}'::JSON", "uuid()", "18446744073709551615::UBIGINT", "'10:00:00+02'::TIMETZ",
    "170141183460469231731687303715884105727::HUGEINT", "chr(0)", "DATE '0044-03-15 (BC)'",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_any_kind_of_value(visitor: Visitor, kind: str) -> None:
    here = visitor()
    sql = f"SELECT {kind} AS v, i FROM range(3) t(i) UNION ALL SELECT NULL, 9"
    asked = here.post("/work", "ask", sql=sql)
    if asked.status_code != 303:
        assert asked.status_code < 500, asked.text
        return
    where = asked.headers["location"]
    files = ("/csv", "/json", "/parquet", "/arrow")
    for view in ("", "?sort=0", "?sort=-0&offset=2", "?tab=charts", *files):
        answer = here.get(where + view)
        assert answer.status_code < 500, (view, answer.text)
        if not view.startswith("/"):
            assert here.client.get(f"{where}.json{view}").status_code < 500, view


def test_no_markup_of_users_is_markup(visitor: Visitor) -> None:
    here = visitor()
    text = MARKUP.replace("'", "''")
    sql = f"SELECT '{text}' || i AS \"{MARKUP}\", i AS n FROM range(5) t(i)"
    where = ask(here, sql)
    for view in ("", "?tab=charts"):
        page = here.get(where + view).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    saved = here.post("/work", "save", sql=sql, title=MARKUP)
    assert saved.status_code == 303, saved.text
    for path in (saved.headers["location"], "/work"):
        page = here.get(path).text
        assert "alert(1)" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_a_receipt_of_what_is_no_question_has_no_page_here(visitor: Visitor, world: Any) -> None:
    events = world.told("event list", limit=200)["events"]
    here = visitor()
    for type in {one["type"] for one in events}:
        id = next(one["id"] for one in events if one["type"] == type)
        answer = here.get(f"/work/a/{id}")
        assert answer.status_code < 500, (type, answer.text)
