"""Second order: what hostile statements write as datasets, and what is read back from them.

A value that carries a label is a number that nothing else is. Wherever it comes out of a
derived dataset, the column that holds it carries the label: by whatever name, function or
table it went.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.hostile.attacks.statements import Hostile, families
from tests.hostile.attacks.world import Place, put

from doumen.model.errors import DoumenError
from doumen.model.ref import Ref

MARKS = (770001770, 770002770, 770003770)
LABEL = "marked"
CARRIERS = {
    "plain": "SELECT pay AS z FROM v.marked",
    "long-s-alias": 'SELECT z FROM (SELECT pay AS "\u017f", id AS s, "\u017f" + 0 AS z FROM '
    "v.marked)",
    "alias-before": "SELECT id AS a, pay AS id, id AS z, a AS y FROM v.marked",
    "alias-of-alias": "SELECT pay AS a, a AS b, b AS c, c AS z FROM v.marked",
    "alias-like-other": "SELECT pay AS id, id + 0 AS z FROM (SELECT pay, id FROM v.marked)",
    "alias-like-table": "SELECT marked AS z FROM (SELECT pay AS marked FROM v.marked)",
    "row": "SELECT m AS z FROM v.marked m",
    "row-field": "SELECT (SELECT m).pay AS z FROM v.marked m",
    "row-json": "SELECT to_json(m) AS z FROM v.marked m",
    "row-in-struct": "SELECT {'id': m}.id.pay AS z FROM v.marked m",
    "struct-named-id": "SELECT {'id': pay}.id AS z FROM v.marked",
    "struct-named-table": "SELECT {'marked': {'id': pay}}['marked']['id'] AS z FROM v.marked",
    "struct-column": "SELECT id.id AS z FROM (SELECT {'id': pay} AS id FROM v.marked)",
    "struct-like-alias": "SELECT q.id AS z FROM (SELECT {'id': pay} AS q, 1 AS id FROM v.marked) r",
    "list": "SELECT [id, pay][2] AS z FROM v.marked",
    "list-slice": "SELECT [id, pay][-1:] AS z FROM v.marked",
    "map": "SELECT MAP {'id': pay}['id'] AS z FROM v.marked",
    "map-key": "SELECT map_keys(MAP {pay: id})[1] AS z FROM v.marked",
    "tuple": "SELECT (id, pay) AS z FROM v.marked",
    "text": "SELECT 'x' || pay AS z FROM v.marked",
    "format": "SELECT format('{}', pay) AS z, printf('%d', pay) AS y FROM v.marked",
    "concat-stars": "SELECT concat(*COLUMNS(*)) AS z FROM v.marked",
    "case": "SELECT CASE id WHEN 1 THEN pay ELSE pay END AS z FROM v.marked",
    "coalesce": "SELECT coalesce(NULL, pay, id) AS z FROM v.marked",
    "greatest": "SELECT greatest(id, pay) AS z, if(true, pay, id) AS y FROM v.marked",
    "nullif": "SELECT nullif(pay, id) AS z FROM v.marked",
    "sum": "SELECT sum(pay) AS z FROM v.marked GROUP BY id",
    "any-value": "SELECT id, any_value(pay) AS z FROM v.marked GROUP BY ALL",
    "arg-max": "SELECT arg_max(pay, id) AS z, max_by(pay, id) AS y FROM v.marked",
    "arg-max-key": "SELECT arg_min(id, pay) AS a, min(pay) AS z FROM v.marked",
    "string-agg": "SELECT string_agg(pay, ',' ORDER BY id) AS z FROM v.marked",
    "list-agg": "SELECT list(pay ORDER BY id DESC) FILTER (id > 0) AS z FROM v.marked",
    "histogram": "SELECT histogram(pay) AS z, mode(pay) AS y FROM v.marked",
    "quantile": "SELECT quantile_disc(pay, 0.5) AS z, median(pay) AS y FROM v.marked",
    "first-value": "SELECT first_value(pay) OVER (ORDER BY id) AS z FROM v.marked",
    "lag": "SELECT lag(id, 1, pay) OVER (ORDER BY id) AS z FROM v.marked",
    "nth-value": "SELECT nth_value(pay, 2) OVER (ORDER BY id) AS z FROM v.marked",
    "window-sum": "SELECT max(pay) OVER (PARTITION BY id) AS z FROM v.marked",
    "lambda": "SELECT list_transform([pay], lambda id: id) AS z FROM v.marked",
    "lambda-body": "SELECT list_transform([id], lambda x: x + pay - x) AS z FROM v.marked",
    "lambda-table": "SELECT list_transform([m], lambda id: id.pay) AS z FROM v.marked m",
    "lambda-shadow": "SELECT list_transform([id], lambda id: pay) AS z FROM v.marked",
    "lambda-index": "SELECT list_transform([0], lambda x, id: pay + x) AS z FROM v.marked",
    "lambda-nested": "SELECT list_transform([[pay]], lambda id: list_transform(id, lambda id: id)) "
    "AS z FROM v.marked",
    "reduce": "SELECT list_reduce([0, pay], lambda id, y: id + y) AS z FROM v.marked",
    "comprehension": "SELECT [id FOR id IN [pay]] AS z FROM v.marked",
    "comprehension-two": "SELECT [id + id2 FOR id, id2 IN [pay - 1]] AS z FROM v.marked",
    "filtered-list": "SELECT [pay, 1].list_filter(lambda id: id > 1) AS z FROM v.marked",
    "method": "SELECT pay.greatest(id) AS z FROM v.marked",
    "unnest": "SELECT unnest([pay]) AS z FROM v.marked",
    "unnest-struct": "SELECT unnest([{'id': pay}], recursive := true) FROM v.marked",
    "unnest-from": "SELECT id AS z FROM (SELECT pay FROM v.marked), unnest([pay]) AS t(id)",
    "unnest-ordinal": "SELECT u AS z FROM v.marked, unnest([pay]) WITH ORDINALITY AS t(u, id)",
    "lateral": "SELECT id2 AS z FROM v.marked, LATERAL (SELECT pay AS id2)",
    "lateral-shadow": "SELECT q.id AS z FROM v.marked m, LATERAL (SELECT m.pay AS id) q",
    "lateral-values": "SELECT w.id AS z FROM v.marked m, LATERAL (VALUES (m.pay)) w(id)",
    "correlated": "SELECT (SELECT max(pay) FROM v.visits) AS z FROM v.marked",
    "correlated-alias": "SELECT (SELECT id FROM (SELECT m.pay AS id)) AS z FROM v.marked m",
    "array-query": "SELECT ARRAY(SELECT pay FROM v.marked ORDER BY id) AS z",
    "array-outer": "SELECT ARRAY(SELECT m.pay AS id) AS z FROM v.marked m",
    "exists-in-list": "SELECT [(SELECT pay)] AS z FROM v.marked",
    "cte-columns": "WITH c(pay, id) AS (SELECT id, pay FROM v.marked) SELECT id AS z, pay AS y "
    "FROM c",
    "cte-shadow": "WITH marked AS (SELECT 1 AS pay) SELECT m.pay AS z FROM v.marked m, marked",
    "cte-like-column": "WITH id AS (SELECT pay AS id FROM v.marked) SELECT id AS z FROM id",
    "cte-duplicate": "WITH c AS (SELECT id, pay AS id FROM v.marked) SELECT id_1 AS z FROM c",
    "derived-columns": "SELECT b AS z FROM (SELECT id, pay FROM v.marked) q(a, b)",
    "derived-swapped": "SELECT id AS z FROM (SELECT pay, id FROM v.marked) q(id, pay)",
    "recursion": "WITH RECURSIVE r(id, n) AS (SELECT 0, 1 UNION ALL SELECT m.pay, n + 1 FROM r, "
    "v.marked m WHERE n < 2) SELECT id AS z FROM r",
    "recursion-swaps": "WITH RECURSIVE r(a, b, n) AS (SELECT id, pay, 1 FROM v.marked UNION ALL "
    "SELECT b, a, n + 1 FROM r WHERE n < 2) SELECT a AS z FROM r",
    "recursion-late": "WITH RECURSIVE r(a, b, c, n) AS (SELECT id, id, pay, 1 FROM v.marked UNION "
    "ALL SELECT b, c, c, n + 1 FROM r WHERE n < 4) SELECT a AS z FROM r",
    "recursion-key": "WITH RECURSIVE r(id, w) USING KEY (id) AS (SELECT id, 0 FROM v.marked UNION "
    "SELECT m.id, m.pay FROM r, v.marked m) SELECT w AS z FROM r",
    "union": "SELECT id AS z FROM v.visits v JOIN v.marked m ON id = visit UNION ALL SELECT pay "
    "FROM v.marked",
    "union-by-name": "SELECT 1 AS a, id AS z FROM v.marked UNION ALL BY NAME SELECT pay AS z "
    "FROM v.marked",
    "except": "SELECT pay AS z FROM v.marked EXCEPT SELECT id FROM v.marked",
    "using": "SELECT pay AS z FROM v.marked JOIN (SELECT pay FROM v.marked) q USING (pay)",
    "using-full": "SELECT id AS z FROM (SELECT 1 AS id) a FULL JOIN (SELECT pay AS id FROM "
    "v.marked) "
    "b USING (id)",
    "natural": "SELECT * FROM (SELECT pay AS id FROM v.marked) NATURAL RIGHT JOIN (SELECT pay AS "
    "id "
    "FROM v.marked) q",
    "positional": "SELECT * FROM (SELECT 1 AS a) POSITIONAL JOIN (SELECT pay AS b FROM v.marked)",
    "asof": "SELECT q.pay AS z FROM v.visits ASOF JOIN v.marked q ON visit >= q.id",
    "star-replace": "SELECT * REPLACE (pay AS id) FROM v.marked",
    "star-rename": "SELECT * RENAME (pay AS id2, id AS pay) FROM v.marked",
    "star-exclude": "SELECT * EXCLUDE (id) FROM v.marked",
    "star-of-join": "SELECT m.* FROM v.visits JOIN v.marked m ON id = visit",
    "columns": "SELECT COLUMNS('p.y') FROM v.marked",
    "columns-renamed": "SELECT COLUMNS('pay') AS id FROM v.marked",
    "columns-lambda": "SELECT COLUMNS(lambda id: id = 'pay') FROM v.marked",
    "columns-in-call": "SELECT greatest(*COLUMNS(*)) AS z FROM v.marked",
    "columns-twice": "SELECT COLUMNS(*) + COLUMNS(*) - COLUMNS(*) FROM v.marked",
    "pivot": "PIVOT v.marked ON id IN (1, 2, 3) USING max(pay)",
    "pivot-key": "PIVOT (SELECT id, pay, 1 AS one FROM v.marked) ON one IN (1) USING max(id) "
    "GROUP BY pay",
    "pivot-sql": "SELECT * FROM (SELECT id, pay FROM v.marked) PIVOT (sum(pay) AS s FOR id IN "
    "(1, 2))",
    "unpivot": "UNPIVOT v.marked ON id, pay INTO NAME n VALUE z",
    "unpivot-sql": "SELECT z FROM v.marked UNPIVOT (z FOR n IN (pay))",
    "grouping-sets": "SELECT pay AS z, count(*) AS n FROM v.marked GROUP BY ROLLUP (pay)",
    "group-by-alias": "SELECT pay + 0 AS id2, count(*) AS n FROM v.marked GROUP BY id2",
    "distinct-on": "SELECT DISTINCT ON (id) pay AS z FROM v.marked ORDER BY id, pay",
    "sampled": "SELECT pay AS z FROM v.marked TABLESAMPLE bernoulli(100%) REPEATABLE (1)",
    "earlier": "SELECT pay AS z FROM v.marked AT (VERSION => 1)",
    "values": "SELECT * FROM (VALUES ((SELECT max(pay) FROM v.marked)), (1)) t(id)",
    "limit": "SELECT id AS z, pay AS y FROM v.marked ORDER BY pay LIMIT 1",
    "json": "SELECT json_object('id', pay) AS z, json_array(pay)->>0 AS y FROM v.marked",
    "json-extract": "SELECT json_extract(to_json(m), '$.pay') AS z FROM v.marked m",
    "try": "SELECT TRY(pay) AS z, TRY_CAST(pay AS VARCHAR) AS y FROM v.marked",
    "collated": "SELECT CAST(pay AS VARCHAR) COLLATE NOCASE AS z FROM v.marked",
    "digits": "SELECT CAST(pay AS VARCHAR)[1:9] AS z, overlay('123' PLACING pay::VARCHAR FROM 2) "
    "AS y FROM v.marked",
    "quoted-dot": 'SELECT "v.marked"."pay" AS z FROM v.marked AS "v.marked"',
    "table-as-domain": "SELECT v.pay AS z FROM v.marked v",
    "table-as-column": "SELECT id.pay AS z FROM v.marked id",
    "same-name-outer": "SELECT (SELECT o.pay FROM v.visits LIMIT 1) AS z FROM v.marked o",
}


@pytest.fixture(scope="module")
def marked(field: tuple[Place, Place]) -> Place:
    """The node with a dataset of labelled numbers."""
    place = field[0]
    put(place, "v.marked", id=[1, 2, 3], pay=list(MARKS))
    path = place.folder / "marked.yaml"
    path.write_text("rules:\n  - {id: marked, permit: query, who: {role: analyst}, on: v.marked}\n")
    place.owner.do("rule add", file=path)
    place.owner.do("label set", target="v.marked.pay", label=LABEL)
    return place


def holding(rows: list[tuple[Any, ...]]) -> set[int]:
    """Places of the columns that hold a mark."""
    marks = [str(mark)[:-1] for mark in MARKS]
    return {
        n
        for row in rows
        for n, value in enumerate(row)
        if any(mark in str(value) for mark in marks)
    }


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_label_follows_its_values(marked: Place, carrier: str) -> None:
    ana, ref = marked.as_("ana"), Ref("ana", f"c_{carrier}".replace("-", "_"))
    try:
        ana.derive(CARRIERS[carrier], str(ref))
    except DoumenError:
        pytest.skip("it is refused")
    answer = ana.query(f"SELECT * FROM {ref}")
    rows, names = answer.rows(), [column.name for column in answer.schema]
    held = holding(rows)
    assert held, "it carries nothing"
    facts = marked.owner.desk.facts()
    shed = [names[n] for n in held if LABEL not in facts.labels(ref, names[n])]
    assert not shed


def test_most_carriers_run(marked: Place) -> None:
    """So that the test above holds something."""
    ran = 0
    for statement in CARRIERS.values():
        try:
            marked.as_("ana").explain(statement)
        except DoumenError:
            continue
        ran += 1
    assert ran >= 80


def _sampled() -> list[Hostile]:
    """Every seventeenth statement of all families."""
    every = [hostile for family in families() for hostile in family.statements]
    return [each for each in every[::17] if "SELECT" in each.text]


@pytest.mark.parametrize("part", range(4))
def test_what_is_derived_holds_no_canary(place: Place, part: int) -> None:
    ana = place.as_("ana")
    wrong = []
    for number, hostile in enumerate(_sampled()[part::4]):
        text, into = hostile.at(place.paths), f"ana.d{part}_{number}"
        try:
            ana.derive(text, into)
        except DoumenError as error:
            told = str(error.as_json())
        else:
            told = place.outcome(ana, f"FROM {into}") + str(ana.do("describe", dataset=into).json)
        wrong += [f"{hostile.technique}: {hit}: {text}" for hit in place.found(told, text)]
    assert not wrong, "\n".join(wrong)


def test_what_is_derived_is_nobody_elses(place: Place) -> None:
    place.as_("ana").derive("SELECT count(*) AS n FROM v.people", "ana.own")
    for actor in ("bea", "vera"):
        told = place.outcome(place.as_(actor), "FROM ana.own")
        assert told.startswith("error")
    for into in (
        "v.people",
        "v.new",
        "sys.rules",
        "main.a",
        "bea.a",
        "ana.a__quarantine",
        "__doumen_inline.t",
    ):
        with pytest.raises(DoumenError):
            place.as_("ana").derive("SELECT 1 AS a", into)
