"""40 checks over TPC-H lineitem SF1: Doumen, Great Expectations, datacontract-cli and a bare scan.

The other two come in environments of their own (`.bench/NAME`, made here by `uv` at the versions
below), for each holds other releases of what Doumen holds. Great Expectations is timed in its
validation alone, over a pandas frame that is loaded; datacontract-cli as the whole command, beside
the whole command of Doumen. One lacks the reference to orders (39 checks), which has no
counterpart. The bare scan hashes all columns of all rows.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import duckdb
import psutil

import doumen
from bench.measure import Measure, median, seconds
from doumen.session import create

HOUSE = Path(__file__).resolve().parent.parent
OTHERS = {
    "great-expectations": ("great-expectations==1.24.1", "pyarrow"),
    "datacontract": ("datacontract-cli[duckdb,parquet]==1.2.8",),
}
COLUMNS = {
    "l_orderkey": "BIGINT", "l_partkey": "BIGINT", "l_suppkey": "BIGINT",
    "l_linenumber": "INTEGER", "l_quantity": "DECIMAL(15,2)", "l_extendedprice": "DECIMAL(15,2)",
    "l_discount": "DECIMAL(15,2)", "l_tax": "DECIMAL(15,2)", "l_returnflag": "VARCHAR",
    "l_linestatus": "VARCHAR", "l_shipdate": "DATE", "l_commitdate": "DATE",
    "l_receiptdate": "DATE", "l_shipinstruct": "VARCHAR", "l_shipmode": "VARCHAR",
    "l_comment": "VARCHAR",
}  # fmt: skip
BETWEEN: dict[str, tuple[float, float]] = {
    "l_orderkey": (1, 6_000_000), "l_partkey": (1, 200_000), "l_suppkey": (1, 10_000),
    "l_linenumber": (1, 7), "l_quantity": (1, 50), "l_extendedprice": (900, 105_000),
    "l_discount": (0, 1), "l_tax": (0, 1),
}  # fmt: skip
SETS = {
    "l_returnflag": ["A", "N", "R"], "l_linestatus": ["F", "O"],
    "l_shipinstruct": ["COLLECT COD", "DELIVER IN PERSON", "NONE", "TAKE BACK RETURN"],
    "l_shipmode": ["AIR", "FOB", "MAIL", "RAIL", "REG AIR", "SHIP", "TRUCK"],
}  # fmt: skip
PATTERNS = {"l_returnflag": "[A-Z]", "l_shipmode": "[A-Z ]+", "l_shipinstruct": "[A-Z ]+"}
DAYS = ("1992-01-01", "1998-12-31")
LONGEST = 44
GE = """
import json, sys, time
import pandas as pd
import great_expectations as gx
import great_expectations.expectations as gxe
asked = json.load(open(sys.argv[1]))
frame = pd.read_parquet(sys.argv[2])
suite = gx.ExpectationSuite(name="s", expectations=[
    getattr(gxe, one["type"])(**one["kwargs"]) for one in asked])
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = gx.data_context.types.base.ProgressBarsConfig(globally=False)
batch = context.data_sources.add_pandas("p").add_dataframe_asset("a") \\
    .add_batch_definition_whole_dataframe("b").get_batch(batch_parameters={"dataframe": frame})
start = time.perf_counter()
result = batch.validate(suite)
print(json.dumps({"seconds": time.perf_counter() - start, "good": result.success,
                  "count": len(result.results)}))
"""


def rules(column: str) -> dict[str, object]:
    """The demands on one column, as ODCS says them."""
    found: dict[str, object] = {"required": True}
    options: dict[str, object] = {}
    if column in BETWEEN:
        options |= {"minimum": BETWEEN[column][0], "maximum": BETWEEN[column][1]}
    if column == "l_comment":
        options |= {"maxLength": LONGEST}
    if column in PATTERNS:
        options |= {"pattern": PATTERNS[column]}
    if column in SETS:
        found["quality"] = [{"metric": "invalidValues", "mustBe": 0,
                             "arguments": {"validValues": SETS[column]}}]  # fmt: skip
    return found | ({"logicalTypeOptions": options} if options else {})


def contract(files: Path) -> dict[str, object]:
    """All 40 as a contract: 16 of presence, 8 ranges (16 bounds), 4 sets, 3 patterns, 1 length."""
    properties = [
        {"name": name, "physicalType": type, "logicalType": _logical(type), **rules(name)}
        for name, type in COLUMNS.items()
    ]
    properties[0]["relationships"] = [{"to": "orders.o_orderkey"}]
    both = {"properties": ["l_orderkey", "l_linenumber"]}
    key: dict[str, object] = {"metric": "duplicateValues", "mustBe": 0, "arguments": both}
    late = "SELECT count(*) FROM {table} WHERE l_shipdate > l_receiptdate"
    table: list[dict[str, object]] = [
        {"metric": "rowCount", "mustBeBetween": [6_000_000, 6_010_000]},
        key,
        {"type": "sql", "query": late.replace("{table}", "${table}"), "mustBe": 0},
        *(
            {"type": "sql", "mustBe": 0,
             "query": f"SELECT count(*) FROM ${{table}} WHERE {day} < DATE '{DAYS[0]}' "
                      f"OR {day} > DATE '{DAYS[1]}'"}
            for day in ("l_shipdate", "l_commitdate", "l_receiptdate")
        ),
    ]  # fmt: skip
    return {
        "apiVersion": "v3.1.0", "kind": "DataContract", "id": "lineitem", "version": "1.0.0",
        "status": "active", "domain": "tpch",
        "servers": [{"server": "here", "type": "local", "format": "parquet",
                     "path": str(files / "lineitem.parquet")}],
        "schema": [{"name": "lineitem", "physicalType": "table", "quality": table,
                    "properties": properties}],
    }  # fmt: skip


def _logical(type: str) -> str:
    return {"VARCHAR": "string", "DATE": "date", "BIGINT": "integer", "INTEGER": "integer"}.get(
        type, "number"
    )


def expectations() -> list[dict[str, object]]:
    """The same for Great Expectations, but for the reference."""
    found: list[dict[str, object]] = [
        _expected("ExpectColumnValuesToNotBeNull", column=name) for name in COLUMNS
    ]
    found += [
        _expected("ExpectColumnValuesToBeBetween", column=name, min_value=low, max_value=high)
        for name, (low, high) in BETWEEN.items()
    ]
    found += [
        _expected("ExpectColumnValuesToBeInSet", column=name, value_set=values)
        for name, values in SETS.items()
    ]
    found += [
        _expected("ExpectColumnValuesToMatchRegex", column=name, regex=f"^(?:{pattern})$")
        for name, pattern in PATTERNS.items()
    ]
    found += [
        _expected("ExpectColumnValueLengthsToBeBetween", column="l_comment", max_value=LONGEST),
        _expected("ExpectTableRowCountToBeBetween", min_value=6_000_000, max_value=6_010_000),
        _expected("ExpectCompoundColumnsToBeUnique", column_list=["l_orderkey", "l_linenumber"]),
        _expected("ExpectColumnPairValuesAToBeGreaterThanB", column_A="l_receiptdate",
                  column_B="l_shipdate", or_equal=True),
    ]  # fmt: skip
    return found


def _expected(type: str, **kwargs: object) -> dict[str, object]:
    return {"type": type, "kwargs": kwargs}


def environment(name: str) -> Path:
    """The folder of programs of another tool, in an environment of its own."""
    folder = HOUSE / ".bench" / name
    programs = folder / "bin"
    if not (folder / "made").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        uv = [str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet", "--python"]
        subprocess.run([*uv, str(programs / "python"), *OTHERS[name]], check=True)
        (folder / "made").touch()
    return programs


class Peak:
    """The most memory that this process and its children held while it was entered."""

    def __enter__(self) -> Peak:
        self.bytes, self._over = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        own = psutil.Process()
        while not self._over.wait(0.05):
            held = 0
            for one in (own, *own.children(recursive=True)):
                try:
                    held += one.memory_full_info().uss
                except psutil.Error:
                    continue
            self.bytes = max(self.bytes, held)


def great_expectations(folder: Path, files: Path) -> tuple[float, int]:
    """Seconds of the validation, and how many expectations it took."""
    asked = folder / "expectations.json"
    asked.write_text(json.dumps(expectations()))
    python = environment("great-expectations") / "python"
    done = subprocess.run(
        [str(python), "-W", "ignore", "-c", GE, str(asked), str(files / "lineitem.parquet")],
        check=True, capture_output=True, text=True, env=os.environ | {"GX_ANALYTICS_ENABLED": "0"},
    )  # fmt: skip
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["good"], done.stdout
    return told["seconds"], told["count"]


def run() -> list[Measure]:
    """Time all of them, one after another; three rounds of what is short."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = folder / "files"
        generate = [str(Path(sys.executable).parent / "tpchgen-cli"), "parquet", "-s", "1"]
        subprocess.run([*generate, "-o", str(files)], check=True, capture_output=True)
        text = folder / "lineitem.odcs.yaml"
        text.write_text(json.dumps(contract(files)))
        create(folder / "node", "bench")
        with doumen.open(folder / "node") as node:
            owner = node.session()
            owner.do("collect", path=files / "orders.parquet", as_dataset="tpch.orders")
            owner.do("collect", path=files / "lineitem.parquet", as_dataset="tpch.lineitem",
                     contract=text)  # fmt: skip
            with Peak() as peak:
                found = owner.do("contract test", dataset="tpch.lineitem").json
                ours = median(lambda: owner.do("contract test", dataset="tpch.lineitem"), 3)
            assert found["faults"] == 0, found
            checks = sum(1 for rule in found["rules"] if rule["verdict"] == "holds")
        bare = median(lambda: _scan(files), 3)
        command = [str(Path(sys.executable).parent / "doumen"), "contract", "test",
                   "tpch.lineitem", "--json"]  # fmt: skip
        whole = statistics.median(
            seconds(lambda: subprocess.run(command, cwd=folder / "node", check=True,
                                           capture_output=True))
            for _ in range(3)
        )  # fmt: skip
        other = [str(environment("datacontract") / "datacontract"), "test", str(text)]
        start = time.perf_counter()
        subprocess.run(other, cwd=folder, check=True, capture_output=True)
        contracted = time.perf_counter() - start
        expected, count = great_expectations(folder, files)
    return [
        Measure(f"{checks} checks over lineitem SF1", f"{ours:.2f} s, {expected / ours:.1f}× as "
                "fast", "≥ 15× Great Expectations", expected / ours >= 15,
                f"Great Expectations, {count} expectations: {expected:.1f} s"),
        Measure("the same, whole commands", f"{whole:.2f} s, {contracted / whole:.1f}× as fast",
                "≥ 4× datacontract-cli", contracted / whole >= 4,
                f"datacontract-cli {contracted:.1f} s"),
        Measure("beside a scan of all columns", f"{ours / bare:.1f}×", "≤ 5×", ours / bare <= 5,
                f"hash of all columns {bare:.2f} s"),
        Measure("memory", f"{peak.bytes / 1e9:.2f} GB", "≤ 1 GB", peak.bytes <= 1e9),
    ]  # fmt: skip


def _scan(files: Path) -> None:
    with duckdb.connect() as bare:
        bare.execute("SET enable_progress_bar=false")
        bare.execute("SET threads=2")
        columns = ", ".join(COLUMNS)
        bare.execute(
            f"SELECT sum(hash({columns})) FROM read_parquet('{files / 'lineitem.parquet'}')"
        ).fetchall()
