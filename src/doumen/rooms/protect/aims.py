"""Purposes: the list of reasons that actors may state and rules may ask for."""

from __future__ import annotations

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.model.fact import Fact
from doumen.model.message import msg
from doumen.model.operation import Outcome, Table


def add(desk: Desk, name: str, description: str | None = None) -> Outcome:
    """Put a purpose on the list; the description stands for both languages.

    Raises:
        Invalid: the name is none.
        Refused: only owner and steward may.
    """
    key = policy.read_purpose(name)
    words = {} if description is None else {"en": description, "zh": description}
    receipt = desk.amend([Fact("purpose", key, {"description": words})], subject=f"purpose {key}")
    return Outcome(
        json={"name": key, "description": words, "receipt": receipt},
        said=(
            msg("Purpose `{key}` is on the list. Receipt {receipt}.", key=key, receipt=receipt),
            msg("Next: `doumen actor add NAME --purpose {key}`.", key=key),
        ),
    )


def show_all(desk: Desk) -> Outcome:
    """Every purpose with its description."""
    listed = policy.purposes(desk.facts())
    rows = tuple((name, words.get("en", ""), words.get("zh", "")) for name, words in listed.items())
    return Outcome(
        json={"purposes": [{"name": n, "description": dict(w)} for n, w in listed.items()]},
        drawn=(Table((msg("purpose"), msg("meaning"), msg("含义")), rows),),
    )
