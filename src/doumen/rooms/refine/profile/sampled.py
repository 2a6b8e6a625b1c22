"""A sample of the rows that the asker may see, and the figures of each of its columns.

Pure: `question` writes the statement, `told_of` reads its answer. Where the dataset is small the
sample holds all rows. Quantiles are those of `numpy.quantile` by its method `linear`; of times the
value at or below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doumen.kits.sql import quoted, table
from doumen.model.ref import Ref
from doumen.rooms.refine.profile.classes import expression, forms
from doumen.rooms.refine.profile.figures import (
    BOOLEAN,
    NUMBER,
    TEXT,
    TIME,
    WIDE,
    ColumnProfile,
    Reach,
    Sample,
    told,
)
from doumen.rooms.refine.profile.looks import looks
from doumen.rooms.refine.profile.scan import SHOWN
from doumen.rooms.refine.profile.tails import reach
from doumen.rooms.refine.profile.traits import traced

SEED = 42
PROBABILITIES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BINS = 20
TOP = 10
FEW = 30
"""Most values of a column that may be a list of valid ones."""
_BYTES = 64 << 20
"""About how large a sample may be."""
_READ = 20_000
"""Different texts of a column whose forms are looked at."""
_KINDS = frozenset({NUMBER, TEXT, TIME, BOOLEAN})


@dataclass(frozen=True, slots=True)
class Looked:
    """What a sample says of one column.

    Attributes:
        values: All values with their counts, of a text of few values.
        form: What all of its texts match; None: they are of several forms.
        codes: Number of the value of each row, -1 for NULL; None: it was not fetched.
        different: How many values there are.
        numbers: Of numbers and times, as `float64` or `int64`, NaN and NULL masked.
        reach: Of numbers how far down and up fresh rows may go.
    """

    profile: ColumnProfile
    values: Mapping[str, int] | None = None
    form: str | None = None
    codes: Any = None
    different: int = 0
    numbers: Any = None
    reach: Reach | None = None


def question(
    ref: Ref, columns: Sequence[ColumnProfile], rows: int, wanted: int
) -> tuple[str, float]:
    """The statement that fetches a sample, and the chance of each row in percent.

    Args:
        ref: The dataset.
        columns: As the scan told of them.
        rows: All rows.
        wanted: About how many rows the sample should have; it has fewer where they are wide.
    """
    fetched = [_fetched(column, at) for at, column in enumerate(columns) if column.kind in _KINDS]
    width = sum(_width(column) for column in columns if column.kind in _KINDS)
    most = min(wanted, max(_BYTES // max(int(width), 1), 1000))
    listed = ", ".join(fetched) or "1 AS x"
    sql = f"SELECT {listed} FROM {table(ref)}"  # noqa: S608 - names are quoted
    if rows <= most:
        return sql, 100.0
    percent = round(100 * most / rows, 6)
    return f"{sql} TABLESAMPLE bernoulli({percent:.6f}%) REPEATABLE ({SEED})", percent


def told_of(columns: Sequence[ColumnProfile], found: pa.Table, sample: Sample) -> list[Looked]:
    """The columns with the figures of a sample."""
    looked = []
    for at, column in enumerate(columns):
        name = f"c{at}"
        if name not in found.column_names:
            looked.append(Looked(column))
            continue
        values = found.column(name).combine_chunks()
        one = _READERS[column.kind](column, values, sample)
        looked.append(replace(one, profile=traced(one.profile, one.values, sample)))
    return looked


def _fetched(column: ColumnProfile, at: int) -> str:
    name = quoted(column.name)
    if column.type in WIDE:
        name = f"CAST({name} AS DOUBLE)"
    elif column.type == "UUID":
        name = f"CAST({name} AS VARCHAR)"
    elif column.kind == TEXT and (column.get("longest") or 0) > SHOWN:
        name = f"left({name}, {SHOWN})"
    elif column.type.startswith(("DATE", "TIMESTAMP")):
        name = f"CASE WHEN isfinite({name}) THEN {name} END"
    return f"{name} AS c{at}"


def _width(column: ColumnProfile) -> float:
    if column.kind == TEXT:
        return 8 + min(float(column.get("length_mean") or 0), SHOWN)
    return 16 if column.type.startswith("DECIMAL") else 8


def _coded(values: Any) -> tuple[Any, Any]:
    """The number of each row's value, -1 for NULL, and the values."""
    encoded = pc.dictionary_encode(values)
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return codes, encoded.dictionary


def _counted(codes: Any, different: int) -> Any:
    return np.bincount(codes[codes >= 0], minlength=different)


def _top(dictionary: Any, counts: Any) -> list[tuple[Any, int]]:
    """The most frequent values, by count and then by value; none that is there once only."""
    if not len(counts) or counts.max() < 2:
        return []
    least = 2
    if len(counts) > TOP:
        least = max(2, int(np.partition(counts, len(counts) - TOP)[len(counts) - TOP]))
    places = np.flatnonzero(counts >= least)
    listed = pa.table({"value": dictionary.take(pa.array(places)), "count": counts[places]})
    order = [("count", "descending"), ("value", "ascending")]
    first = listed.sort_by(order).slice(0, TOP)
    return list(zip(_plain(first.column("value")), first.column("count").to_pylist(), strict=True))


def _plain(values: Any) -> list[Any]:
    """Values as JSON: whole numbers below 2^53 and finite ones as numbers, else texts."""
    type = values.type
    if pa.types.is_floating(type):
        return [told(value) for value in values.to_pylist()]
    if pa.types.is_integer(type):
        return [v if abs(v) <= 2**53 else str(v) for v in values.to_pylist()]
    if pa.types.is_boolean(type) or pa.types.is_string(type) or pa.types.is_large_string(type):
        return values.to_pylist()  # type: ignore[no-any-return]
    texts = pc.cast(values, pa.string()).to_pylist()
    return [_far(values[at]) if text[:1] == "<" else text for at, text in enumerate(texts)]


def _far(moment: Any) -> str:
    """A day or time beyond the years that Arrow writes."""
    unit: Any = getattr(moment.type, "unit", "D")
    return str(np.datetime64(moment.value, unit)).replace("T", " ")


def _topped(column: ColumnProfile, dictionary: Any, counts: Any, sample: Sample) -> ColumnProfile:
    if sample.whole and not _shortened(column):
        column = column.with_figures({"distinct": len(dictionary)}, sample.how)
    top = [{"value": value, "count": count} for value, count in _top(dictionary, counts)]
    return column.with_figures({"top": top}, sample.how)


def _shortened(column: ColumnProfile) -> bool:
    return column.kind == TEXT and (column.get("longest") or 0) > SHOWN


def _boolean(column: ColumnProfile, values: Any, sample: Sample) -> Looked:
    codes, dictionary = _coded(values)
    profile = _topped(column, dictionary, _counted(codes, len(dictionary)), sample)
    return Looked(profile, codes=codes, different=len(dictionary))


def _number(column: ColumnProfile, values: Any, sample: Sample) -> Looked:
    codes, dictionary = _coded(values)
    profile = _topped(column, dictionary, _counted(codes, len(dictionary)), sample)
    doubles = pc.cast(values, pa.float64(), safe=False)
    numbers = doubles.to_numpy(zero_copy_only=False)
    finite = numbers[np.isfinite(numbers)]
    quantiles = None
    if len(finite):
        found = np.quantile(finite, PROBABILITIES)
        quantiles = {f"{p:g}": told(q) for p, q in zip(PROBABILITIES, found, strict=True)}
    histogram = _histogram(finite)
    if histogram is not None:
        histogram = {**histogram, "low": told(histogram["low"]), "high": told(histogram["high"])}
    figures = {"quantiles": quantiles, "histogram": histogram}
    return Looked(
        profile.with_figures(figures, sample.how),
        codes=codes,
        different=len(dictionary),
        numbers=np.where(np.isfinite(numbers), numbers, np.nan),
        reach=reach(finite, sample.percent),
    )


def _time(column: ColumnProfile, values: Any, sample: Sample) -> Looked:
    codes, dictionary = _coded(values)
    profile = _topped(column, dictionary, _counted(codes, len(dictionary)), sample)
    kept = pa.int32() if values.type.bit_width == 32 else pa.int64()
    filled = pc.drop_null(values)
    whole = filled.view(kept).to_numpy(zero_copy_only=False).astype(np.int64)

    def written(number: Any) -> str:
        return str(_plain(pa.array([int(number)], kept).view(values.type))[0])

    quantiles = histogram = None
    if len(whole):
        found = np.quantile(whole, PROBABILITIES, method="lower")
        quantiles = {f"{p:g}": written(q) for p, q in zip(PROBABILITIES, found, strict=True)}
        histogram = _histogram(whole.astype(np.float64))
        if histogram is not None:
            ends = {"low": written(whole.min()), "high": written(whole.max())}
            histogram = {**histogram, **ends}
    numbers = np.full(len(values), np.nan)
    numbers[codes >= 0] = whole
    figures = {"quantiles": quantiles, "histogram": histogram}
    return Looked(
        profile.with_figures(figures, sample.how),
        codes=codes,
        different=len(dictionary),
        numbers=numbers,
    )


def _histogram(numbers: Any) -> dict[str, Any] | None:
    """Counts of bins of equal width from the least to the greatest; None: there is no width."""
    if not len(numbers):
        return None
    low, high = float(numbers.min()), float(numbers.max())
    if not np.isfinite(high - low) or high - low <= abs(high) * 1e-12:
        return None
    counts, _ = np.histogram(numbers, BINS, (low, high))
    return {"low": low, "high": high, "counts": counts.tolist()}


def _text(column: ColumnProfile, values: Any, sample: Sample) -> Looked:
    codes, dictionary = _coded(values)
    counts = _counted(codes, len(dictionary))
    profile = _topped(column, dictionary, counts, sample)
    read, of_read = dictionary.slice(0, _READ), counts[:_READ]
    seen = forms(read)
    form_codes, form_values = _coded(seen)
    by_form = np.bincount(form_codes, weights=of_read, minlength=len(form_values)).astype(np.int64)
    patterns = [
        {"pattern": pattern[:40], "count": count}
        for pattern, count in sorted(
            zip(form_values.to_pylist(), by_form.tolist(), strict=True),
            key=lambda pair: (-pair[1], pair[0]),
        )[:5]
    ]
    texts = read.to_pylist() if len(form_values) == 1 or len(dictionary) <= FEW else []
    figures = {"patterns": patterns, "looks": looks(read, of_read)}
    few = len(dictionary) <= FEW and not _shortened(column)
    return Looked(
        profile.with_figures(figures, sample.how),
        values=dict(zip(texts, counts.tolist(), strict=True)) if few else None,
        form=expression(texts) if len(form_values) == 1 and not _shortened(column) else None,
        codes=codes,
        different=len(dictionary),
    )


_READERS = {NUMBER: _number, TEXT: _text, TIME: _time, BOOLEAN: _boolean}
