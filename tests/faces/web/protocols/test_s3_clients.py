"""Granted files read by clients that nobody here wrote: all that a question shows, no more."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from pyarrow.fs import FileSelector, S3FileSystem
from tests.granted import LOG, House, store_of

Read = Callable[[str, Mapping[str, str]], pa.Table]


def _delta(uri: str, options: Mapping[str, str]) -> pa.Table:
    return DeltaTable(uri, storage_options=dict(options)).to_pyarrow_table()


def _read_delta(uri: str, options: Mapping[str, str]) -> pa.Table:
    return pl.read_delta(uri, storage_options=dict(options)).to_arrow()


def _scan_delta(uri: str, options: Mapping[str, str]) -> pa.Table:
    return pl.scan_delta(uri, storage_options=dict(options)).collect().to_arrow()


def _read_parquet(uri: str, options: Mapping[str, str]) -> pa.Table:
    return pl.read_parquet(f"{uri}/*.parquet", storage_options=dict(options)).to_arrow()


def _arrow_fs(options: Mapping[str, str]) -> S3FileSystem:
    return S3FileSystem(
        access_key=options["aws_access_key_id"],
        secret_key=options["aws_secret_access_key"],
        endpoint_override=options["aws_endpoint_url"],
        region=options["aws_region"],
    )


def _pyarrow(uri: str, options: Mapping[str, str]) -> pa.Table:
    place = uri.removeprefix("s3://")
    found = _arrow_fs(options).get_file_info(FileSelector(place, recursive=True))
    names = [one.path for one in found if one.extension == "parquet"]
    return ds.dataset(names, filesystem=_arrow_fs(options), format="parquet").to_table()


def _obstore(uri: str, options: Mapping[str, str]) -> pa.Table:
    store = store_of(uri, options)
    listed = [one["path"] for one in store.list().collect()]
    assert LOG in listed
    names = [name for name in listed if name.endswith(".parquet")]
    return pa.concat_tables(
        pq.read_table(pa.BufferReader(store.get(name).bytes())) for name in names
    )


@pytest.mark.parametrize("dataset", ["city.rides", "city.people", "交通.航班"])
@pytest.mark.parametrize(
    "read", [_delta, _read_delta, _scan_delta, _read_parquet, _pyarrow, _obstore]
)
def test_plain_clients_read_what_a_question_shows(house: House, read: Read, dataset: str) -> None:
    actor = "ana" if dataset.startswith("city") else "owner"
    given = house.files(dataset, actor)
    table = read(given["uri"], given["storage_options"]).sort_by("id")
    asked = house.node.session(actor).query(f"SELECT * FROM {dataset} ORDER BY id").arrow()
    assert table.column_names == asked.column_names
    assert table.to_pylist() == asked.to_pylist()


def test_a_part_of_a_table_is_read_by_ranges(house: House) -> None:
    given = house.files("city.rides")
    frame = pl.scan_delta(given["uri"], storage_options=given["storage_options"])
    assert frame.filter(pl.col("id") < 3).select("id").collect()["id"].to_list() == [0, 1, 2]


def test_the_ledger_says_who_read_which_version_and_when(house: House) -> None:
    given = house.files("city.rides")
    for _ in range(2):
        _delta(given["uri"], given["storage_options"])
    found = [json.loads(entry) for entry in house.node.session().desk.entries()]
    mine = [e for e in found if given["grant"] in (e["id"], e["data"].get("grant"))]
    assert [e["type"] for e in mine] == ["files.granted", "files.read"]
    assert {e["actor"] for e in mine} == {"ana"}
    assert [e["used"] for e in mine] == [[{"dataset": "city.rides", "version": 1}]] * 2
    assert mine[1]["charges"] == [{"account": "actor:ana", "unit": "rows", "amount": 3000}]
