"""Examine the node and say what does not hold."""

from __future__ import annotations

from doumen.gate.desk import Desk
from doumen.model.errors import Tampered
from doumen.model.message import msg
from doumen.model.operation import Outcome, Table


def doctor(desk: Desk, *, mend: bool = False) -> Outcome:
    """Check store, lake, ledger and keys; exit 5 where evidence is touched, 1 on other faults."""
    faults = desk.inspect(mend=mend)
    rows = tuple((f.where, f.what, msg("mended") if f.mended else msg("open")) for f in faults)
    open_faults = [f for f in faults if not f.mended]
    said = [msg("All is well.")] if not faults else []
    if open_faults and not mend:
        said.append(msg("`doumen doctor --mend` puts right what is safe."))
    broken = any(f.tampered for f in open_faults)
    return Outcome(
        json={
            "faults": [
                {"where": f.where, "what": f.what, "tampered": f.tampered, "mended": f.mended}
                for f in faults
            ]
        },
        drawn=(Table((msg("where"), msg("what"), msg("state")), rows),) if rows else (),
        said=tuple(said),
        exit=Tampered.exit if broken else 1 if open_faults else 0,
    )
