from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft201909Validator

from doumen.kits.standards.odcs.document import parse
from doumen.kits.standards.odcs.schema import SCHEMA, schema_faults, spoken_words, validator

HEAD = "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: draft\n"


def test_the_published_schema_is_shipped_and_sound() -> None:
    text = files("doumen.kits.standards.odcs").joinpath(SCHEMA).read_text("utf-8")
    Draft201909Validator.check_schema(json.loads(text))
    assert validator() is validator()
    notice = files("doumen.kits.standards.odcs").joinpath("NOTICE").read_text("utf-8")
    assert "Apache License 2.0" in notice


def test_an_unknown_field_is_a_fault_of_its_own_and_not_of_another() -> None:
    document = parse(HEAD + "schema: [{name: t, odd: 1, properties: [{name: a, odd: 1}]}]")
    assert {fault.path for fault in schema_faults(document)} == {
        ("schema", 0, "odd"),
        ("schema", 0, "properties", 0),
    }
    mixed = parse(HEAD + "schema: [{name: t, properties: [{name: a, required: maybe}]}]")
    (fault,) = schema_faults(mixed)
    assert fault.path == ("schema", 0, "properties", 0, "required")


def test_what_is_wrong_within_one_of_several_forms_is_told_where_it_stands() -> None:
    head = "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: draft\n"
    for text, path in (
        ("team: {members: [x]}", ("team", "members", 0)),
        ("team: {members: [{username: a, zz: 1}]}", ("team", "members", 0)),
        ("schema: [{name: t, quality: [{metric: rowCount, mustBeBetween: [x, 2]}]}]",
         ("schema", 0, "quality", 0, "mustBeBetween", 0)),
        ("schema: [{name: t, quality: [{metric: rowCount, mustBe: 1, mustNotBe: 2}]}]",
         ("schema", 0, "quality", 0)),
        ("team: 5", ("team",)),
    ):  # fmt: skip
        assert path in {fault.path for fault in schema_faults(parse(head + text))}, text


def test_long_messages_are_cut() -> None:
    document = parse(HEAD + f"schema: [{{name: {'[' + 'x' * 400 + ']'}}}]")
    assert all(len(fault.words) < 260 for fault in schema_faults(document))
    assert schema_faults(document)


@pytest.mark.parametrize(
    ("schema", "value", "template"),
    [
        ({"additionalProperties": False}, {"a": 1}, "Unknown fields are not allowed: {names}"),
        ({"type": "string"}, 1, "{value} is not of type {type}"),
        ({"enum": ["a"]}, 1, "{value} is not one of {names}"),
        ({"const": "a"}, 1, "{value} was expected"),
        ({"pattern": "^a"}, "b", "{value} does not match {form}"),
        ({"minimum": 3}, 1, "{value} is less than {bound}"),
        ({"maximum": 3}, 9, "{value} is greater than {bound}"),
        ({"minLength": 3}, "a", "{value} is too short"),
        ({"maxItems": 1}, [1, 2], "{value} is too long"),
        ({"minItems": 1}, [], "{value} may not be empty"),
        ({"uniqueItems": True}, [1, 1], "{value} holds something twice"),
        ({"anyOf": [{"type": "string"}]}, 1, "{value} has none of the forms that it may have"),
        ({"oneOf": [{}, {}]}, 1, "{value} has several forms of which it may have one"),
        ({"format": "ipv4"}, "a", "{value} is no {form}"),
        ({"multipleOf": 2}, 3, None),
    ],
)
def test_what_the_library_says_can_be_put_into_another_language(
    schema: Any, value: Any, template: str | None
) -> None:
    checker = Draft201909Validator.FORMAT_CHECKER
    (error,) = Draft201909Validator(schema, format_checker=checker).iter_errors(value)
    assert spoken_words(error.message).template == template
