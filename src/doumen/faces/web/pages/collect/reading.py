"""How a visitor wishes a file to be read, as it stands in the address of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from doumen.faces.web.page import Visit

ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16", "cp1252", "shift_jis", "euc_kr", "windows-1251")
DELIMITERS = (",", ";", "tab", "|")
_APART = re.compile(r"[\W_]+")


def asked(visit: Visit) -> dict[str, str]:
    """What the address says of it; empty: as the file itself tells."""
    names = ("encoding", "delimiter", "header", "json_path", "sheet")
    return {name: visit.asked(name) for name in names}


def options(wishes: Mapping[str, str]) -> dict[str, Any]:
    """The same, as verbs take it."""
    given = {name: value for name, value in wishes.items() if value and name != "header"}
    return {**given, "no_header": wishes["header"] == "no"}


def suggested(file: str, datasets: Sequence[str]) -> tuple[str, str]:
    """Domain and name that a file may get: the domain that most datasets have, its own name.

    Examples:
        >>> suggested("2024 Air-Quality.csv.gz", ["city.a", "city.b", "x.c"])
        ('city', 'air_quality_2024')
        >>> suggested("充电桩.xlsx", [])
        ('', '充电桩')
    """
    domains = [one.partition(".")[0] for one in datasets]
    domain = max(sorted(set(domains)), key=domains.count, default="")
    words = [word for word in _APART.split(file.partition(".")[0].casefold()) if word]
    digits = [word for word in words if word[0].isdigit()]
    name = "_".join([word for word in words if word not in digits] + digits)[:60]
    return domain, name if name and not name[0].isdigit() else f"t_{name}".rstrip("_")
