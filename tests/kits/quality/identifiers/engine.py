"""The SQL of schemes, run on the reference engine as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb
import pyarrow as pa

from doumen.kits.quality.identifiers import Scheme


def by_sql(scheme: Scheme, texts: Sequence[str]) -> list[bool]:
    """Whether each text is accepted, by the engine."""
    rows = pa.table({"text": pa.array(texts, pa.string()), "place": range(len(texts))})
    with duckdb.connect() as engine:
        engine.register("rows", rows)
        made = engine.execute(f"SELECT {scheme.invalid('text')} FROM rows ORDER BY place")
        return [not invalid for (invalid,) in made.fetchall()]


def altered(text: str) -> Iterator[str]:
    """What becomes of a text by the slips of hand and machine."""
    yield from (text + "\n", " " + text, text + "\0", text.lower(), text[:-1], text + text[-1:])
    yield "".join(chr(ord(c) + 0xFEE0) if "0" <= c <= "Z" else c for c in text)
    yield text[: len(text) // 2] + "-" + text[len(text) // 2 :]
    yield text.translate({ord(d): 0x0660 + int(d) for d in "0123456789"})


HOSTILE = (
    "", "\0", " ", "\n", "0", "-", "'", "'; DROP TABLE rows; --", "%", "_" * 18, "é", "🇳🇱" * 9,
    "１１０１０５１９４９１２３１００２Ｘ", "٤" * 16, "²" * 18, "NaN", "1e17", "1_000_000_000_000",
    "+" * 18, "-00000000000", " 4111111111111111", "4111 1111 1111 1111", "0" * 14, "0" * 16,
    "9" * 19, "9" * 38, "Z" * 20, "A" * 12, "ZZ00" + "Z" * 30, "x" * 100_000, "9" * 100_000,
    "\u202e4111111111111111", "11010519490230002X", "110105194902290023", "00000000000000000X",
    "999999999999999999",
)  # fmt: skip
"""Texts that no scheme has a place for, and some that look as if it had."""
