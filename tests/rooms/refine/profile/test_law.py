"""Law 1 of profiles: what an actor may not see changes nothing in what a profile tells them."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pyarrow as pa
import pytest
from tests.rooms.refine.profile.conftest import Guarded

from doumen.model.errors import NotFound, Refused
from doumen.session import Session

pytestmark = pytest.mark.law
FILTER = "filter: \"region <> 'hidden'\""


def table(seed: int, hidden: int, secret: str, *, seen: int = 700) -> pa.Table:
    """Rows that are seen are the same for all seeds; the others are not."""
    shown, others = random.Random(7), random.Random(seed)
    rows = [row(shown, number, shown.choice(["east", "west"])) for number in range(seen)]
    for number in range(hidden):
        extra = row(others, 10_000 * seed + number, "hidden") | {"code": "CANARY", "price": 6e60}
        rows.insert(others.randrange(len(rows)), extra)
    return pa.Table.from_pylist([one | {"secret": f"{secret}{at}"} for at, one in enumerate(rows)])


def row(rng: random.Random, number: int, region: str) -> dict[str, Any]:
    start = dt.date(2026, 1, 1) + dt.timedelta(days=rng.randrange(300))
    return {
        "id": number,
        "region": region,
        "price": round(rng.lognormvariate(3, 1), 2),
        "code": f"{rng.choice('ABC')}-{rng.randrange(1000):03}",
        "start": start,
        "end": start + dt.timedelta(days=rng.randrange(20)),
    }


def told(session: Session, sample: int | None = None) -> dict[str, Any]:
    found = dict(session.do("profile", dataset="a.t", sample=sample).json)
    assert found.pop("receipts")
    return found


@pytest.mark.parametrize("sample", [None, 300])
def test_hidden_rows_and_columns_leave_a_profile_as_it_is(
    guarded: Guarded, sample: int | None
) -> None:
    first = guarded(table(1, 0, "x"), FILTER)
    second = guarded(table(2, 900, "CANARY"), FILTER)
    one, other = told(first, sample), told(second, sample)
    assert one == other
    assert one["rows"] == 700
    assert one["sample"]["whole"] == (sample is None)
    assert "secret" not in str(one)
    assert "CANARY" not in str(other)
    for session in (first, second):
        with pytest.raises(NotFound, match="no column `secret`") as raised:
            session.do("profile", dataset="a.t", column=("secret",))
        assert "CANARY" not in str(raised.value)


def test_values_under_a_mask_leave_a_profile_as_it_is(guarded: Guarded) -> None:
    duty = "mask: {column: code, method: partial, keep_start: 1}"
    data = table(1, 0, "x")
    masked = [f"{code[0]}?{number}?" for number, code in enumerate(data["code"].to_pylist())]
    same = [text[:5].ljust(5, "x") for text in masked]
    other = data.set_column(data.column_names.index("code"), "code", pa.array(same))
    one, another = told(guarded(data, duty)), told(guarded(other, duty))
    assert one == another
    (code,) = [c for c in one["columns"] if c["name"] == "code"]
    assert {v["value"] for v in code["top"]} == {"A****", "B****", "C****"}


def test_under_a_minimum_group_there_are_counts_and_means_alone(guarded: Guarded) -> None:
    session = guarded(table(1, 0, "x"), "min_group: {k: 5}")
    found = told(session)
    assert found["sample"] is None
    assert found["rows"] == 700
    by_name = {column.pop("name"): column for column in found["columns"]}
    assert "secret" not in by_name
    assert set(by_name["price"]) == {"type", "kind", "nulls", "mean", "distinct", "how"} - (
        {"mean"} if by_name["price"]["type"] == "DOUBLE" else set()
    )
    assert by_name["id"]["mean"] == pytest.approx(349.5)
    assert found["keys"] == found["correlations"] == found["dependencies"] == []


def test_a_limit_cuts_the_sample_and_the_profile_says_so(guarded: Guarded) -> None:
    found = told(guarded(table(1, 0, "x"), "limit: 50"))
    assert found["rows"] == 700
    assert found["sample"]["cut"]
    assert not found["sample"]["whole"]
    assert found["sample"]["rows"] == 50
    (price,) = [c for c in found["columns"] if c["name"] == "price"]
    assert price["how"]["quantiles"] == "sample"
    assert price["how"]["max"] == "exact"


def test_fewer_rows_than_a_group_are_not_told_of(guarded: Guarded) -> None:
    session = guarded(table(1, 0, "x", seen=4), "min_group: {k: 5}")
    with pytest.raises(Refused, match="Too few rows"):
        session.do("profile", dataset="a.t")


def test_hidden_rows_and_columns_leave_proposals_as_they_are(guarded: Guarded) -> None:
    found = []
    for seed, hidden in ((1, 0), (2, 900)):
        session = guarded(table(seed, hidden, "x"), FILTER, steward=True)
        told = session.do("contract propose", dataset="a.t").json
        listed = session.do("proposal list").json["proposals"]
        assert {one["key"] for one in listed} == {one["key"] for one in told["proposals"]}
        found.append([
            (one["column"], one["change"], {**one["evidence"], "receipt": None}, one["confidence"])
            for one in told["proposals"]
        ])  # fmt: skip
    assert found[0] == found[1]
    assert len(found[0]) >= 8
    assert "secret" not in str(found)
