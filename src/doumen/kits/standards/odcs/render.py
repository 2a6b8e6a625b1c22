"""Values as YAML text: plain where that reads back the same, else in double quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

_PLAIN = re.compile(r"[^\W\d_](?:[\w .()/+-]*[\w)])?|\d+(?:\.\d+){2,}")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_SPECIAL = re.compile(r"\.?(?:inf|nan)", re.IGNORECASE)


def scalar(value: Any, style: str | None = None) -> str:  # noqa: PLR0911 - one per type
    """One scalar. `style` is the quote (`'` or `"`) that stood there before, to be kept.

    Text is kept as text: what YAML would read as another type is quoted.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f") if value.as_tuple().exponent else f"{value:f}.0"
    text = str(value)
    if style == "'" and "\n" not in text and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if style is None and _is_plain(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", quoted)


def flow(value: Any, style: str | None = None) -> str:
    """Any value on one line: `[a, b]`, `{k: v}`, its texts in the quotes of `style`."""
    if isinstance(value, Mapping):
        entries = (f"{scalar(k, style)}: {flow(v, style)}" for k, v in value.items())
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow(item, style) for item in value) + "]"
    return scalar(value, style)


def block(value: Mapping[str, Any], indent: int) -> list[str]:
    """A mapping as lines, two blanks deeper for each level of mappings and lists of them."""
    lines: list[str] = []
    pad = " " * indent
    for key, item in value.items():
        if isinstance(item, Mapping) and item:
            lines += [f"{pad}{scalar(key)}:", *block(item, indent + 2)]
        elif isinstance(item, list) and item and all(isinstance(i, Mapping) and i for i in item):
            lines.append(f"{pad}{scalar(key)}:")
            for entry in item:
                first, *rest = block(entry, indent + 4)
                lines += [f"{pad}  - {first.lstrip()}", *rest]
        else:
            lines.append(f"{pad}{scalar(key)}: {flow(item)}")
    return lines


def _is_plain(text: str) -> bool:
    return (
        _PLAIN.fullmatch(text) is not None
        and text.lower() not in _WORDS
        and _SPECIAL.fullmatch(text) is None
        and _UNPRINTABLE.search(text) is None
    )
