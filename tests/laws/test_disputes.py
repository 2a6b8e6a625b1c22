"""Law 5 between two nodes: what one drops, alters, dates back or forks, the other's copy shows.

The owner of a cheating node has all of its keys, and rewrites its ledger from the first entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.exchanged import Change, Pair, Side, cheated, pair

from doumen.model.errors import Tampered
from doumen.model.fact import Fact

pytestmark = pytest.mark.law
Entries = list[dict[str, Any]]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Three reads under an agreement, something else, and heads cosigned both ways."""
    with pair(tmp_path_factory.mktemp("pair")) as made:
        for sql in ("SELECT * FROM w.hourly", "SELECT count(*) AS n FROM w.hourly"):
            made.read(sql)
        with pytest.raises(Exception, match="city"):
            made.read("SELECT CAST(city AS INTEGER) AS n FROM w.hourly")
        for side, other in ((made.provider, made.consumer), (made.consumer, made.provider)):
            side.node.gate.amend("owner", [Fact("purpose", "other", {"title": "x"})], "last")
            side.desk().exchange().ask_witness(other.id)
        for side in (made.provider, made.consumer):
            side.bundle(made.key, side.folder.parent / f"{side.folder.name}.zip")
        yield made


def shown(both: Pair, side: str) -> Path:
    return both.provider.folder.parent / f"{side}.zip"


def other_of(side: str) -> str:
    return "consumer" if side == "provider" else "provider"


def test_what_is_true_holds_on_both_sides(both: Pair) -> None:
    for side in ("provider", "consumer"):
        code, said = both.verify(shown(both, side))
        assert (code, "2 reads" in said, "All of it holds." in said) == (0, True, True), said
        code, said = both.verify(shown(both, side), "--other", str(shown(both, other_of(side))))
        assert (code, said.count("cosigned by")) == (0, 2), said


def the_read(entries: Entries) -> dict[str, Any]:
    return next(one for one in entries if one["type"] == "query" and one["agreement"])


def dropped(entries: Entries) -> Entries:
    request = the_read(entries)["data"]["request"]
    return [one for one in entries if one["data"].get("request") != request]


def altered(entries: Entries) -> Entries:
    for charge in the_read(entries)["charges"]:
        charge["amount"] += 1 if charge["unit"] == "rows" else 0
    return entries


def dated_back(entries: Entries) -> Entries:
    read = the_read(entries)
    earlier = datetime.fromisoformat(read["time"]) - timedelta(days=1)
    read["time"] = earlier.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return entries


def forked(entries: Entries) -> Entries:
    """Nothing of the agreement is touched."""
    last = next(one for one in entries if one["subject"] == "last")
    return [{**one, "subject": "another"} if one is last else one for one in entries]


FAULTS = {"drop": dropped, "alter": altered, "back-date": dated_back, "fork": forked}
NAMED = {
    ("provider", "drop"): "of the consumer: the provider does not show it",
    ("consumer", "drop"): "of the provider: the consumer does not show it",
    ("provider", "alter"): ": it charges 3 rows",
    ("consumer", "alter"): ": it charges 3 rows",
    ("provider", "back-date"): "it is dated otherwise than its request",
    ("consumer", "back-date"): "it is dated otherwise than its request",
    ("provider", "fork"): "the provider does not show that its ledger continues the head",
    ("consumer", "fork"): "the consumer does not show that its ledger continues the head",
}


@pytest.mark.parametrize("side", ["provider", "consumer"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_one_side_is_named_by_the_copy_of_the_other(
    both: Pair, tmp_path: Path, side: str, fault: str
) -> None:
    honest: Side = getattr(both, side)
    with cheated(honest, tmp_path / "cheat", FAULTS[fault]) as cheat:
        bundle = cheat.bundle(both.key, tmp_path / "cheat.zip")
        code, said = both.verify(shown(both, other_of(side)), "--other", str(bundle))
        broken = [line for line in said.splitlines() if line.startswith("BROKEN")]
        assert code == 1
        assert any(NAMED[side, fault] in line and side in line for line in broken), said
        head = f"the {side} does not show that its ledger continues the head"
        assert any(line.startswith(f"BROKEN: {other_of(side)}") and head in line
                   for line in broken), said  # fmt: skip
        with pytest.raises(Tampered) as caught:
            cheat.desk().exchange().ask_witness(getattr(both, other_of(side)).id)
        assert caught.value.code == "tampered.fork"


def test_a_witness_keeps_both_heads(both: Pair, tmp_path: Path) -> None:
    with cheated(both.provider, tmp_path / "cheat", altered) as cheat, pytest.raises(Tampered):
        cheat.desk().exchange().ask_witness(both.consumer.id)
    assert both.consumer.fact("head", both.provider.id)["refused"]
    bundle = both.consumer.bundle(both.key, tmp_path / "c.zip")
    code, said = both.verify(bundle)
    assert code == 1
    assert "then the provider showed one of size" in said


@pytest.mark.parametrize("side", ["provider", "consumer"])
def test_one_bundle_alone_tells_of_a_rewritten_ledger(
    both: Pair, tmp_path: Path, side: str
) -> None:
    """Receipts that both signed are lost by it, and heads that were cosigned do not fit."""
    change: Change = altered
    with cheated(getattr(both, side), tmp_path / "cheat", change) as cheat:
        code, said = both.verify(cheat.bundle(both.key, tmp_path / "cheat.zip"))
    assert code == 1
    assert f"the {side} does not show that its ledger continues" in said
    assert side == "consumer" or "of both sides, only ['provider'] signed" in said
