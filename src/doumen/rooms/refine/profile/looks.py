"""Texts that are something else: dates, numbers, addresses, identifiers with check digits.

Pure. A column looks like something where (nearly) all of its texts are that; what it looks like is
a finding, no verdict.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow.compute as pc

from doumen.kits.quality.identifiers import BY_NAME

_DAY = r"(0[1-9]|[12][0-9]|3[01])"
_MONTH = r"(0[1-9]|1[0-2])"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?"
_YEAR = r"(1[5-9]|20|21)[0-9]{2}"
FORMS = {
    "integer": r"[+-]?(0|[1-9][0-9]*)",
    "number": r"[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?",
    "date": rf"{_YEAR}[-/.]?{_MONTH}[-/.]?{_DAY}|{_YEAR}年[0-9]{{1,2}}月[0-9]{{1,2}}日",
    "timestamp": rf"{_YEAR}-{_MONTH}-{_DAY}[ T]{_CLOCK}(Z|[+-][0-9]{{2}}:?[0-9]{{2}})?",
    "time": _CLOCK,
    "boolean": r"(?i:true|false|yes|no|y|n|是|否)",
    "email": r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}",
    "url": r"https?://[^\s]+",
    "uuid": r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
}
"""What texts may look like, as regular expressions over the whole text."""
_ORDER = ("date", "timestamp", "time", "uuid", "email", "url", "boolean", "integer", "number")
_NEARLY = 0.95
_TRIED = 1000
"""Different texts that are tried against schemes of identifiers."""
_LEAST = 20
"""Different texts of an identifier: of fewer, digits may fit by chance."""


def looks(texts: Any, counts: Any) -> dict[str, Any] | None:
    """What texts look like: `{"as": name, "share": …}`; None: like nothing known.

    Identifiers are named by their scheme. A share is one of rows, of identifiers one of
    different texts.

    Args:
        texts: Different texts, an Arrow array without NULL.
        counts: How often each is there.
    """
    filled = pc.not_equal(texts, "").to_numpy(zero_copy_only=False)
    total = int(counts[filled].sum())
    if not total:
        return None
    known = _identifier(texts)
    if known is not None:
        return known
    for name in _ORDER:
        fits = pc.match_substring_regex(texts, f"^({FORMS[name]})$")
        share = float(counts[fits.to_numpy(zero_copy_only=False)].sum()) / total
        if share >= _NEARLY:
            return {"as": name, "share": float(np.round(share, 6))}
    return None


def _identifier(texts: Any) -> dict[str, Any] | None:
    if len(texts) < _LEAST or not BY_NAME:
        return None
    tried = texts.slice(0, _TRIED).to_pylist()
    for name, scheme in BY_NAME.items():
        if not any(scheme.accepts(text) for text in tried[:5]):
            continue
        share = sum(1 for text in tried if scheme.accepts(text)) / len(tried)
        if share >= _NEARLY:
            return {"as": name, "share": round(share, 6)}
    return None
