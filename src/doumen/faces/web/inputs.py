"""What was sent, as the inputs of an operation: each checked, all faults told at once.

JSON brings values with their types; a query string or a form brings texts. What is a path on
the machine of the node is a file that was sent, or nothing.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from doumen.model.errors import Invalid
from doumen.model.files import Upload
from doumen.model.message import Message, enumerated, joined, msg, sentence
from doumen.model.operation import Operation, Param

Given = Mapping[str, Sequence[Any]]
"""Name → the values given for it, in order."""

_FLAGS = {"true": True, "1": True, "": True, "false": False, "0": False}
_LARGEST = 2**63
_SHORT = 40
"""Letters of a name that is told back; a longer one is no slip."""


class _Wrong(Exception):
    """A value does not fit; says what would."""


def offered(operation: Operation) -> tuple[Param, ...]:
    """The inputs that are taken over the network."""
    return tuple(p for p in operation.params if p.kind != "path" or p.upload)


def from_json(text: bytes) -> Given:
    """The members of a JSON object.

    Raises:
        Invalid: it is no such thing.
    """
    try:
        body = json.loads(text or b"{}", parse_constant=_constant)
    except (ValueError, RecursionError):
        raise Invalid(
            msg("The body is not JSON in UTF-8."), next=msg("Send one JSON object."), detail="json"
        ) from None
    if not isinstance(body, dict):
        raise Invalid(msg("The body is no JSON object."), next=msg("Send one."), detail="json")
    return {
        name: value if isinstance(value, list) else [value]
        for name, value in body.items()
        if value is not None
    }


def inputs(operation: Operation, given: Given, *, texts: bool) -> dict[str, Any]:
    """The inputs of an operation.

    Args:
        operation: The operation.
        given: What was sent.
        texts: Whether values are texts, to be read by the kind of their input.

    Raises:
        Invalid: something is missing, unknown or wrong; all of it is told.
    """
    params = {p.name: p for p in offered(operation)}
    faults = [_unknown(name, operation) for name in given if name not in params]
    found: dict[str, Any] = {}
    for name, param in params.items():
        values = given.get(name, ())
        try:
            if values or param.required:
                found[name] = _read(param, values, texts=texts)
        except _Wrong as wrong:
            faults.append(msg("`{name}` {wrong}", name=name, wrong=wrong.args[0]))
    if operation.one_of and not found.keys() & set(operation.one_of):
        faults.append(msg("one of {names} is needed", names=_names(operation.one_of)))
    if faults:
        words = " ".join(operation.name)
        raise Invalid(
            msg("The request does not fit `{words}`.", words=words),
            why=sentence(faults),
            next=msg(
                "It takes {names}; GET /v1/openapi.json says what each is.", names=_names(params)
            ),
            detail="request",
        )
    return found


def fit(operation: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
    """Check what a page gives an operation as what comes over the network is checked.

    Args:
        operation: The operation.
        given: Its inputs by name, read already; None: not given. Where a text may name a file, a
            file that was sent is one.

    Returns:
        The inputs as the operation takes them.

    Raises:
        Invalid: a text is none of those that it may be, which on the machine of the node could be
            the name of a file there; or a file was not sent.
    """
    params = {p.name: p for p in operation.params}
    faults, found = [], dict(given)
    for name, value in given.items():
        param = params.get(name)
        if param is None or value is None or param.kind == "scalar":
            continue
        if param.kind == "text" and isinstance(value, Upload):
            found[name] = str(value)
            continue
        try:
            for one in value if isinstance(value, (tuple, list)) else (value,):
                _sent(param, one)
        except _Wrong as wrong:
            faults.append(msg("`{name}` {wrong}", name=name, wrong=wrong.args[0]))
    if faults:
        raise Invalid(
            msg("The request does not fit `{words}`.", words=" ".join(operation.name)),
            why=sentence(faults),
            detail="request",
        )
    return found


def _sent(param: Param, value: Any) -> None:
    if param.kind == "path" and not isinstance(value, Upload):
        raise _Wrong(msg("is a file: send its content in a form (multipart/form-data)"))
    _one(param, value, texts=False)


def _names(names: Sequence[str] | Mapping[str, Any]) -> Message:
    return enumerated(names) if names else msg("nothing")


def _unknown(name: str, operation: Operation) -> Message:
    if any(p.name == name for p in operation.params):
        return msg("`{name}` is a path, which only the machine of the node has", name=name)
    if name.isidentifier() and len(name) < _SHORT:
        return msg("`{name}` is no input of it", name=name)
    return msg("there is no input of a name that was sent")


def _read(param: Param, values: Sequence[Any], *, texts: bool) -> Any:
    if param.repeat:
        return tuple(_one(param, value, texts=texts) for value in values)
    if len(values) != 1:
        raise _Wrong(msg("is needed") if not values else msg("is given more than once"))
    return _one(param, values[0], texts=texts)


def _one(param: Param, value: Any, *, texts: bool) -> Any:
    read = _KINDS[param.kind]
    found = read(value, texts)
    if param.choices and found not in param.choices:
        raise _Wrong(msg("is none of {choices}", choices=joined(msg(", "), param.choices)))
    if param.pattern and not re.fullmatch(param.pattern, found):
        raise _Wrong(msg("is not of the form {pattern}", pattern=param.pattern))
    return found


def _text(value: Any, texts: bool) -> str:
    if not isinstance(value, str):
        raise _Wrong(msg("is no text"))
    if any("\ud800" <= c <= "\udfff" or c == "\0" for c in value):
        raise _Wrong(msg("holds half of a surrogate pair or a NUL"))
    return value


def _flag(value: Any, texts: bool) -> bool:
    found = _FLAGS.get(value) if texts and isinstance(value, str) else value
    if not isinstance(found, bool):
        raise _Wrong(msg("is neither true nor false"))
    return found


def _integer(value: Any, texts: bool) -> int:
    if texts and isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    if texts or not isinstance(value, int) or isinstance(value, bool) or abs(value) >= _LARGEST:
        raise _Wrong(msg("is no whole number of 64 bits"))
    return value


def _scalar(value: Any, texts: bool) -> str:
    """A value of a statement, written so that the operation reads the same value again."""
    if texts:
        return _text(value, texts)
    if isinstance(value, float) and not math.isfinite(value):
        raise _Wrong(msg("is no finite number"))
    if value is not None and not isinstance(value, (bool, int, float)):
        _text(value, texts)
    return json.dumps(value)


def _path(value: Any, texts: bool) -> Path:
    if not isinstance(value, Path):
        raise _Wrong(msg("is a file: send its content in a form (multipart/form-data)"))
    return value


def _constant(name: str) -> None:
    raise ValueError(name)


_KINDS: Mapping[str, Callable[[Any, bool], Any]] = {
    "text": _text,
    "choice": _text,
    "flag": _flag,
    "integer": _integer,
    "scalar": _scalar,
    "path": _path,
}
