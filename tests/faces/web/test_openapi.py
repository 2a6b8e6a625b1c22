"""The description holds: valid, complete, and what it says is what happens, fuzzed from itself."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks as conformance

from doumen.faces.web.openapi import described
from doumen.faces.web.routes import address
from doumen.operations import by_name, sections

Client = Callable[..., httpx2.Client]
ROLES = ["owner", "sue", "aud", "ana", "reader"]
DESCRIPTION = described(sections())
CHECKS = [
    schemathesis.checks.not_a_server_error,
    conformance.response_schema_conformance,
    conformance.content_type_conformance,
]


def test_every_offered_verb_is_described(http: Client) -> None:
    told = http("").get("/v1/openapi.json").json()
    assert told == DESCRIPTION
    offered = {address(operation) for operation in by_name().values() if not operation.local}
    assert set(told["paths"]) == offered
    assert told["info"]["version"] == importlib.metadata.version("doumen")
    ids = [m["operationId"] for path in told["paths"].values() for m in path.values()]
    assert len(ids) == len(set(ids))


def test_kinds_of_problems_have_an_address(http: Client) -> None:
    kind = http("").get("/v1/nothing").json()["type"]
    assert http("").get(kind).json()["status"] == 404
    assert http("").get("/v1/problems/none").status_code == 404


def fuzz(world: Any, url: str, role: str, examples: int) -> None:
    """Send what the description allows, and what it does not; the service is never at fault."""
    operations = [
        found.ok()
        for found in schemathesis.openapi.from_dict(DESCRIPTION).get_all_operations()
        if isinstance(found, Ok)
    ]
    headers = {"Authorization": f"Bearer {world.tokens[role]}"}

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def one(data: Any) -> None:
        operation = data.draw(st.sampled_from(operations))
        mode = data.draw(st.sampled_from(list(schemathesis.GenerationMode)))
        case = data.draw(operation.as_strategy(generation_mode=mode))
        response = case.call(base_url=url, headers=headers)
        assert response.status_code < 500, (case.path, response.text)
        case.validate_response(response, checks=CHECKS)

    one()


@pytest.mark.parametrize("role", ["owner", "ana"])
def test_fuzzed_from_its_own_description(server: Any, world: Any, role: str) -> None:
    fuzz(world, server.url, role, 120)


@pytest.mark.soak
@pytest.mark.parametrize("role", ROLES)
def test_fuzzed_for_long(server: Any, world: Any, role: str) -> None:
    fuzz(world, server.url, role, 5000)
