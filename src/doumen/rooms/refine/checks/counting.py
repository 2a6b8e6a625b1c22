"""The rules of a contract as SQL that counts what breaks them, and the judgement of the count.

Pure. Row rules share one scan; each rule over rows is a statement of its own. Values that the
contract names as text go in as parameters; numbers and times stand in the statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from doumen.kits.quality.expectation import Expectation
from doumen.kits.sql import quoted, table
from doumen.kits.standards import odcs
from doumen.model.load import Check, LoadColumn
from doumen.model.ref import Ref
from doumen.model.schema import Column

NONE = Expectation()
"""No broken row."""
_SIGNS = {"minimum": "<", "exclusive_minimum": "<=", "maximum": ">", "exclusive_maximum": ">="}
_LENGTHS = {"min_length": "<", "max_length": ">"}


@dataclass(frozen=True, slots=True)
class Count:
    """One rule and the number that decides it.

    Attributes:
        kind: Kind of check or report.
        rule: The rule in words.
        sql: For a row rule the condition of a broken row; else a whole statement.
        parameters: Values of its `?`, in order.
        expects: What the count must be.
        advisory: A breach is told of, but is no fault.
    """

    kind: str
    columns: tuple[str, ...]
    rule: str
    sql: str
    parameters: tuple[str, ...] = ()
    expects: Expectation = NONE
    advisory: bool = False


def row_counts(contract: odcs.Contract) -> list[Count]:
    """One count for each row rule of each column."""
    return [
        Count(
            check.kind,
            (column.name,),
            odcs.check_words(check),
            _broken(check, column),
            _parameters(check, column.type),
        )
        for column in contract.columns
        for check in column.checks
    ]


def scan(ref: Ref, counts: Sequence[Count]) -> tuple[str, tuple[str, ...]]:
    """The statement that counts all rows and those that break each rule, with its parameters."""
    sums = "".join(f", {_counted(count.sql)}" for count in counts)
    parameters = tuple(value for count in counts for value in count.parameters)
    return f"SELECT count(*){sums} FROM {table(ref)}", parameters  # noqa: S608 - names are quoted


def report_count(report: odcs.Report, ref: Ref, types: Sequence[Column]) -> Count | None:
    """The statement of a reported rule; None for one that is kept and never run."""
    statement = _statement(report, ref, {column.name: column.type for column in types})
    if statement is None:
        return None
    sql, parameters = statement
    rule = report.name or report.kind
    return Count(
        report.kind, report.columns, rule, sql, parameters, report.expects, report.advisory
    )


def _counted(condition: str) -> str:
    """How many rows meet a condition; over no rows the engine's `count_if` gives NULL."""
    return f"coalesce(count_if({condition}), 0)"


def _statement(
    report: odcs.Report, ref: Ref, types: dict[str, str]
) -> tuple[str, tuple[str, ...]] | None:
    source = table(ref)
    names = [quoted(column) for column in report.columns]
    if report.kind == "unique":
        filled = " AND ".join(f"{name} IS NOT NULL" for name in names)
        listed = ", ".join(names)
        groups = f"SELECT count(*) AS n FROM {source} WHERE {filled} GROUP BY {listed}"  # noqa: S608 - names are quoted
        return f"SELECT coalesce(sum(n - 1), 0) FROM ({groups}) AS groups", ()  # noqa: S608 - names are quoted
    if report.kind == "reference":
        return _orphans(report, ref, names), ()
    if report.kind == "sql":
        return _substituted(report.text, source, names), ()
    condition, parameters = _condition(report, names, types)
    if condition is None:
        return None
    return f"SELECT {_counted(condition)} FROM {source}", parameters  # noqa: S608 - names are quoted


def _condition(
    report: odcs.Report, names: Sequence[str], types: dict[str, str]
) -> tuple[str | None, tuple[str, ...]]:
    if report.kind == "row_count":
        return "true", ()
    if report.kind == "null_values":
        return f"{names[0]} IS NULL", ()
    if report.kind == "missing_values":
        marks = ", ".join("?" for _ in report.values)
        listed = f" OR CAST({names[0]} AS VARCHAR) IN ({marks})" if report.values else ""
        return f"{names[0]} IS NULL{listed}", report.values
    if report.kind == "multiple_of":
        return f"CAST({names[0]} AS DECIMAL(38,9)) % {report.text} <> 0", ()
    if report.check is not None:
        name = report.columns[0]
        column = LoadColumn(name, name, types.get(name, "VARCHAR"))
        return _broken(report.check, column), _parameters(report.check, column.type)
    return None, ()


def _orphans(report: odcs.Report, ref: Ref, names: Sequence[str]) -> str:
    target = Ref.parse(report.target if "." in report.target else f"{ref.domain}.{report.target}")
    pairs = zip(report.target_columns, names, strict=True)
    same = " AND ".join(f"there.{quoted(column)} = here.{name}" for column, name in pairs)
    filled = " AND ".join(f"here.{name} IS NOT NULL" for name in names)
    found = f"SELECT 1 FROM {table(target)} AS there WHERE {same}"  # noqa: S608 - names are quoted
    where = f"WHERE {filled} AND NOT EXISTS ({found})"
    return f"SELECT count(*) FROM {table(ref)} AS here {where}"  # noqa: S608 - names are quoted


def _substituted(query: str, source: str, names: Sequence[str]) -> str:
    """A query of the contract with its placeholders filled in, as ODCS 3.1 names them."""
    column = names[0] if names else "*"
    for mark in ("${object}", "${table}", "{object}", "{table}"):
        query = query.replace(mark, source)
    for mark in ("${property}", "${column}", "{property}", "{column}"):
        query = query.replace(mark, column)
    return query.strip().removesuffix(";")


def _broken(check: Check, column: LoadColumn) -> str:
    """The condition under which a row breaks a check; NULL breaks only `required`."""
    name = quoted(column.name)
    text = name if column.type == "VARCHAR" else f"CAST({name} AS VARCHAR)"
    if check.kind in _SIGNS:
        return f"{name} {_SIGNS[check.kind]} {_literal(str(check.value), column.type)}"
    if check.kind in _LENGTHS:
        return f"length({text}) {_LENGTHS[check.kind]} {check.value}"
    if check.kind == "pattern":
        return f"NOT regexp_full_match({text}, ?)"
    if isinstance(check.value, tuple):
        return _outside(check.value, column, text)
    return f"{name} IS NULL"


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
