"""What the gate works with: stores, engine, keys, clock, entropy and limits, built by `session`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from doumen.gate.almanac import Almanac
from doumen.gate.commit import Commits
from doumen.gate.plans import Plans
from doumen.gate.record import Entropy
from doumen.gate.settling import Settling
from doumen.gate.shelves import Shelves
from doumen.gate.views import Views
from doumen.kits.standards.dsp import Reach
from doumen.model.participant import Participant
from doumen.model.peer import Peers
from doumen.model.plan import Bounds, Engine
from doumen.stores.attached import Attached
from doumen.stores.catalog import Catalog
from doumen.stores.database import Database
from doumen.stores.index import Index
from doumen.stores.lake import Lake
from doumen.stores.ledger import Keyring, Ledger
from doumen.stores.queue import Queue


@dataclass(frozen=True, slots=True)
class Means:
    """The stores and the engine of one node.

    Attributes:
        keys: Gives the keys in force; reads them anew when another process rotated them.
        clock: The time now, in UTC, with its zone.
        entropy: Random bytes fit for keys and salts.
        mask_keys: Outer and inner key (hex) of hash masks of this node.
        bounds: Limits of one job.
        small: Bytes up to which an answer is recorded before it is given.
        settling: Answers that are given and not yet recorded to their end.
        peers: Reaches the nodes of others.
        own: Gives this node as other participants know it.
        reach: Where addresses that others name may lead.
        almanac: What the ledger tells at a glance.
        index: What was computed of texts, kept.
        plans: Plans made before.
        attached: Looks at the files that lie outside of the lake.
        shelves: What was handed over as files, as it was laid before.
        views: What actors may know, as it was found before.
    """

    database: Database
    catalog: Catalog
    ledger: Ledger
    queue: Queue
    lake: Lake
    engine: Engine
    commits: Commits
    keys: Callable[[], Keyring]
    clock: Callable[[], datetime]
    entropy: Entropy
    mask_keys: tuple[str, str]
    bounds: Bounds
    small: int
    settling: Settling
    peers: Peers
    own: Callable[[], Participant]
    reach: Reach
    almanac: Almanac
    index: Index
    plans: Plans = field(default_factory=Plans)
    attached: Attached = field(default_factory=Attached)
    shelves: Shelves = field(default_factory=Shelves)
    views: Views = field(default_factory=Views)
