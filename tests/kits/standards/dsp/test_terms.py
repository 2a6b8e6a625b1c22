"""Terms inside messages: valid by the published schemas, and read from them as they were."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.counts import count
from tests.kits.policy.offers.strategies import terms

from doumen.kits.standards.dsp.messages import read, write
from doumen.kits.standards.dsp.negotiation import (
    ContractAgreementMessage,
    ContractOfferMessage,
    ContractRequestMessage,
)
from doumen.kits.standards.odrl import read_agreement, read_offer, write_agreement, write_offer
from doumen.model.terms import Terms

pytestmark = pytest.mark.law
often = settings(
    max_examples=count(50),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
SIGNED = datetime(2026, 11, 29, 15, tzinfo=UTC)
Valid = Callable[[str, Any], bool]


def came(message: object, valid: Valid) -> Any:
    """The message as the other side reads it from its bytes, which the schema allows."""
    sent = write(message)
    assert valid(type(message).__name__, sent)
    return read(json.dumps(sent).encode(), type(message))


@often
@given(found=terms())
def test_an_offer_goes_through_its_messages(valid: Valid, found: Terms) -> None:
    offer = write_offer(found, "urn:uuid:1", "urn:uuid:2", "did:web:p.example")
    made = came(ContractOfferMessage("urn:uuid:3", offer, "urn:uuid:4"), valid)
    assert read_offer(made.offer).terms == found
    asked = ContractRequestMessage("urn:uuid:4", offer, callback_address="https://c.example/x")
    assert read_offer(came(asked, valid).offer).terms == found


@often
@given(found=terms())
def test_an_agreement_goes_through_its_message(valid: Valid, found: Terms) -> None:
    agreement = write_agreement(
        found, "urn:uuid:1", "urn:uuid:2",
        assigner="did:web:p.example", assignee="did:web:c.example", timestamp=SIGNED,
    )  # fmt: skip
    made = came(ContractAgreementMessage("urn:uuid:3", "urn:uuid:4", agreement), valid)
    assert made.agreement == agreement
    assert read_agreement(made.agreement).terms == found
