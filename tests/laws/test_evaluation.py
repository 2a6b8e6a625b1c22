"""Law 1, of what is computed on the way: which visible rows meet a function that fails, which of
two failures is told and in which order rows come does not hang on how many rows are hidden.

The tables are longer than what the engine computes at a time, and hidden rows move the visible
ones from one such part to another; so does their number the sides of a join.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa
import pytest

import doumen
from doumen.model.fact import Fact
from doumen.model.ref import Ref
from doumen.model.trial import Laboratory, Seen, World
from doumen.session import create

pytestmark = pytest.mark.law

LONG, LAST, OPEN = Ref("e", "long"), Ref("e", "limited"), Ref("e", "open")
COLUMNS = [
    {"name": "id", "type": "BIGINT"},
    {"name": "word", "type": "VARCHAR"},
    {"name": "seen", "type": "BOOLEAN"},
]
RULES = [
    {"id": on.name, "permit": "query", "who": {"role": "analyst"}, "on": str(on), "duties": duties}
    for on, duties in (
        (LONG, [{"filter": "seen"}]),
        (LAST, [{"filter": "seen"}, {"limit": 3}]),
        (OPEN, []),
    )
]
VISIBLE = 12_000
OPEN_ROWS = pa.table({"id": range(100_000), "word": ["some"] * 100_000, "seen": [True] * 100_000})
"""Rows of a dataset that all see, between the long one's visible rows and all of its rows."""
HIDDEN: dict[str, Callable[[int], int]] = {
    "none": lambda place: 0,
    "before": lambda place: 3000 if place == 0 else 0,
    "between": lambda place: place % 3,
    "many": lambda place: 20 if place % 2 else 0,
}
"""How many hidden rows stand before each visible row."""

PARTS = 2
"""Parts of the statements, which two processes share."""

PLACES = (700, 2040, 4095)
"""Ids of visible rows near the ends of the parts that the engine computes at a time."""

ENDED = (
    "FROM e.long SELECT id WHERE 1 // (id - {}) < 9 LIMIT 1",
    "SELECT id FROM e.long WHERE id >= 0 AND 1 // (id - {}) < 9 LIMIT 1",
    "SELECT id FROM e.long WHERE id > 0 LIMIT (1 // (2 - 1)) OFFSET 1 // ({} - 1)",
    "SELECT 1 // (id - {}) FROM e.long LIMIT 10 %",
    "SELECT 1 // (id - {}) AS x FROM e.long WHERE x < 9 LIMIT 1",
    "SELECT * REPLACE (1 // (id - {}) AS id) FROM e.long WHERE id >= 0 LIMIT 1",
    "SELECT COLUMNS('id') // (id - {}) FROM e.long LIMIT 1",
    "(SELECT id FROM e.long WHERE 1 // (id - {}) < 9) LIMIT 1",
    "SELECT id FROM e.long WHERE 1 // (id - {}) < 9 UNION ALL SELECT 1 LIMIT 1",
    "SELECT id FROM e.long WHERE 1 // (id - {}) < 9 FETCH FIRST 1 ROW ONLY",
    "WITH x AS (SELECT 1 // (id - {}) AS y FROM e.long) SELECT y FROM x WHERE y < 9 LIMIT 1",
    "SELECT y FROM (SELECT 1 // (id - {}) AS y FROM e.long) WHERE y < 9 LIMIT 1",
    "SELECT count(*) FROM (SELECT id FROM e.long WHERE 1 // (id - {}) < 9 LIMIT 4)",
    "SELECT l.id FROM e.long l JOIN (VALUES (1)) v(w) ON 1 // (l.id - {}) < 9 LIMIT 1",
    "SELECT l.id FROM e.long l, range(3) r(x) WHERE 1 // (l.id - {} + x - x) < 9 LIMIT 1",
    "SELECT id, row_number() OVER () AS n FROM e.long WHERE 1 // (id - {}) < 9 LIMIT 1",
    "SELECT id FROM e.long QUALIFY 1 // (id - {}) < row_number() OVER () LIMIT 1",
    "SELECT EXISTS (SELECT 1 FROM e.long WHERE 1 // (id - {}) < 9)",
    "SELECT 1 WHERE EXISTS (FROM e.long WHERE 1 // (id - {}) < 9)",
    "SELECT 1 FROM range(9) r(x) WHERE EXISTS (FROM e.long WHERE 1 // (id - {}) < 9)",
    "SELECT (SELECT 1 // (id - {}) FROM e.long LIMIT 1)",
    "SELECT (SELECT 1 FROM e.long WHERE 1 // (id - {}) < 9 LIMIT 1)",
    "SELECT (SELECT id FROM e.long WHERE 1 // (id - {}) < 9)",
    "SELECT id FROM e.long WHERE id = (SELECT id FROM e.long WHERE 1 // (id - {}) < 9 LIMIT 1)",
    "SELECT ARRAY(SELECT id FROM e.long WHERE 1 // (id - {}) < 9 LIMIT 1)",
    "SELECT l.id FROM e.long l WHERE EXISTS "
    "(FROM e.limited WHERE list_bool_and(list_transform([1], lambda seen: 1 // (id - {}) < 9)))",
    "SELECT id FROM e.long, LATERAL (SELECT 1 // (id - {}) AS y) WHERE y < 9 LIMIT 1",
    "SELECT EXISTS (FROM e.long WHERE 1 // (id - {}) < 9 ORDER BY id)",
    "SELECT id FROM (SELECT id FROM e.long WHERE 1 // (id - {}) < 9 ORDER BY id) LIMIT 1",
    "SELECT 1 // (id - {}) FROM e.limited",
    "SELECT id FROM e.limited WHERE 1 // (id - {}) < 9",
    "SELECT id, 1 // (id - {}) FROM e.long ORDER BY id LIMIT 2",
    "SELECT DISTINCT 1 // (id - {}) < 9 FROM e.long LIMIT 1",
    "SELECT 1 // (id - {}) < 9 AS x FROM e.long GROUP BY 1 LIMIT 1",
    "SELECT x FROM (SELECT DISTINCT 1 // (id - {}) < 9 AS x FROM e.long) LIMIT 1",
    "SELECT 1 // (id - {}) < 9 FROM e.long UNION SELECT true LIMIT 1",
    "SELECT 1 // (id - {}) < 9 FROM e.long EXCEPT SELECT 9 LIMIT 1",
    "SELECT id, min(1 // (id - {})) FROM e.long GROUP BY id LIMIT 1",
)
"""Each may give its answer before all rows were seen."""

STATEMENTS = (
    *(statement.format(place) for statement in ENDED for place in PLACES),
    "SELECT 1 // (id - 9000) FROM e.long LIMIT 8500",
    "SELECT 1 // (id - 9000) FROM e.long LIMIT 1 OFFSET 8500",
    *(f"SELECT 1 // (id - {place}) FROM e.long LIMIT 2 OFFSET 3" for place in PLACES),
    *(f"FROM e.long SELECT id WHERE CAST(word AS INT) > 0 LIMIT {n}" for n in (1, 3000)),
    "SELECT CAST(word AS INT), id // (id - 2030) FROM e.long",
    "SELECT CAST(word AS INT), id // (id - 2100) FROM e.long",
    "SELECT sum(CAST(word AS INT)) FROM e.long WHERE 1 // (id - 2040) < 9",
    "SELECT l.id FROM e.long l JOIN e.open o USING (id) "
    "WHERE o.word = 'none' AND 1 // (l.id - 11000) < 9",
    "SELECT l.id, l.word FROM e.long l JOIN e.open o USING (id)",
    "FROM e.long l JOIN e.open o USING (id) SELECT l.id LIMIT 5",
    *(
        f"SELECT l.id, r FROM e.long l JOIN (SELECT range AS r FROM range({size})) ON l.id = r"
        for size in (3000, 14_000, 18_000)
    ),
)


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    """A place to try the gate of a fresh node."""
    folder = tmp_path_factory.mktemp("evaluation") / "node"
    create(folder, "laws")
    with doumen.open(folder) as node, node.session().desk.laboratory() as made:
        yield made


def rows(hidden: str) -> pa.Table:
    """The visible rows in their order, and hidden ones between them."""
    before, ids, seen = HIDDEN[hidden], [], []
    for place in range(VISIBLE):
        number = before(place)
        ids += [10**6] * number + [place]
        seen += [False] * number + [True]
    words = ["x" if i in {10**6, 2060} else str(i + 1) for i in ids]
    return pa.table({"id": ids, "word": words, "seen": seen})


def world(hidden: str) -> World:
    """The world with these hidden rows."""
    body = {"kind": "table", "columns": COLUMNS, "files": []}
    facts = [
        Fact("actor", "ana", {"roles": ["analyst"]}),
        *(Fact("dataset", str(ref), body) for ref in (LONG, LAST, OPEN)),
        *(Fact("rule", str(rule["id"]), rule) for rule in RULES),
    ]
    table = rows(hidden)
    return World(tuple(facts), {LONG: table, LAST: table, OPEN: OPEN_ROWS})


@pytest.mark.parametrize("part", range(PARTS))
def test_hidden_rows_do_not_tell_by_what_is_computed(laboratory: Laboratory, part: int) -> None:
    statements = STATEMENTS[part::PARTS]
    told: dict[str, dict[str, Seen]] = {}
    for hidden in HIDDEN:
        stand = laboratory.stand(world(hidden))
        told[hidden] = {statement: stand.ask("ana", statement) for statement in statements}
    alone = told["none"]
    for hidden in HIDDEN:
        apart = [s for s in statements if told[hidden][s] != alone[s]]
        assert not apart, (hidden, apart)
    failed = [seen.error["code"] for seen in alone.values() if seen.error is not None]
    assert {code.partition(".")[0] for code in failed} == {"faulty"}
    assert 5 < len(failed) < len(statements) - 5
