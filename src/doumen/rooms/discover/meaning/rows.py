"""Codes as people write them in a table, and as the dataset of a long list holds them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from doumen.model.meaning import Code, Words
from doumen.model.message import Message, msg

COLUMNS: Mapping[str, str] = {
    "code": "VARCHAR",
    "label_en": "VARCHAR",
    "label_zh": "VARCHAR",
    "parent": "VARCHAR",
    "valid_from": "DATE",
    "valid_until": "DATE",
    "superseded_by": "VARCHAR",
}
"""Name → type in the dataset of a long list; `superseded_by` has spaces between codes."""
WORDS: Mapping[str, str] = {
    "code": "The code; renamed, it has another row.",
    "label_en": "What it means, in English.",
    "label_zh": "What it means, in Chinese.",
    "parent": "The code above it.",
    "valid_from": "The first day; empty: nobody says since when.",
    "valid_until": "The day from which it is valid no more; empty: it is.",
    "superseded_by": "Codes that take its place, where that is known.",
}
"""What each column holds, for the contract."""
_FIELDS = {*COLUMNS, "label"}
_HAN = re.compile(r"[\u3400-\u9fff]")


def values(one: Code) -> dict[str, Any]:
    """A row of the dataset."""
    return {
        "code": one.code,
        "label_en": one.label.en or None,
        "label_zh": one.label.zh or None,
        "parent": one.parent,
        "valid_from": one.valid_from,
        "valid_until": one.valid_until,
        "superseded_by": " ".join(one.superseded_by) or None,
    }


def code_of(row: Sequence[Any]) -> Code:
    """A row of the dataset, its columns in order, as a code."""
    code, en, zh, parent, since, until, by = row
    return Code(code, Words(en or "", zh or ""), parent, since, until, tuple((by or "").split()))


def written(record: Mapping[str, Any]) -> tuple[Code, list[Message]]:
    """A code as somebody wrote it, and what is wrong with it.

    `label` may stand for `label_en` or `label_zh`, by its script, or be an object `{en, zh}`.
    """
    wrong = [msg("there is no field `{name}`", name=name) for name in record if
             name not in _FIELDS]  # fmt: skip
    code = _text(record.get("code"))
    if code is None:
        wrong.append(msg("it has no code"))
    days: list[date | None] = []
    for name in ("valid_from", "valid_until"):
        text = _text(record.get(name))
        try:
            days.append(None if text is None else date.fromisoformat(text))
        except ValueError:
            days.append(None)
            wrong.append(msg("`{name}` is no day such as 2027-06-30", name=name))
    by = record.get("superseded_by") or ()
    after = by.replace("|", " ").split() if isinstance(by, str) else [str(one) for one in by]
    parent = _text(record.get("parent"))
    made = Code(code or "", _label(record), parent, days[0], days[1], tuple(after))
    return made, wrong


def _label(record: Mapping[str, Any]) -> Words:
    label = record.get("label")
    if isinstance(label, Mapping):
        return Words(_text(label.get("en")) or "", _text(label.get("zh")) or "")
    en, zh = (_text(record.get(name)) or "" for name in ("label_en", "label_zh"))
    text = _text(label) or ""
    chinese = bool(_HAN.search(text))
    return Words(en or ("" if chinese else text), zh or (text if chinese else ""))


def _text(value: Any) -> str | None:
    return None if value is None else str(value).strip() or None
