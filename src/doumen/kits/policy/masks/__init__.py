"""The shelf of mask methods: each one is a file; this list is all that knows them by name."""

from doumen.kits.policy.masks.bucket import BucketMask
from doumen.kits.policy.masks.generalise import GeneraliseMask
from doumen.kits.policy.masks.hash import HashMask
from doumen.kits.policy.masks.interface import WITHHELD, Binding, MaskForm, MaskMethod
from doumen.kits.policy.masks.null import NullMask
from doumen.kits.policy.masks.partial import PartialMask

METHODS: tuple[MaskMethod, ...] = (
    NullMask(),
    HashMask(),
    PartialMask(),
    GeneraliseMask(),
    BucketMask(),
)
BY_NAME = {method.name: method for method in METHODS}

__all__ = ["BY_NAME", "METHODS", "WITHHELD", "Binding", "MaskForm", "MaskMethod"]
