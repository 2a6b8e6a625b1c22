from __future__ import annotations

import io
import json
from typing import Any, cast

import pyarrow as pa
import pytest
from tests.desks import FakeDesk
from tests.rooms.refine.profile.conftest import Landed

from doumen.faces.cli.draw import draw
from doumen.gate.desk import Desk
from doumen.model.errors import Invalid, NotFound
from doumen.rooms.refine.profile.run import profile

HOSTILE = """
    SELECT i AS "a ""quoted"" name", 'O''H' || chr(10) || i AS "line
break", 'x' AS "'; DROP TABLE t; --", repeat('长', 100000) || i AS huge,
        CASE i % 4 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN 'inf'::DOUBLE
            WHEN 2 THEN '-inf'::DOUBLE ELSE i END AS odd,
        'nan'::FLOAT AS only_nan, 1e300 * i AS great, (2::HUGEINT ** 120)::HUGEINT + i AS wide,
        [i, NULL] AS list, {'a': i, 'b': [i]} AS struct, MAP {'k': i} AS map,
        '\\xDE\\xAD'::BLOB AS bytes, NULL::VARCHAR AS nothing, NULL::DATE AS no_day,
        NULL::DOUBLE AS no_number, i = 1 AS flag, NULL::BOOLEAN AS no_flag,
        CASE i % 3 WHEN 0 THEN DATE 'infinity' WHEN 1 THEN DATE '-infinity'
            ELSE DATE '0044-03-15 (BC)' END AS odd_day,
        TIMESTAMP '290000-01-01 00:00:00' AS far, INTERVAL 1 DAY AS span, uuid() AS u,
        TIME '24:00:00' AS midnight, '10101'::BIT AS bits, 1.10::DECIMAL(38,10) AS exact,
        TIMESTAMPTZ '2026-01-01 00:00:00+08' AS zoned, TIMETZ '10:00:00+08' AS timetz
    FROM range(ROWS) r(i)
"""


def at(statement: str) -> tuple[Desk, FakeDesk]:
    fake = FakeDesk()
    fake.engine.execute(f"CREATE SCHEMA a; CREATE TABLE a.t AS {statement}")
    fake.land("a.t", 0)
    return cast("Desk", fake), fake


def by_name(found: Any) -> dict[str, dict[str, Any]]:
    return {column["name"]: column for column in found["columns"]}


@pytest.mark.parametrize("rows", [0, 1, 40, 700])
def test_hostile_names_types_and_values_are_told_of(rows: int) -> None:
    desk, _ = at(HOSTILE.replace("ROWS", str(rows)))
    outcome = profile(desk, "a.t")
    text = json.dumps(outcome.json, allow_nan=False)
    assert len(text) < 100_000
    assert outcome.json["rows"] == rows
    found = by_name(outcome.json)
    assert len(found) == 26
    for column in found.values():
        assert set(column["how"].values()) <= {"exact", "estimated", "sample", "name"}
        assert set(column["how"]) == set(column) - {"name", "type", "kind", "how"}
    assert found["nothing"]["nulls"] == rows
    assert found["only_nan"]["nan"] == rows
    stream = io.StringIO()
    draw(outcome.drawn, stream, width=80)
    assert max(len(line) for line in stream.getvalue().splitlines()) <= 80
    if rows == 40:
        odd = found["odd"]
        assert (odd["nan"], odd["infinite"], odd["min"], odd["max"]) == (10, 20, 3.0, 39.0)
        assert found["great"]["stddev"] is None
        assert found["wide"]["min"] == str(2**120)
        assert found["huge"]["longest"] == 100_002
        assert len(found["huge"]["max"]) == 256
        assert found["huge"]["how"]["distinct"] == "estimated"
        assert found["odd_day"]["min"] == "-infinity"
        assert found["odd_day"]["max"] == "infinity"
        assert found["far"]["quantiles"]["0.5"].startswith("290000")
        assert found["midnight"]["constant"]
        assert found["flag"]["trues"] == 1


def test_many_columns_take_several_scans() -> None:
    listed = ", ".join(f"i + {n} AS c{n}, 't' || i AS t{n}" for n in range(150))
    desk, fake = at(f"SELECT {listed} FROM range(50) r(i)")
    found = profile(desk, "a.t").json
    assert len(found["columns"]) == 300
    assert found["columns"][298]["max"] == 49 + 149
    assert len([one for one in fake.asked if one.startswith("SELECT count(*)")]) == 8


def test_only_the_columns_that_are_asked_for(desk: Desk) -> None:
    found = profile(desk, "transport.flights", column=("DELAY", "id", "delay")).json
    assert [column["name"] for column in found["columns"]] == ["delay", "id"]
    with pytest.raises(NotFound, match="no column `x`"):
        profile(desk, "transport.flights", column=("x",))
    with pytest.raises(NotFound):
        profile(desk, "transport.trains")
    with pytest.raises(Invalid, match="0 rows"):
        profile(desk, "transport.flights", sample=0)


def test_the_receipts_are_those_of_all_questions(desk: Desk, fake: FakeDesk) -> None:
    found = profile(desk, "transport.flights").json
    assert found["receipts"] == [f"r{number + 1}" for number in range(len(fake.asked))]


def test_keys_and_dependencies_hold_in_all_rows(landed: Landed) -> None:
    rows = 20_000
    pairs = pa.table(
        {
            "order": [number // 4 for number in range(rows)],
            "line": [number % 4 for number in range(rows)],
            "city": [f"c{(number // 4) % 50}" for number in range(rows)],
            "land": [f"l{(number // 4) % 50 % 7}" for number in range(rows)],
        }
    )
    for sample in (None, 4_000):
        found = profile(landed(pairs), "a.t", sample=sample).json
        assert found["keys"] == [{"columns": ["order", "line"], "how": "exact"}]
        said = [(one["determinant"], one["dependent"]) for one in found["dependencies"]]
        assert ("city", "land") in said
        assert ("land", "city") not in said


def test_what_a_sample_suggests_and_the_rest_breaks_is_not_said(landed: Landed) -> None:
    rows = 20_000
    city = [f"c{number % 50}" for number in range(rows)]
    land = [f"l{number % 50 % 7}" for number in range(rows)]
    order, line = [n // 4 for n in range(rows)], [n % 4 for n in range(rows)]
    clean = landed(pa.table({"order": order, "line": line, "city": city, "land": land}))
    kept = profile(clean, "a.t", sample=2_000).json
    assert kept["keys"]
    cast("Any", clean).engine.execute(
        "INSERT INTO a.t SELECT \"order\", line, city, 'l9' FROM a.t LIMIT 1"
    )
    found = profile(clean, "a.t", sample=2_000).json
    assert found["keys"] == []
    assert ("city", "land") not in [
        (one["determinant"], one["dependent"]) for one in found["dependencies"]
    ]
