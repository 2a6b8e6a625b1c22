from __future__ import annotations

import re

import pyarrow as pa
import pytest

from doumen.rooms.refine.profile.classes import expression, forms


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("ABC-123", "A-9"), ("温州12", "中9"), ("Straße", "Aa"), ("", ""), ("a.b@c.de", "a.a@a.a"),
        ("2026-01-02 03:04", "9-9-9 9:9"), ("１２", "１２"), ("Ελλάδα", "Aa"),
        ("line\nnext", "a\na"),
        ("𠀀x", "中a"),
    ],
)  # fmt: skip
def test_a_run_of_one_class_is_one_sign(text: str, form: str) -> None:
    assert forms(pa.array([text, None])).to_pylist() == [form, None]


@pytest.mark.parametrize(
    ("texts", "written"),
    [
        (["AB-12", "CB-7"], "[A-Z]{2}-[0-9]+"),
        (["N101", "N202"], "N[0-9]{3}"),
        (["浙A1234", "沪B9999"], "[一-鿿][A-Z][0-9]{4}"),
        (["a.b", "c.d"], r"[a-z]\.[a-z]"),
        (["1(2)", "3(4)"], r"[0-9]\([0-9]\)"),
    ],
)
def test_texts_of_one_form_have_an_expression(texts: list[str], written: str) -> None:
    assert expression(texts) == written
    assert all(re.fullmatch(written, text) for text in texts)


@pytest.mark.parametrize(
    "texts",
    [[], ["ab", "12"], ["Ann Lee", "Bo Dai"], ["abc"], ["1-2-3-4-5-6-7-8"], ["é1", "a2"]],
)
def test_where_a_form_says_too_little_there_is_none(texts: list[str]) -> None:
    assert expression(texts) is None
