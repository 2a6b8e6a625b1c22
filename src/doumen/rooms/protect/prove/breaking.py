"""The forms of statements that fail: on values that some rows have, or that only hidden ones have.

Errors are part of an answer. A condition that hidden rows alone would break must not fail; and
whoever can compute a hash can guess what is behind it.
"""

# ruff: noqa: S608 - statements for a trial, made of our own templates and quoted names

from __future__ import annotations

from doumen.kits.sql import quoted
from doumen.rooms.protect.prove.expressions import Expressions
from doumen.rooms.protect.prove.forms import Form, Made, plain, semi
from doumen.rooms.protect.prove.views import OPAQUE, View, Views


def failing(e: Expressions, views: Views, v: View) -> Made:
    """A value that some rows may not have: the answer, or the error, is of visible rows."""
    outputs = [e.failing(v, "a")]
    where = f" WHERE {e.condition(v, 'a')}" if e.rng.random() < 0.3 else ""
    return Made(f"SELECT {outputs[0]} AS x FROM {v.table} a{where}")


def failing_condition(e: Expressions, views: Views, v: View) -> Made:
    """A condition that some rows break, alone or over a join."""
    test = f"{e.failing(v, 'a')} IS NOT NULL"
    link = views.link(e.rng, v) if e.rng.random() < 0.5 else None
    if link is None:
        return Made(f"SELECT {e.any(v, 'a')} FROM {v.table} a WHERE {test}")
    name, other, to = link
    return Made(
        f"SELECT {e.any(other, 'b')} FROM {other.table} b JOIN {v.table} a "
        f"ON a.{quoted(name)} = b.{quoted(to)} WHERE {test}"
    )


def strained(e: Expressions, views: Views, v: View) -> Made:
    """A condition that hidden rows would break, were it asked of them."""
    test = e.strained(v, "a")
    link = views.link(e.rng, v) if e.rng.random() < 0.5 else None
    if test is None:
        return plain(e, views, v)
    if link is None:
        return Made(f"SELECT {e.value(v, 'a')} AS x FROM {v.table} a WHERE {test}")
    name, other, to = link
    also = e.strained(other, "b") or "true"
    return Made(
        f"SELECT {e.any(v, 'a')} AS x, {e.any(other, 'b')} AS y FROM {v.table} a "
        f"JOIN {other.table} b ON a.{quoted(name)} = b.{quoted(to)} WHERE {test} AND {also}"
    )


def guess(e: Expressions, views: Views, v: View) -> Made:
    """Values of hashes guessed by hashing what could be behind them."""
    column = e.column(v, "a", OPAQUE)
    hiding = [view for view in views.tables if view.of(OPAQUE)]
    if column is None and hiding:
        v = e.rng.choice(hiding)
        column = e.column(v, "a", OPAQUE)
    if column is None:
        return semi(e, views, v)
    return Made(f"SELECT count(*) AS n FROM {v.table} a WHERE {e.guess(column)}")


def failing_aggregate(e: Expressions, views: Views, v: View) -> Made:
    """An aggregate, or a group, of values that some rows may not have."""
    value = e.failing(v, "a")
    if e.rng.random() < 0.5:
        return Made(f"SELECT count({value}) AS n FROM {v.table} a")
    return Made(f"SELECT {value} AS x, count(*) AS n FROM {v.table} a GROUP BY 1")


BREAKING: dict[str, Form] = {
    "failing": Form(failing, 0.9),
    "failing condition": Form(failing_condition, 0.6),
    "strained": Form(strained, 1.5),
    "guess": Form(guess, 1.2),
    "failing aggregate": Form(failing_aggregate, 0.6),
}
