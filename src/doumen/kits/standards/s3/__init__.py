"""What a reader of Amazon S3 sends and is told: the part that reads, by path, signed in a header.

`signature` is Signature Version 4 as whoever is asked verifies it; `request` reads what came and
what it asks for; `listing` and `documents` are the answers in XML. All of it is pure.
"""

from doumen.kits.standards.s3.documents import CODES, error_document, fault_of
from doumen.kits.standards.s3.listing import Listing, listing_document, unsupported
from doumen.kits.standards.s3.request import (
    Asked,
    Range,
    keys_unknown,
    read_query,
    read_range,
    read_request,
)
from doumen.kits.standards.s3.signature import Signed, check_time, holds

__all__ = [
    "CODES",
    "Asked",
    "Listing",
    "Range",
    "Signed",
    "check_time",
    "error_document",
    "fault_of",
    "holds",
    "keys_unknown",
    "listing_document",
    "read_query",
    "read_range",
    "read_request",
    "unsupported",
]
