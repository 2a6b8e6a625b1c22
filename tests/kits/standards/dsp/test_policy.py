"""Policies in messages: what the schemas demand, place by place, and nothing beyond."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.kits.standards.dsp.vectors import example

from doumen.kits.standards.dsp.document import Faults
from doumen.kits.standards.dsp.policy import (
    AGREEMENT,
    ASKED_OFFER,
    LISTED_OFFER,
    LOGICAL,
    MADE_OFFER,
    OPERATORS,
)

CONSTRAINT = {"leftOperand": "spatial", "operator": "eq", "rightOperand": "x"}
RULE = {"action": "use"}
OFFER = {"@id": "urn:o", "@type": "Offer", "permission": [RULE]}
SIGNED = {"@id": "urn:a", "@type": "Agreement", "target": "urn:d", "assigner": "did:web:p.org",
          "assignee": "did:web:c.org", "prohibition": [RULE]}  # fmt: skip


def faults(form: Any, value: Any) -> list[str]:
    found = Faults()
    assert (form.read(found, value, "offer") is None) == bool(found.count)
    return [str(one) for one in found.told]


def test_each_kind_asks_for_its_own_members() -> None:
    assert faults(LISTED_OFFER, {"@id": "urn:o", "permission": [RULE]}) == []
    assert faults(LISTED_OFFER, OFFER | {"target": "urn:d"}) == [
        "offer: an offer in a catalogue names no target"
    ]
    assert faults(ASKED_OFFER, OFFER) == []
    assert faults(ASKED_OFFER, {"permission": [RULE]}) == [
        "offer: `@id` is missing",
        "offer: `@type` is missing",
    ]
    assert faults(MADE_OFFER, OFFER) == ["offer: `target` is missing"]
    assert faults(MADE_OFFER, OFFER | {"target": "urn:d"}) == []
    assert faults(AGREEMENT, SIGNED) == []
    assert len(faults(AGREEMENT, {})) == 6
    assert faults(AGREEMENT, SIGNED | {"@type": "Offer"}) == [
        "offer.@type: one of `Agreement` is expected here"
    ]
    assert faults(ASKED_OFFER, []) == ["offer: an object is expected here"]


def test_what_the_schemas_do_not_name_is_kept() -> None:
    more = OFFER | {
        "obligation": [{"action": "inform", "consequence": [RULE]}],
        "conflict": "perm",
        "permission": [RULE | {"duty": [{"action": "delete"}], "target": "urn:x"}],
        "profile": ["urn:p", "urn:q"],
    }
    assert faults(ASKED_OFFER, more) == []
    assert ASKED_OFFER.write(more) == more
    assert ASKED_OFFER.write(more) is not more


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"@id": ""}, "offer.@id: an identifier has"),
        ({"target": 1}, "offer.target: a text is expected here"),
        ({"profile": 1}, "offer.profile: a text is expected here"),
        ({"profile": ["a", {}]}, "offer.profile[1]: a text is expected here"),
        ({"permission": []}, "offer.permission: a list with at least one rule"),
        ({"permission": {}}, "offer.permission: a list with at least one rule"),
        ({"prohibition": [1]}, "offer.prohibition[0]: an object is expected here"),
        ({"obligation": [{}]}, "offer.obligation[0]: `action` is missing"),
        ({"obligation": [{"action": {"@id": "use"}}]}, "offer.obligation[0].action: a text"),
        ({"permission": [RULE | {"constraint": CONSTRAINT}]}, "constraint: a list is expected"),
        ({"permission": [RULE | {"constraint": [7]}]}, "constraint[0]: an object is expected"),
    ],
    ids=range(11),
)
def test_faults_of_a_policy_are_told(changes: dict[str, Any], told: str) -> None:
    (fault,) = faults(ASKED_OFFER, OFFER | changes)
    assert told in fault


@pytest.mark.parametrize(
    ("constraint", "told"),
    [
        ({}, "a constraint has either"),
        ({"operator": "eq"}, "a constraint has either"),
        (CONSTRAINT | {"and": []}, "a constraint has either"),
        ({"and": [], "or": []}, "a constraint has either"),
        (CONSTRAINT | {"operator": "equals"}, "operator: one of `eq`"),
        (CONSTRAINT | {"operator": []}, "operator: one of `eq`"),
        (CONSTRAINT | {"leftOperand": 1}, "leftOperand: a text"),
        (CONSTRAINT | {"rightOperand": 1}, "rightOperand: a text, an object or a list"),
        ({"xone": [CONSTRAINT, {"or": [{"and": [{}]}]}]}, "xone[1].or[0].and[0]: a constraint"),
    ],
    ids=range(9),
)
def test_faults_of_a_constraint_are_told(constraint: Any, told: str) -> None:
    (fault,) = faults(ASKED_OFFER, OFFER | {"permission": [RULE | {"constraint": [constraint]}]})
    assert told in fault


def test_constraints_of_every_form_are_valid(valid: Callable[[str, Any], bool]) -> None:
    constraints: list[Any] = [CONSTRAINT | {"operator": operator} for operator in OPERATORS]
    values: list[Any] = ["", {}, [], {"@value": 1}]
    constraints += [{way: [CONSTRAINT]} for way in LOGICAL]
    constraints += [CONSTRAINT | {"rightOperand": value} for value in values]
    for constraint in constraints:
        offer = OFFER | {"permission": [RULE | {"constraint": [constraint]}]}
        assert faults(ASKED_OFFER, offer) == []
        body = example("contract-request-message_initial") | {"offer": offer}
        assert valid("ContractRequestMessage", body)


@pytest.mark.parametrize(
    ("time", "taken"),
    [
        ("2023-01-01T01:00:00Z", True),
        ("2023-01-01T01:00:00", True),
        ("2023-01-01T24:00:00+14:00", True),
        ("-12023-12-31T23:59:59.999-13:59", True),
        ("2023-01-01", False),
        ("2023-13-01T01:00:00Z", False),
        ("2023-01-01T01:00:00Z\n", False),
        ("x2023-01-01T01:00:00Z", False),
        ("2023-01-01T25:00:00Z", False),
        (0, False),
    ],
)
def test_times_are_those_of_xml_schema(
    time: Any, taken: bool, valid: Callable[[str, Any], bool]
) -> None:
    agreement = SIGNED | {"timestamp": time}
    assert (faults(AGREEMENT, agreement) == []) == taken
    body = example("contract-agreement-message") | {"agreement": agreement}
    assert valid("ContractAgreementMessage", body) or not taken
