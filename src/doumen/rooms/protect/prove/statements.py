"""Statements over all that the gate admits, from a seed; each is compared as its form allows.

A form that the gate does not admit is drawn again, so that the forms grow with the gate. Where
SQL would leave the answer open, a statement orders wholly or is compared by its count alone.
"""

from __future__ import annotations

import random

from doumen.kits import sql
from doumen.model.errors import DoumenError
from doumen.rooms.protect.prove.breaking import BREAKING
from doumen.rooms.protect.prove.expressions import Expressions
from doumen.rooms.protect.prove.forms import FORMS, Form, Made
from doumen.rooms.protect.prove.grouping import GROUPED
from doumen.rooms.protect.prove.sameness import Order
from doumen.rooms.protect.prove.views import Statement, Views

PLAIN: dict[str, Form] = {**FORMS, **BREAKING}
"""Forms of statements over rows."""

_NAMED = 0.045
"""Share of statements that name what does not show."""

TRIES = 12
"""Forms that are tried before one that is refused is taken."""


def draw(rng: random.Random, views: Views) -> Statement:
    """A statement over these tables."""
    if not views.tables or rng.random() < _NAMED:
        return _named(rng, views)
    for _ in range(TRIES):
        kind, made = _made(rng, views)
        if _admitted(made.sql) or rng.random() < 0.02:
            break
    return Statement(made.sql, _order(made, views), kind, made.sql.count("SELECT") > 1
                     or " JOIN " in made.sql)  # fmt: skip


def _made(rng: random.Random, views: Views) -> tuple[str, Made]:
    view = views.draw(rng)
    focused = [one for one in views.tables if one.focus is not None]
    if focused and rng.random() < 0.95:
        view = rng.choice(focused)
    grouped = view.focus is not None and rng.random() < views.grouping
    forms: dict[str, Form] = GROUPED if grouped else PLAIN
    names = list(forms)
    weights = [forms[name].weight for name in names]
    kind = rng.choices(names, weights)[0]
    return kind, forms[kind].make(Expressions(rng), views, view)


def _admitted(text: str) -> bool:
    try:
        sql.parse(text)
    except DoumenError:
        return False
    return True


def _order(made: Made, views: Views) -> Order:
    """How answers are compared: a limit of a rule leaves open what no order decides."""
    return "open" if views.limited and made.order == "bag" else made.order


def _named(rng: random.Random, views: Views) -> Statement:
    """A statement that names what the actor may not: a column, or a dataset."""
    hidden = [(v.ref, name) for v in views.tables for name in v.hidden]
    if hidden and rng.random() < 0.4:
        ref, name = rng.choice(hidden)
        text = f"SELECT count(*) FROM {sql.table(ref)} a WHERE a.{sql.quoted(name)} IS NOT NULL"  # noqa: S608
    elif views.absent:
        text = f"SELECT count(*) FROM {sql.table(rng.choice(views.absent))}"  # noqa: S608
    else:
        table = rng.choice(("datasets", "columns", "rules", "lineage", "events"))
        text = f"SELECT * FROM sys.{table}"  # noqa: S608
    return Statement(text, "bag", "hidden name", joined=False)
