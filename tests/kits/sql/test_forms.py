"""Forms of samples, pivots and row makers that are refused, by name and with an alternative."""

from __future__ import annotations

import pytest
from sqlglot import exp

from doumen.kits.sql import parse
from doumen.kits.sql.forms import check_forms
from doumen.model.errors import Refused

FORMS = [
    ("SELECT 1 FROM d.t TABLESAMPLE 10%", "without a seed", "REPEATABLE"),
    ("SELECT 1 FROM d.t USING SAMPLE 10", "number of rows", "bernoulli"),
    ("SELECT 1 FROM d.t USING SAMPLE 10% (system, 42)", "another method", "bernoulli"),
    (
        "SELECT 1 FROM d.t USING SAMPLE reservoir(10%) REPEATABLE (42)",
        "another method",
        "bernoulli",
    ),
    ("SELECT 1 FROM d.t, d.u USING SAMPLE 10% (bernoulli, 42)", "than one dataset", "TABLESAMPLE"),
    (
        "SELECT 1 FROM d.t PIVOT (sum(a) FOR c IN ('x')) USING SAMPLE 10% (bernoulli, 42)",
        "than one dataset",
        "TABLESAMPLE",
    ),
    (
        "SELECT 1 FROM (FROM d.t) USING SAMPLE 10% (bernoulli, 42)",
        "than one dataset",
        "TABLESAMPLE",
    ),
    ("SELECT 1 FROM unnest([1], [2])", "several lists", "list_zip"),
    ("SELECT unnest(a, deep := true) FROM d.t", "this option", "unnest(list)"),
    ("SELECT unnest(a, max_depth := b) FROM d.t", "this option", "unnest(list)"),
    ("PIVOT d.t ON c USING sum(a)", "without a list of values", "IN ('a', 'b')"),
    ("PIVOT d.t ON c IN ('x'), f USING sum(a)", "without a list of values", "IN ('a', 'b')"),
    ("PIVOT d.t ON lower(c) IN ('x') USING sum(a)", "on an expression", "subquery"),
    ("PIVOT d.t ON c IN (SELECT 'x') USING sum(a)", "without a list of values", "IN ('a', 'b')"),
]


@pytest.mark.parametrize(("sql", "named", "instead"), FORMS, ids=[sql for sql, _, _ in FORMS])
def test_refused_forms_are_named(sql: str, named: str, instead: str) -> None:
    with pytest.raises(Refused) as caught:
        parse(sql)
    assert named in caught.value.what
    assert instead in str(caught.value.next)


@pytest.mark.parametrize(
    "tree",
    [
        exp.In(this=exp.column("a"), expressions=[exp.Pivot(this=exp.to_table("d.t"))]),
        exp.Lateral(this=exp.to_table("d.t")),
        exp.Dot(this=exp.column("a"), expression=exp.Explode(this=exp.column("b"))),
        exp.Explode(),
        exp.TableSample(
            method=exp.var("BERNOULLI"), seed=exp.column("a"), percent=exp.Literal.number(1)
        ),
    ],
)
def test_odd_trees_are_refused(tree: exp.Expr) -> None:
    with pytest.raises(Refused):
        check_forms(tree)
