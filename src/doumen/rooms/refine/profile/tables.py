"""Rules of a whole table that a profile suggests: keys, comparisons of columns, least rows.

Pure. That values are all different may be chance, as of random numbers; a key is drafted where its
name says so, or where its values are numbered through, or are far apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from doumen.kits.sql import quoted
from doumen.model.ref import Ref
from doumen.rooms.refine.profile.drafts import LEAST, Draft
from doumen.rooms.refine.profile.figures import NUMBER, TEXT, ColumnProfile, Profile, is_integer
from doumen.rooms.refine.profile.whole import repeated

_NAMED = re.compile(
    r"(^|_|[a-z](?=[A-Z]))(id|key|code|uuid|guid|number|no|nr|sn|pk)s?$|(编号|编码|代码|号|号码)$",
    re.IGNORECASE,
)


def table_drafts(profile: Profile) -> Iterator[Draft]:
    """Rules of the whole table."""
    if profile.rows < LEAST:
        return
    yield from _keys(profile)
    yield from _compared(profile)
    least = profile.rows // 2
    rule = {"metric": "rowCount", "mustBeGreaterOrEqualTo": least}
    yield Draft("row_count", None, {"quality": rule})


def _keys(profile: Profile) -> Iterator[Draft]:
    ref = Ref.parse(profile.dataset)
    for key in profile.keys:
        statement = repeated(ref, key.columns)
        if len(key.columns) > 1:
            rule: dict[str, Any] = {
                "metric": "duplicateValues",
                "mustBe": 0,
                "arguments": {"properties": list(key.columns)},
            }
            change: dict[str, Any] = {"quality": rule}
            yield Draft("composite", None, change, key.columns, statement=statement)
        elif _meant(profile.column(key.columns[0]), profile.rows):
            change = {"set": ["unique", True]}
            yield Draft("unique", key.columns[0], change, key.columns, statement=statement)


def _meant(column: ColumnProfile, rows: int) -> bool:
    """Whether its values are different by more than chance."""
    if column.type == "UUID":
        return True
    if column.kind == TEXT:
        return bool(_NAMED.search(column.name)) and int(column.get("longest")) <= 64
    if column.kind != NUMBER or not is_integer(column.type):
        return False
    span = int(column.get("max")) - int(column.get("min")) + 1
    return bool(_NAMED.search(column.name)) or span <= 2 * rows or span >= 100 * rows * rows


def _compared(profile: Profile) -> Iterator[Draft]:
    for pair in profile.ordered:
        implementation = {
            "check": "compare", "left": pair.low, "operator": "<=", "right": pair.high,
        }  # fmt: skip
        rule = {"type": "custom", "engine": "doumen", "implementation": implementation}
        broken = f"{quoted(pair.low)} > {quoted(pair.high)}"
        yield Draft(
            "compare",
            None,
            {"quality": rule},
            (pair.low, pair.high),
            broken,
            more={"by_chance": pair.by_chance},
        )
