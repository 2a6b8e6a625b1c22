"""Rows that were set aside, read back into their fields."""

from __future__ import annotations

import pytest

from doumen.model import held
from doumen.model.held import LINE, Numbering, Shape, fields


@pytest.mark.parametrize(
    ("form", "names", "raw", "found"),
    [
        ("csv", ("a", "b", "c"), '["1",null,""]', {"a": "1", "b": None, "c": ""}),
        ("json", ("a",), '{"a": 1.50, "b": {"c": [1e400, "x", null, true]}, "d": null}',
         {"a": "1.50", "b": '{"c":[1e400,"x",null,true]}', "d": None}),
        ("xlsx", ("a", "b", "c"), '{"sheet": "S", "row": 2, "cells": ["007", true]}',
         {"a": "007", "b": "true", "c": None}),
        ("parquet", ("a", "b"), '["2024-01-31","1.0"]', {"a": "2024-01-31", "b": "1.0"}),
        (LINE, ("a", "b"), "1,2,3", None),
        ("json", ("a",), '{"a": "cut', None),
        ("json", ("a",), "[" * 100_000, None),
    ],
)  # fmt: skip
def test_the_fields_of_a_row(
    form: str, names: tuple[str, ...], raw: str, found: dict[str, str | None] | None
) -> None:
    assert fields(Shape(form, names), raw) == found


def test_a_row_of_before_shapes_has_no_fields() -> None:
    assert fields(None, '["1"]') is None


def test_a_shape_is_read_back() -> None:
    for shape in (Shape("csv", ("名", 'a"b')), Shape("parquet", ("a", "b"), ("DATE", "BIGINT"))):
        assert held.shape(shape.as_text()) == shape
    assert shape.type("a") == "DATE"
    assert shape.type("x") is None
    assert Shape("csv", ("a",)).type("a") is None


def test_rows_without_an_id_are_told_apart_the_same_each_time() -> None:
    rows = [("f", 1, "x"), ("f", 1, "x"), ("f", 2, "x"), (None, None, None)]
    first, second = ([n.of(*row) for row in rows] for n in (Numbering(), Numbering()))
    assert first == second
    assert len(set(first)) == 4
    assert first[1] == first[0].replace("-1", "-2")
