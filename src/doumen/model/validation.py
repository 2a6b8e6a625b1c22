"""What pydantic finds in a document, as messages: its own words do not reach people as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from doumen.model.message import Message, msg, plain

_OWN = "Value error, "
"""What pydantic puts before the words of our validators."""

_SAID: Mapping[str, Callable[[Mapping[str, Any]], Message]] = {
    "extra_forbidden": lambda _: msg("there is no such field"),
    "missing": lambda _: msg("the field is missing"),
    "string_type": lambda _: msg("input should be a valid string"),
    "int_type": lambda _: msg("input should be a valid integer"),
    "float_type": lambda _: msg("input should be a valid number"),
    "bool_type": lambda _: msg("input should be a valid boolean"),
    "list_type": lambda _: msg("input should be a valid list"),
    "tuple_type": lambda _: msg("input should be a valid tuple"),
    "dict_type": lambda _: msg("input should be a valid dictionary"),
    "model_type": lambda _: msg("input should be a valid dictionary"),
    "model_attributes_type": lambda _: msg("input should be a valid dictionary"),
    "literal_error": lambda c: msg("input should be {expected}", expected=c["expected"]),
    "greater_than": lambda c: msg("input should be greater than {bound}", bound=c["gt"]),
    "greater_than_equal": lambda c: msg(
        "input should be greater than or equal to {bound}", bound=c["ge"]
    ),
    "less_than_equal": lambda c: msg(
        "input should be less than or equal to {bound}", bound=c["le"]
    ),
    "too_short": lambda c: msg("there should be at least {count}", count=c["min_length"]),
    "string_too_short": lambda c: msg(
        "string should have at least {count} characters", count=c["min_length"]
    ),
    "string_too_long": lambda c: msg(
        "string should have at most {count} characters", count=c["max_length"]
    ),
    "string_pattern_mismatch": lambda c: msg(
        "string should match pattern '{pattern}'", pattern=c["pattern"]
    ),
}


def fault(error: Mapping[str, Any]) -> Message:
    """One of the faults of `ValidationError.errors()`, as a clause.

    A validator of ours raises a ValueError of a message, or a custom
    error whose `words` are one; kinds that are not known here keep the
    words of pydantic.
    """
    context = error.get("ctx") or {}
    raised = context.get("error")
    told = raised.args[0] if isinstance(raised, ValueError) and raised.args else None
    for words in (told, context.get("words")):
        if isinstance(words, Message):
            return words
    known = _SAID.get(error["type"])
    if known is not None:
        return known(context)
    words = str(error["msg"]).removeprefix(_OWN)
    return plain(words[:1].lower() + words[1:])
