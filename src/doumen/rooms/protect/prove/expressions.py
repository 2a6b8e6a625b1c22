"""Expressions over the columns of a table: total ones, conditions, and some that fail."""

from __future__ import annotations

import random
from dataclasses import replace

from doumen.kits.sql import quoted
from doumen.rooms.protect.prove.views import OPAQUE, View

_GUESSES = ("sha256('n001')", "sha256(sha256('n001'))", "md5('n001')", "sha256('5')", "'n001'",
            "sha256('1')", "sha256('~n001')", "sha256('4')")  # fmt: skip
_CONDITIONS = {
    "int": ("{c} > {n}", "{c} IS NOT NULL", "{c} BETWEEN 5 AND 4000", "coalesce({c}, 1) <> 13",
            "{c} IN (1, 2, 3, {n})", "{c} IS DISTINCT FROM {n}", "NOT ({c} < 3)"),
    "real": ("{c} > {n}", "{c} IS NOT NULL", "{c} <= 30.5"),
    "text": ("{c} >= 'A'", "{c} LIKE '%n%'", "NOT ({c} = 'zz')", "length({c}) < 9",
             "contains({c}, 'n') OR {c} < 'k'", "lower({c}) <> 'ningbo'", "{c} IS NOT NULL",
             "{c} NOT IN ('late', 'x')"),
    "date": ("{c} > DATE '1992-06-01'", "year({c}) <> 1993", "{c} IS NOT NULL"),
    "stamp": ("{c} > TIMESTAMP '2026-01-20 00:00:00'", "{c} IS NOT NULL"),
    "bool": ("{c}", "{c} IS NOT TRUE"),
    "list": ("len({c}) > 0", "{c} IS NOT NULL", "len({c}) < 3"),
    "other": ("{c} IS NOT NULL",),
    OPAQUE: ("{c} IS NOT NULL", "{c} <> ''", "{c} = {g}", "{c} <> {g}", "{c} IN ({g}, {g})"),
}  # fmt: skip
_VALUES = {
    "int": ("{c}", "coalesce({c}, -1)", "CASE WHEN {c} > {n} THEN 'much' ELSE 'little' END",
            "TRY_CAST({c} AS TINYINT)"),
    "real": ("{c}", "coalesce({c}, 0)", "ceil({c})"),
    "text": ("{c}", "upper({c})", "{c} || '!'", "length({c})", "TRY_CAST({c} AS INTEGER)",
             "coalesce({c}, '-')", "reverse({c})", "replace({c}, 'n', 'm')"),
    "date": ("{c}", "year({c})", "{c} IS NULL", "dayname({c})"),
    "stamp": ("{c}", "hour({c})"),
    "bool": ("{c}",),
    "list": ("len({c})", "{c}"),
    "other": ("{c}",),
    OPAQUE: ("{c}", "{c} IS NULL"),
}  # fmt: skip
_FAILING = {
    "int": ("CAST({c} AS TINYINT)", "100 // {c}", "{c} * 9223372036854775807", "{c} % ({c} - {n})",
            "factorial(CAST({c} AS INTEGER))",
            "chr(CAST({c} AS INTEGER))", "make_date(2026, {c}, 1)",
            "sqrt({c} - 20)", "CAST({c} AS DECIMAL(3, 1))"),
    "real": ("CAST({c} AS TINYINT)", "sqrt({c})", "ln({c})", "CAST({c} * 1000 AS SMALLINT)"),
    "text": ("CAST({c} AS INTEGER)", "CAST({c} || '-01' AS DATE)", "CAST({c} AS BOOLEAN)",
             "regexp_matches('n001', {c})", "strptime({c}, '%Y-%m-%d')", "CAST({c} AS TIMESTAMP)",
             "json_extract({c}, '$.a')", "repeat('a', CAST({c} AS INTEGER))",
             "CAST({c} AS DECIMAL(2, 0))"),
    "date": ("{c} + INTERVAL 9000 YEAR", "CAST(CAST({c} AS VARCHAR) AS INTEGER)",
             "strptime(CAST({c} AS VARCHAR), '%d.%m.%Y')"),
    "stamp": ("{c} + INTERVAL 300000 YEAR", "epoch_ns({c})"),
    "bool": ("CAST({c} AS INTEGER)",),
    "list": ("CAST({c}[1] AS INTEGER)", "CAST(array_to_string({c}, '') AS INTEGER)"),
    "other": ("CAST(CAST({c} AS VARCHAR) AS INTEGER)",),
    OPAQUE: ("CAST({c} AS INTEGER)", "CAST({c} AS DATE)"),
}  # fmt: skip
_STRAINED = {
    "int": ("100 // {c} < 300", "{c} * 100000000000000 <> 3", "{c} + 9223372036854770000 > 0",
            "CAST({c} AS SMALLINT) < 30000", "{c} - 9223372036854770000 < 0"),
    "real": ("CAST({c} AS INTEGER) < 5000", "sqrt({c} + 1) >= 0", "ln({c} + 0.5) < 99",
             "CAST({c} AS DECIMAL(9, 3)) < 5000"),
    "text": ("regexp_matches('n001', {c} || '.*')", "regexp_replace('n', {c}, 'm') <> 'q'",
             "CAST({c} AS INTEGER) < 900"),
    "date": ("{c} + INTERVAL 9000 DAY > DATE '1900-01-01'", "{c} + 2900000 > DATE '1900-01-01'"),
    "stamp": ("epoch_ns({c}) > 5",),
    "list": ("CAST(len({c}) AS UTINYINT) < 40", "{c}[1] <> 'q'"),
}  # fmt: skip
"""Conditions that usual values bear and extreme ones break."""


_GUESSED = ("7", "12", "40", "5", "8", "3", "ok", "late", "x9")


class Expressions:
    """Draws expressions; `a.x` is column `x` of the table that stands under alias `a`."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def column(self, view: View, alias: str, *families: str) -> str | None:
        """A column of one of these families, or None."""
        names = view.of(*families) if families else list(view.families)
        return f"{alias}.{quoted(self.rng.choice(names))}" if names else None

    def any(self, view: View, alias: str) -> str:
        """Any visible column."""
        return f"{alias}.{quoted(self._name(view))}"

    def condition(self, view: View, alias: str) -> str:
        """A condition that cannot fail."""
        full = replace(view, families={n: f for n, f in view.families.items()
                                       if n not in view.empty} or view.families,
                       masked=tuple(n for n in view.masked if n not in view.empty))  # fmt: skip
        view = full if self.rng.random() < 0.85 else view
        one = self._filled(view, alias, _CONDITIONS)
        if self.rng.random() < 0.3:
            joint = self.rng.choice(("AND", "OR"))
            return f"({one} {joint} {self._filled(view, alias, _CONDITIONS)})"
        return f"({one})"

    def value(self, view: View, alias: str) -> str:
        """A value that cannot fail to be computed."""
        return self._filled(view, alias, _VALUES)

    def failing(self, view: View, alias: str) -> str:
        """A value that some rows may not have."""
        return self._filled(view, alias, _FAILING)

    def strained(self, view: View, alias: str) -> str | None:
        """A condition that only extreme values break; None where no column has such."""
        names = view.of(*_STRAINED)
        if not names:
            return None
        if self.rng.random() < 0.5:
            names = view.of("text") or names
        name = self.rng.choice(names)
        template = self.rng.choice(_STRAINED[view.families[name]])
        return template.format(c=f"{alias}.{quoted(name)}")

    def guess(self, column: str) -> str:
        """A condition that many guesses meet, if the hash of a value can be computed."""
        number = self.rng.randrange(2)
        names = [f"n{n:03}" for n in range(number, 40, 2)]
        values = [*names, *_GUESSED, *map(str, range(number, 70, 2))]
        way = self.rng.choice(("sha256('{}')", "sha256('{}')", "md5('{}')", "sha256(sha256('{}'))"))
        return f"{column} IN ({', '.join(way.format(value) for value in values)})"

    def number(self, view: View, alias: str) -> str:
        """A number, exact."""
        found = self.column(view, alias, "int")
        if found is None:
            text = self.column(view, alias, "text")
            return "1" if text is None else f"length({text})"
        return found

    def orderable(self, view: View, alias: str) -> str:
        """A value of which the order is the actor's to know."""
        found = self.column(view, alias, "int", "text", "date", "real")
        return found or "1"

    def _name(self, view: View) -> str:
        """A visible column; more often one of those under a mask."""
        if view.masked and self.rng.random() < 0.45:
            return self.rng.choice(view.masked)
        return self.rng.choice(list(view.families))

    def _filled(self, view: View, alias: str, templates: dict[str, tuple[str, ...]]) -> str:
        name = self._name(view)
        template = self.rng.choice(templates[view.families[name]])
        column = f"{alias}.{quoted(name)}"
        return template.format(c=column, n=self.rng.randrange(1, 40), g=self.rng.choice(_GUESSES))
