"""What differs between two contracts, and what of it breaks those who rely on the old one.

Breaking is what makes data invalid that were valid, or takes away what users build on:
columns that go, change their name, source, format or unit, types that do not widen, rules
that get stricter, labels that are lowered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from doumen.kits.standards.odcs.bounds import bound_value
from doumen.kits.standards.odcs.contract import Contract, Property, Report
from doumen.kits.standards.odcs.types import widens
from doumen.model.errors import Invalid
from doumen.model.load import Check
from doumen.model.message import Message, enumerated, msg, plain

_SEMVER = re.compile(r"v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:[-+].*)?")
_ADDING = frozenset({"column-added", "check-loosened", "check-removed", "type-widened",
                     "label-raised", "report-removed"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        kind: `column-removed`, `column-added`, `column-renamed`, `column-moved`,
            `type-changed`, `type-widened`, `source-changed`, `format-changed`,
            `unit-changed`, `check-added`, `check-removed`, `check-tightened`,
            `check-loosened`, `check-changed`, `report-added`, `report-removed`,
            `label-raised`, `label-lowered`, `dataset-changed`, `description-changed`,
            `status-changed`, `drift-changed`.
        path: Column, or `table`.
        breaking: Whether it needs a new major version.
        words: The change in one clause.
    """

    kind: str
    path: str
    breaking: bool
    words: Message


def compare(old: Contract, new: Contract) -> tuple[Change, ...]:
    """All differences of meaning, the breaking ones first."""
    renamed = dict(_renamed(old, new))
    changes = [*_table(old, new), *_columns(old, new, renamed), *_reports(old, new)]
    return tuple(sorted(changes, key=lambda change: not change.breaking))


def next_version(old: str, changes: Iterable[Change]) -> str:
    """The version after these changes (Semantic Versioning 2.0).

    Breaking changes take the next major, additions the next minor, all else the next patch.

    Raises:
        Invalid: the old version is no such number.
    """
    match = _SEMVER.fullmatch(old)
    if match is None:
        raise Invalid(
            msg("Version `{old}` cannot be counted on.", old=old),
            why=msg("Versions are counted as major.minor.patch, such as 1.4.0."),
            next=msg("Give the contract a version of that form."),
            detail="version",
        )
    major, minor, patch = (int(part or 0) for part in match.groups())
    listed = list(changes)
    if any(change.breaking for change in listed):
        return f"{major + 1}.0.0"
    if any(change.kind in _ADDING for change in listed):
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"


def version_key(version: str) -> tuple[int, int, int] | None:
    """Major, minor and patch, to be compared; None where the version is no such number."""
    match = _SEMVER.fullmatch(version)
    if match is None:
        return None
    major, minor, patch = (int(part or 0) for part in match.groups())
    return major, minor, patch


def _renamed(old: Contract, new: Contract) -> Iterator[tuple[str, str]]:
    """Columns that keep source, type and place in the file under another name."""
    gone = [p for p in old.properties if new.property(p.column.name) is None]
    come = [p for p in new.properties if old.property(p.column.name) is None]
    for before in gone:
        for after in come:
            if (before.column.source, before.column.type) == (
                after.column.source,
                after.column.type,
            ):
                yield before.column.name, after.column.name


def _table(old: Contract, new: Contract) -> Iterator[Change]:
    if old.ref != new.ref:
        yield Change(
            "dataset-changed",
            "table",
            True,
            msg("dataset `{old}` becomes `{new}`", old=old.ref, new=new.ref),
        )
    yield from _labels("table", old.labels, new.labels)
    if old.drift != new.drift:
        words = (
            msg("of columns that it does not know it says nothing any more")
            if new.drift is None
            else msg("columns that it does not know: `{drift}`", drift=new.drift)
        )
        yield Change("drift-changed", "table", False, words)
    if old.description != new.description:
        yield Change("description-changed", "table", False, msg("the description changes"))
    if old.status != new.status:
        yield Change(
            "status-changed",
            "table",
            False,
            msg("status `{old}` becomes `{new}`", old=old.status, new=new.status),
        )


def _columns(old: Contract, new: Contract, renamed: dict[str, str]) -> Iterator[Change]:
    for before in old.properties:
        name = before.column.name
        after = new.property(renamed.get(name, name))
        if after is None:
            yield Change("column-removed", name, True, msg("column `{name}` is removed", name=name))
            continue
        if after.column.name != name:
            words = msg("column `{old}` is renamed to `{new}`", old=name, new=after.column.name)
            yield Change("column-renamed", name, True, words)
        yield from _column(before, after)
    for after in new.properties:
        name = after.column.name
        if old.property(name) is None and name not in renamed.values():
            required = any(check.kind == "required" for check in after.column.checks)
            words = (
                msg("required column `{name}` is added", name=name)
                if required
                else msg("column `{name}` is added", name=name)
            )
            yield Change("column-added", name, required, words)
    kept = [renamed.get(p.column.name, p.column.name).casefold() for p in old.properties]
    order = [p.column.name.casefold() for p in new.properties]
    if [c for c in kept if c in order] != [c for c in order if c in kept]:
        yield Change("column-moved", "table", False, msg("the order of columns changes"))


def _column(before: Property, after: Property) -> Iterator[Change]:
    old, new, name = before.column, after.column, before.column.name
    if old.type != new.type:
        wide = widens(old.type, new.type)
        types = {"name": name, "old": old.type, "new": new.type}
        words = (
            msg("type of `{name}` widens from {old} to {new}", **types)
            if wide
            else msg("type of `{name}` changes from {old} to {new}", **types)
        )
        yield Change("type-widened" if wide else "type-changed", name, not wide, words)
    if old.source != new.source:
        words = msg(
            "`{name}` is read from `{new}`, not `{old}`", name=name, new=new.source, old=old.source
        )
        yield Change("source-changed", name, True, words)
    if old.formats != new.formats:
        words = msg(
            "format of `{name}` becomes {new}, not {old}",
            name=name,
            new=_spelled(new.formats),
            old=_spelled(old.formats),
        )
        yield Change("format-changed", name, True, words)
    if before.unit != after.unit:
        words = msg(
            "unit of `{name}` becomes `{new}`, not `{old}`",
            name=name,
            new=after.unit,
            old=before.unit,
        )
        yield Change("unit-changed", name, True, words)
    yield from _checks(name, old.type, old.checks, new.checks)
    yield from _labels(name, before.labels, after.labels)
    if before.description != after.description:
        words = msg("the description of `{name}` changes", name=name)
        yield Change("description-changed", name, False, words)


def _spelled(formats: Sequence[str]) -> Message:
    return enumerated(formats) if formats else plain("ISO 8601")


def _checks(name: str, type: str, old: Sequence[Check], new: Sequence[Check]) -> Iterator[Change]:
    gone = [check for check in old if check not in new]
    come = [check for check in new if check not in old]
    for check in come:
        before = next((c for c in gone if c.kind == check.kind), None)
        if before is None:
            words = msg("`{name}` gets the rule {rule}", name=name, rule=check_words(check))
            yield Change("check-added", name, True, words)
            continue
        gone.remove(before)
        loose = _loosens(before, check, type)
        words = msg(
            "rule of `{name}` becomes {new}, not {old}",
            name=name,
            new=check_words(check),
            old=check_words(before),
        )
        kind = {True: "check-loosened", False: "check-tightened", None: "check-changed"}[loose]
        yield Change(kind, name, loose is not True, words)
    for check in gone:
        words = msg("`{name}` loses the rule {rule}", name=name, rule=check_words(check))
        yield Change("check-removed", name, False, words)


def _loosens(old: Check, new: Check, type: str) -> bool | None:
    """Whether all values that passed still pass; None where that cannot be said."""
    if isinstance(old.value, tuple) and isinstance(new.value, tuple):
        return set(old.value) <= set(new.value)
    if old.kind in ("min_length", "max_length"):
        low: int | str = int(str(old.value))
        high: int | str = int(str(new.value))
        return (high <= low) if old.kind == "min_length" else (high >= low)  # type: ignore[operator]  # both int
    before, after = bound_value(str(old.value), type), bound_value(str(new.value), type)
    if old.kind == "pattern" or before is None or after is None:
        return None
    try:
        lower = bool(after <= before)  # type: ignore[operator]  # of one type, or TypeError
        same = bool(after == before)
    except TypeError:
        return None
    return same or (lower if old.kind.endswith("minimum") else not lower)


def check_words(check: Check) -> Message:
    """A row rule as people read it: `>= 0`, `matches …`, `one of …`."""
    signs = {"minimum": ">=", "exclusive_minimum": ">", "maximum": "<=", "exclusive_maximum": "<"}
    if check.kind in signs:
        return plain(f"{signs[check.kind]} {check.value}")
    if isinstance(check.value, tuple):
        more = ("…",) * (len(check.value) > 8)
        return msg("one of {values}", values=enumerated((*check.value[:8], *more), mark=""))
    words = {
        "required": msg("required"),
        "pattern": msg("matches {pattern}", pattern=check.value),
        "min_length": msg("at least {count} characters", count=check.value),
        "max_length": msg("at most {count} characters", count=check.value),
    }
    return words[check.kind]


def _labels(path: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    where = msg("the dataset") if path == "table" else plain(f"`{path}`")
    for label in sorted(set(new) - set(old)):
        yield Change(
            "label-raised",
            path,
            False,
            msg("{where} gets label `{label}`", where=where, label=label),
        )
    for label in sorted(set(old) - set(new)):
        yield Change(
            "label-lowered",
            path,
            True,
            msg("{where} loses label `{label}`", where=where, label=label),
        )


def _reports(old: Contract, new: Contract) -> Iterator[Change]:
    for report in new.reports:
        if report not in old.reports:
            breaking = report.kind != "unchecked" and not report.advisory
            words = msg("rule {rule} is added", rule=_named(report))
            yield Change("report-added", _path(report), breaking, words)
    for report in old.reports:
        if report not in new.reports:
            words = msg("rule {rule} is removed", rule=_named(report))
            yield Change("report-removed", _path(report), False, words)


def _named(report: Report) -> Message:
    if not report.columns:
        return plain(f"`{report.name}`")
    columns = enumerated(report.columns, mark="")
    return msg("`{rule}` ({columns})", rule=report.name, columns=columns)


def _path(report: Report) -> str:
    return report.columns[0] if len(report.columns) == 1 else "table"
