"""Events of keeping a node: what was done to it as a whole, in its ledger like all else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from doumen.gate import record
from doumen.gate.commit import Commits, Draft
from doumen.model.actor import OWNER
from doumen.model.event import Event
from doumen.session.node import now
from doumen.stores.catalog import Catalog
from doumen.stores.database import Database
from doumen.stores.ledger import Keyring, Ledger
from doumen.stores.queue import Queue


def noted(database: Database, keys: Path, origin: str, kind: str, data: Mapping[str, Any]) -> str:
    """Record an event of the owner; gives the id of its receipt."""
    keyring = Keyring.open(keys)
    stores = (Catalog(database), Ledger(database, origin), Queue(database))
    commits = Commits(database, *stores, lambda: keyring)
    event = Event(
        id=record.new_id(now(), os.urandom),
        time=record.stamp(now()),
        type=kind,
        actor=OWNER,
        data=data,
    )
    return commits.submit(lambda _: Draft(event)).id
