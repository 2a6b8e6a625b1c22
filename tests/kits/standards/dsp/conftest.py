"""The published schemas of Dataspace Protocol 2025-1, which know each other."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft201909Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT201909
from tests.kits.standards.dsp.vectors import BASE, FOLDER, SCHEMAS


@pytest.fixture(scope="session")
def validators() -> dict[str, Draft201909Validator]:
    """A validator for each kind; nothing is fetched.

    Three schemas refer to another without the slash of a JSON pointer, which no validator
    resolves: it is added.
    """
    schemas = {}
    for path in FOLDER.glob("*/*-schema.json"):
        text = path.read_text("utf-8").replace("json#definitions/", "json#/definitions/")
        schema = json.loads(text)
        schemas[schema["$id"]] = schema
    registry: Registry[Any] = Registry().with_resources(
        (name, Resource.from_contents(schema, default_specification=DRAFT201909))
        for name, schema in schemas.items()
    )
    return {
        kind: Draft201909Validator(schemas[f"{BASE}{name}-schema.json"], registry=registry)
        for kind, name in SCHEMAS.items()
    }


@pytest.fixture(scope="session")
def valid(validators: dict[str, Draft201909Validator]) -> Callable[[str, Any], bool]:
    """Whether a document of a kind is valid by the published schema."""
    return lambda kind, body: validators[kind].is_valid(body)
