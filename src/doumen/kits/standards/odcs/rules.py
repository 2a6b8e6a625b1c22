"""What a property and a schema object demand: row rules as checks, all else as reports.

Row rules (`required`, bounds, lengths, pattern, sets of valid values with `mustBe: 0`) send a
row to quarantine; a quality rule of severity `info` or `warning`, and every rule that counts
over rows, is reported only. What Doumen does not run is kept as `unchecked`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from doumen.kits.quality.expectation import Expectation
from doumen.kits.standards.expectations import Translation
from doumen.kits.standards.odcs.adding import RELATIONSHIPS
from doumen.kits.standards.odcs.bounds import (
    iso_bound,
    number_text,
    reversed_bounds,
)
from doumen.kits.standards.odcs.contract import ADVISORY, NO_FAULT, Report
from doumen.kits.standards.odcs.document import Fault, Path
from doumen.kits.standards.odcs.foreign import translated
from doumen.kits.standards.odcs.own import ENGINE, own_check
from doumen.kits.standards.odcs.types import DATED, logical_type
from doumen.kits.standards.regex import pattern_fault
from doumen.model.load import Check
from doumen.model.message import Message, joined, msg

BOUNDS = {
    "minimum": "minimum",
    "exclusiveMinimum": "exclusive_minimum",
    "maximum": "maximum",
    "exclusiveMaximum": "exclusive_maximum",
}
LENGTHS = {"minLength": "min_length", "maxLength": "max_length"}
ORDER = ("required", *BOUNDS.values(), *LENGTHS.values(), "pattern", "set")
"""The order in which the rules of a column are tried."""
OPERATORS = (
    "mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan",
    "mustBeLessOrEqualTo", "mustBeBetween", "mustNotBeBetween",
)  # fmt: skip
_METRICS = {
    "nullValues": "null_values",
    "missingValues": "missing_values",
    "invalidValues": "invalid_values",
    "duplicateValues": "unique",
    "rowCount": "row_count",
}
_UNRUN_OPTIONS = ("format", "minItems", "maxItems", "uniqueItems", "minProperties",
                  "maxProperties", "required", "defaultTimezone")  # fmt: skip
Demands = tuple[list[Check], list[Report], list[Fault]]


def option_demands(
    declared: Mapping[str, Any], path: Path, type: str, formats: tuple[str, ...]
) -> Demands:
    """Of `logicalTypeOptions`, `required`, `primaryKey` and `unique`."""
    name = str(declared["name"])
    options = declared.get("logicalTypeOptions") or {}
    where: Path = (*path, "logicalTypeOptions")
    checks, faults = _bounds(options, where, type, formats)
    reports: list[Report] = []
    if declared.get("required") or declared.get("primaryKey"):
        checks.insert(0, Check("required"))
    for option, kind in LENGTHS.items():
        if option in options:
            checks.append(Check(kind, int(options[option])))
    if "pattern" in options:
        checks.append(Check("pattern", str(options["pattern"])))
        why = pattern_fault(str(options["pattern"]))
        faults += [Fault((*where, "pattern"), why)] if why else []
    if declared.get("unique"):
        reports.append(Report("unique", (name,), "unique"))
    if "multipleOf" in options:
        text = number_text(options["multipleOf"])
        reports.append(
            Report("multiple_of", (name,), msg("multiple of {number}", number=text), text=text)
        )
    dated = logical_type(type) in DATED
    reports += [
        Report(
            "unchecked",
            (name,),
            option,
            text=msg("Doumen does not check `{option}`", option=option),
        )
        for option in _UNRUN_OPTIONS
        if option in options and not (option == "format" and (dated or type != "VARCHAR"))
    ]
    return checks, reports, faults


def quality_demands(rule: Mapping[str, Any], path: Path, column: str | None) -> Demands:
    """Of one quality rule, on a column or (None) on the table."""
    report, faults = _report(rule, path, column)
    checks: list[Check] = []
    zero = report.expects == NO_FAULT
    told_only = report.severity in ADVISORY or rule.get("type") == "custom"
    if column is None or not zero or told_only:
        return checks, [report], faults
    if report.kind == "null_values":
        return [Check("required")], [], faults
    if report.kind == "invalid_values" and report.check is not None:
        return [report.check], [], faults
    return checks, [report], faults


def ordered(checks: list[Check]) -> tuple[Check, ...]:
    """The checks of a column in the order in which they are tried, each once."""
    return tuple(sorted(dict.fromkeys(checks), key=lambda check: ORDER.index(check.kind)))


def references(declared: Mapping[str, Any], columns: tuple[str, ...]) -> Iterator[Report]:
    """Of `relationships`: values that must exist in another dataset.

    The dataset is named by `schema.property` in the same domain, or in full by the custom
    property `doumenDataset` of the relationship.
    """
    for relationship in declared.get("relationships") or ():
        custom = custom_properties(relationship)
        ends = [_ends(relationship.get("to")), _ends(relationship.get("from"))]
        to, own = ends[0], tuple(last for _, last in ends[1]) or columns
        label = msg(
            "reference to {columns}", columns=joined(msg(", "), (".".join(end) for end in to))
        )
        tables = {table for table, _ in to}
        target = str(custom.get("doumenDataset") or (tables.pop() if len(tables) == 1 else ""))
        if not target or len(to) != len(own):
            why = msg("Doumen follows references to one dataset of this node, column by column")
            yield Report("unchecked", own, label, text=why)
        else:
            yield Report(
                "reference", own, label, target=target, target_columns=tuple(c for _, c in to)
            )


def custom_properties(declared: Mapping[str, Any]) -> dict[str, Any]:
    """The custom properties of an element by name."""
    return {p["property"]: p["value"] for p in declared.get("customProperties") or ()}


def _ends(notation: Any) -> tuple[tuple[str, str], ...]:
    """(schema, property) of each reference; an external or unknown notation has no schema."""
    found = []
    for text in [notation] if isinstance(notation, str) else notation or ():
        parts = text.removeprefix("/").split("/")
        if len(parts) == 4 and parts[0] == "schema" and parts[2] == "properties":
            found.append((parts[1], parts[3]))
        elif len(parts) == 1:
            table, _, column = text.partition(".")
            found.append((table, column))
        else:
            found.append(("", text))
    return tuple(found)


def _bounds(
    options: Mapping[str, Any], path: Path, type: str, formats: tuple[str, ...]
) -> tuple[list[Check], list[Fault]]:
    checks, faults = [], []
    for option, kind in BOUNDS.items():
        if option not in options:
            continue
        written = number_text(options[option])
        text = iso_bound(written, type, formats)
        if text is None:
            faults.append(
                Fault(
                    (*path, option),
                    msg("`{written}` is no value of type {type}", written=written, type=type),
                )
            )
        else:
            checks.append(Check(kind, text))
    lower = [str(c.value) for c in checks if c.kind.endswith("minimum")]
    upper = [str(c.value) for c in checks if c.kind.endswith("maximum")]
    if any(reversed_bounds(low, high, type) for low in lower for high in upper):
        faults.append(Fault(path, msg("the minimum lies above the maximum: no value would pass")))
    return checks, faults


def _report(rule: Mapping[str, Any], path: Path, column: str | None) -> tuple[Report, list[Fault]]:
    """What a quality rule demands, with what it says of itself."""
    columns: tuple[str, ...] = () if column is None else (column,)
    severity = str(rule.get("severity") or "error").lower()
    about = Report(
        "unchecked",
        columns,
        str(rule.get("name") or rule.get("description") or rule.get("metric") or "rule"),
        severity={"warn": "warning", "information": "info"}.get(severity, severity),
        id=str(rule.get("id") or ""),
        dimension=str(rule.get("dimension") or ""),
        owner=str(custom_properties(rule).get("owner") or ""),
        path=path,
    )
    if rule.get("type") == "custom" and rule.get("engine") == ENGINE:
        return _own(rule, path, about)
    turned = translated(rule, column) if rule.get("type") == "custom" else None
    if turned is not None:
        return _foreign(turned, about, severe="severity" in rule), []
    if rule.get("type") in ("text", "custom") or not ("metric" in rule or "query" in rule):
        why = msg(
            "rules of type `{type}` are for people or other tools", type=rule.get("type", "text")
        )
        return replace(about, text=why), []
    expects, faults = _expectation(rule, path)
    if rule.get("type") == "sql":
        return replace(about, kind="sql", expects=expects, text=str(rule["query"])), faults
    report, more = _library(rule, path, replace(about, expects=expects))
    return report, faults + more


def _own(rule: Mapping[str, Any], path: Path, about: Report) -> tuple[Report, list[Fault]]:
    own, faults = own_check(rule, path)
    if own is None:
        return about, faults
    kind, options = own
    name = about.name if about.name != "rule" else kind.words(options)
    dimension = about.dimension or kind.dimension
    return replace(about, kind=kind.name, own=own, name=name, dimension=dimension), []


def _foreign(turned: Translation, about: Report, *, severe: bool) -> Report:
    """A rule of another tool: run where its translator knows it, else told of with the reason.

    It sends no row to quarantine: its own tool does not either.
    """
    if turned.item is None:
        return replace(about, text=turned.why or msg("the fields of the contract say this"))
    if turned.key == RELATIONSHIPS:
        report = next(references({RELATIONSHIPS: [turned.item]}, about.columns))
    else:
        report, faults = _report(turned.item, about.path, turned.column)
        if faults:
            return replace(about, text=faults[0].words)
    return replace(
        report,
        name=about.name if about.name != "rule" else turned.name,
        severity=about.severity if severe else report.severity,
        id=about.id,
        dimension=about.dimension or report.dimension,
        owner=about.owner,
        path=about.path,
    )


def _library(rule: Mapping[str, Any], path: Path, about: Report) -> tuple[Report, list[Fault]]:
    """A rule of the library of metrics of ODCS."""
    kind, columns = _METRICS[rule["metric"]], about.columns
    arguments = rule.get("arguments") or {}
    values = _texts(arguments.get("missingValues"))
    check: Check | None = None
    faults: list[Fault] = []
    if kind == "invalid_values":
        check, faults = _valid(arguments, (*path, "arguments"))
    if kind == "unique" and arguments.get("properties"):
        columns = _texts(arguments["properties"])
    if (kind == "row_count") != (not columns):
        faults.append(
            Fault(
                (*path, "metric"),
                msg("`{metric}` {place}", metric=rule["metric"], place=_PLACES[kind]),
            )
        )
    return replace(about, kind=kind, columns=columns, check=check, values=values), faults


_PLACES: Mapping[str, Message] = {
    "row_count": msg("is a rule of the schema, not of a property"),
    "unique": msg("needs a property, or `arguments.properties`"),
    "null_values": msg("is a rule of a property"),
    "missing_values": msg("is a rule of a property"),
    "invalid_values": msg("is a rule of a property"),
}


def _valid(arguments: Mapping[str, Any], path: Path) -> tuple[Check | None, list[Fault]]:
    pattern, values = arguments.get("pattern"), arguments.get("validValues")
    if (pattern is None) == (values is None):
        return None, [Fault(path, msg("either `validValues` or `pattern` must be given"))]
    if pattern is None:
        faults = [] if _texts(values) else [Fault(path, msg("`validValues` names no value"))]
        return Check("set", _texts(values)), faults
    why = pattern_fault(str(pattern))
    return Check("pattern", str(pattern)), [Fault((*path, "pattern"), why)] if why else []


def _texts(values: Any) -> tuple[str, ...]:
    listed = values if isinstance(values, list) else [] if values is None else [values]
    return tuple(number_text(value) for value in listed if value is not None)


def _expectation(rule: Mapping[str, Any], path: Path) -> tuple[Expectation, list[Fault]]:
    operator = next(name for name in OPERATORS if name in rule)  # the schema asks for one
    value = rule[operator]
    bounds = tuple(number_text(v) for v in (value if isinstance(value, list) else [value]))
    unit = str(rule.get("unit") or "rows")
    faults = [] if all(_is_number(b) for b in bounds) else [
        Fault((*path, operator), msg("it compares a count, so it must be a number"))
    ]  # fmt: skip
    return Expectation(operator, bounds, unit in ("percent", "%")), faults


def _is_number(text: str) -> bool:
    return text in ("true", "false") or text.lstrip("+-").replace(".", "", 1).isdigit()
