"""The description of the service as OpenAPI 3.1, made of the table of operations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from doumen.faces.web import problems
from doumen.faces.web.inputs import offered
from doumen.faces.web.query import MEDIA
from doumen.faces.web.routes import address, methods
from doumen.faces.web.uploads import FORM
from doumen.faces.web.verb import EXIT, PURPOSE, RECEIPT
from doumen.model.operation import Operation, Param
from doumen.operations import Section

Schema = dict[str, Any]

_KINDS: Mapping[str, Schema] = {
    "text": {"type": "string"},
    "choice": {"type": "string"},
    "flag": {"type": "boolean"},
    "integer": {"type": "integer", "minimum": -(2**63) + 1, "maximum": 2**63 - 1},
    "scalar": {"type": ["string", "number", "boolean", "null"]},
    "path": {"type": "string", "contentMediaType": "application/octet-stream"},
}


def described(sections: Sequence[Section]) -> Schema:
    """The whole description."""
    paths: dict[str, Schema] = {}
    for section in sections:
        for operation in section.operations:
            if operation.local is None:
                paths[address(operation)] = dict(_path(section, operation))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Doumen",
            "version": version("doumen"),
            "description": "Every verb of the command line. Each request is a job of the actor "
            "of its token, and passes the same gate.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": s.room, "description": s.title} for s in sections if _offers(s)],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "`doumen token add --actor NAME` makes one.",
                }
            },
            "schemas": {"Problem": _problem(), "Answer": _answer()},
        },
    }


def _offers(section: Section) -> bool:
    return any(operation.local is None for operation in section.operations)


def _path(section: Section, operation: Operation) -> Iterator[tuple[str, Schema]]:
    for method in methods(operation):
        body: Schema = {
            "operationId": "_".join((method.lower(), *operation.name)),
            "tags": [section.room],
            "summary": operation.summary,
            "description": f"Needs a token for `{operation.scope}`.",
            "parameters": [_purpose()],
            "responses": {"200": _success(operation), "default": _failure()},
        }
        if method == "GET":
            body["parameters"] += [_in_query(param) for param in offered(operation)]
        else:
            body["requestBody"] = _sent(operation)
        yield method.lower(), body


def _purpose() -> Schema:
    return {
        "name": PURPOSE,
        "in": "header",
        "description": "What for, from the purposes assigned to the actor.",
        "schema": {"type": "string", "pattern": "^[a-z][a-z0-9-]*$"},
    }


def _in_query(param: Param) -> Schema:
    return {
        "name": param.name,
        "in": "query",
        "description": param.help,
        "required": param.required,
        "schema": _value(param),
    }


def _sent(operation: Operation) -> Schema:
    params = offered(operation)
    files = [p for p in params if p.kind == "path"]
    content: Schema = {}
    if not any(p.required for p in files):
        plain = [p for p in params if p.kind != "path"]
        content["application/json"] = {"schema": _object(operation, plain)}
    if files:
        content[FORM] = {"schema": _object(operation, params)}
    return {"required": any(p.required for p in params), "content": content}


def _object(operation: Operation, params: Sequence[Param]) -> Schema:
    body: Schema = {
        "type": "object",
        "properties": {p.name: {**_value(p), "description": p.help} for p in params},
        "additionalProperties": False,
    }
    required = [p.name for p in params if p.required]
    choices = [[n] for n in operation.one_of if n in body["properties"]]
    if required:
        body["required"] = required
    if choices:
        body["anyOf"] = [{"required": names} for names in choices]
    return body


def _value(param: Param) -> Schema:
    schema = dict(_KINDS[param.kind])
    if param.choices:
        schema["enum"] = list(param.choices)
    if param.pattern:
        schema["pattern"] = f"^{param.pattern}$"
    if param.repeat:
        schema = {"type": "array", "items": schema}
    elif param.default not in (None, ()):
        schema["default"] = param.default
    return schema


def _success(operation: Operation) -> Schema:
    headers = {
        "X-Request-Id": _header("Id of the request, as sent or made."),
        RECEIPT: _header("Id of the receipt, where it is known before the answer is sent."),
    }
    if operation.name == ("query",):
        content: Schema = {media: {} for media in MEDIA}
        content["application/json"] = {"schema": {"$ref": "#/components/schemas/Answer"}}
        return {"description": "The answer.", "headers": headers, "content": content}
    headers[EXIT] = _header("Where a check found faults: the exit code of the command.")
    schema = {"type": "object", "required": list(operation.gives)}
    content = {"application/json": {"schema": schema}}
    return {"description": "The outcome.", "headers": headers, "content": content}


def _header(words: str) -> Schema:
    return {"description": words, "schema": {"type": "string"}}


def _failure() -> Schema:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": "What went wrong.", "content": {problems.MEDIA: {"schema": schema}}}


def _problem() -> Schema:
    text, maybe = {"type": "string"}, {"type": ["string", "null"]}
    properties: Schema = {
        "type": {**text, "description": "Address of the kind of problem."},
        "title": text,
        "status": {"type": "integer"},
        "detail": {**text, "description": "What happened, to what."},
        "instance": {**text, "description": "The request."},
        "code": {**text, "description": "Stable; its first part is the kind."},
        "what": text,
        "why": maybe,
        "next": {**maybe, "description": "The next step."},
        "rule": {**maybe, "description": "Id of the rule that decided."},
    }
    return {"type": "object", "required": list(properties), "properties": properties}


def _answer() -> Schema:
    column = {
        "type": "object",
        "required": ["name", "type"],
        "properties": {"name": {"type": "string"}, "type": {"type": "string"}},
    }
    answer = {
        "type": "object",
        "required": ["columns", "rows", "truncated", "receipt"],
        "properties": {
            "columns": {"type": "array", "items": column},
            "rows": {"type": "array", "items": {"type": "array"}},
            "truncated": {"type": "boolean", "description": "Whether the limit of a rule cut it."},
            "receipt": {"type": "string"},
            "expires": {"type": "string", "description": "Last day on which it may be kept."},
            "notices": {
                "type": "array",
                "items": {"type": "object", "required": ["dataset", "state"]},
                "description": "Datasets that are deprecated: successor, and last day.",
            },
        },
    }
    made = {"type": "object", "required": ["dataset", "receipt"], "title": "With `into`"}
    explained = {"type": "object", "required": ["statement", "tables"], "title": "With `explain`"}
    return {"anyOf": [answer, made, explained]}
