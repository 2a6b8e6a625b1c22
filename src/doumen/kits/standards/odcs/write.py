"""Columns into a new contract: only what is known of them, no invented claims."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from doumen.kits.standards.odcs.bounds import bound_value
from doumen.kits.standards.odcs.formats import to_jdk
from doumen.kits.standards.odcs.read import DATASET, FORMATS
from doumen.kits.standards.odcs.render import block
from doumen.kits.standards.odcs.rules import BOUNDS, LENGTHS
from doumen.kits.standards.odcs.types import DATED, logical_type
from doumen.model.errors import Invalid
from doumen.model.load import Check, LoadColumn
from doumen.model.message import msg
from doumen.model.ref import Ref

_HEAD = "# Data contract, Open Data Contract Standard 3.1.0. What is added here is kept.\n"
_NAMESPACE = uuid.UUID("5f0b6f5e-5d0c-5b5c-9b56-0d6f3f0f8a61")
_OPTIONS = {kind: option for option, kind in (BOUNDS | LENGTHS).items()}


def infer_contract(
    ref: Ref,
    columns: Sequence[LoadColumn],
    *,
    id: str | None = None,
    title: str | None = None,
    description: str | None = None,
    descriptions: Mapping[str, str] | None = None,
    status: str = "draft",
) -> str:
    """Write a contract, version 1.0.0, that reads back as these columns.

    Args:
        ref: The dataset.
        columns: As they are to land.
        id: Id of the contract; without one it is derived from the dataset's name.
        title: How people call the dataset; its name, where it is not said.
        description: What the dataset is.
        descriptions: Column name → what it holds.
        status: `draft`, `active` …

    Raises:
        Invalid: a check cannot be said in ODCS for the type of its column.
    """
    told = descriptions or {}
    table: dict[str, Any] = {"name": ref.name, "logicalType": "object", "physicalType": "table"}
    if description:
        table["description"] = description
    if columns:
        table["properties"] = [property_of(c, told.get(c.name)) for c in columns]
    contract = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": id or str(uuid.uuid5(_NAMESPACE, f"{ref.domain}.{ref.name}")),
        "name": title or ref.name,
        "version": "1.0.0",
        "status": status,
        "domain": ref.domain,
        "customProperties": [{"property": DATASET, "value": f"{ref.domain}.{ref.name}"}],
        "schema": [table],
    }
    return _HEAD + "\n".join(block(contract, 0)) + "\n"


def property_of(column: LoadColumn, description: str | None = None) -> dict[str, Any]:
    """A column as a property of a schema.

    Raises:
        Invalid: as `infer_contract`.
    """
    written: dict[str, Any] = {"name": column.name}
    if column.source != column.name:
        written["physicalName"] = column.source
    logical = logical_type(column.type)
    if logical:
        written["logicalType"] = logical
    written["physicalType"] = column.type
    if description:
        written["description"] = description
    options, quality = _demands(column)
    if Check("required") in column.checks:
        written["required"] = True
    jdk = to_jdk(column.formats[0]) if len(column.formats) == 1 else None
    if jdk and logical in DATED:
        options["format"] = jdk
    elif column.formats:
        written["customProperties"] = [{"property": FORMATS, "value": list(column.formats)}]
    if options:
        written["logicalTypeOptions"] = options
    if quality:
        written["quality"] = quality
    return written


def _demands(column: LoadColumn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The checks of a column as `logicalTypeOptions` and as quality rules."""
    options: dict[str, Any] = {}
    quality: list[dict[str, Any]] = []
    for check in column.checks:
        option = _option(check, column.type)
        if option is not None and option[0] not in options:
            options[option[0]] = option[1]
        elif check.kind in ("pattern", "set"):
            quality.append(_invalid_values(check))
        elif check.kind != "required":
            raise Invalid(
                msg(
                    "Check `{check}` of column `{column}` cannot be said for {type}.",
                    check=check.kind,
                    column=column.name,
                    type=column.type,
                ),
                detail="contract",
            )
    return options, quality


def _option(check: Check, type: str) -> tuple[str, Any] | None:
    """The field of `logicalTypeOptions` that says a check; None where none does."""
    if check.kind in BOUNDS.values():
        value = bound_value(str(check.value), type)
        return None if value is None else (_OPTIONS[check.kind], _bound(str(check.value), value))
    if logical_type(type) != "string":
        return None
    if check.kind in LENGTHS.values():
        return _OPTIONS[check.kind], check.value
    return ("pattern", check.value) if check.kind == "pattern" else None


def _bound(text: str, value: object) -> Any:
    if not isinstance(value, Decimal):
        return text
    return int(text) if re.fullmatch(r"-?\d+", text) else value


def _invalid_values(check: Check) -> dict[str, Any]:
    values = list(check.value) if isinstance(check.value, tuple) else check.value
    argument = "validValues" if check.kind == "set" else "pattern"
    return {"metric": "invalidValues", "mustBe": 0, "arguments": {argument: values}}
