"""Footers: files that are not what they should be are found before they are registered."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from doumen.model.errors import Faulty
from doumen.model.schema import Column, Schema
from doumen.stores.lake import footer

VALUES = {
    "BOOLEAN": "true",
    "TINYINT": "1",
    "SMALLINT": "1",
    "INTEGER": "1",
    "BIGINT": "1",
    "FLOAT": "1",
    "DOUBLE": "1",
    "DECIMAL(5,2)": "1",
    "DECIMAL(38,0)": "1",
    "VARCHAR": "'a'",
    "BLOB": "'a'",
    "DATE": "'2020-01-01'",
    "TIMESTAMP": "'2020-01-01'",
    "TIMESTAMP WITH TIME ZONE": "'2020-01-01'",
    "INTEGER[]": "[1]",
    'STRUCT("a b" INTEGER, c VARCHAR[])': "{'a b': 1, 'c': ['x']}",
    "MAP(VARCHAR, DECIMAL(5,2))": "MAP {'a': 1}",
}


@pytest.mark.parametrize("type", VALUES)
def test_each_kept_type_is_known_again_and_taken_for_no_other(tmp_path: Path, type: str) -> None:
    path = tmp_path / "a.parquet"
    with duckdb.connect() as engine:
        engine.execute(f"COPY (SELECT CAST({VALUES[type]} AS {type}) AS v) TO '{path}'")
    footer.check(path, Schema((Column("v", type),)))
    for other in set(VALUES) - {type}:
        with pytest.raises(Faulty, match="`v`"):
            footer.check(path, Schema((Column("v", other),)))


def test_columns_are_compared_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    with duckdb.connect() as engine:
        engine.execute(f"COPY (SELECT 1 AS a, 2 AS b) TO '{path}'")
    footer.check(path, Schema.of(b="INTEGER", a="INTEGER"))
    for schema in (Schema.of(a="INTEGER"), Schema.of(a="INTEGER", b="INTEGER", c="INTEGER")):
        with pytest.raises(Faulty, match="other columns"):
            footer.check(path, schema)


def test_other_spellings_of_text_fit() -> None:
    assert footer.fits(pa.large_string(), "VARCHAR")
    assert footer.fits(pa.large_list(pa.string_view()), "VARCHAR[]")
    assert not footer.fits(pa.timestamp("ns"), "TIMESTAMP")
    assert not footer.fits(pa.struct([("a", pa.int32())]), "STRUCT(b INTEGER)")
