"""Receipts of a provider, at the consumer: held to the question, and signed once more.

A provider signs with its own keys whatever it likes. So each member of the event that is used
here is held to its form first, and to what was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from doumen.gate.means import Means
from doumen.kits import policy
from doumen.kits.evidence import jws
from doumen.kits.evidence.receipt import check_receipt, read_receipt
from doumen.model.agreement import Agreement
from doumen.model.errors import DoumenError, Tampered
from doumen.model.event import Charge, Used
from doumen.model.life import Notice
from doumen.model.message import Message, msg
from doumen.model.participant import Participant
from doumen.model.receipt import Receipt
from doumen.model.ref import ColumnRef, Ref

LONGEST = 2000
"""Characters of a name in a receipt."""


def _place(text: str) -> str:
    if ColumnRef.parse(text).ref.node is not None:
        raise ValueError
    return text


def _dataset(text: str) -> str:
    if Ref.parse(text).node is not None:
        raise ValueError
    return text


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


def _label(text: str) -> str:
    if policy.read_label(text) != text:
        raise ValueError
    return text


class _Form(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, StringConstraints(max_length=LONGEST)]
Place = Annotated[Name, AfterValidator(_place)]
Label = Annotated[Name, AfterValidator(_label)]
Number = Annotated[int, Field(ge=0, le=2**53)]


class _Result(_Form):
    rows: Number
    exact: Hash
    sequence: Hash | None
    floating: Hash | None


class _Output(_Form):
    name: str | None  # of an expression without one
    projection: list[Place]
    influence: list[Place]


class _Notice(_Form):
    dataset: Annotated[Name, AfterValidator(_dataset)]
    successor: Annotated[Name, AfterValidator(_dataset)] | None = None
    until: Annotated[str, AfterValidator(_day)] | None = None


class _Data(_Form):
    request: str
    statement: str
    result: _Result
    truncated: bool
    lineage: list[_Output]
    labels: list[list[Label]]
    expires: Annotated[str, AfterValidator(_day)] | None = None
    notices: Annotated[list[_Notice], Field(max_length=1000)] = []


class _Used(_Form):
    dataset: Annotated[Name, AfterValidator(_dataset)]
    version: Number


class _Event(_Form):
    type: Literal["query", "query.ended"]
    actor: str
    purpose: str | None
    agreement: str
    used: list[_Used]
    data: _Data


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of the provider.

    Attributes:
        request: Id of the request.
        statement: Commitment to statement and parameters.
        actor: The name of our actor as the provider writes it.
        purpose: As stated.
    """

    request: str
    statement: str
    actor: str
    purpose: str | None


def true_receipt(provider: Participant, agreement: Agreement, asked: Asked, text: str) -> Receipt:
    """The receipt of the provider, once it is known to be for this question.

    Raises:
        Tampered: it does not hold, or is for another.
    """
    flaws = check_receipt(text, provider.root, ())
    if flaws:
        raise untrue(flaws[0].what)
    receipt = read_receipt(text)
    try:
        event = _Event.model_validate(receipt.event)
    except (ValidationError, DoumenError):
        raise untrue(msg("The receipt does not say what a receipt of a question says.")) from None
    said = Asked(event.data.request, event.data.statement, event.actor, event.purpose)
    same = (event.agreement, receipt.certificate["origin"]) == (agreement.key, provider.origin)
    if said != asked or not same:
        raise untrue(msg("The receipt is about another question."))
    if len(event.data.labels) != len(event.data.lineage):
        raise untrue(msg("The receipt tells labels of other columns than it has."))
    within = {str(grant.ref) for grant in agreement.terms.grants}
    if not {one.dataset for one in event.used} <= within:
        raise untrue(msg("The receipt is about datasets that are not in the agreement."))
    return receipt


def used(provider: Participant, receipt: Receipt) -> tuple[Used, ...]:
    """What a provider's receipt says was read, by the name of its node."""
    return tuple(
        Used(f"{provider.id}/{one['dataset']}", one["version"]) for one in receipt.event["used"]
    )


def notices(receipt: Receipt) -> dict[str, Any]:
    """What a provider says of datasets that are deprecated, as our event repeats it."""
    told = [Notice.of_json(one).as_json() for one in receipt.event["data"].get("notices", ())]
    return {"notices": told} if told else {}


def remote(provider: Participant, receipt: Receipt) -> dict[str, str]:
    """Where the other half of the evidence of a question is."""
    return {"participant": provider.id, "receipt": receipt.id}


def both(means: Means, id: str) -> tuple[Receipt, Receipt]:
    """Our receipt of an answered question, and the provider's that it holds."""
    with means.database.read() as connection:
        own = read_receipt(str(means.ledger.receipt(connection, id)))
    return own, read_receipt(own.disclosed["counterpart"])


def sign(means: Means, text: str) -> str:
    """A receipt with our signature after those that are there; once is enough."""
    keyring = means.keys()
    kid = str(keyring.certificate["kid"])
    return text if kid in jws.signers(text) else jws.countersign(text, keyring.working, kid)


def charged(agreement: Agreement, actor: str, rows: int) -> tuple[Charge, ...]:
    """What a read costs, on the account of the agreement and on that of its actor here."""
    accounts = (agreement.account, f"actor:{actor}")
    counted = [("queries", 1), *([("rows", rows)] if rows else [])]
    return tuple(Charge(account, unit, n) for account in accounts for unit, n in counted)


def untrue(why: Message) -> Tampered:
    """What the provider says does not hold."""
    return Tampered(
        msg("The answer of the provider does not hold, and is not given."),
        why=why,
        next=msg("Keep the receipt of this question, and ask the provider."),
        detail="remote",
    )
