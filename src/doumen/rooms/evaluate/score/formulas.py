"""The figure of each indicator: A of B, as GB/T 36344-2018 defines A and B. Pure.

Three decisions hold for all. A row in quarantine satisfies no rule: B counts the rows that came.
A rule that was broken and was then taken out of the contract goes on counting, by what was last
found: no score rises by leaving a rule out. What has no reference has no figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from doumen.model.life import ACTIVE, DEPRECATED
from doumen.rooms.evaluate.score.evidence import Evidence, Result

REQUIRED = ("required", "null_values", "missing_values")
FORMATS = ("pattern", "min_length", "max_length", "postcode", "phone")
CONTENTS = ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum", "multiple_of",
            "identifier", "invalid_values")  # fmt: skip
CODES = ("set", "code_list")
BUSINESS = ("expression", "sql", "compare")
ROWS = ("required", *FORMATS, *CONTENTS, "set")
"""Rules that a single row breaks."""
PERIODS = ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum")


@dataclass(frozen=True, slots=True)
class Figure:
    """A of B.

    Attributes:
        a: What satisfies; of an indicator that counts what is wrong, what does not.
        b: What was assessed; never 0.
        rules: Keys of the rules that it rests on.
        without: What lacks the reference, by name: columns, mostly.
    """

    a: int
    b: int
    rules: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def of_rules(evidence: Evidence, results: Iterable[Result]) -> Figure | None:
    """Values that satisfy, of values that came; None: there is no rule.

    The values are those of each set of columns that a rule is about, and of rules about no column
    the rows. Several rules about the same are taken together: a value satisfies them if none of
    them counts it, so that another rule that always holds changes nothing. A rule whose number
    counts no rows holds for all of them or for none.
    """
    groups: dict[tuple[str, ...], list[Result]] = {}
    for one in results:
        groups.setdefault(one.columns, []).append(one)
    if not groups or not evidence.rows:
        return None
    kept = sum(_kept(evidence, of_it) for of_it in groups.values())
    rules = tuple(one.rule for of_it in groups.values() for one in of_it)
    return Figure(kept, evidence.rows * len(groups), rules)


def _kept(evidence: Evidence, results: Iterable[Result]) -> int:
    """At least so many rows satisfy all of these rules."""
    bad = sum(
        (evidence.landed if one.breaks else 0) if one.count is None else one.count
        for one in results
    )
    return max(0, evidence.landed - bad)


def data_standard(evidence: Evidence) -> Figure | None:
    """0101: values of columns that follow a data element, of all values.

    A column follows its element as far as rules say so: one that no rule is about shows nothing.
    """
    if not evidence.elements or not evidence.rows:
        return None
    kept, rules, without = 0, list[str](), list[str]()
    for column in evidence.columns:
        about = [one for one in evidence.results if one.columns == (column.name,)
                 and one.kind in (*ROWS, *CODES)]  # fmt: skip
        if column.name not in evidence.elements or not about:
            without.append(column.name)
            continue
        bad = sum(one.count or 0 for one in about)
        kept += max(0, evidence.landed - bad)
        rules += [one.rule for one in about]
    return Figure(kept, evidence.rows * len(evidence.columns), tuple(rules), tuple(without))


def data_model(evidence: Evidence) -> Figure | None:
    """0102: values of columns that are there with the type that the contract says."""
    promised = {one.name: one.type for one in evidence.contract.columns}
    if not promised or not evidence.rows:
        return None
    there = {one.name: one.type for one in evidence.columns}
    every = promised.keys() | there.keys()
    good = [name for name in every if promised.get(name) == there.get(name)]
    without = tuple(sorted(every - set(good)))
    return Figure(evidence.landed * len(good), evidence.rows * len(every), (), without)


def metadata(evidence: Evidence) -> Figure | None:
    """0103: columns that are described, or linked to a term or data element; and the table."""
    said = {
        one.column.name
        for one in evidence.contract.properties
        if one.description or one.column.name in evidence.terms
    } | set(evidence.elements)
    columns = [one.name for one in evidence.columns]
    without = [name for name in columns if name not in said]
    table = bool(evidence.contract.description)
    a = len(columns) - len(without) + table
    return Figure(a, len(columns) + 1, (), (*without, *(() if table else ("",))))


def business_rules(evidence: Evidence) -> Figure | None:
    """0104: rows that satisfy the rules between fields and the queries of the contract."""
    ordered = set(_ordered(evidence))
    return of_rules(evidence, (one for one in evidence.of(*BUSINESS) if one not in ordered))


def reference_data(evidence: Evidence) -> Figure | None:
    """0105: values that are among the codes of a list, or in the dataset that holds it."""
    to_list = [
        one for one in evidence.of("reference") if set(one.columns) <= set(evidence.codelists)
    ]
    return of_rules(evidence, (*evidence.of(*CODES), *to_list))


def security(evidence: Evidence) -> Figure | None:
    """0106: columns that carry a label, where rules say who may read the dataset."""
    if not evidence.labelled or not evidence.rules:
        return None
    names = [one.name for one in evidence.columns]
    without = tuple(name for name in names if name not in evidence.labelled)
    return Figure(len(names) - len(without), len(names), (), without)


def elements(evidence: Evidence) -> Figure | None:
    """0201: values that are there, of those that must be."""
    return of_rules(evidence, evidence.of(*REQUIRED))


def records(evidence: Evidence) -> Figure | None:
    """0202: rows that landed, of those that came; and rules on their number."""
    rules = evidence.of("row_count", "volume")
    if not rules or not evidence.rows:
        return None
    kept = 0 if any(one.breaks for one in rules) else evidence.landed
    return Figure(evidence.landed + kept, evidence.rows * 2, tuple(one.rule for one in rules))


def content(evidence: Evidence) -> Figure | None:
    """0301: values within their range, valid, and identifiers whose check digits are right."""
    return of_rules(evidence, (one for one in evidence.of(*CONTENTS) if not evidence.dated(one)))


def format_(evidence: Evidence) -> Figure | None:
    """0302: values of the form that they should have."""
    return of_rules(evidence, evidence.of(*FORMATS))


def duplicates(evidence: Evidence) -> Figure | None:
    """0303: rows beyond the first of each key, of all; less is better."""
    return _counted(evidence, evidence.of("primary"))


def uniqueness(evidence: Evidence) -> Figure | None:
    """0304: rows whose value is theirs alone, or the first of it."""
    return of_rules(evidence, evidence.of("primary", "unique"))


def dirty(evidence: Evidence) -> Figure | None:
    """0305: rows in quarantine, and values that break a row rule, at most all; less is better."""
    rules = evidence.of(*ROWS)
    if not rules or not evidence.rows:
        return None
    bad = min(evidence.landed, sum(one.count or 0 for one in rules))
    return Figure(
        evidence.rows - evidence.landed + bad, evidence.rows, tuple(one.rule for one in rules)
    )


def same_data(evidence: Evidence) -> Figure | None:
    """0401: values that another dataset says alike."""
    return of_rules(evidence, evidence.of("lookup"))


def related_data(evidence: Evidence) -> Figure | None:
    """0402: values whose dataset of reference has them."""
    lists = set(evidence.codelists)
    found = (one for one in evidence.of("reference") if not set(one.columns) <= lists)
    return of_rules(evidence, found)


def period(evidence: Evidence) -> Figure | None:
    """0501: dates and times within their period, and distributions that are as they were."""
    within = [one for one in evidence.of(*PERIODS) if evidence.dated(one)]
    return of_rules(evidence, (*within, *evidence.of("distribution")))


def point_in_time(evidence: Evidence) -> Figure | None:
    """0502: whether the latest data are as fresh as they must be."""
    return of_rules(evidence, evidence.of("freshness"))


def order(evidence: Evidence) -> Figure | None:
    """0503: rows whose times stand in their order."""
    return of_rules(evidence, _ordered(evidence))


def accessible(evidence: Evidence) -> Figure | None:
    """0601: questions about it that were answered, of those asked."""
    asked = evidence.answered + evidence.failed
    return Figure(evidence.answered, asked) if asked else None


def usable(evidence: Evidence) -> Figure | None:
    """0602: whether it is in the part of its life in which it may be used."""
    if evidence.state is None:
        return None
    return Figure(int(evidence.state in {ACTIVE, DEPRECATED}), 1)


def _ordered(evidence: Evidence) -> tuple[Result, ...]:
    """Rules between times."""
    return tuple(one for one in evidence.of("compare") if evidence.dated(one))


def _counted(evidence: Evidence, results: tuple[Result, ...]) -> Figure | None:
    """What is wrong, of all: the other side of `of_rules`."""
    good = of_rules(evidence, results)
    return None if good is None else Figure(good.b - good.a, good.b, good.rules)
