"""Custom rules of other tools in a contract, read by the translators of their tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doumen.kits.standards import dbt, expectations, soda
from doumen.kits.standards.expectations import Translation
from doumen.kits.standards.odcs.document import parse
from doumen.model.errors import Invalid
from doumen.model.message import msg


def translated(rule: Mapping[str, Any], column: str | None) -> Translation | None:
    """What a custom rule comes to in ODCS; None where its engine is none of those that are read.

    Engines are Great Expectations, dbt and Soda, however they are spelled; an implementation is a
    mapping, or text that holds one.
    """
    engine = "".join(c for c in str(rule.get("engine")).lower() if c.isalpha())
    said = rule.get("implementation")
    if engine not in ("greatexpectations", "dbt", "soda", "sodacl"):
        return None
    if isinstance(said, str):
        said = _read(said)
    if engine == "dbt":
        return dbt.translate(said, column)
    if engine.startswith("soda"):
        return soda.translate(said, column)
    if not isinstance(said, Mapping):
        return Translation("expectation", column, why=msg("it is none of the core expectations"))
    return expectations.translate(said, column=column)


def _read(text: str) -> Any:
    """What an implementation says that is written as text."""
    try:
        return parse(text).data
    except Invalid:
        return text
