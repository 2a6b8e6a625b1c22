"""Identifiers a minute, by scheme: a column counted behind the gate as a check counts it.

`DOUMEN_BENCH_IDENTIFIERS` says how many rows. All of them have the form of their scheme, so that
none gets away without the sum of its check digits.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import doumen
from bench.measure import Measure, median
from doumen.kits.quality.identifiers import SCHEMES
from doumen.session import Session, create

ROWS = int(os.environ.get("DOUMEN_BENCH_IDENTIFIERS", "5_000_000"))
RUNS = 3
GOAL = 10e6
"""Identifiers a minute."""
DIGITS = "lpad(CAST(md5_number_lower(CAST(i AS VARCHAR)) AS VARCHAR), 20, '0')"
HEX = "upper(md5(CAST(i AS VARCHAR)))"
"""Two texts that follow from the number of a row: twenty digits, and 32 of 0 to F."""
BORN = "strftime(DATE '1950-01-01' + CAST(i % 20000 AS INTEGER), '%Y%m%d')"
MADE: Mapping[str, str] = {
    "cn-citizen-id": f"'110101' || {BORN} || substr(d, 1, 4)",
    "cn-credit-code": "'91' || substr(d, 1, 6) || substr(h, 1, 10)",
    "cn-organisation-code": "substr(h, 1, 8) || substr(d, 1, 1)",
    "iban": "'GB' || (10 + i % 80) || 'WEST' || substr(d, 1, 14)",
    "lei": "substr(h, 1, 18) || (10 + i % 80)",
    "isin": "'US' || substr(h, 1, 9) || substr(d, 1, 1)",
    "card": "'4' || substr(d, 1, 15)",
    "gtin": "substr(d, 1, 14)",
    "ean": "substr(d, 1, 13)",
    "isbn": "'978' || substr(d, 1, 10)",
}


def taken(owner: Session) -> Iterator[Measure]:
    """A line for each scheme."""
    made = ", ".join(f'{made} AS "{name}"' for name, made in MADE.items())
    rows = f"SELECT i, {DIGITS} AS d, {HEX} AS h FROM range({ROWS}) AS t(i)"
    owner.derive(f"SELECT {made} FROM ({rows}) AS made", "bench.identifiers")
    for scheme in SCHEMES:
        name = f'"{scheme.name}"'
        condition = f"{name} IS NOT NULL AND {scheme.invalid(name)}"
        asked = f"SELECT count_if({condition}) FROM bench.identifiers"
        ((wrong,),) = owner.query(asked).rows()
        assert ROWS / 2 < wrong < ROWS, (scheme.name, wrong)
        rate = ROWS / median(lambda asked=asked: owner.query(asked), RUNS) * 60  # type: ignore[misc]
        figure = f"{rate / 1e6:.0f}M a minute"
        yield Measure(f"identifiers, {scheme.name}", figure, ">= 10M a minute", rate >= GOAL)


def run() -> list[Measure]:
    """All schemes over one table."""
    with tempfile.TemporaryDirectory() as folder:
        create(Path(folder) / "node", "bench")
        with doumen.open(Path(folder) / "node") as node:
            return [*taken(node.session())]
