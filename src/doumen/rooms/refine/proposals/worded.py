"""A proposed rule in a few words; one of a form that is not known here, as it is written."""

from __future__ import annotations

import json
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
        said = _FIELDS.get(field)
        return plain(f"{field} = {spelled(value)}") if said is None else said(value)
    rule = one.change["quality"]
    if rule.get("type") == "custom":
        return _custom(rule.get("implementation"))
    return _metric(rule, rule.get("arguments") or {})


def _metric(rule: Mapping[str, Any], arguments: Mapping[str, Any]) -> Message:
    """A rule of the library of metrics."""
    if "validValues" in arguments:
        return _values(arguments["validValues"])
    if "pattern" in arguments:
        return msg("of the form {pattern}", pattern=arguments["pattern"])
    if "properties" in arguments:
        return msg("{columns} tell all rows apart", columns=enumerated(arguments["properties"], ""))
    if "mustBeGreaterOrEqualTo" in rule and rule.get("metric") == "rowCount":
        return msg("{rows:,} rows at least", rows=rule["mustBeGreaterOrEqualTo"])
    told = {name: value for name, value in rule.items() if name not in _UNSAID}
    return plain(str(rule.get("name") or "") or _listed(told))


def spelled(value: Any) -> str:
    """A value of a document, on one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _listed(told: Mapping[str, Any]) -> str:
    return " ".join(f"{name} {spelled(value)}" for name, value in told.items())


def _values(values: list[str]) -> Message:
    named = joined(msg(", "), [plain(value) for value in values[:_SHOWN]])
    if len(values) > _SHOWN:
        return msg("one of {values} and {count} more", values=named, count=len(values) - _SHOWN)
    return msg("one of {values}", values=named)


def _custom(options: Any) -> Message:
    """A check of our own, or of another tool."""
    if not isinstance(options, Mapping):
        return plain(str(options))
    if options.get("check") == "compare" and "right" in options:
        return plain(f"{options['left']} {options['operator']} {options['right']}")
    if options.get("check") == "identifier" and "scheme" in options:
        return msg("is a valid {scheme}", scheme=options["scheme"])
    return plain(_listed(options))


_UNSAID = frozenset({"type", "id", "dimension", "severity", "customProperties", "engine"})
"""Fields of a rule that say nothing of what it demands."""
_FIELDS: Mapping[str, Callable[[Any], Message]] = {
    "required": lambda value: msg("is never empty"),
    "unique": lambda value: msg("tells all rows apart"),
    "logicalTypeOptions.minimum": lambda value: msg("{number} at least", number=value),
    "logicalTypeOptions.maximum": lambda value: msg("{number} at most", number=value),
    "logicalTypeOptions.minLength": lambda value: msg("{count} characters at least", count=value),
    "logicalTypeOptions.maxLength": lambda value: msg("{count} characters at most", count=value),
    "relationships": lambda value: msg("refers to {target}", target=value[0]["to"]),
}
