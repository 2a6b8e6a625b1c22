"""A node, opened: builds the stores, the engine and the gate from a folder, and closes them.

A node is found as git finds a repository: `--node`, else `DOUMEN_NODE`, else the nearest
folder, upwards from the current one, that holds `doumen.toml`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from doumen.engines.digests import Hashers
from doumen.engines.duckdb import DuckDB
from doumen.engines.peers import Reachable
from doumen.gate import Counter, Gate, Means
from doumen.gate.almanac import Almanac
from doumen.gate.commit import Commits
from doumen.gate.settling import Settling
from doumen.gate.trail import Hashing
from doumen.kits.standards.dsp import Reach
from doumen.model.actor import OWNER
from doumen.model.errors import NotFound, Unavailable
from doumen.model.files import reason
from doumen.model.message import Message, msg, plain
from doumen.model.plan import Progress
from doumen.session import settings as config
from doumen.session.lakes import lake_of
from doumen.session.session import Session
from doumen.session.spool import FOLDER, Spool
from doumen.stores.catalog import Catalog
from doumen.stores.database import Database
from doumen.stores.index import FILE as INDEX
from doumen.stores.index import Index
from doumen.stores.ledger import Keyring, Ledger
from doumen.stores.queue import Queue


def now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


def silent(fraction: float | None, doing: Message) -> None:
    """Progress that nobody watches."""


def locate(given: Path | None, environment: Mapping[str, str], start: Path) -> Path:
    """The folder of the node.

    Raises:
        NotFound: none was given and none is found upwards from `start`.
    """
    named = given or (Path(environment["DOUMEN_NODE"]) if environment.get("DOUMEN_NODE") else None)
    if named is not None:
        if not (named / config.FILE).is_file():
            raise NotFound(
                msg("`{named}` is not a Doumen node.", named=named),
                why=msg("It has no {file}.", file=config.FILE),
                next=plain(f"doumen init {named} --name TEXT"),
                detail="node",
            )
        return named.resolve()
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / config.FILE).is_file():
            return folder
    raise NotFound(
        msg("There is no Doumen node here or in a folder above."),
        next=msg("Make one with `doumen init DIR --name TEXT`, or name one with `--node DIR`."),
        detail="node",
    )


@dataclass(frozen=True, slots=True)
class Vitals:
    """How a node is.

    Attributes:
        ledger_entries: Entries of the ledger.
        store_seconds: That it took to ask the store for them.
        engine_workers: Processes of the engine that live, at work or idle.
    """

    ledger_entries: int
    store_seconds: float
    engine_workers: int


class Node:
    """One organisation's installation, open. Use as a context manager, or call `close`.

    Args:
        directory: Its folder.
        settings: What `doumen.toml` of it says.
        warm: Start the sandbox of the engine now, off the path of the first query; else that
            query starts it, and a node that is asked nothing never has one.
    """

    def __init__(self, directory: Path, settings: config.Settings, *, warm: bool = False) -> None:
        self.directory = directory
        self.settings = settings
        self.spool = Spool(directory / FOLDER)
        keys, masks = _Keys(directory / "keys"), _mask_keys(directory / "keys" / "mask.keys")
        database = Database.open(settings.store_address(directory), origin=settings.origin)
        catalog, ledger = Catalog(database), Ledger(database, settings.origin)
        queue = Queue(database)
        self.engine = DuckDB(settings.bounds(), warm=warm)
        self._hashers = Hashers()
        reach, authorities = Reach(settings.reach), settings.authorities
        self._peers = Reachable(reach, directory / authorities if authorities else None)
        self.means = Means(
            database=database,
            catalog=catalog,
            ledger=ledger,
            queue=queue,
            lake=lake_of(settings, directory),
            engine=self.engine,
            commits=Commits(database, catalog, ledger, queue, keys),
            keys=keys,
            clock=now,
            entropy=os.urandom,
            mask_keys=masks,
            bounds=settings.bounds(),
            small=settings.small_answer_mib * config.MIB,
            settling=Settling(Hashing(self._hashers.digests, self._hashers.count)),
            peers=self._peers,
            own=lambda: settings.participant(keys().root_public),
            reach=reach,
            almanac=Almanac(database, ledger),
            index=Index(directory / INDEX),
        )
        self.gate = Gate(self.means)

    @classmethod
    def open(cls, directory: Path, *, warm: bool = False) -> Self:
        """Open the node in `directory`; `warm` as of the class.

        Raises:
            Invalid: wrong settings. Unavailable: keys or store cannot be read.
        """
        return cls(directory, config.read(directory), warm=warm)

    def session(
        self, actor: str | None = None, purpose: str | None = None, progress: Progress = silent
    ) -> Session:
        """Put an actor before the gate; the owner where none is named.

        Raises:
            NotFound: the node has no such actor.
        """
        return Session(Counter(self.gate, actor or OWNER, purpose, progress), self.spool)

    def vitals(self) -> Vitals:
        """How store and engine are.

        Raises:
            Unavailable: the store does not answer.
        """
        since = time.monotonic()
        with self.means.database.read() as connection:
            entries = self.means.ledger.size(connection)
        return Vitals(entries, time.monotonic() - since, self.engine.workers)

    def close(self) -> None:
        """End all workers and close the store."""
        self.means.settling.close()
        self._hashers.close()
        self._peers.close()
        self.engine.close()
        self.means.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Keys:
    """The keys in force: read anew when another process rotated them."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._stamp = self._now()
        self._keyring = Keyring.open(directory)

    def __call__(self) -> Keyring:
        stamp = self._now()
        if stamp != self._stamp:
            self._keyring = Keyring.open(self._directory)
            self._stamp = stamp
        return self._keyring

    def _now(self) -> tuple[int, int]:
        try:
            status = (self._directory / "certificates.json").stat()
        except OSError as error:
            raise Unavailable(
                msg("The keys in `{directory}` cannot be read.", directory=self._directory),
                why=reason(error),
                next=msg("Put the folder back from a backup."),
                detail="keys",
            ) from None
        return status.st_mtime_ns, status.st_ino


def _mask_keys(path: Path) -> tuple[str, str]:
    try:
        outer, inner = path.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        raise Unavailable(
            msg("The keys of masks in `{path}` cannot be read.", path=path),
            next=msg("Put the file back from a backup."),
            detail="keys",
        ) from None
    return outer, inner
