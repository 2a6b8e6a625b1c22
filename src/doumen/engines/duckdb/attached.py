"""Files that stay where they lie, as a table of the dataset's columns.

The expressions are those of a collection, so that the dataset is the same as if its files had
been collected. Nothing of a file is guessed: columns, types and dialect come with the plan.
"""

from __future__ import annotations

from collections.abc import Sequence

from doumen.engines.duckdb import convert, parquet
from doumen.engines.duckdb.sources import delimited
from doumen.engines.duckdb.text import literals, name, type_name
from doumen.model.snapshot import Form


def table(files: Sequence[str], form: Form, rows: int | None = None) -> str:
    """The dataset over its files.

    Args:
        files: Absolute paths, one at least.
        form: How they are read.
        rows: How many rows the optimiser is to go by, where a scanner takes that; None: the
            files' own number.
    """
    if form.reading.format == "csv":
        places = {source: f"c{n}" for n, source in enumerate(form.reading.columns)}
        values = [convert.value(places[c.source], c.type, c.formats) for c in form.columns]
        scanned = delimited(files, form.reading)
    else:
        values = [parquet.value(name(c.source), c.type, c.formats) for c in form.columns]
        scanned = scan(files, rows)
    shown = ", ".join(
        f"CAST({value} AS {type_name(c.type)}) AS {name(c.name)}"
        for c, value in zip(form.columns, values, strict=True)
    )
    return f"(SELECT {shown} FROM {scanned})"  # noqa: S608 - quoted


def scan(files: Sequence[str], rows: int | None = None) -> str:
    """Parquet files as one table of what they declare."""
    several = ", union_by_name=true" if len(files) > 1 else ""
    told = "" if rows is None else f", explicit_cardinality={rows:d}"
    options = f"hive_partitioning=false, filename=false{several}{told}"
    return f"read_parquet({literals(files)}, {options})"
