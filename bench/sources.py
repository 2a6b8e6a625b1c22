"""Tables and files into the lake beside dlt, ADBC and deltalake; each in a process of its own.

PostgreSQL serves a table of five million rows. ADBC bare reads it by COPY and writes one Parquet
file; dlt reads it by its SQL source with Arrow and writes Parquet files to a folder. The upsert
changes one row in a hundred of fifty million, spread over all files, on both sides.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from deltalake import DeltaTable, write_deltalake

from bench.intake import write_csv
from bench.measure import Measure, seconds

SHARE = float(os.environ.get("DOUMEN_BENCH_SHARE", "1"))
"""Share of the rows, to try the bench itself."""
RUNS = 3
ROWS = round(5_000_000 * SHARE)
WIDE = round(50_000_000 * SHARE)
TABLE = f"""
CREATE TABLE sales AS SELECT i AS id, (i % 1000)::int AS part, (i % 7919)::numeric(12,2) / 100
    AS amount, i / 3.0::float8 AS ratio, 'customer ' || i % 50000 AS customer,
    DATE '2020-01-01' + (i % 2000)::int AS day,
    TIMESTAMP '2020-01-01' + i * INTERVAL '1 second' AS moment, i % 2 = 0 AS paid
FROM generate_series(1::bigint, {ROWS}) AS g(i);
ALTER TABLE sales ALTER amount TYPE numeric(12,2), ADD PRIMARY KEY (id);
"""
DOCUMENT = """source: postgresql
host: 127.0.0.1
port: {port}
database: {database}
user: {user}
sslmode: disable
password: {{env: BENCH_PASSWORD}}
streams:
  b.sales{number}: {{table: public.sales, cursor: id}}
"""
OURS = """
import sys
import doumen
with doumen.open(sys.argv[1], warm=True) as node:
    done = node.session().do("source run", name=sys.argv[2]).json
    assert done["failed"] == 0, done
"""
ADBC = """
import sys
import pyarrow.parquet as pq
from adbc_driver_postgresql import dbapi
with dbapi.connect(sys.argv[1]) as connection, connection.cursor() as cursor:
    cursor.execute("SELECT * FROM sales ORDER BY id")
    with cursor.fetch_record_batch() as rows:
        with pq.ParquetWriter(sys.argv[2], rows.schema, compression="zstd") as file:
            for batch in rows:
                file.write_batch(batch)
"""
DLT = """
import sys, dlt
from dlt.sources.sql_database import sql_table
pipeline = dlt.pipeline(
    "bench", pipelines_dir=sys.argv[2] + "/state", dataset_name="bench",
    destination=dlt.destinations.filesystem("file://" + sys.argv[2]))
table = sql_table(sys.argv[1].replace("postgresql:", "postgresql+psycopg:"), "sales",
                  backend="pyarrow", incremental=dlt.sources.incremental("id"))
pipeline.run(table, loader_file_format="parquet").raise_on_failed_jobs()
"""
DLT_CSV = """
import sys, dlt
from pathlib import Path
from dlt.sources.filesystem import filesystem, read_csv
pipeline = dlt.pipeline(
    "bench", pipelines_dir=sys.argv[2] + "/state", dataset_name="bench",
    destination=dlt.destinations.filesystem("file://" + sys.argv[2]))
file = Path(sys.argv[1])
rows = filesystem("file://" + str(file.parent), file_glob=file.name) | read_csv()
pipeline.run(rows.with_name("lines"), loader_file_format="parquet").raise_on_failed_jobs()
"""
COLLECT = """
import sys
import doumen
with doumen.open(sys.argv[1], warm=True) as node:
    node.session().do("collect", path=sys.argv[2], as_dataset=sys.argv[3], **eval(sys.argv[4]))
"""
MERGE = """
import sys
import pyarrow.parquet as pq
from deltalake import DeltaTable
rows = pq.read_table(sys.argv[2])
merging = DeltaTable(sys.argv[1]).merge(
    rows, "there.id = came.id", source_alias="came", target_alias="there")
merging.when_matched_update_all().when_not_matched_insert_all().execute()
"""


@contextmanager
def postgres() -> Iterator[dict[str, Any]]:
    """A server with the table."""
    server = subprocess.Popen(
        [sys.executable, "tools/postgres.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    try:
        told = json.loads(server.stdout.readline())
        address = told["address"].replace("+psycopg", "")
        with psycopg.connect(address, password=told["password"], autocommit=True) as link:
            link.execute(TABLE)
            parts = link.info
            yield {
                "port": parts.port, "user": parts.user, "database": parts.dbname,
                "password": told["password"],
                "address": f"postgresql://{parts.user}:{told['password']}@127.0.0.1:{parts.port}/"
                f"{parts.dbname}?sslmode=disable",
            }  # fmt: skip
    finally:
        server.communicate()


def child(program: str, *arguments: object, **env: str) -> float:
    """Seconds of a process."""

    def work() -> None:
        command = [sys.executable, "-c", program, *map(str, arguments)]
        quiet = {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
        subprocess.run(command, check=True, capture_output=True, env=os.environ | quiet | env)

    return seconds(work)


def node(folder: Path) -> Path:
    """A fresh node."""
    made = folder / "node"
    command = [sys.executable, "-m", "doumen", "init", str(made), "--name", "bench"]
    subprocess.run(command, check=True, capture_output=True)
    return made


def tables(folder: Path) -> list[Measure]:
    """PostgreSQL into the lake."""
    made = node(folder)
    ours, bare, theirs = [], [], []
    with postgres() as place:
        for number in range(RUNS):
            (folder / "s.yaml").write_text(DOCUMENT.format(**place, number=number))
            command = ["doumen", "--node", str(made), "source", "add", f"s{number}"]
            subprocess.run([sys.executable, "-m", *command, str(folder / "s.yaml")], check=True,
                           capture_output=True)  # fmt: skip
            ours.append(child(OURS, made, f"s{number}", BENCH_PASSWORD=place["password"]))
            bare.append(child(ADBC, place["address"], folder / f"{number}.parquet"))
            into = folder / f"dlt{number}"
            into.mkdir()
            theirs.append(child(DLT, place["address"], into))
    one, two, three = map(statistics.median, (ours, bare, theirs))
    name = f"{ROWS / 1e6:g}M rows, PostgreSQL into the lake"
    return [
        Measure(f"{name}, beside ADBC", f"{one:.1f} s = {one / two:.2f}×", "<= 1.3×",
                one / two <= 1.3, f"ADBC into one Parquet file {two:.1f} s"),
        Measure(f"{name}, beside dlt", f"{three / one:.1f}× as fast", ">= 5×",
                three / one >= 5, f"dlt {three:.1f} s"),
    ]  # fmt: skip


def files(folder: Path) -> list[Measure]:
    """A large CSV into the lake."""
    made = node(folder)
    csv = folder / "lineitem.csv"
    write_csv(csv, SHARE)
    ours = [child(COLLECT, made, csv, f"b.lines{n}", "{}") for n in range(RUNS)]
    into = folder / "dlt"
    into.mkdir()
    one, two = statistics.median(ours), child(DLT_CSV, csv, into)  # once: it takes many minutes
    return [
        Measure(f"{SHARE:g} GB CSV, inferred, beside dlt", f"{two / one:.1f}× as fast", ">= 5×",
                two / one >= 5, f"ours {one:.1f} s, dlt {two:.1f} s")
    ]  # fmt: skip


def upsert(folder: Path) -> list[Measure]:
    """One row in a hundred of many, on a table of Delta of our own making and on ours."""
    made = node(folder)
    rows = "SELECT i AS id, i % 1000 AS part, i * 0.5 AS amount, 'word ' || i % 500 AS word"
    many, some = folder / "many", folder / "some.parquet"
    many.mkdir()
    piece = 2_000_000
    for start in range(0, WIDE, piece):
        duckdb.sql(f"COPY ({rows} FROM range({start}, {min(start + piece, WIDE)}) AS g(i)) "
                   f"TO '{many}/{start:012d}.parquet'")  # fmt: skip
        batch = duckdb.from_parquet(f"{many}/{start:012d}.parquet").to_arrow_reader(1 << 17)
        write_deltalake(folder / "delta", batch, mode="append")
    for file in sorted(many.iterdir()):
        child(COLLECT, made, file, "b.many", "{}")
    ours, theirs = [], []
    for number in range(RUNS):
        duckdb.sql(f"COPY ({rows.replace('0.5', f'{number}.75')} FROM range({number}, {WIDE}, 100) "
                   f"AS g(i)) TO '{some}'")  # fmt: skip
        ours.append(child(COLLECT, made, some, "b.many", "{'upsert': True, 'key': ('id',)}"))
        theirs.append(child(MERGE, folder / "delta", some))
    one, two = statistics.median(ours), statistics.median(theirs)
    assert DeltaTable(folder / "delta").count() == WIDE
    return [
        Measure(f"upsert of 1 % into {WIDE / 1e6:g}M rows", f"{one:.1f} s = {one / two:.2f}×",
                "<= 1.5×", one / two <= 1.5, f"deltalake {two:.1f} s")
    ]  # fmt: skip


def run() -> list[Measure]:
    """All three."""
    found = []
    for bench in (tables, files, upsert):
        with tempfile.TemporaryDirectory() as folder:
            found += bench(Path(folder))
    return found
