from __future__ import annotations

import json
from importlib.resources import files

from jsonschema import Draft201909Validator

from doumen.kits.standards.odcs.document import parse
from doumen.kits.standards.odcs.schema import SCHEMA, schema_faults, validator

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


def test_long_messages_are_cut() -> None:
    document = parse(HEAD + f"schema: [{{name: {'[' + 'x' * 400 + ']'}}}]")
    assert all(len(fault.words) < 260 for fault in schema_faults(document))
    assert schema_faults(document)
