"""Truth that may be unknown: the strong logic of Kleene, in which None is neither true nor false.

Source: S. C. Kleene, Introduction to Metamathematics (1952), section 64. What is not known of the
world must neither permit nor lift a prohibition, so it may not be taken for false.
"""

from __future__ import annotations

from collections.abc import Iterable

Truth = bool | None


def every(parts: Iterable[Truth]) -> Truth:
    """Whether all hold; of none it is true."""
    found = set(parts)
    return False if False in found else None if None in found else True


def some(parts: Iterable[Truth]) -> Truth:
    """Whether at least one holds; of none it is false."""
    found = set(parts)
    return True if True in found else None if None in found else False


def one(parts: Iterable[Truth]) -> Truth:
    """Whether exactly one holds."""
    found = list(parts)
    if found.count(True) > 1:
        return False
    return None if None in found else True in found


def negated(part: Truth) -> Truth:
    """The opposite; of the unknown it is unknown."""
    return None if part is None else not part
