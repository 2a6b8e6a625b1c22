"""A contract held against the published JSON Schema of ODCS 3.1.0, all faults at once.

Contracts that declare version 3.0 are read too: 3.1 extends it, save for what 3.1 brought
anew, which a 3.0 contract must not use. Older ones have another form and are refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache, reduce
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from doumen.kits.standards.odcs.document import Document, Fault, Path, spell
from doumen.model.message import Message, msg, plain

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

SCHEMA = "odcs-json-schema-v3.1.0.json"
_LONGEST = 160
_OPTIONS = "logicalTypeOptions"
_EXCLUSIVE = ("exclusiveMinimum", "exclusiveMaximum")


@cache
def validator() -> Validator:
    """The published schema, compiled once."""
    from jsonschema import Draft201909Validator  # noqa: PLC0415 - costly, for documents only

    text = files(__package__).joinpath(SCHEMA).read_text(encoding="utf-8")
    return Draft201909Validator(json.loads(text))


@cache
def _known_fields() -> frozenset[str]:
    """Names of all fields that the schema knows anywhere."""
    return frozenset(_field_names(validator().schema))


def _field_names(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield from schema["properties"]
        for value in schema.values():
            yield from _field_names(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _field_names(value)


def schema_faults(document: Document) -> list[Fault]:
    """What of a document breaks the schema that it declares."""
    errors = list(validator().iter_errors(document.data))
    found = [f for error in errors for f in _faults(error, errors, document.data)]
    faults = list(dict.fromkeys(found))
    declared = str(document.data.get("apiVersion"))
    if not faults and declared.startswith("v2."):
        faults.append(
            Fault(
                ("apiVersion",),
                msg("{declared} has another form; write v3.1.0", declared=declared),
            )
        )
    if not faults and declared.startswith("v3.0."):
        faults += _newer(document.data, declared)
    return faults


def _faults(error: ValidationError, errors: list[ValidationError], data: Any) -> list[Fault]:
    """The faults of one error. Of fields called unknown only because of another, none.

    A subschema that fails tells nothing of the fields that it knows: all of them are called
    unknown then, and only those that the schema knows nowhere are told of.
    """
    path = tuple(error.absolute_path)
    if meant := _meant(error):
        return [fault for below in meant for fault in _faults(below, meant, data)]
    if error.validator == "unevaluatedProperties" and any(
        tuple(other.absolute_path)[: len(path)] == path
        and (len(other.absolute_path) > len(path) or other.validator != error.validator)
        for other in errors
    ):
        instance: Any = error.instance
        unknown = [name for name in instance if name not in _known_fields()]
        return [Fault((*path, name), msg("Unknown field")) for name in unknown]
    return [_fault(error, data)]


def _meant(error: ValidationError) -> list[ValidationError]:
    """What is wrong by the one form of several that a value has; nothing if none is plainly it.

    A value has a form if nothing is wrong with the value itself (its type, a field that is
    missing), but only with what is in it.
    """
    forms: dict[Any, list[ValidationError]] = {}
    if error.validator in ("oneOf", "anyOf"):
        for below in error.context or ():
            forms.setdefault(below.relative_schema_path[0], []).append(below)
    had = [
        found
        for found in forms.values()
        if all(one.relative_path or one.validator == "unevaluatedProperties" for one in found)
    ]
    return had[0] if len(had) == 1 else []


def _fault(error: ValidationError, data: Any) -> Fault:
    path: Path = tuple(error.absolute_path)
    if _OPTIONS in path:
        owner = path[: path.index(_OPTIONS)]
        if "logicalType" not in reduce(lambda value, step: value[step], owner, data):
            return Fault((*owner, _OPTIONS), msg("options need a `logicalType` beside them"))
    if error.validator == "required":
        return Fault(path, msg("`{field}` is missing", field=error.message.split(chr(39))[1]))
    if error.validator in ("oneOf", "anyOf") and "mustBe" in json.dumps(error.schema):
        return Fault(path, msg("exactly one of the operators `mustBe…` must be given"))
    words = spoken_words(error.message)
    if len(words) > _LONGEST:
        return Fault(
            path,
            msg(
                "{words}… breaks the rule `{rule}` of the schema",
                words=words[:_LONGEST],
                rule=error.validator,
            ),
        )
    return Fault(path, words)


def spoken_words(text: str) -> Message:
    """What the library says, as a message; what it says rarely stays as it is."""
    for pattern, said in _SAID:
        if found := pattern.fullmatch(text):
            return said(*found.groups())
    return plain(text)


_SAID: tuple[tuple[re.Pattern[str], Callable[..., Message]], ...] = tuple(
    (re.compile(pattern, re.DOTALL), said)
    for pattern, said in (
        (
            r"(?:Unevaluated|Additional) properties are not allowed "
            r"\((.*) (?:was|were) unexpected\)",
            lambda names: msg("Unknown fields are not allowed: {names}", names=names),
        ),
        (
            r"(.*) is not of type (.*)",
            lambda value, type: msg("{value} is not of type {type}", value=value, type=type),
        ),
        (
            r"(.*) is not one of (\[.*\])",
            lambda value, names: msg("{value} is not one of {names}", value=value, names=names),
        ),
        (r"(.*) was expected", lambda value: msg("{value} was expected", value=value)),
        (
            r"(.*) does not match ('.*'|\".*\")",
            lambda value, form: msg("{value} does not match {form}", value=value, form=form),
        ),
        (
            r"(.*) is (less|greater) than the (?:minimum|maximum) of (.*)",
            lambda value, side, bound: (
                msg("{value} is less than {bound}", value=value, bound=bound)
                if side == "less"
                else msg("{value} is greater than {bound}", value=value, bound=bound)
            ),
        ),
        (r"(.*) is too short", lambda value: msg("{value} is too short", value=value)),
        (r"(.*) is too long", lambda value: msg("{value} is too long", value=value)),
        (r"(.*) should be non-empty", lambda value: msg("{value} may not be empty", value=value)),
        (
            r"(.*) has non-unique elements",
            lambda value: msg("{value} holds something twice", value=value),
        ),
        (
            r"(.*) is not valid under any of the given schemas",
            lambda value: msg("{value} has none of the forms that it may have", value=value),
        ),
        (
            r"(.*) is valid under each of .*",
            lambda value: msg("{value} has several forms of which it may have one", value=value),
        ),
        (r"(.*) is not a '(.*)'", lambda v, form: msg("{value} is no {form}", value=v, form=form)),
    )
)


def _newer(data: Any, declared: str, path: Path = ()) -> Iterator[Fault]:
    """What came with 3.1: types `timestamp` and `time`, bounds as values of `exclusive…`."""
    if isinstance(data, dict):
        if data.get("logicalType") in ("timestamp", "time"):
            yield _came_later((*path, "logicalType"), declared)
        for name in _EXCLUSIVE:
            if path and path[-1] == _OPTIONS and name in data:
                yield _came_later((*path, name), declared)
        for key, value in data.items():
            yield from _newer(value, declared, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _newer(value, declared, (*path, index))


def _came_later(path: Path, declared: str) -> Fault:
    where = spell(path[-1:])
    return Fault(
        path,
        msg(
            "`{where}` has this form since v3.1.0, but `apiVersion` declares {declared}",
            where=where,
            declared=declared,
        ),
    )
