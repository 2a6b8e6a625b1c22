"""The shelf of schemes of identifiers: those in SQL, all listed here, and those of a library."""

from doumen.kits.quality.identifiers.citizen import CitizenId
from doumen.kits.quality.identifiers.gtin import EAN, GTIN, Isbn
from doumen.kits.quality.identifiers.interface import Scheme
from doumen.kits.quality.identifiers.library import MODULES, PREFIX, judge
from doumen.kits.quality.identifiers.luhn import Card, Isin
from doumen.kits.quality.identifiers.mod97 import Iban, Lei
from doumen.kits.quality.identifiers.organisation import CreditCode, OrganisationCode

SCHEMES: tuple[Scheme, ...] = (
    CitizenId(),
    CreditCode(),
    OrganisationCode(),
    Iban(),
    Lei(),
    Isin(),
    Card(),
    GTIN,
    EAN,
    Isbn(),
)
"""All schemes, in the order of the reference."""
BY_NAME = {scheme.name: scheme for scheme in SCHEMES}

__all__ = ["BY_NAME", "MODULES", "PREFIX", "SCHEMES", "Scheme", "judge"]
