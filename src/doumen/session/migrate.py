"""Brings the store of a node that cannot be opened any more to the layout of this version."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from doumen.gate import record
from doumen.gate.commit import Draft
from doumen.model.actor import OWNER
from doumen.model.event import Event
from doumen.model.message import Message, msg
from doumen.model.operation import Fields, Outcome
from doumen.session import settings as config
from doumen.session.node import Node, now
from doumen.stores.ledger import Keyring
from doumen.stores.ledger.audit import audit
from doumen.stores.migrate import Migrated
from doumen.stores.migrate import migrate as bring


def migrate(directory: Path, *, trial: bool = False) -> Outcome:
    """Migrate the store of the node in `directory`, and record that it was."""
    settings = config.read(directory)
    publics = Keyring.open(directory / "keys").publics

    def verify(connection: Connection) -> Sequence[Any]:
        return audit(connection, settings.origin, publics)

    done = bring(settings.store_address(directory), verify, trial=trial)
    changed = done.old != done.new and not trial
    receipt = _recorded(directory, done) if changed else None
    return Outcome(
        json={
            "node": str(directory),
            "from": done.old,
            "to": done.new,
            "trial": trial,
            "held": done.rows,
            "receipt": receipt,
        },
        drawn=(
            Fields(
                (
                    (msg("from layout"), done.old),
                    (msg("to layout"), done.new),
                    (msg("held"), done.rows),
                )
            ),
        ),
        said=_said(done, trial=trial),
    )


def _recorded(directory: Path, done: Migrated) -> str:
    """The event of a migration that is done; gives the id of its receipt."""
    event = Event(
        id=record.new_id(now(), os.urandom),
        time=record.stamp(now()),
        type="store.migrated",
        actor=OWNER,
        data={"from": done.old, "to": done.new},
    )
    with Node.open(directory) as node:
        return node.means.commits.submit(lambda _: Draft(event)).id


def _said(done: Migrated, *, trial: bool) -> tuple[Message, ...]:
    if done.old == done.new:
        return (msg("The store has layout {new} already.", new=done.new),)
    if trial:
        return (
            msg("Layout {old} can become {new}; nothing was changed.", old=done.old, new=done.new),
            msg("Next: doumen migrate"),
        )
    return (
        msg("The store has layout {new} now; the ledger holds, before and after.", new=done.new),
    )
