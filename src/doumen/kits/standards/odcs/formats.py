"""Date formats: patterns of the JDK's DateTimeFormatter, as ODCS writes them, and of strptime.

Source: java.time.format.DateTimeFormatter (JDK 8), which ODCS 3.1 names for `format`; and
DuckDB's strptime, whose `%g`, `%f`, `%n` are milli-, micro- and nanoseconds.
"""

from __future__ import annotations

import re

_TO_STRPTIME = {
    "yyyy": "%Y", "uuuu": "%Y", "yy": "%y", "uu": "%y",
    "MM": "%m", "M": "%-m", "MMM": "%b", "MMMM": "%B",
    "dd": "%d", "d": "%-d", "DDD": "%j", "EEE": "%a", "EEEE": "%A",
    "HH": "%H", "H": "%-H", "hh": "%I", "h": "%-I", "mm": "%M", "m": "%-M",
    "ss": "%S", "s": "%-S", "SSS": "%g", "SSSSSS": "%f", "SSSSSSSSS": "%n",
    "a": "%p", "Z": "%z", "xx": "%z", "XXX": "%z", "VV": "%Z",
}  # fmt: skip
_TO_JDK = {
    **{strptime: jdk for jdk, strptime in reversed(_TO_STRPTIME.items())},
    "%z": "Z",
}
_JDK_PART = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|([\[\]{}#'])|([^A-Za-z\[\]{}#']+)")
_STRPTIME_PART = re.compile(r"(%-?[A-Za-z%])|([^%]+)|(%)")


def to_strptime(pattern: str) -> str | None:
    """The strptime format of a JDK pattern; None where strptime cannot say it."""
    out = []
    for part in _JDK_PART.finditer(pattern):
        quoted, letter, reserved, literal = part.groups()
        if quoted is not None:
            text = quoted.replace("''", "'") or "'"
        elif literal is not None:
            text = literal
        else:
            text = ""
        if reserved is not None or (letter and part.group() not in _TO_STRPTIME):
            return None
        out.append(_TO_STRPTIME[part.group()] if letter else text.replace("%", "%%"))
    return "".join(out)


def to_jdk(format: str) -> str | None:
    """The JDK pattern of a strptime format; None where the pattern cannot say it."""
    out = []
    for part in _STRPTIME_PART.finditer(format):
        directive, literal, _ = part.groups()
        if literal is not None:
            quote = re.search(r"[A-Za-z\[\]{}#']", literal) is not None
            out.append("'" + literal.replace("'", "''") + "'" if quote else literal)
        elif directive == "%%":
            out.append("%")
        elif directive in _TO_JDK:
            out.append(_TO_JDK[directive])
        else:
            return None
    pattern = "".join(out)
    return pattern if to_strptime(pattern) == format else None
