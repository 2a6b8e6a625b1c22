"""What the rules of ODCS count, as measures. Pure.

Row rules, and rules of the library that count rows by a condition, share one scan; uniqueness,
references and queries are statements of their own. Values that the contract names as text go in
as parameters; numbers and times stand in the statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from doumen.kits.quality.checks import Measure, Own, Rows, Whole
from doumen.kits.sql import quoted, table
from doumen.kits.standards import odcs
from doumen.model.load import Check, LoadColumn
from doumen.model.ref import Ref
from doumen.rooms.refine.checks.folding import counted_rows

_SIGNS = {"minimum": "<", "exclusive_minimum": "<=", "maximum": ">", "exclusive_maximum": ">="}
_LENGTHS = {"min_length": "<", "max_length": ">"}


def row_measure(check: Check, column: LoadColumn) -> Rows:
    """Rows that break a row rule."""
    if check.kind == "required":
        return _absent(quoted(column.name))
    return Rows(_broken(check, column), _parameters(check, column.type))


def measured(report: odcs.Report, ref: Ref, types: Mapping[str, str]) -> Measure:
    """How the number of a reported rule of ODCS itself is got."""
    source = table(ref)
    names = [quoted(column) for column in report.columns]
    if report.kind == "row_count":
        return Whole("count(*)")
    if report.kind == "unique":
        return _repeated(source, names)
    if report.kind == "reference":
        return _orphans(report, ref, names)
    if report.kind == "sql":
        return _query(report.text, ref, types, names)
    return _condition(report, names, types)


def _condition(report: odcs.Report, names: Sequence[str], types: Mapping[str, str]) -> Rows:
    """Rows that a rule of the library counts one by one."""
    if report.kind == "missing_values" and report.values:
        marks = ", ".join("?" for _ in report.values)
        text = f"CAST({names[0]} AS VARCHAR)"
        return Rows(f"{names[0]} IS NULL OR {text} IN ({marks})", report.values)
    if report.kind == "multiple_of":
        return Rows(f"TRY_CAST({names[0]} AS DECIMAL(38,9)) % {report.text} <> 0")
    if report.check is not None:
        name = report.columns[0]
        return row_measure(report.check, LoadColumn(name, name, types.get(name, "VARCHAR")))
    return _absent(names[0])


def _absent(name: str) -> Rows:
    """Rows without a value."""
    return Rows(f"{name} IS NULL", absent=name)


def _repeated(source: str, names: Sequence[str]) -> Own:
    """Rows beyond the first of each value; rows with a NULL among the columns do not count.

    They are the rows less their different values: no counter is kept for each value.
    """
    listed = ", ".join(names)
    filled = f"FROM {source} WHERE {_filled(names)}"
    several = f"SELECT {listed} {filled} GROUP BY {listed} HAVING count(*) > 1"
    different = f"SELECT count(*) FROM (SELECT DISTINCT {listed} {filled}) AS different"  # noqa: S608 - names are quoted
    return Own(
        f"SELECT (SELECT count(*) {filled}) - ({different})",
        failing=Rows(f"{_row(names)} IN ({several})"),
    )


def _orphans(report: odcs.Report, ref: Ref, names: Sequence[str]) -> Own:
    """Rows whose value the other dataset does not have; rows with a NULL do not count."""
    target = Ref.parse(report.target if "." in report.target else f"{ref.domain}.{report.target}")
    # Qualified: a name that is not there would else be that of a column here, and always found.
    there = [f"there.{quoted(column)}" for column in report.target_columns]
    known = f"SELECT {', '.join(there)} FROM {table(target)} AS there WHERE {_filled(there)}"  # noqa: S608 - names are quoted
    condition = f"{_filled(names)} AND {_row(names)} NOT IN ({known})"
    return Own(
        f"SELECT count(*) FROM {table(ref)} WHERE {condition}",  # noqa: S608 - names are quoted
        failing=Rows(condition),
    )


def _filled(names: Sequence[str]) -> str:
    return " AND ".join(f"{name} IS NOT NULL" for name in names)


def _row(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def _query(text: str, ref: Ref, types: Mapping[str, str], names: Sequence[str]) -> Rows | Own:
    """A query of the contract; one that counts rows of the dataset by a condition shares a scan."""
    statement = _substituted(text, table(ref), names)
    condition = counted_rows(statement, ref, types)
    return Own(statement) if condition is None else Rows(condition)


def _substituted(query: str, source: str, names: Sequence[str]) -> str:
    """A query of the contract with its placeholders filled in, as ODCS 3.1 names them."""
    column = names[0] if names else "*"
    for mark in ("${object}", "${table}", "{object}", "{table}"):
        query = query.replace(mark, source)
    for mark in ("${property}", "${column}", "{property}", "{column}"):
        query = query.replace(mark, column)
    return query.strip().removesuffix(";")


def _broken(check: Check, column: LoadColumn) -> str:
    """The condition under which a value breaks a check; NULL breaks none of them."""
    name = quoted(column.name)
    text = name if column.type == "VARCHAR" else f"CAST({name} AS VARCHAR)"
    if check.kind in _SIGNS:
        return f"{name} {_SIGNS[check.kind]} {_literal(str(check.value), column.type)}"
    if check.kind in _LENGTHS:
        return f"length({text}) {_LENGTHS[check.kind]} {check.value}"
    if check.kind == "pattern":
        return f"NOT regexp_full_match({text}, ?)"
    assert isinstance(check.value, tuple)
    return _outside(check.value, column, text)


def _outside(values: tuple[str, ...], column: LoadColumn, text: str) -> str:
    """Not one of a set: compared as values where the type has an order, else as text."""
    name = quoted(column.name)
    if _compares(column.type):
        return f"{name} NOT IN ({', '.join(_literal(value, column.type) for value in values)})"
    return f"{text} NOT IN ({', '.join('?' for _ in values)})"


def _parameters(check: Check, type: str) -> tuple[str, ...]:
    if check.kind == "pattern":
        return (str(check.value),)
    return check.value if isinstance(check.value, tuple) and not _compares(type) else ()


def _compares(type: str) -> bool:
    return odcs.logical_type(type) in odcs.COMPARABLE


def _literal(text: str, type: str) -> str:
    """A bound as a literal of its column's type; the contract's reader has checked it."""
    if type.startswith(("DATE", "TIME")):
        return f"CAST('{text}' AS {type})"
    return text
