"""The one table of verbs, gathered from flows and rooms; every face is a loop over it.

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

from doumen.flows.operations import OPERATIONS as FLOWS
from doumen.model.errors import Invalid
from doumen.model.message import enumerated, msg
from doumen.model.operation import Operation, Param

_SHELF = Param("directory", "Folder of the backups.", "path", True, True, metavar="DIR")
_SECRET = Param(
    "passphrase_file",
    "File whose first line is the passphrase; else DOUMEN_BACKUP_PASSPHRASE, else it is asked.",
    "path",
)
_BACKUP = Param("backup", "Id of the backup; the newest otherwise.", metavar="ID")
_AT_LEAST = Param(
    "at_least",
    "A checkpoint that somebody else holds: an older or forked backup is refused.",
    metavar="FILE",
)

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
            Param(
                "address",
                "Where other nodes reach it; an address of this machine serves to try.",
                metavar="URL",
            ),
            Param("lake", "Bucket for the data; otherwise a folder in the folder.",
                  metavar="URL"),
        ),
        details="The folder gets `doumen.toml`, where every setting is documented. Whoever holds "
        "the root key that is printed can verify the receipts of this node. You are its owner "
        "and read your own data without writing a rule.\n\n"
        "The store is `postgresql+psycopg://USER@HOST/NAME`, or `DOUMEN_STORE` says so; the node "
        "gets a schema of its own there, unless the address ends in `?schema=NAME`. Leave the "
        "password to `PGPASSWORD` or `~/.pgpass`.\n\n"
        "The lake is `s3://BUCKET/FOLDER?endpoint=https://HOST&region=NAME`, or `DOUMEN_LAKE` "
        "says so, with keys in `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. Without a folder, "
        "or with one that ends in `/`, the node gets a folder of its own below. docs/lake.md "
        "tells the rest.\n\n"
        "With `--address` it can take part in exchange: `doumen serve` must be reachable there. "
        "docs/exchange.md tells the rest.",
        examples=(
            'doumen init my-node --name "Transport Bureau"',
            "doumen init my-node --name Bureau --address https://data.bureau.example",
            "doumen init my-node --name Bureau --store postgresql+psycopg://doumen@db/doumen",
        ),
        node="none",
        local="It makes a folder.",
    ),
    Operation(
        name=("demo",),
        summary="Look around in an invented city: make it, serve it, and get a link into it.",
        run="doumen.faces.demo.verb:demo",
        params=(
            Param("directory", "Folder of the node; it is made. Otherwise `doumen-demo`.", "path",
                  positional=True, metavar="DIR"),
            Param("port", "Port to listen on.", "integer", default=8470),
            Param("open", "Open the link in the browser of this machine.", "flag"),
            Param("no_serve", "Make the city, and do not serve it.", "flag"),
        ),
        details="Nine datasets in Chinese and English with the faults of real offices, three "
        "sources, contracts, labels, rules, scores, proposals that wait for a person, and a "
        "product on offer. Nothing of it is true. It takes about half a minute; what was cut off "
        "goes on where it was, and another time the same city is served.",
        examples=("doumen demo", "doumen demo --open", "doumen demo my-city --port 8480"),
        node="none",
        local="It makes a folder, and is the service.",
        told=True,
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
            Param(
                "background",
                "Queued jobs at one time in each process; 0: none.",
                "integer",
                default=1,
            ),
            Param("rate", "Requests a second of one token in each process.", "integer", default=50),
            Param("upload_mib", "Largest upload, in MiB.", "integer", default=1024),
            Param("patience", "Seconds to wait for a slow client.", "integer", default=30),
            Param("grace", "Seconds to finish requests in when stopped.", "integer", default=30),
            Param("origin", "Web origin whose pages may call it.", repeat=True, metavar="URL"),
            Param("log", "File for the log, in place of standard error.", "path", metavar="FILE"),
            Param(
                "log_format",
                "Form of its lines.",
                "choice",
                default="json",
                choices=("json", "text"),
            ),
            Param(
                "log_level",
                "The least that is logged.",
                "choice",
                default="info",
                choices=("debug", "info", "warning", "error"),
            ),
            Param(
                "metrics",
                "Where figures for Prometheus are told, at /metrics.",
                metavar="[ADDRESS:]PORT",
            ),
        ),
        details="Needs the extra `doumen[service]`. A token fixes the actor; `doumen token add` "
        "makes one. docs/service.md tells the rest.",
        examples=(
            "doumen serve",
            "doumen serve --host 0.0.0.0 --tls-cert chain.pem --tls-key key.pem --workers 2",
            "doumen serve --log service.log --metrics 9470",
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
    Operation(
        name=("worker",),
        summary="Do the jobs that wait, one after another, until stopped.",
        run="doumen.faces.worker:serve",
        params=(
            Param("jobs", "Jobs at one time.", "integer", default=1),
            Param("until_idle", "End when nothing waits.", "flag"),
            Param("grace", "Seconds for running jobs when stopped.", "integer", default=30),
        ),
        details="It also queues what schedules ask for, and sends what alerts tell. "
        "Any number of workers may serve a node, on any machine that has its folder and "
        "its store. Where one dies, another takes its jobs over within half a minute; what was "
        "done is done once. `doumen serve` brings one of its own.",
        examples=("doumen worker", "doumen worker --jobs 4", "doumen worker --until-idle"),
        node="folder",
        local="It is what does the jobs.",
    ),
    Operation(
        name=("doctor",),
        summary="Check the node and the machine under it; mend what is safe.",
        run="doumen.session.doctor.verb:doctor",
        params=(
            Param("full", "Recompute the whole ledger and read every file.", "flag"),
            Param("mend", "Sweep what cut off work left, bring Delta logs to the version in "
                  "force, close keys to others; never facts or events.", "flag"),
        ),
        details="Also a node that does not open. Exit 1 on faults, 5 where evidence is touched; "
        "warnings leave it at 0. What is younger than an hour is never swept.",
        examples=("doumen doctor", "doumen doctor --full", "doumen doctor --mend"),
        node="folder",
        local="It speaks of files of the machine of the node, and mends them.",
        told=True,
    ),
    Operation(
        name=("backup", "make"),
        summary="Back the node up into a folder, encrypted; others may work meanwhile.",
        run="doumen.session.keeping.verbs:make",
        params=(
            _SHELF,
            _SECRET,
            Param("keep", "Keep the newest N backups and remove older ones.", "integer"),
        ),
        details="One moment of the store, the files of the lake that it speaks of, keys and "
        "settings. What a backup before holds is not written again. Whoever has the passphrase "
        "has the node: its data and its keys. Without it nobody can read a backup.",
        examples=("doumen backup make /mnt/backups --passphrase-file secret.txt --keep 30",),
        node="folder",
        local="It reads the keys and writes a folder.",
        told=True,
    ),
    Operation(
        name=("backup", "list"),
        summary="List the backups in a folder.",
        run="doumen.session.keeping.verbs:list_",
        params=(_SHELF, _SECRET),
        examples=("doumen backup list /mnt/backups",),
        node="none",
        local="It reads a folder.",
    ),
    Operation(
        name=("backup", "verify"),
        summary="Read all of a backup, and verify the ledger and the receipts in it.",
        run="doumen.session.keeping.verbs:verify",
        params=(_SHELF, _SECRET, _BACKUP, _AT_LEAST),
        details="Exit 5 where something was changed, cut or left out; all of it is named.",
        examples=("doumen backup verify /mnt/backups --at-least monday.txt",),
        node="none",
        local="It reads a folder.",
        told=True,
    ),
    Operation(
        name=("restore",),
        summary="Make a node of a backup, verified before it is there.",
        run="doumen.session.keeping.verbs:restore",
        params=(
            _SHELF,
            Param("into", "Folder of the node: empty, or not there.", "path", True, True,
                  metavar="INTO"),
            _SECRET,
            _BACKUP,
            Param("store", "Another store than that of the backup; `sqlite:store.sqlite` is a "
                  "file in the folder.", metavar="URL"),
            Param("lake", "Bucket for the data, nothing in it; otherwise a folder in the folder.",
                  metavar="URL"),
            _AT_LEAST,
        ),
        details="The node has the name and the keys of the one that was backed up: let only one "
        "of the two go on.",
        examples=("doumen restore /mnt/backups my-node --passphrase-file secret.txt",),
        node="none",
        local="It makes a folder.",
        told=True,
    ),
)  # fmt: skip

_JOB = Param("job", "Id of a job.", positional=True, required=True, metavar="ID")

JOBS: tuple[Operation, ...] = (
    Operation(
        name=("job", "list"),
        summary="List jobs, the latest first.",
        run="doumen.session.jobs:show_all",
        params=(
            Param("state", "Only those: queued, running, done, failed or cancelled.",
                  repeat=True, metavar="STATE"),
            Param("limit", "At most so many.", "integer", default=100),
        ),
        details="`--detach` before or after a verb queues it as a job: `collect`, `source run`, "
        "and `query` with `--into`. You see your own; whoever oversees the node sees that there "
        "are others.",
        examples=("doumen job list", "doumen job list --state running"),
        gives=("jobs",),
    ),
    Operation(
        name=("job", "show"),
        summary="Show a job: how far it is, what came of it.",
        run="doumen.session.jobs:show",
        params=(_JOB,),
        gives=("job", "operation", "state", "progress", "outcome", "error"),
    ),
    Operation(
        name=("job", "cancel"),
        summary="End a job: at once where it waits, within seconds where it runs.",
        run="doumen.session.jobs:cancel",
        params=(_JOB, Param("reason", "Why; kept with the job.", metavar="TEXT")),
        details="What it had committed before stays.",
        scope="write",
        gives=("job", "state"),
    ),
    Operation(
        name=("job", "retry"),
        summary="Queue again what failed or was cancelled, as a new job.",
        run="doumen.session.jobs:retry",
        params=(_JOB, Param("reason", "Why; kept with the new job.", required=True,
                            metavar="TEXT")),
        examples=("doumen job retry 01JDGK… --reason 'the disk was full'",),
        scope="write",
        gives=("job", "state", "retry_of"),
    ),
    Operation(
        name=("job", "wait"),
        summary="Wait until a job is over; its exit code is that of its verb.",
        run="doumen.session.jobs:wait",
        params=(_JOB, Param("seconds", "At most so long; 0: as long as it takes.", "integer",
                            default=0)),
        local="Over the network, `job show` is asked again; the Python client has `wait`.",
        gives=("job", "operation", "state", "progress", "outcome", "error"),
    ),
)  # fmt: skip

ROOMS: tuple[tuple[str, str], ...] = (
    ("collect", "Bring data in"),
    ("discover", "Find it and say what it is"),
    ("refine", "Make it fit for use"),
    ("protect", "Say who may do what"),
    ("analyse", "Draw value from it"),
    ("exchange", "Share and trade it"),
    ("trace", "Prove what happened"),
    ("evaluate", "Score it"),
)
"""Rooms in the order of a first use, each with its title in lists of verbs."""


@dataclass(frozen=True, slots=True)
class Section:
    """The verbs of one room, or of the node itself.

    Attributes:
        room: Name of the room; `node` for the node itself, `jobs`, `flows` for what is done later.
        title: How lists of verbs call it.
    """

    room: str
    title: str
    operations: tuple[Operation, ...]


def gather(rooms: Sequence[tuple[str, str]] = ROOMS) -> tuple[Section, ...]:
    """Read the verbs of these rooms, after those of node and flows; a room may have none."""
    found = [
        Section("node", "The node", NODE),
        Section("jobs", "What is done later", JOBS),
        Section("flows", "What is done by itself", FLOWS),
    ]
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
