"""JSON text from strangers as plain values: bounded in size and depth, every key once.

Numbers are finite, texts hold whole characters. Nothing here knows of ODRL.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from doumen.model.errors import Invalid
from doumen.model.message import Message, msg, plain, sentence

MAX_CHARACTERS = 1 << 20
MAX_DEPTH = 32
MAX_FAULTS = 50
MAX_FAULT = 300
"""Characters of one fault that are told: it may quote the document."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_POLICY = re.compile(
    r'\s*[\[{].*"(?:@context|@graph|(?:odrl:)?(?:permission|prohibition|obligation))"\s*:',
    re.DOTALL,
)


def looks_like_policy(text: str) -> bool:
    """Whether a text is meant as JSON-LD of ODRL rather than as YAML."""
    return _POLICY.match(text) is not None


def parse(text: str) -> Any:
    """The values of a JSON text.

    Raises:
        Invalid: it is no JSON, repeats a key, or is larger than 1 MiB or deeper than 32.
    """
    if len(text) > MAX_CHARACTERS:
        raise _unreadable(msg("A policy has at most 1 MiB."))
    try:
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_number, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        raise _unreadable(
            msg(
                "line {line}, column {column}: {said}.",
                line=error.lineno,
                column=error.colno,
                said=error.msg[:1].lower() + error.msg[1:],
            )
        ) from None
    except RecursionError:
        raise _unreadable(msg("The document is nested too deeply.")) from None
    except _Odd as error:
        raise _unreadable(msg("{error}.", error=error.args[0])) from None
    except ValueError as error:
        raise _unreadable(plain(f"{error}.")) from None
    check(value)
    return value


def check(value: Any, depth: int = MAX_DEPTH) -> None:
    """Hold plain values to the bounds of a document.

    Raises:
        Invalid: too deep, half a character, or something that JSON does not have.
    """
    if not depth:
        raise _unreadable(msg("The document is nested too deeply."))
    if isinstance(value, str):
        if _SURROGATE.search(value):
            raise _unreadable(msg("A text holds half a character (surrogate)."))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            check(key if isinstance(key, str) else object(), depth)
            check(item, depth - 1)
    elif isinstance(value, list):
        for item in value:
            check(item, depth - 1)
    elif value is not None and not isinstance(value, bool | int | float):
        raise _unreadable(msg("`{kind}` is nothing that JSON has.", kind=type(value).__name__))
    elif isinstance(value, float) and not math.isfinite(value):
        raise _unreadable(msg("A number is not finite."))


def raise_faults(faults: list[Message]) -> None:
    """Report all faults at once.

    Raises:
        Invalid: there are any.
    """
    if faults:
        raise refused(faults)


def refused(faults: list[Message]) -> Invalid:
    """The error that tells faults; each once, and no more than a reader can use."""
    faults = list(
        dict.fromkeys(f if len(f) <= MAX_FAULT else plain(f[:MAX_FAULT] + "…") for f in faults)
    )
    left = len(faults) - MAX_FAULTS
    more = [msg("… and {count} more", count=left)] if left > 0 else []
    return Invalid(
        msg("The policy has a fault.")
        if len(faults) == 1
        else msg("The policy has {count} faults.", count=len(faults)),
        why=sentence([*faults[:MAX_FAULTS], *more]),
        next=msg("Correct the policy and read it again; `docs/odrl.md` shows every term."),
        detail="odrl",
    )


class _Odd(ValueError):
    """What the notation takes and a policy may not have; its argument is a message."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        (twice, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise _Odd(msg("key `{key}` is given twice in one object", key=twice[:80]))
    return found


def _no_number(text: str) -> float:
    raise _Odd(msg("`{text}` is not a number", text=text))


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Odd(msg("a number is too large"))
    return number


def _unreadable(why: Message) -> Invalid:
    return Invalid(msg("The policy is not readable JSON."), why=why, detail="json")
