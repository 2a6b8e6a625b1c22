"""Whether a node is sound: evidence, and every file of the lake read to its end."""

from __future__ import annotations

from pathlib import Path

from doumen.session.doctor.check import Check
from doumen.session.doctor.verb import examined
from doumen.session.node import silent


def faults(folder: Path, *, mend: bool = False) -> list[Check]:
    """What the doctor finds wrong with store, ledger and lake, and does not mend."""
    checks = examined(folder, full=True, mend=mend, progress=silent)
    kept = {"store", "ledger", "receipts", "lake", "log", "orphans"}
    return [c for c in checks if c.name in kept and c.state == "fault" and not c.mended]
