"""ODCS YAML text into a contract, or all that is wrong with it at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from doumen.kits.standards.odcs.bounds import iso_bound
from doumen.kits.standards.odcs.contract import PRIMARY, Contract, Property, Report
from doumen.kits.standards.odcs.document import Fault, Path, parse, raise_faults
from doumen.kits.standards.odcs.formats import to_strptime
from doumen.kits.standards.odcs.own import misfits
from doumen.kits.standards.odcs.rules import (
    custom_properties,
    option_demands,
    ordered,
    quality_demands,
    references,
)
from doumen.kits.standards.odcs.schema import schema_faults
from doumen.kits.standards.odcs.types import COMPARABLE, DATED, engine_type, logical_type
from doumen.model.errors import Invalid
from doumen.model.load import Check, Drift, LoadColumn
from doumen.model.message import Message, enumerated, msg, plain
from doumen.model.ref import Ref

DATASET = "doumenDataset"
"""Custom property of contract, schema or relationship: the dataset, as `domain.name`."""
FORMATS = "doumenFormats"
"""Custom property of a property: strptime formats that `format` cannot say."""
UNIT = "unit"
"""Custom property of a property: the unit of measure."""
DRIFT = "drift"
"""Custom property of a schema: what becomes of columns of files that it does not know."""
UNKNOWN = "VARCHAR"


@lru_cache(maxsize=64)
def read_contract(text: str) -> Contract:
    """Read a contract.

    Args:
        text: ODCS 3.0 or 3.1 as YAML.

    Raises:
        Invalid: it is no YAML or no such contract; all faults are listed with line and path.
    """
    document = parse(text)
    raise_faults(document, schema_faults(document))
    data = document.data
    objects = data.get("schema") or []
    faults: list[Fault] = []
    if len(objects) > 1:
        names = enumerated(o["name"] for o in objects)
        faults.append(
            Fault(("schema",), msg("a dataset has one schema object, not {names}", names=names))
        )
    table: Mapping[str, Any] = objects[0] if objects else {}
    properties, reports = _properties(table, faults)
    reports += _table_reports(table, properties, faults)
    drift = _drift(table, faults)
    ref = _ref(data, table)
    columns = {p.column.name: p.column for p in properties}
    reports = [_settled(report, columns) for report in reports]
    faults += misfits(reports, {p.column.name: p.column.type for p in properties}, ref)
    raise_faults(document, faults)
    return Contract(
        text=text,
        id=data["id"],
        ref=ref,
        version=data["version"],
        status=data["status"],
        name=data.get("name"),
        description=table.get("description") or (data.get("description") or {}).get("purpose"),
        labels=_labels([*(data.get("tags") or ()), *(table.get("tags") or ())]),
        properties=tuple(properties),
        reports=tuple(reports),
        drift=drift,
    )


def _drift(table: Mapping[str, Any], faults: list[Fault]) -> Drift | None:
    said = custom_properties(table).get(DRIFT)
    if said is None or said in list(Drift):
        return None if said is None else Drift(said)
    faults.append(
        Fault(
            ("schema", 0, "customProperties"),
            msg("`{drift}` is one of {values}, not `{said}`", drift=DRIFT,
                values=enumerated(Drift), said=said),
        )
    )  # fmt: skip
    return None


def _properties(
    table: Mapping[str, Any], faults: list[Fault]
) -> tuple[list[Property], list[Report]]:
    properties: list[Property] = []
    reports: list[Report] = []
    seen: set[str] = set()
    sources: set[str] = set()
    for index, declared in enumerate(table.get("properties") or ()):
        path: Path = ("schema", 0, "properties", index)
        one, told = _property(declared, path, faults)
        if not one.column.name.strip() or one.column.name.casefold() in seen:
            faults.append(
                Fault(
                    (*path, msg("name")),
                    msg("`{column}` is empty or there twice", column=one.column.name),
                )
            )
        if one.column.source in sources:
            faults.append(
                Fault(
                    path,
                    msg("`{source}` is the source of another column", source=one.column.source),
                )
            )
        seen.add(one.column.name.casefold())
        sources.add(one.column.source)
        properties.append(one)
        reports += told
    return properties, reports


def _property(
    declared: Mapping[str, Any], path: Path, faults: list[Fault]
) -> tuple[Property, list[Report]]:
    name = str(declared["name"])
    custom = custom_properties(declared)
    type = engine_type(declared)
    if type is None:
        said = declared.get("physicalType") or declared.get("logicalType")
        words = (
            msg("type `{type}` is not known; give a `logicalType`", type=said)
            if said
            else msg("neither physicalType nor logicalType; give a `logicalType`")
        )
        faults.append(Fault(path, words))
    formats = _formats(declared, custom, path, type or UNKNOWN, faults)
    checks, reports, wrong = option_demands(declared, path, type or UNKNOWN, formats)
    faults += wrong if type else []
    for index, rule in enumerate(declared.get("quality") or ()):
        place: Path = (*path, "quality", index)
        more, told, wrong = quality_demands(rule, place, name)
        checks += [_typed(check, type or UNKNOWN, formats, place, faults) for check in more]
        reports += told
        faults += wrong
    reports += references(declared, (name,))
    column = LoadColumn(
        source=str(declared.get("physicalName") or name),
        name=name,
        type=type or UNKNOWN,
        formats=formats,
        checks=ordered(checks),
    )
    labels = _labels([declared.get("classification"), *(declared.get("tags") or ())])
    description = str(declared.get("description") or declared.get("businessName") or "")
    return Property(column, description, labels, str(custom.get(UNIT) or "")), reports


def _typed(
    check: Check, type: str, formats: tuple[str, ...], path: Path, faults: list[Fault]
) -> Check:
    """A check whose set of values is written as the column's type writes them."""
    if not isinstance(check.value, tuple) or logical_type(type) not in COMPARABLE:
        return check
    values = [(written, iso_bound(written, type, formats)) for written in check.value]
    wrong = [written for written, value in values if value is None]
    faults += [
        Fault(path, msg("`{written}` is no value of type {type}", written=written, type=type))
        for written in wrong
    ]
    return Check(check.kind, tuple(value for _, value in values if value is not None))


def demanded(
    contract: Contract, column: str | None, rule: Mapping[str, Any]
) -> tuple[tuple[Check, ...], tuple[Report, ...], Message | None]:
    """What a quality rule would demand of a contract that it is not in yet.

    Returns:
        Row rules, reported rules, and why it cannot stand there; None where it can.
    """
    columns = {p.column.name: p.column for p in contract.properties}
    if column is not None and column not in columns:
        return (), (), msg("`{column}` is no property of the schema", column=column)
    checks, told, faults = quality_demands(rule, (), column)
    if column is not None:
        at = columns[column]
        checks = [_typed(check, at.type, at.formats, (), faults) for check in checks]
    reports = tuple(_settled(report, columns) for report in told)
    faults += misfits(reports, {name: c.type for name, c in columns.items()}, contract.ref)
    unrun = [r.text for r, before in zip(reports, told, strict=True)
             if r.kind == "unchecked" != before.kind]  # fmt: skip
    why = faults[0].words if faults else next(iter(unrun), None)
    return tuple(checks), reports, why if why is None or isinstance(why, Message) else plain(why)


def _settled(report: Report, columns: Mapping[str, LoadColumn]) -> Report:
    """A report as it can be run: not at columns, nor with values, that cannot be."""
    unknown = [name for name in report.columns if name not in columns]
    if unknown:
        why = msg("`{column}` is no property of the schema", column=unknown[0])
        return replace(report, kind="unchecked", text=why)
    if report.check is None:
        return report
    column, faults = columns[report.columns[0]], list[Fault]()
    check = _typed(report.check, column.type, column.formats, report.path, faults)
    if faults:
        return replace(report, kind="unchecked", text=faults[0].words)
    return replace(report, check=check)


def _formats(
    declared: Mapping[str, Any],
    custom: Mapping[str, Any],
    path: Path,
    type: str,
    faults: list[Fault],
) -> tuple[str, ...]:
    if FORMATS in custom:
        listed = custom[FORMATS]
        if isinstance(listed, list) and all(isinstance(f, str) and f for f in listed):
            return tuple(listed)
        faults.append(
            Fault(
                (*path, "customProperties"),
                msg("`{formats}` is a list of formats", formats=FORMATS),
            )
        )
        return ()
    pattern = (declared.get("logicalTypeOptions") or {}).get("format")
    if pattern is None or logical_type(type) not in DATED:
        return ()
    format = to_strptime(str(pattern))
    if format is None:
        where: Path = (*path, "logicalTypeOptions", "format")
        faults.append(
            Fault(where, msg("pattern `{pattern}` has a part that cannot be read", pattern=pattern))
        )
        return ()
    return (format,)


def _table_reports(
    table: Mapping[str, Any], properties: Iterable[Property], faults: list[Fault]
) -> Iterator[Report]:
    declared = table.get("properties") or ()
    keys = sorted(
        (p for p in declared if p.get("primaryKey")), key=lambda p: p.get("primaryKeyPosition", -1)
    )
    names = {p.column.name for p in properties}
    if keys:
        yield Report("unique", tuple(str(p["name"]) for p in keys), msg("primary key"), id=PRIMARY)
    for index, rule in enumerate(table.get("quality") or ()):
        path: Path = ("schema", 0, "quality", index)
        _, told, wrong = quality_demands(rule, path, None)
        faults += wrong
        foreign = rule.get("type") == "custom"
        unknown = [c for r in told for c in r.columns if c not in names and not foreign]
        faults += [
            Fault(path, msg("`{column}` is no property of the schema", column=column))
            for column in unknown
        ]
        yield from told
    for report in references(table, ()):
        unknown = [column for column in report.columns if column not in names]
        faults += [
            Fault(
                ("schema", 0, "relationships"),
                msg("`{column}` is no property of the schema", column=column),
            )
            for column in unknown
            if report.kind == "reference"
        ]
        yield report


def _ref(data: Mapping[str, Any], table: Mapping[str, Any]) -> Ref | None:
    said = custom_properties(table).get(DATASET) or custom_properties(data).get(DATASET)
    if not said and data.get("domain") and table:
        said = f"{data['domain']}.{table['name']}"
    try:
        return Ref.parse(str(said)) if said else None
    except Invalid:
        return None


def _labels(words: Iterable[str | None]) -> tuple[str, ...]:
    labels = {unicodedata.normalize("NFC", word.strip()) for word in words if word}
    return tuple(sorted(labels - {""}))
