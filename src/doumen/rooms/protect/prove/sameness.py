"""Whether two answers tell the same, as the specification of the gate says.

Rows are compared as multisets, or as sequences where the statement orders its answer wholly;
floating values within 1e-9 of each other, relative or absolute; errors and explanations exactly.
Where SQL leaves open which rows are given, their number is compared. Values of keyed hashes are
one value: which they are depends on a key that no actor has.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from doumen.model.message import Message, msg
from doumen.model.trial import Seen

Order = Literal["bag", "sequence", "open"]
CLOSE = 1e-9
_HASH = re.compile(r"[0-9a-f]{64}")
_EXCLUDED = "over-budget"
"""Time and memory are no part of the law; their errors are constant."""


def differs(one: Seen, two: Seen, order: Order) -> Message | None:
    """In what two outcomes differ, in words; None where they tell the same."""
    if one.explained != two.explained:
        return msg("the explanation")
    if _exhausted(one) or _exhausted(two):
        return None
    left, right = one.rows or (), two.rows or ()
    parts: tuple[tuple[Message, bool], ...] = (
        (msg("the error"), one.error == two.error),
        (msg("the columns"), one.columns == two.columns),
        (msg("whether the answer was cut"), one.truncated == two.truncated),
        (msg("the number of rows"), len(left) == len(right)),
    )
    found = next((what for what, same in parts if not same), None)
    if found is not None or order == "open" or _alike(left, right, order):
        return found
    return msg("the rows")


def _exhausted(seen: Seen) -> bool:
    return seen.error is not None and str(seen.error["code"]).startswith(_EXCLUDED)


def _alike(left: Sequence[tuple[Any, ...]], right: Sequence[tuple[Any, ...]], order: Order) -> bool:
    one, two = [plain(row) for row in left], [plain(row) for row in right]
    if order == "bag":
        if Counter(map(repr, one)) == Counter(map(repr, two)):
            return True
        one, two = sorted(one, key=_rough), sorted(two, key=_rough)
    return all(close(a, b) for a, b in zip(one, two, strict=True))


def plain(value: Any) -> Any:
    """A value without what is no part of it: the text of a keyed hash."""
    if isinstance(value, str):
        return "#" if _HASH.fullmatch(value) else value
    if isinstance(value, Mapping):
        return tuple((key, plain(each)) for key, each in value.items())
    if isinstance(value, (tuple, list)):
        return tuple(plain(each) for each in value)
    return value


def close(one: Any, two: Any) -> bool:
    """Whether two plain values are the same, floating ones nearly."""
    if isinstance(one, float) and isinstance(two, float):
        if math.isnan(one) or math.isnan(two):
            return math.isnan(one) and math.isnan(two)
        return math.isclose(one, two, rel_tol=CLOSE, abs_tol=CLOSE)
    if isinstance(one, tuple) and isinstance(two, tuple):
        return len(one) == len(two) and all(map(close, one, two))
    return type(one) is type(two) and bool(one == two)


def _rough(row: Any) -> str:
    """A key to sort by that nearly equal floating values share."""
    if isinstance(row, float):
        return f"{row:.5g}"
    if isinstance(row, tuple):
        return "(" + ",".join(map(_rough, row)) + ")"
    return repr(row)
