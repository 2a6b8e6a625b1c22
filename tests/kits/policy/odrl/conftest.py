"""One world, one request and short ways to say rules, for all tests of the evaluator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from doumen.kits.policy.odrl import (
    ComplianceReport,
    Permission,
    Policy,
    Request,
    Set,
    Vocabulary,
    World,
    evaluate,
)
from doumen.kits.policy.odrl.vocabulary import ODRL


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@pytest.fixture
def world(now: datetime) -> World:
    return World(now)


@pytest.fixture
def request_() -> Request:
    return Request("urn:p:ann", "odrl:read", "urn:a:ships", "urn:r:1")


@pytest.fixture
def ask(world: World, request_: Request) -> Callable[..., ComplianceReport]:
    """Evaluate a policy; without one, a set with one permission of everything."""

    def asked(
        policy: Policy | None = None,
        *,
        request: Request | None = None,
        world: World = world,
        vocabulary: Vocabulary = ODRL,
    ) -> ComplianceReport:
        policy = policy or Set("urn:s", (Permission("urn:allow"),))
        return evaluate(policy, request or request_, world, vocabulary)

    return asked
