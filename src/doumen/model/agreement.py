"""An agreement between two participants, as one of them holds it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from doumen.model.terms import Terms

PREFIX = "A-"
ENDPOINT = "/exchange/query"
"""Where questions under agreements are asked, below the address of a provider."""


class Side(StrEnum):
    """Which of the two we are."""

    PROVIDER = "provider"
    CONSUMER = "consumer"


@dataclass(frozen=True, slots=True)
class Use:
    """Whether an agreement may be used now: its latest transfer that was started or ended.

    Attributes:
        transfer: Its short name on this side.
        state: As the Dataspace Protocol names it.
        by: The side that led it there.
        since: When (RFC 3339).
        held: Whether the provider laid it to rest or ended it, and has started none since.
    """

    transfer: str
    state: str
    by: Side
    since: str
    held: bool

    @property
    def runs(self) -> bool:
        """Whether it neither rests nor was ended."""
        return self.state == "STARTED"


@dataclass(frozen=True, slots=True)
class Agreement:
    """One agreement.

    Attributes:
        key: Its short name, the same on both sides.
        id: Its IRI, given by the provider.
        counterparty: DID of the other participant.
        product: Name of the product, of the provider.
        signed: When it was concluded (RFC 3339).
        ended: When it was ended before its time (RFC 3339); None: it was not.
        ended_by: DID of who ended it; None: nobody did, or it is not known.
        use: None: no transfer of it was ever started or ended.
    """

    key: str
    id: str
    side: Side
    counterparty: str
    product: str
    terms: Terms
    signed: str
    ended: str | None = None
    ended_by: str | None = None
    use: Use | None = None

    @property
    def account(self) -> str:
        """The account that its use is charged to."""
        return f"agreement:{self.key}"

    def account_on(self, day: date) -> str:
        """The account of the queries of one day (UTC), where the terms bound them."""
        return f"{self.account}/day:{day}"


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used under an agreement, as this side counts it.

    Attributes:
        open: Questions of which it is not known what came of them.
        today: Queries on this UTC day, where the terms bound them and this side counts them.
    """

    queries: int
    rows: int
    open: int = 0
    today: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What a reconciliation did.

    Attributes:
        reads: Questions that were open and are settled now.
        receipts: Receipts that both have signed now and that the provider had not got.
    """

    reads: int
    receipts: int


def key_of(id: str) -> str:
    """The short name of an agreement: `A-` and 8 digits of base 32 (40 bits) of its digest."""
    digest = hashlib.sha256(id.encode()).digest()
    return PREFIX + base64.b32encode(digest[:5]).decode("ascii")
