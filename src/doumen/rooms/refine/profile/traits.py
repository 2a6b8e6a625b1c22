"""What the figures of a column suggest: that it is constant, a list of few values, of a unit.

Pure. A unit is read from the name of the column alone, and is as sure as that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from doumen.rooms.refine.profile.figures import EXACT, NAMED, NUMBER, TEXT, ColumnProfile, Sample

FEW, OFTEN, EACH = 20, 5, 50
"""Most values of a list of valid ones; rows that each has at least; rows of each on average."""

UNITS: Mapping[str, str] = {
    "m": "m", "meters": "m", "metres": "m", "km": "km", "miles": "[mi_i]", "mi": "[mi_i]",
    "cm": "cm", "mm": "mm", "ft": "[ft_i]", "feet": "[ft_i]", "kg": "kg", "g": "g", "mg": "mg",
    "lb": "[lb_av]", "lbs": "[lb_av]", "ms": "ms", "sec": "s", "secs": "s", "seconds": "s",
    "minutes": "min", "mins": "min", "hours": "h", "hrs": "h", "days": "d", "celsius": "Cel",
    "fahrenheit": "[degF]", "pct": "%", "percent": "%", "percentage": "%", "usd": "USD",
    "eur": "EUR", "cny": "CNY", "rmb": "CNY", "gbp": "GBP", "kwh": "kW.h", "kw": "kW",
    "bytes": "By", "kb": "kBy", "mb": "MBy", "gb": "GBy", "kmh": "km/h", "mph": "[mi_i]/h",
    "米": "m", "公里": "km", "公斤": "kg", "千克": "kg", "吨": "t", "元": "CNY", "万元": "10*4.CNY",
    "分钟": "min", "小时": "h", "天": "d", "百分比": "%",
}  # fmt: skip
"""Last word of a name → UCUM code; of money the code of ISO 4217."""
_WORD = re.compile(r"[^\W_]+", re.UNICODE)


def traced(
    column: ColumnProfile, values: Mapping[str, int] | None, sample: Sample
) -> ColumnProfile:
    """The column with `constant`, `enumeration` and `unit`.

    Args:
        column: With the figures of scan and sample.
        values: All values of the sample with their counts, of a text of few values.
        sample: What it was.
    """
    column = column.with_figures({"constant": _constant(column)}, EXACT)
    if column.kind == TEXT:
        column = column.with_figures({"enumeration": enumerates(values)}, sample.how)
    if column.kind == NUMBER:
        column = column.with_figures({"unit": unit(column.name)}, NAMED)
    return column


def enumerates(values: Mapping[str, int] | None) -> bool:
    """Whether values are few, and each of them is there often."""
    if values is None or not 2 <= len(values) <= FEW or "" in values:
        return False
    return min(values.values()) >= OFTEN and sum(values.values()) >= EACH * len(values)


def unit(name: str) -> str | None:
    """The unit that the name of a column ends with.

    Example:
        >>> unit("distance_km"), unit("价格（元）"), unit("item")
        ('km', 'CNY', None)
    """
    words = _WORD.findall(name.casefold())
    return UNITS.get(words[-1]) if len(words) > 1 else None


def _constant(column: ColumnProfile) -> bool | None:
    """Whether all values are the same; None where nothing says so."""
    if column.how.get("distinct") == EXACT:
        return bool(column.get("distinct") == 1)
    low, high = column.get("min"), column.get("max")
    if low is None or high is None:
        return None
    if column.get("nan") or column.get("infinite"):
        return False
    return bool(low == high and column.get("longest") == column.get("shortest"))
