"""The terms of an offer and of an agreement: what of which datasets, for whom, for what, how long.

What the gate enforces at each read are `grants`, `purposes`, `since`, `until`, `places` and
`quotas`; `dues` are what the consumer owes besides, which its own node watches over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from doumen.model.ref import Ref
from doumen.model.rule import Duty


@dataclass(frozen=True, slots=True)
class Grant:
    """What of one dataset may be read.

    Attributes:
        columns: Names of columns, as the dataset writes them, sorted; empty: all, those to come
            too.
        duties: As those of a rule, in one order, each once; a mask names its column. Quotas and
            `Dues.delete` take the place of `Count` and `Expire`.
    """

    ref: Ref
    columns: tuple[str, ...] = ()
    duties: tuple[Duty, ...] = ()


class Per(StrEnum):
    """What a quota is for."""

    AGREEMENT = "agreement"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Quota:
    """At most so many queries executed, failed ones too, by all actors of the consumer.

    Attributes:
        per: Under the agreement as a whole, or on one UTC day.
    """

    queries: int
    per: Per = Per.AGREEMENT


@dataclass(frozen=True, slots=True)
class Dues:
    """What the consumer owes.

    Attributes:
        report: Every how many days it reports its use; None: never.
        attribute: The words by which it names the source; None: none asked.
        delete: Days after which what was obtained is deleted, that of the reading not counted.
    """

    report: int | None = None
    attribute: str | None = None
    delete: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """All terms.

    Attributes:
        grants: One per dataset, sorted by it; at least one.
        to: DIDs of those who may have it, sorted; empty: any participant.
        purposes: Sorted; empty: any purpose.
        since: First day (UTC); None: from the agreement on.
        until: Last day (UTC); None: no end.
        places: ISO 3166-1 alpha-2 codes of where the consumer must be, sorted; empty: anywhere.
        quotas: At most one for the agreement and one for the day.
        price: As text, for people.
    """

    grants: tuple[Grant, ...]
    to: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    places: tuple[str, ...] = ()
    quotas: tuple[Quota, ...] = ()
    dues: Dues = Dues()
    price: str | None = None
