"""Rules of meaning: codes in time, the check that a code list asks for, facts of links.

`codes` says which codes are valid at a day and how editions follow one another, `listed` whether
they go together, `telling` weighs values that are codes, `areas` knows those of China; `checks`
writes a code list as a rule of ODCS; `links` makes the fact that a proposal asks for; `entries`
reads terms and data elements as people write them.
"""

from doumen.kits.meaning.checks import check_of
from doumen.kits.meaning.codes import Differences, Listing, differences, followed, valid_at
from doumen.kits.meaning.entries import Field, body_of, fields_of
from doumen.kits.meaning.links import linked
from doumen.kits.meaning.listed import faults
from doumen.kits.meaning.telling import telling

__all__ = [
    "Differences",
    "Field",
    "Listing",
    "body_of",
    "check_of",
    "differences",
    "faults",
    "fields_of",
    "followed",
    "linked",
    "telling",
    "valid_at",
]
