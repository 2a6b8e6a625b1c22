"""Who decides: a document by which a node accepts or rejects requests alone; the rest waits.

A request is accepted by itself only where it asks for an open offer as it stands, and where a
person could accept it too: what cannot be granted any more, and changed terms, always wait for
one. Rows are read in order, the first that fits holds. What follows from a decision that was made
(agreeing after an acceptance, verifying, finalising) needs none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from doumen.kits.policy.yaml import plain_yaml
from doumen.model.errors import Invalid
from doumen.model.message import Message, msg, sentence
from doumen.model.terms import Terms
from doumen.model.validation import fault

KIND, KEY = "decisions", "negotiation"
_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class Decision(BaseModel):
    """One row of the document.

    Attributes:
        product: Of the offer that is asked for; None: any.
        participants: Aliases or DIDs of those who ask; empty: any.
        purposes: All purposes of the terms are among these; empty: any, or none.
        days: The terms end within so many days from today; None: whenever.
    """

    model_config = _STRICT

    accept: Literal["request"] | None = None
    reject: Literal["request"] | None = None
    product: str | None = None
    participants: list[str] = Field(default=[], alias="from")
    purposes: list[str] = Field(default=[], alias="for")
    days: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one(self) -> Decision:
        if (self.accept is None) == (self.reject is None):
            raise ValueError
        return self


class _Document(BaseModel):
    model_config = _STRICT

    decisions: list[Decision] = Field(max_length=1000)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a request asks for.

    Attributes:
        names: Names of who asks: alias and DID.
        unchanged: It asks for an open offer as it stands.
    """

    product: str
    names: frozenset[str]
    terms: Terms
    unchanged: bool


def read_decisions(text: str) -> tuple[Decision, ...]:
    """The rows of a document (YAML).

    Raises:
        Invalid: with all faults at once.
    """
    try:
        return tuple(_Document.model_validate(plain_yaml(text)).decisions)
    except ValidationError as error:
        faults = [_told(one) for one in error.errors(include_url=False, include_input=False)]
        raise no_decisions(faults) from None


def no_decisions(faults: Sequence[Message]) -> Invalid:
    """The error for a document that says what is none, with all that is wrong in it."""
    return Invalid(
        msg("This is no document of decisions."),
        why=sentence(faults),
        next=msg("docs/exchange.md shows the form."),
        detail="decisions",
    )


def decisions_as_json(rows: Sequence[Decision]) -> dict[str, Any]:
    """Body of the fact."""
    return {"decisions": [row.model_dump(by_alias=True, exclude_defaults=True) for row in rows]}


def decisions_from_json(body: Mapping[str, Any] | None) -> tuple[Decision, ...]:
    """Read what `decisions_as_json` wrote; of no fact: none."""
    return () if body is None else tuple(_Document.model_validate(body).decisions)


def decided(rows: Sequence[Decision], wish: Wish, today: date) -> bool | None:
    """Whether a request is accepted or rejected; None: a person decides."""
    for row in rows:
        if _fits(row, wish, today):
            if row.reject is not None:
                return False
            return True if wish.unchanged else None
    return None


def _fits(row: Decision, wish: Wish, today: date) -> bool:
    terms = wish.terms
    last = None if row.days is None else today + timedelta(days=row.days)
    return (
        row.product in (None, wish.product)
        and (not row.participants or not wish.names.isdisjoint(row.participants))
        and _among(terms.purposes, row.purposes)
        and (last is None or (terms.until is not None and terms.until <= last))
    )


def _among(purposes: Sequence[str], allowed: Sequence[str]) -> bool:
    """Whether terms are for nothing but what is allowed."""
    return not allowed or (bool(purposes) and set(purposes) <= set(allowed))


def _told(error: Any) -> Message:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "value_error":
        return msg("{place}: give either `accept: request` or `reject: request`", place=where)
    return msg("{place}: {words}", place=where or "decisions", words=fault(error))
