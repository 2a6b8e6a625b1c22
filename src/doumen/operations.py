"""The one table of verbs, gathered from the rooms; every face is a loop over it.

A room lists its verbs in its `operations` module as plain data, so that gathering them all
costs no import of an engine or a store. This floor adds what concerns the node itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from doumen.model.errors import Invalid
from doumen.model.message import enumerated, msg
from doumen.model.operation import Operation, Param

NODE: tuple[Operation, ...] = (
    Operation(
        name=("init",),
        summary="Make a node: settings, keys, store and lake in a folder.",
        run="doumen.session:init",
        params=(
            Param(
                "directory", "Folder of the node; it is made.", "path", True, True, metavar="DIR"
            ),
            Param("name", "Name of the organisation, told to others.", required=True),
            Param(
                "store",
                "PostgreSQL server for facts and events; otherwise a file in the folder.",
                metavar="URL",
            ),
        ),
        details="The folder gets `doumen.toml`, where every setting is documented. Whoever holds "
        "the root key that is printed can verify the receipts of this node. You are its owner "
        "and read your own data without writing a rule.\n\n"
        "The store is `postgresql+psycopg://USER@HOST/NAME`, or `DOUMEN_STORE` says so; the node "
        "gets a schema of its own there, unless the address ends in `?schema=NAME`. Leave the "
        "password to `PGPASSWORD` or `~/.pgpass`.",
        examples=(
            'doumen init my-node --name "Transport Bureau"',
            "doumen init my-node --name Bureau --store postgresql+psycopg://doumen@db/doumen",
        ),
        node="none",
        local="It makes a folder.",
    ),
    Operation(
        name=("serve",),
        summary="Open the node to the network: every verb over HTTP, for whoever has a token.",
        run="doumen.faces.web.serve:serve",
        params=(
            Param("host", "Address to listen on.", default="127.0.0.1", metavar="ADDRESS"),
            Param("port", "Port to listen on; 0: any that is free.", "integer", default=8470),
            Param("tls_cert", "Certificate chain (PEM).", "path"),
            Param("tls_key", "Its private key (PEM).", "path"),
            Param("plain", "Without TLS to others: a proxy before it does that.", "flag"),
            Param("workers", "Processes.", "integer", default=1),
            Param("jobs", "Jobs at one time in each process.", "integer", default=8),
            Param("rate", "Requests a second of one token in each process.", "integer", default=50),
            Param("upload_mib", "Largest upload, in MiB.", "integer", default=1024),
            Param("patience", "Seconds to wait for a slow client.", "integer", default=30),
            Param("grace", "Seconds to finish requests in when stopped.", "integer", default=30),
            Param("origin", "Web origin whose pages may call it.", repeat=True, metavar="URL"),
        ),
        details="Needs the extra `doumen[service]`. A token fixes the actor; `doumen token add` "
        "makes one. docs/service.md tells the rest.",
        examples=(
            "doumen serve",
            "doumen serve --host 0.0.0.0 --tls-cert chain.pem --tls-key key.pem --workers 2",
        ),
        node="folder",
        local="It is the service.",
    ),
    Operation(
        name=("migrate",),
        summary="Bring the store of a node to the layout of this version.",
        run="doumen.session.migrate:migrate",
        params=(Param("trial", "Try only, and change nothing.", "flag"),),
        details="It is tried first, on a copy or in a transaction that is taken back. The ledger "
        "is verified before and after; entries, checkpoints, receipts and facts stay as they are, "
        "or nothing is changed. Make a backup all the same; stop what else works on the node.",
        examples=("doumen migrate --trial", "doumen migrate"),
        node="folder",
        local="It changes the store under all that is open.",
    ),
)

ROOMS: tuple[tuple[str, str], ...] = (
    ("collect", "Bring data in"),
    ("discover", "Find it and say what it is"),
    ("protect", "Say who may do what"),
    ("analyse", "Draw value from it"),
    ("trace", "Prove what happened"),
)
"""Rooms in the order of a first use, each with its title in lists of verbs."""


@dataclass(frozen=True, slots=True)
class Section:
    """The verbs of one room, or of the node itself.

    Attributes:
        room: Name of the room; `node` for the node itself.
        title: How lists of verbs call it.
    """

    room: str
    title: str
    operations: tuple[Operation, ...]


def gather(rooms: Sequence[tuple[str, str]] = ROOMS) -> tuple[Section, ...]:
    """Read the verbs of these rooms, after those of the node; a room may have none."""
    found = [Section("node", "The node", NODE)]
    for room, title in rooms:
        module = f"doumen.rooms.{room}.operations"
        if find_spec(f"doumen.rooms.{room}") is not None and find_spec(module) is not None:
            found.append(Section(room, title, tuple(import_module(module).OPERATIONS)))
    return tuple(found)


@cache
def sections() -> tuple[Section, ...]:
    """All verbs, by room."""
    return gather()


@cache
def by_name() -> Mapping[str, Operation]:
    """All verbs by their words: `contract infer` → its operation, in order of the sections."""
    return {" ".join(o.name): o for section in sections() for o in section.operations}


def find(words: Sequence[str]) -> Operation:
    """The verb of these words.

    Raises:
        Invalid: there is none; near names are told.
    """
    name = " ".join(words)
    found = by_name().get(name)
    if found is not None:
        return found
    near = get_close_matches(name, by_name(), n=3)
    raise Invalid(
        msg("There is no operation `{name}`.", name=name),
        why=msg("Near to it: {near}.", near=enumerated(near)) if near else None,
        next=msg("List them with `doumen --help`."),
        detail="operation",
    )
