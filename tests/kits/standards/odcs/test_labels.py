from __future__ import annotations

from typing import Any

import pytest

from doumen.kits.standards.odcs import label_facts, read_contract
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.ref import Ref

REF = Ref("transport", "flights")
KEY = "transport.flights.tailnum"


def known(*facts: Fact, before: Facts | None = None) -> Facts:
    start = before or Facts()
    rows = [FactRow(start.version + i + 1, fact, "e", "t") for i, fact in enumerate(facts)]
    return start.extended(rows)


def test_a_contract_gives_its_labels_once(flights: str) -> None:
    contract = read_contract(flights)
    facts = label_facts(contract, REF, Facts())
    assert facts == [
        Fact("label", "transport.flights",
             {"labels": ["core", "public"], "origin": "contract", "contract": ["core", "public"]}),
        Fact("label", KEY, {"labels": ["identifier", "personal"], "origin": "contract",
                            "contract": ["identifier", "personal"]}),
    ]  # fmt: skip
    assert label_facts(contract, REF, known(*facts)) == []
    assert label_facts(contract, Ref("a", "b"), known(*facts))[0].key == "a.b"


@pytest.mark.parametrize(
    ("before", "given", "after"),
    [
        # set by hand: stays, whatever the contract says
        ({"labels": ["secret"], "origin": "set"}, "personal",
         {"labels": ["personal", "secret"], "origin": "set", "contract": ["personal"]}),
        ({"labels": ["personal"], "origin": "set"}, "personal", None),
        ({"labels": ["secret"], "origin": "derived"}, "", None),
        # from a contract of before: goes with it
        ({"labels": ["old"], "origin": "contract"}, "personal",
         {"labels": ["personal"], "origin": "contract", "contract": ["personal"]}),
        ({"labels": ["old"], "origin": "contract"}, "", "removed"),
        # both: only the contract's own goes
        ({"labels": ["old", "secret"], "origin": "set", "contract": ["old"]}, "",
         {"labels": ["secret"], "origin": "set"}),
        ({"labels": ["old", "secret"], "origin": "set", "contract": ["old"]}, "old", None),
        # taken off by a steward: stays off until the contract drops it
        ({"labels": [], "origin": "set", "contract": ["personal"]}, "personal", None),
        ({"labels": [], "origin": "set", "contract": ["personal"]}, "", "removed"),
        ({"labels": [], "origin": "set"}, "", None),
    ],
)  # fmt: skip
def test_labels_of_the_contract_change_and_no_others(
    flights: str, before: dict[str, Any], given: str, after: dict[str, Any] | str | None
) -> None:
    text = flights.replace("tags: [identifier]\n", "tags: []\n").replace(
        "        classification: personal\n", f"        classification: {given}\n" if given else ""
    )
    facts = [f for f in label_facts(read_contract(text), REF, known(Fact("label", KEY, before)))
             if f.key == KEY]  # fmt: skip
    if after is None:
        assert facts == []
    else:
        assert facts == [Fact("label", KEY, None if after == "removed" else after)]  # type: ignore[arg-type]  # a dict here


def test_labels_of_a_column_that_is_gone_go_with_it(flights: str) -> None:
    given = Fact("label", "transport.flights.gone", {"labels": ["a"], "origin": "contract"})
    hand = Fact("label", "transport.flights.kept", {"labels": ["b"], "origin": "set"})
    other = Fact("label", "transport.flights2.x", {"labels": ["c"], "origin": "contract"})
    facts = label_facts(read_contract(flights), REF, known(given, hand, other))
    assert Fact("label", "transport.flights.gone", None) in facts
    assert not {"transport.flights.kept", "transport.flights2.x"} & {f.key for f in facts}
