"""Minimum groups: what analysts write gives what SQL gives, and nothing tells of fewer than k."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import doumen
from doumen.gate import groups
from doumen.kits.standards import odcs
from doumen.model.errors import DoumenError, Invalid, NotFound, Refused
from doumen.model.load import LoadColumn
from doumen.model.ref import Ref
from doumen.session import Node, Session, create

HERE = Path(__file__).parent
FAR = 1_826_000_000
"""A day in the year 5,001,396: a DATE that no TIMESTAMP can be."""

PEOPLE = [  # person, city, dept, salary, code, born
    ("p1", "Oslo", "a", 100, "7", 9000),
    ("p2", "Oslo", "a", 200, "7", 9001),
    ("p3", "Oslo", "b", 300, "7", 9002),
    ("p4", "Oslo", "b", 400, "8", 9003),
    ("p4", "Oslo", "b", 500, "8", 9003),
    ("p5", "Bergen", "a", 600, "7", 9004),
    ("p6", "Bergen", "b", 700, "7", 9005),
    ("p7", "Bergen", None, None, "7", 9006),
    ("p8", "Bodø", "a", 7777, "x9", FAR),
    ("p9", "Bodø", "b", 8888, "x9", FAR),
    *[("p10", "Alta", "a", 5555, "x9", FAR)] * 4,
    *[(None, "Voss", "b", 6666, "x9", FAR)] * 4,
    *[(f"h{n}", "Lishui", "a", 9999, "x9", FAR) for n in range(5)],
]


def staff() -> pa.Table:
    person, city, dept, salary, code, born = (list(column) for column in zip(*PEOPLE, strict=True))
    count = len(PEOPLE)
    odd = [c in {"Bodø", "Alta", "Voss", "Lishui"} for c in city]
    return pa.table(
        {
            "id": pa.array(range(1, count + 1), pa.int64()),
            "person": pa.array(person, pa.string()),
            "city": pa.array(city, pa.string()),
            "dept": pa.array(dept, pa.string()),
            "salary": pa.array(salary, pa.int64()),
            "code": pa.array(code, pa.string()),
            "born": pa.array(born, pa.int32()).cast(pa.date32()),
            "seen": pa.array([1_700_000_000_000_000] * count, pa.timestamp("us")),
            "bonus": pa.array([float("nan") if o else 1.5 for o in odd], pa.float64()),
            "pay": pa.array(["1.25"] * count, pa.string()).cast(pa.decimal128(10, 2)),
            "wide": pa.array(["1.5"] * count, pa.string()).cast(pa.decimal128(38, 19)),
            "whole": pa.array(["9" * 38 if o else "1" for o in odd], pa.string()).cast(
                pa.decimal128(38, 0)
            ),
            "least": pa.array([-(1 << 63) if o else 1 for o in odd], pa.int64()),
            "name": pa.array([f"{c}{n}" for n, c in enumerate(city)], pa.string()),
            "alias": pa.array(person, pa.string()),
            "select": pa.array(dept, pa.string()),
            "størrelse": pa.array([1] * count, pa.int32()),
        }
    )


TABLES = {
    "g.staff": staff(),
    "g.visits": pa.table({"day": ["mon"] * 4 + ["tue"] * 2, "cost": [1, 2, 3, 4, 50, 60],
                          "dept": ["a", "a", "b", "b", "a", "a"]}),
    "g.dept": pa.table({"code": ["a", "b"], "title": ["Ale", "Bread"], "budget": [10, 20]}),
    "h.dept": pa.table({"code": ["a", "b"], "title": ["Øl", "Brød"], "salary": [1, 2]}),
    "g.site": pa.table({"city": ["Oslo", "Odda", "Bergen"], "land": ["n", "n", "w"]}),
    "g.odd": pa.table({"u": [0.0, -0.0, float("nan"), float("nan"), None, None, 1.0, 2.0, 3.0],
                       "g": ["a"] * 6 + ["b"] * 3}),
    "g.number": pa.table({"code": [7, 8], "dept": [1, 2], "city": ["Oslo", "Bergen"]}),
}  # fmt: skip
UNIQUE = {"g.dept": "code", "h.dept": "code", "g.site": "city", "g.number": "code"}


def contract(folder: Path, name: str, table: pa.Table) -> Path:
    types = {"string": "VARCHAR", "int64": "BIGINT"}
    columns = [LoadColumn(f.name, f.name, types[str(f.type)]) for f in table.schema]
    line = f"      - name: {UNIQUE[name]}\n"
    text = odcs.infer_contract(Ref.parse(name), columns)
    path = folder / f"{name}.yaml"
    path.write_text(text.replace(line, f"{line}        unique: true\n"))
    return path


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("groups")
    create(folder / "node", "groups")
    with doumen.open(folder / "node") as opened:
        owner = opened.session()
        for name, table in TABLES.items():
            path = folder / f"{name}.parquet"
            pq.write_table(table, path)
            held = {"contract": contract(folder, name, table)} if name in UNIQUE else {}
            owner.do("collect", path=path, as_dataset=name, **held)
        for name, role in (("ana", "analyst"), ("mae", "masked"), ("bo", "both")):
            owner.do("actor add", name=name, role=(role,))
        owner.do("rule add", file=HERE / "groups.yaml")
        yield opened


@pytest.fixture(scope="module")
def ana(node: Node) -> Session:
    return node.session("ana")


@pytest.fixture(scope="module")
def plain() -> Iterator[duckdb.DuckDBPyConnection]:
    """The same rows in a plain engine, `staff` as the rules show it, the unit beside it."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("CREATE SCHEMA g; CREATE SCHEMA h")
        for name, table in TABLES.items():
            connection.register("t", table)
            connection.execute(f"CREATE TABLE {name} AS FROM t")
            connection.unregister("t")
        connection.execute(
            "CREATE OR REPLACE TABLE g.staff AS SELECT * REPLACE (sha256(alias) AS alias, "
            "name[1:1] || repeat('*', len(name) - 1) AS name) FROM g.staff WHERE city <> 'Lishui'"
        )
        yield connection


STAFF = "count(DISTINCT person) >= 3"
ROWS = "count(*) >= 3"
ACCEPTED = [
    # what the analyst writes; where `{}` stands HAVING is written by hand
    ("SELECT count(*) FROM g.staff {}", STAFF),
    ("SELECT count(*) AS n, sum(salary) AS s, avg(pay), sum(pay) FROM g.staff {}", STAFF),
    ("SELECT city, count(*) FROM g.staff GROUP BY city {}", STAFF),
    ("SELECT city, count(*) FROM g.staff GROUP BY ALL {} ORDER BY ALL", STAFF),
    ("SELECT City, COUNT(*) AS N FROM g.staff GROUP BY city {}", STAFF),
    ("SELECT staff.city, count(*) FROM g.staff GROUP BY city {}", STAFF),
    ("SELECT city, count(*) FROM g.staff AS s GROUP BY (s.city) {}", STAFF),
    ('SELECT "city" c, count(*) FROM g.staff s GROUP BY c {} ORDER BY c', STAFF),
    ("SELECT city, dept, count(*) FROM g.staff GROUP BY 1, 2 {} ORDER BY 3 DESC, 1", STAFF),
    ("SELECT lower(city) AS l, count(*) FROM g.staff GROUP BY l {}", STAFF),
    ("SELECT lower(city), count(*) FROM g.staff GROUP BY lower(staff.city) {}", STAFF),
    ("FROM g.staff SELECT city, count(*) GROUP BY ALL {} ORDER BY city LIMIT 1", STAFF),
    ("SELECT city, count(*) FROM g.staff GROUP BY city {} ORDER BY count(*), city LIMIT 1", STAFF),
    ("SELECT city, count(*) FROM g.staff GROUP BY city {} ORDER BY city LIMIT 1 OFFSET 1", STAFF),
    ("SELECT count(DISTINCT dept), count(dept), count(bonus) FROM g.staff {}", STAFF),
    ("SELECT avg(salary) FROM g.staff WHERE city = 'Oslo' AND born < '2000-01-01' {}", STAFF),
    ("SELECT avg(salary) FROM g.staff WHERE id IN (1, 2) OR dept IS NULL {}", STAFF),
    ("SELECT count(*) FROM g.staff WHERE seen >= DATE '2020-01-01' {}", STAFF),
    ("SELECT count(*) FROM g.staff WHERE seen < now() - INTERVAL 7 DAY {}", STAFF),
    ("SELECT count(*) FROM g.staff WHERE TRY_CAST(born AS TIMESTAMP) < now() {}", STAFF),
    ("SELECT count(*) FROM g.staff WHERE TRY_CAST(code AS INTEGER) = 7 {}", STAFF),
    ("SELECT year(seen) AS y, count(*) FROM g.staff GROUP BY year(seen) {}", STAFF),
    ("SELECT CASE WHEN salary > 300 THEN 'high' ELSE 'low' END AS band, count(*) FROM g.staff "
     "GROUP BY band {}", STAFF),
    ("SELECT count(*) FROM g.staff WHERE CASE WHEN dept = 'a' THEN salary ELSE 0 END > 50 {}",
     STAFF),
    ("SELECT count(*) FROM g.staff WHERE CASE WHEN dept = 'a' THEN bonus ELSE 0 END < 5 {}",
     STAFF),
    ("SELECT count(*) FROM g.staff WHERE name = 'O****' {}", STAFF),
    ("SELECT name, count(*) FROM g.staff GROUP BY name {}", STAFF),
    ('SELECT "select", sum("størrelse") AS "Σ" FROM g.staff GROUP BY "select" {}', STAFF),
    ("SELECT title, count(*) FROM g.staff JOIN g.dept d ON dept = d.code GROUP BY title {}", STAFF),
    ("SELECT title, count(*) FROM g.staff s LEFT JOIN g.dept d ON (d.code = s.dept) "
     "GROUP BY title {}", "count(DISTINCT s.person) >= 3"),
    ("SELECT count(title) FROM g.staff s LEFT JOIN g.dept d ON d.code = s.dept AND "
     "d.title = s.city {}", "count(DISTINCT s.person) >= 3"),
    ("SELECT g.dept.title, h.dept.title AS t, count(*) FROM g.staff JOIN g.dept ON "
     "g.staff.dept = g.dept.code JOIN h.dept ON h.dept.code = g.dept.code GROUP BY ALL {}",
     "count(DISTINCT g.staff.person) >= 3"),
    ("SELECT day, sum(cost) FROM g.visits GROUP BY day {}", ROWS),
    ("SELECT title, count(*) FROM g.visits v JOIN g.dept d ON v.dept = d.code GROUP BY ALL {}",
     ROWS),
    ("SELECT city, count(*) FROM g.staff -- a comment ' here\nGROUP BY /* ( */ city {} ;", STAFF),
    ("SELECT city, count(*) FROM g.staff GROUP BY city {} -- at the end", STAFF),
    ("/* HAVING */ SELECT city AS \"HAVING\", count(*) FROM g.staff GROUP BY city {} -- x\n;;",
     STAFF),
]  # fmt: skip
CUT = [
    ("SELECT city, count(*) AS n FROM g.staff GROUP BY city HAVING n > 3", "n > 3"),
    ("SELECT city, count(*) FROM g.staff GROUP BY city HAVING count(*) > 3 OR city = 'Bergen'",
     "count(*) > 3 OR city = 'Bergen'"),
    ("SELECT city FROM g.staff GROUP BY city HAVING sum(salary) > 1000 AND NOT avg(salary) < 1.5",
     "sum(salary) > 1000 AND NOT avg(salary) < 1.5"),
    ("SELECT city FROM g.staff GROUP BY city HAVING sum(pay) BETWEEN 3.5 AND 100",
     "sum(pay) BETWEEN 3.5 AND 100"),
    ("SELECT lower(city) AS l FROM g.staff GROUP BY l HAVING l LIKE 'o%' -- why\n ORDER BY l",
     "lower(city) LIKE 'o%'"),
    ("SELECT city FROM g.staff s GROUP BY city HAVING s.city <> 'Oslo' AND count(*) <> '2'",
     "city <> 'Oslo' AND count(*) <> 2"),
    ("SELECT city FROM g.staff GROUP BY city HAVING city IS NOT NULL AND sum(bonus) > 1",
     "city IS NOT NULL AND sum(bonus) > 1"),
]  # fmt: skip


def answers(session: Session, statement: str, values: tuple[Any, ...] = ()) -> tuple[Any, Any]:
    answer = session.query(statement, values)
    return answer.schema, sorted(map(repr, answer.rows()))


@pytest.mark.parametrize(("statement", "having"), ACCEPTED)
def test_what_is_admitted_is_what_plain_sql_gives(
    ana: Session, plain: duckdb.DuckDBPyConnection, statement: str, having: str
) -> None:
    schema, rows = answers(ana, statement.replace("{}", ""))
    truth = plain.sql(statement.replace("{}", f"HAVING {having} "))
    assert rows == sorted(map(repr, truth.fetchall()))
    assert schema.names == tuple(truth.columns)
    assert [column.type for column in schema] == [str(type_) for type_ in truth.types]


@pytest.mark.parametrize(("statement", "having"), CUT)
def test_a_condition_of_the_user_holds_beside_the_minimum(
    ana: Session, plain: duckdb.DuckDBPyConnection, statement: str, having: str
) -> None:
    before, _, after = statement.partition("HAVING")
    after = after.partition("ORDER")[2]
    truth = plain.sql(f"{before} HAVING ({having}) AND {STAFF} {after and 'ORDER' + after}")
    assert answers(ana, statement)[1] == sorted(map(repr, truth.fetchall()))


def test_parameters_stand_for_values(ana: Session) -> None:
    for statement, values in (
        ("SELECT sum(salary) FROM g.staff WHERE city = ? AND dept <> ?", ("Oslo", "x")),
        (
            "SELECT sum(salary) FROM g.staff WHERE city = $1 AND salary > $2 LIMIT $3",
            ("Oslo", 0, 9),
        ),
        ("SELECT sum(salary) FROM g.staff WHERE city = $1 AND born < $2", ("Oslo", "2000-01-01")),
    ):
        assert answers(ana, statement, values)[1] == ["(1500,)"]


def test_groups_under_k_are_left_out_and_units_are_counted_raw(ana: Session) -> None:
    rows = ana.query("SELECT city, count(*) FROM g.staff GROUP BY city ORDER BY city").rows()
    assert rows == [("Bergen", 3), ("Oslo", 5)]
    assert ana.query("SELECT count(*) FROM g.staff WHERE city = 'Bodø'").rows() == []
    assert ana.query("SELECT count(*), sum(salary) FROM g.staff WHERE id = 1").rows() == []
    assert ana.query("SELECT day FROM g.visits GROUP BY day").rows() == [("mon",)]


REFUSED = [
    line.replace("<NBSP>", "\u00a0").split("\t")
    for line in (HERE / "groups_refused.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
"""A statement, and words of its refusal; without words the parser refuses it, for everybody."""


@pytest.mark.parametrize(("statement", "said"), REFUSED)
def test_what_is_not_safe_is_refused_by_name(ana: Session, statement: str, said: str) -> None:
    with pytest.raises((Refused, Invalid)) as caught:
        ana.query(statement)
    told = str(caught.value.as_json())
    if said:
        assert isinstance(caught.value, Refused)
        assert said in told
    with pytest.raises(DoumenError) as explained:
        ana.explain(statement)
    assert explained.value.as_json() == caught.value.as_json()


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("SELECT count(*) FROM g.staff WHERE city = ? AND born = ?", ("Oslo", "2020-01-01")),
        ("SELECT count(*) FROM g.staff WHERE city = ? AND salary > ?", ("Oslo", 1)),
    ],
)
def test_parameters_of_which_the_place_is_not_known_must_all_fit(
    ana: Session, statement: str, values: tuple[Any, ...]
) -> None:
    with pytest.raises(Refused):
        ana.query(statement, values)


def test_units_are_counted_before_masks(node: Node) -> None:
    rows = node.session("mae").query(
        "SELECT city, count(DISTINCT person), count(*) FROM g.staff GROUP BY city ORDER BY city"
    ).rows()  # fmt: skip
    assert rows == [("Bergen", 0, 3), ("Lishui", 0, 5), ("Oslo", 0, 5)]


def test_units_are_values_not_their_texts(ana: Session) -> None:
    assert ana.query("SELECT g, count(*) FROM g.odd GROUP BY g").rows() == [("b", 3)]


def test_all_minimums_hold(node: Node) -> None:
    assert node.session("bo").query("SELECT g, count(*) FROM g.odd GROUP BY g").rows() == [("a", 6)]
    with pytest.raises(Refused):
        node.session("bo").query("SELECT u FROM g.odd")


def test_what_was_derived_in_groups_is_read_and_no_lookup(ana: Session) -> None:
    ana.derive("SELECT city AS town, count(*) AS n FROM g.staff GROUP BY city", "ana.towns")
    assert sorted(ana.query("SELECT * FROM ana.towns").rows()) == [("Bergen", 3), ("Oslo", 5)]
    with pytest.raises(Refused, match="not declare unique"):
        ana.query("SELECT count(n) FROM g.staff s LEFT JOIN ana.towns t ON s.city = t.town")


@pytest.mark.parametrize(
    ("quality", "keys"),
    [
        ("{metric: duplicateValues, mustBe: 0}", {"code"}),
        ("{metric: duplicateValues, mustBe: 0, severity: warning}", set()),
        ("{metric: duplicateValues, mustBeLessThan: 5}", set()),
        ("{metric: nullValues, mustBe: 0}", set()),
    ],
)
def test_only_what_a_contract_insists_on_is_a_key(quality: str, keys: set[str]) -> None:
    columns = [LoadColumn("code", "code", "VARCHAR")]
    line = "      - name: code\n"
    text = odcs.infer_contract(Ref("g", "x"), columns)
    declared = text.replace(line, f"{line}        quality: [{quality}]\n")
    assert groups._declared(declared) == ((frozenset(keys),) if keys else ())


HIDDEN = [
    "SELECT person, count(*) FROM g.staff GROUP BY person",
    "SELECT count(DISTINCT person) FROM g.staff",
    "SELECT count(*) FROM g.staff WHERE person = 'p1'",
    "SELECT city FROM g.staff GROUP BY city HAVING person = 'p1'",
    "SELECT city FROM g.staff GROUP BY city ORDER BY person",
]


@pytest.mark.parametrize("statement", HIDDEN)
def test_a_unit_that_is_denied_cannot_be_named(ana: Session, statement: str) -> None:
    with pytest.raises(Refused) as caught:
        ana.query(statement)
    assert caught.value.rule == "no-person"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(__doumen_unit_0) FROM g.staff",
        "SELECT __doumen_unit_0, count(*) FROM g.staff GROUP BY ALL",
        'SELECT count("__doumen_unit_0") FROM g.staff',
        "SELECT city, count(*) FROM g.staff GROUP BY city, __DOUMEN_UNIT_0",
        "SELECT city FROM g.staff GROUP BY city ORDER BY __doumen_unit_0",
        "SELECT count(*) FROM g.staff WHERE staff.__doumen_unit_0 = 'p1'",
        "SELECT count(*) FROM g.staff JOIN g.dept USING (__doumen_unit_0)",
        "SELECT city AS __doumen_unit_0 FROM g.staff GROUP BY city, __doumen_unit_0",
    ],
)
def test_the_column_of_units_cannot_be_named(ana: Session, statement: str) -> None:
    with pytest.raises((Refused, Invalid)) as caught:
        ana.query(statement)
    assert "p1'" not in str(caught.value.as_json()).replace(statement, "")


def test_explain_shows_the_condition_and_no_unit(ana: Session) -> None:
    told = ana.explain("SELECT city AS c, count(*) FROM g.staff GROUP BY city -- x")
    assert told.statement.endswith(
        'GROUP BY city\nHAVING count(DISTINCT "g"."staff"."__doumen_unit_0") >= 3\n -- x'
    )
    assert [column.name for column in told.columns] == ["c", "count_star()"]
    assert "person" not in str(told.tables[0]["columns"])


def test_an_absent_dataset_is_absent_whatever_the_form(ana: Session) -> None:
    with pytest.raises(NotFound):
        ana.query("SELECT * FROM g.staff, g.nothing")


def test_what_cannot_be_bound_tells_nothing_of_the_condition(ana: Session) -> None:
    with pytest.raises(Invalid) as caught:
        ana.query(
            "SELECT count(*) AS größe, city FROM g.staff GROUP BY city, 7 HAVING count(*) > 0"
        )
    assert caught.value.what == "There is no column number 7 to group or order by."
