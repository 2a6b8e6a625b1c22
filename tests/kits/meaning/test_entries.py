"""Terms and elements as people write them."""

from __future__ import annotations

from typing import Any

import pytest

from doumen.kits.meaning import body_of, fields_of
from doumen.model.meaning import Element, Term, Words


def made(kind: str, **given: Any) -> dict[str, Any]:
    body, faults = body_of(kind, given)
    assert not faults
    return body


def test_a_term_of_flat_fields() -> None:
    body = made("term", name_en=" Delay ", name_zh="延误", synonyms="late|tardy||late", broader="t",
                definition_zh="晚点的分钟数", state="standard")  # fmt: skip
    assert Term.of_json("delay", body) == Term(
        "delay", Words("Delay", "延误"), Words(zh="晚点的分钟数"), ("late", "tardy"), ("t",),
        state="standard",
    )  # fmt: skip


def test_an_element_of_flat_fields() -> None:
    body = made("element", name_zh="出生日期", max_length="8", codelist="", term="birth",
                datatype="date")  # fmt: skip
    element = Element.of_json("k", body)
    assert (element.max_length, element.codelist, element.term) == (8, None, "birth")
    assert element.state == "draft"


@pytest.mark.parametrize("kind", ["term", "element"])
def test_what_is_shown_is_read(kind: str) -> None:
    body = made(kind, name_en="x", synonyms=["a", "b"], source="law")
    assert body_of(kind, {"key": "x", "version": 3, **body}) == (body, ())


def test_what_is_not_given_stays_and_empty_takes_out() -> None:
    before = made("element", name_en="x", name_zh="y", unit="min", max_length=3, term="t",
                  synonyms="s")  # fmt: skip
    assert body_of("element", {}, before) == (before, ())
    now, faults = body_of(
        "element",
        {"name_zh": "", "unit": "", "max_length": "", "term": "", "synonyms": [""]},
        before,
    )
    assert not faults
    left = Element.of_json("k", now)
    assert left == Element("k", Words("x"))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "no name"),
        ({"name_en": "x", "colour": "red"}, "`colour`"),
        ({"name_en": "x", "state": "done"}, "draft, standard, superseded"),
        ({"name_en": "x", "max_length": "many"}, "number above 0"),
        ({"name_en": "x", "max_length": "0"}, "number above 0"),
        ({"name_en": "x\x00"}, "`name_en`"),
        ({"name_en": "x", "source": "y" * 4001}, "4000"),
    ],
)
def test_what_is_wrong_is_told(given: dict[str, Any], told: str) -> None:
    _, faults = body_of("element", given)
    assert told in str(faults)
    assert len(faults) == 1


def test_columns_of_a_table() -> None:
    columns = [name for field in fields_of("term") for name in field.columns]
    assert columns[:5] == ["name_en", "name_zh", "definition_en", "definition_zh", "synonyms"]
