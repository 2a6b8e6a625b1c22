"""Several faults told as one error: all at once, so that they are put right at once. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from doumen.model.errors import DoumenError
from doumen.model.message import msg, paragraph

SHOWN = 20
"""Faults that are told one by one; of the rest, the number."""


def together(faults: Sequence[DoumenError]) -> DoumenError:
    """One error of the first fault's class that tells all of them."""
    if len(faults) == 1:
        return faults[0]
    first = faults[0]
    told = [part for fault in faults[:SHOWN] for part in (fault.what, fault.why) if part]
    if len(faults) > SHOWN:
        told.append(msg("… and {count} more.", count=len(faults) - SHOWN))
    steps = dict.fromkeys(fault.next for fault in faults if fault.next)
    return type(first)(
        msg("{count} files cannot be collected.", count=len(faults)),
        why=paragraph(told),
        next=paragraph(list(steps)[:5]) if steps else None,
        detail=first.code.partition(".")[2] or None,
    )
