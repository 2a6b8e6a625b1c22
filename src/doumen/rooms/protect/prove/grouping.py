"""The forms of statements where small groups are left out: one block that groups, and no more.

Every statement groups by the column whose small groups the changes touch, or asks for one such
group alone; so whatever happens in a group that stays small is hidden.
"""

# ruff: noqa: S608 - statements for a trial, made of our own templates and quoted names

from __future__ import annotations

from doumen.kits.sql import quoted
from doumen.rooms.protect.prove.expressions import Expressions
from doumen.rooms.protect.prove.forms import Form, Made
from doumen.rooms.protect.prove.views import View, Views


def _aggregates(e: Expressions, v: View) -> list[str]:
    """What may be asked of groups: counts, sums and means of columns."""
    number = e.column(v, "a", "int", "real") or "1"
    found = ["count(*) AS n"]
    if number != "1":
        found += [f"sum({number}) AS s", f"avg({number}) AS m", f"count({number}) AS c"]
    found += [f"count({e.any(v, 'a')}) AS d", f"count(DISTINCT {e.any(v, 'a')}) AS u"]
    return e.rng.sample(found, e.rng.randrange(1, min(3, len(found)) + 1))


def _focus(v: View) -> str:
    assert v.focus is not None
    return f"a.{quoted(v.focus)}"


def by_focus(e: Expressions, views: Views, v: View) -> Made:
    """Groups of one table."""
    more = f", {e.any(v, 'a')}" if e.rng.random() < 0.3 else ""
    where = f" WHERE {e.condition(v, 'a')}" if e.rng.random() < 0.4 else ""
    keys = f"{_focus(v)}{more}"
    return Made(
        f"SELECT {keys}, {', '.join(_aggregates(e, v))} FROM {v.table} a{where} GROUP BY {keys}"
    )


def one_group(e: Expressions, views: Views, v: View) -> Made:
    """The total of one group, small or not."""
    where = f"{_focus(v)} = {e.rng.choice(v.values)}"
    if e.rng.random() < 0.3:
        where += f" AND {e.condition(v, 'a')}"
    return Made(f"SELECT {', '.join(_aggregates(e, v))} FROM {v.table} a WHERE {where}")


def joined(e: Expressions, views: Views, v: View) -> Made:
    """Groups over a join to a key."""
    focus = _focus(v)
    pairs = [pair for one, two in views.links for pair in ((one, two), (two, one))]
    link = next((b for a, b in pairs if a == (v.ref, v.focus)), None)
    other = next((t for t in views.tables if link is not None and t.ref == link[0]), None)
    if link is None or other is None or link[1] not in other.families:
        return by_focus(e, views, v)
    more = e.any(other, "b")
    return Made(
        f"SELECT {focus}, {more}, {', '.join(_aggregates(e, v))} FROM {v.table} a "
        f"JOIN {other.table} b ON {focus} = b.{quoted(link[1])} GROUP BY {focus}, {more}"
    )


def not_grouped(e: Expressions, views: Views, v: View) -> Made:
    """What must be refused: rows, windows, lists, conditions inside aggregates."""
    focus = _focus(v)
    return Made(
        e.rng.choice(
            (f"SELECT {e.any(v, 'a')} FROM {v.table} a",
             f"SELECT {focus}, max({e.any(v, 'a')}) AS m FROM {v.table} a GROUP BY {focus}",
             f"SELECT {focus}, count(*) FILTER (WHERE {e.condition(v, 'a')}) AS n "
             f"FROM {v.table} a GROUP BY {focus}",
             f"SELECT {focus}, count(*) OVER () AS n FROM {v.table} a",
             f"SELECT {focus}, list({e.any(v, 'a')}) AS l FROM {v.table} a GROUP BY {focus}",
             f"SELECT count(*) FROM {v.table} a JOIN {v.table} b ON a.{quoted(v.focus or '')} = "
             f"b.{quoted(v.focus or '')}",
             f"SELECT count(*) FROM (SELECT * FROM {v.table} a)")
        )
    )  # fmt: skip


GROUPED: dict[str, Form] = {
    "small groups": Form(by_focus, 4),
    "one group": Form(one_group, 2),
    "groups of a join": Form(joined, 4),
    "no groups": Form(not_grouped, 0.5),
}
