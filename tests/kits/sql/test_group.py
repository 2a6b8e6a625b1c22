"""The form of statements under minimum groups, and the condition put into them.

What the engine makes of them, and the long list of what is refused, is in the tests of the gate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from doumen.kits.sql.group import Minimum, hold_groups
from doumen.kits.sql.parse import parse
from doumen.kits.sql.splice import spliced
from doumen.model.errors import Refused
from doumen.model.plan import Scalar
from doumen.model.ref import Ref
from doumen.model.schema import Schema

PEOPLE = Schema.of(id="BIGINT", city="VARCHAR", age="INTEGER", born="DATE", pay="DECIMAL(10,2)")
TABLES: Mapping[Ref, Minimum] = {
    Ref("g", "people"): Minimum(PEOPLE, (frozenset({"id"}),), ((5, True), (9, False))),
    Ref("g", "other"): Minimum(PEOPLE, (frozenset({"id"}),), ((5, True),)),
    Ref("g", "town"): Minimum(
        Schema.of(city="VARCHAR", land="VARCHAR", size="INTEGER"),
        (frozenset({"city", "land"}), frozenset({"size"})),
    ),
    Ref("h", "people"): Minimum(Schema.of(id="BIGINT", note="VARCHAR"), (frozenset({"id"}),)),
}
LEAST = 'count(DISTINCT {0}."__doumen_unit_0") >= 5 AND count({0}."__doumen_unit_1") >= 9'


def held(sql: str, values: Sequence[Scalar] = ()) -> str:
    statement = parse(sql)
    return spliced(statement.text, [hold_groups(statement, TABLES, values)])


SPLICED = [
    ("SELECT count(*) FROM g.people", '\nHAVING {"g"."people"}\n', ""),
    ("SELECT count(*) FROM g.people p", '\nHAVING {"p"}\n', ""),
    ("SELECT count(*) FROM g.people", '\nHAVING {"g"."people"}\n', " ; -- HAVING\n;"),
    ("SELECT count(*) FROM g.people ", '\nHAVING {"g"."people"}\n', "LIMIT 3"),
    ("SELECT count(*) FROM g.people ", '\nHAVING {"g"."people"}\n', "OFFSET 3"),
    ("SELECT count(*) FROM g.people -- ORDER BY\n", '\nHAVING {"g"."people"}\n',
     "ORDER BY 1 LIMIT 3"),
    ('SELECT city AS "a""b" FROM g.people "x""y" GROUP BY 1', '\nHAVING {"x""y"}\n', ""),
    ("SELECT city FROM g.people GROUP BY city HAVING",
     ' ( count(*) > 1 OR city = \'x\' -- "\n\n) AND {"g"."people"}\n', "ORDER BY city"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "condition", "after"), SPLICED)
def test_the_condition_stands_where_having_stands(before: str, condition: str, after: str) -> None:
    start, _, rest = condition.partition("{")
    table, _, end = rest.partition("}")
    user = start.removeprefix(" (").removesuffix("\n) AND ") if "HAVING" in before else ""
    assert held(before + user + after) == before + start + LEAST.format(table) + end + after


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM g.people p JOIN h.people q ON p.id = q.id",
        "SELECT note FROM g.people JOIN h.people ON g.people.id = h.people.id GROUP BY ALL",
        "SELECT count(*) FROM g.people JOIN h.people USING (id)",
        "SELECT count(*) FROM g.people JOIN h.people USING (ID) JOIN g.town t ON (t.size = age)",
        "SELECT count(*) FROM g.people p LEFT JOIN g.town t ON t.city = p.city AND p.city = t.land",
        "SELECT sum(p.age) AS s FROM g.people p GROUP BY p.City HAVING s > 3 ORDER BY city, s",
        "SELECT city AS city FROM g.people GROUP BY city HAVING city > 'a'",
        "SELECT sum(pay) FROM g.people HAVING avg(age) > 1.5 AND sum(pay) < 2.5 LIMIT ? OFFSET ?",
    ],
)
def test_what_has_the_form_passes(sql: str) -> None:
    assert '."__doumen_unit_0") >= 5' in held(sql, (1, 2) if "?" in sql else ())


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT count(*) FROM g.people UNION SELECT 1", "UNION"),
        ("SELECT count(*)", "a SELECT without a table"),
        ("SELECT count(*) FROM g.people JOIN h.people ON g.people.id = people.id", "not declare"),
        ("SELECT count(*) FROM g.people p JOIN g.town t ON t.city = p.city", "not declare unique"),
        ("SELECT count(*) FROM g.people p JOIN g.town t USING (city)", "not declare unique"),
        ("SELECT count(*) FROM g.people p JOIN g.other o ON p.id = o.id", "`, which is shown"),
        ("SELECT count(*) FROM h.people p JOIN g.people o ON p.id = o.id", "`, which is shown"),
        ("SELECT sum(city) FROM g.people", "may overflow"),
        ("SELECT count(id, city) FROM g.people", "several columns"),
        ("SELECT count(DISTINCT id, city) FROM g.people", "something else than a column"),
        ("SELECT count(* EXCLUDE id) FROM g.people", "something else than a column"),
        ("SELECT home.x FROM g.people GROUP BY ALL", "the name of an output"),
        ("SELECT count(*) FROM g.people LIMIT (SELECT 1)", "LIMIT"),
        ("SELECT count(*) FROM g.people OFFSET (SELECT 1)", "OFFSET"),
        ("SELECT count(*) AS __DOUMEN_x FROM g.people", "`__DOUMEN_x`"),
        ("SELECT count(*) FROM g.people GROUP BY 'x' HAVING 'x' = 5", "do not allow"),
        ("SELECT count(*) FROM g.people GROUP BY 2", None),
        ("SELECT count(*) FROM g.people GROUP BY 0", None),
    ],
)
def test_what_has_not_is_refused(sql: str, said: str | None) -> None:
    if said is None:
        assert "HAVING" in held(sql)
        return
    with pytest.raises(Refused) as caught:
        held(sql)
    assert said in str(caught.value.as_json())
