"""A suite of Great Expectations (0.18 and 1.x) as JSON, read and translated one by one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NoReturn

from doumen.kits.standards.expectations.rule import (
    Asked,
    Translation,
    UntranslatedError,
    untranslated,
)
from doumen.kits.standards.expectations.table import COLUMNS, KEPT, TABLES
from doumen.model.errors import Invalid
from doumen.model.message import Message, msg

ENGINE = "greatExpectations"
"""What a custom rule of ODCS names as its engine."""
_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])(?![A-Z_]|$)")


def read_suite(text: str) -> list[dict[str, Any]]:
    """The expectations of a suite, as they stand; numbers with a fraction are exact.

    Raises:
        Invalid: it is no JSON, or no suite.
    """
    try:
        data = json.loads(text, parse_float=Decimal, parse_constant=_refused)
        if r"\ud" in text.casefold():
            # An escape may name half a character, which UTF-8 cannot write.
            json.dumps(data, ensure_ascii=False, default=str).encode()
    except (ValueError, RecursionError):
        raise _no_suite(msg("It is not JSON.")) from None
    listed = data.get("expectations") if isinstance(data, dict) else data
    if not isinstance(listed, list):
        raise _no_suite(msg("It has no list `expectations`."))
    for place, one in enumerate(listed):
        if not isinstance(one, dict) or not isinstance(kind(one), str):
            raise _no_suite(msg("Its expectation {place} names no type.", place=place + 1))
        if not isinstance(one.get("kwargs") or {}, dict):
            raise _no_suite(msg("The `kwargs` of expectation {place} are no mapping.",
                                place=place + 1))  # fmt: skip
    return listed


def kind(one: Mapping[str, Any]) -> Any:
    """The type of an expectation: `type` since 1.0, `expectation_type` before."""
    return one.get("type") or one.get("expectation_type")


def translate(
    one: Mapping[str, Any],
    columns: Mapping[str, str | None] | None = None,
    column: str | None = None,
) -> Translation:
    """One expectation as a rule of ODCS.

    Args:
        one: As it stands in a suite, or in the `implementation` of a custom rule.
        columns: Name → logical type of each column of the contract; None: not known here.
        column: Where it stands in a contract, for one that names no column itself.
    """
    name = str(kind(one))
    options = dict(_named(one.get("kwargs") or {}))
    if name in COLUMNS and column is not None:
        options.setdefault("column", column)
    return expectation(Asked(name, options, columns), dict(about(one)))


def expectation(asked: Asked, said: Mapping[str, Any]) -> Translation:
    """An expectation of the core with these options.

    Args:
        asked: Its name and options.
        said: What the rule says of itself besides: name, severity, description.
    """
    column: str | None = None
    try:
        if asked.name in KEPT:
            untranslated(KEPT[asked.name])
        if asked.name in COLUMNS:
            column = asked.column()
            translator, dimension = COLUMNS[asked.name]
        elif asked.name in TABLES:
            translator, dimension = TABLES[asked.name]
        else:
            untranslated(msg("it is none of the core expectations"))
        rule = translator(asked)
        asked.done()
    except UntranslatedError as error:
        own = asked.options.get("column")
        return Translation(asked.name, own if isinstance(own, str) else None, why=error.why)
    if rule is None:
        return Translation(asked.name, column)
    if rule.get("type") == "custom":
        dimension = ""
    sized = {"dimension": dimension} if dimension else {}
    return Translation(asked.name, column, {**said, **rule, **sized})


def kept(one: Mapping[str, Any]) -> dict[str, Any]:
    """An expectation as a custom rule that its own tool runs; nothing of it is lost."""
    return {**dict(about(one)), "type": "custom", "engine": ENGINE, "implementation": dict(one)}


def about(one: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What an expectation says of itself, in the words of ODCS."""
    yield "name", str(kind(one))
    meta = one.get("meta") if isinstance(one.get("meta"), dict) else {}
    notes = one.get("notes") or one.get("description") or (meta or {}).get("notes")
    notes = notes.get("content") if isinstance(notes, dict) else notes
    notes = " ".join(map(str, notes)) if isinstance(notes, list) else notes
    if isinstance(notes, str) and notes.strip():
        yield "description", notes
    if one.get("severity") in ("warning", "info"):
        yield "severity", str(one["severity"])


def _named(options: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Options by the names of Python: ODCS shows them as `minValue` too."""
    for name, value in options.items():
        yield _CAMEL.sub(lambda found: "_" + found.group(1).lower(), name), value


def _refused(word: str) -> NoReturn:
    raise ValueError(word)


def _no_suite(why: Message) -> Invalid:
    return Invalid(
        msg("This is no suite of Great Expectations."),
        why=why,
        next=msg("A suite is the JSON file that Great Expectations keeps under `expectations/`."),
        detail="suite",
    )
