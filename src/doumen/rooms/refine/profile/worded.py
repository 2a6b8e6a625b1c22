"""A proposed rule in a few words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from doumen.model.message import Message, enumerated, joined, msg, plain
from doumen.model.proposal import Proposal

_SHOWN = 6
"""Valid values that are named."""


def words(one: Proposal) -> Message:
    """The rule, without the column that it stands at."""
    if "set" in one.change:
        field, value = one.change["set"]
        return _FIELDS[field](value)
    rule = one.change["quality"]
    if rule.get("type") == "custom":
        return _custom(rule["implementation"])
    arguments = rule.get("arguments") or {}
    if "validValues" in arguments:
        return _values(arguments["validValues"])
    if "pattern" in arguments:
        return msg("of the form {pattern}", pattern=arguments["pattern"])
    if "properties" in arguments:
        return msg("{columns} tell all rows apart", columns=enumerated(arguments["properties"], ""))
    return msg("{rows:,} rows at least", rows=rule["mustBeGreaterOrEqualTo"])


def _values(values: list[str]) -> Message:
    named = joined(msg(", "), [plain(value) for value in values[:_SHOWN]])
    if len(values) > _SHOWN:
        return msg("one of {values} and {count} more", values=named, count=len(values) - _SHOWN)
    return msg("one of {values}", values=named)


def _custom(options: Mapping[str, Any]) -> Message:
    if options["check"] == "compare":
        return plain(f"{options['left']} {options['operator']} {options['right']}")
    return msg("is a valid {scheme}", scheme=options["scheme"])


_FIELDS: Mapping[str, Callable[[Any], Message]] = {
    "required": lambda value: msg("is never empty"),
    "unique": lambda value: msg("tells all rows apart"),
    "logicalTypeOptions.minimum": lambda value: msg("{number} at least", number=value),
    "logicalTypeOptions.maximum": lambda value: msg("{number} at most", number=value),
    "logicalTypeOptions.minLength": lambda value: msg("{count} characters at least", count=value),
    "logicalTypeOptions.maxLength": lambda value: msg("{count} characters at most", count=value),
    "relationships": lambda value: msg("refers to {target}", target=value[0]["to"]),
}
