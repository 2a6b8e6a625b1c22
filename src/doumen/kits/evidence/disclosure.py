"""What the ledger only commits to and the holder's receipt opens: statement and parameters.

Parameters are written as pairs of type and text, so that no number has two spellings and a
replay gets back exactly what was asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from doumen.kits.evidence.canonical import canonical, commitment
from doumen.model.errors import Tampered
from doumen.model.message import msg
from doumen.model.plan import Scalar


def disclose(statement: str, parameters: Sequence[Scalar], salt: bytes) -> dict[str, Any]:
    """The object `disclosed` of a receipt: `statement`, `parameters`, `salt` (hex).

    Example:
        >>> disclose("SELECT ?", [1.5], b"salt")["parameters"]
        [['double', '1.5']]
    """
    pairs = [_pair(value) for value in parameters]
    return {"statement": statement, "parameters": pairs, "salt": salt.hex()}


def committed(disclosed: Mapping[str, Any]) -> str:
    """The commitment that the event carries as `data.statement`.

    `commitment(salt, statement in UTF-8, canonical JSON of parameters)`.

    Raises:
        Tampered: it has another form.
    """
    statement, salt = _text(disclosed, msg("statement")), _salt(disclosed)
    return commitment(salt, statement.encode(), canonical(disclosed.get("parameters")))


def asked(disclosed: Mapping[str, Any]) -> tuple[str, tuple[Scalar, ...], bytes]:
    """Statement, parameters and salt, as they were given to `disclose`: the start of a replay.

    Raises:
        Tampered: it has another form.
    """
    try:
        parameters = tuple(_value(kind, text) for kind, text in disclosed["parameters"])
    except (KeyError, TypeError, ValueError) as error:
        raise _malformed() from error
    return _text(disclosed, msg("statement")), parameters, _salt(disclosed)


def _pair(value: Scalar) -> list[str]:
    if value is None:
        return ["null", ""]
    if isinstance(value, bool):
        return ["boolean", "true" if value else "false"]
    if isinstance(value, int):
        return ["integer", str(value)]
    if isinstance(value, float):
        return ["double", repr(value)]
    if isinstance(value, datetime):
        return ["timestamp", value.isoformat()]
    return ["text", value]


def _value(kind: str, text: str) -> Scalar:
    match kind:
        case "null":
            return None
        case "boolean":
            return text == "true"
        case "integer":
            return int(text)
        case "double":
            return float(text)
        case "timestamp":
            return datetime.fromisoformat(text)
        case "text":
            return text
    raise ValueError(kind)


def _text(disclosed: Mapping[str, Any], name: str) -> str:
    text = disclosed.get(name)
    if not isinstance(text, str):
        raise _malformed()
    return text


def _salt(disclosed: Mapping[str, Any]) -> bytes:
    try:
        return bytes.fromhex(_text(disclosed, msg("salt")))
    except ValueError as error:
        raise _malformed() from error


def _malformed() -> Tampered:
    return Tampered(
        msg(
            "What the receipt discloses does not have the form of a statement with its parameters."
        ),
        why=msg("It needs `statement`, `parameters` (pairs of type and text) and `salt`."),
        detail="form",
    )
