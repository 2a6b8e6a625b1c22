"""Several faults told as one error: all at once, so that they are put right at once. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from doumen.model.errors import DoumenError

SHOWN = 20
"""Faults that are told one by one; of the rest, the number."""


def together(faults: Sequence[DoumenError]) -> DoumenError:
    """One error of the first fault's class that tells all of them."""
    if len(faults) == 1:
        return faults[0]
    first = faults[0]
    told = [fault.what + (f" {fault.why}" if fault.why else "") for fault in faults[:SHOWN]]
    if len(faults) > SHOWN:
        told.append(f"… and {len(faults) - SHOWN} more.")
    steps = dict.fromkeys(fault.next for fault in faults if fault.next)
    return type(first)(
        f"{len(faults)} files cannot be collected.",
        why=" ".join(told),
        next=" ".join(list(steps)[:5]) or None,
        detail=first.code.partition(".")[2] or None,
    )
