"""The verbs of this room: event, dataset uses, receipt, ledger, key."""

from __future__ import annotations

from doumen.model.event import ID
from doumen.model.operation import Operation, Param

_RECEIPT = Param(
    "receipt", "Id of a receipt of this node, or a file.", positional=True, required=True,
    metavar="ID|FILE", pattern=ID,
)  # fmt: skip
_KEY = Param("key", "Key file of the node that issued it (`doumen ledger export`).", "path",
             upload=True)  # fmt: skip

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        ("event", "list"),
        "List what happened, the newest first.",
        "doumen.rooms.trace.events:listing",
        (
            Param("subject", "A dataset that it was about, read or made; an agreement that it "
                  "was under; or another subject."),
            Param("type", "Type of the events, or its first words: query, quality, agreement.",
                  repeat=True),
            Param("actor", "Whose events.", metavar="NAME"),
            Param("before", "Only those before this place in the ledger.", "integer"),
            Param("limit", "Events at most.", "integer", default=50),
        ),
        details="Everybody sees their own events; owner and auditors see all. Looking back leaves "
        "no event. One look reads 20,000 entries at most; `--before` goes on where it ended. "
        "`sys.events` answers questions over all of them.",
        examples=("doumen event list --subject transport.flights",
                  "doumen event list --type query --limit 20"),
        gives=("events", "further", "size"),
    ),
    Operation(
        ("event", "show"),
        "Show one event of the ledger.",
        "doumen.rooms.trace.events:show",
        (Param("event", "Id of the event.", positional=True, required=True, metavar="ID",
               pattern=ID),),
        examples=("doumen event show 01JDGK…",),
        gives=("id", "type", "actor", "subject", "used", "generated", "data"),
    ),
    Operation(
        ("dataset", "uses"),
        "Count the jobs that read a dataset, day by day.",
        "doumen.rooms.trace.events:uses",
        (
            Param("dataset", "A dataset: domain.name; all of them otherwise.", positional=True),
            Param("days", "Days back from today.", "integer", default=30),
        ),
        details="Your own jobs; owner and auditors count those of all.",
        examples=("doumen dataset uses transport.flights --days 90",),
        gives=("dataset", "days", "total"),
    ),
    Operation(
        ("dataset", "lineage"),
        "Show what a dataset is made of, and what is made of it.",
        "doumen.rooms.trace.lineage:lineage",
        (
            Param("dataset", "A dataset: domain.name.", positional=True, required=True),
            Param("depth", "Steps in each direction.", "integer", default=2),
        ),
        details="Datasets, sources and products that you may know; a step that leads through one "
        "that you may not know ends there.",
        examples=("doumen dataset lineage transport.delays --depth 3",),
        gives=("dataset", "nodes", "edges"),
    ),
    Operation(
        ("receipt", "show"),
        "Show a receipt.",
        "doumen.rooms.trace.receipts:show",
        (_RECEIPT, Param("output", "Write the receipt itself to FILE.", "path", option="-o",
                         metavar="FILE")),
        details="Of a receipt in a file it shows what it says without verifying it; that needs no "
        "node.",
        examples=("doumen receipt show 01JDGK… -o receipt.json",),
        node="optional",
    ),
    Operation(
        ("receipt", "verify"),
        "Verify a receipt: signatures, ledger position, checkpoint.",
        "doumen.rooms.trace.receipts:verify",
        (
            _RECEIPT,
            _KEY,
            Param("checkpoint", "Another checkpoint that you hold, to find a fork.", "path",
                  upload=True),
            Param("consistency", "Consistency proof between the two checkpoints.", "path",
                  upload=True),
        ),
        details="Without --key the keys of this node are used; a file and --key need no node. "
        "tools/verify_receipt.py does the same without Doumen.",
        examples=("doumen receipt verify receipt.json --key node-keys.json",),
        node="optional",
    ),
    Operation(
        ("receipt", "replay"),
        "Run the statement of a receipt again and compare the answers.",
        "doumen.rooms.trace.receipts:replay",
        (
            _RECEIPT,
            Param("result", "The delivered result (csv, json, parquet, arrow), to compare "
                  "floating columns within 1e-9.", "path", upload=True),
        ),
        examples=("doumen receipt replay receipt.json --result delays.parquet",),
        gives=("receipt", "rows", "exact", "sequence", "floating", "replay"),
    ),
    Operation(
        ("ledger", "head"),
        "Print the latest checkpoint, a signed note.",
        "doumen.rooms.trace.ledger:head",
        (Param("output", "Write the note to a new file.", "path", option="-o", metavar="FILE"),),
        details="Keep one from time to time, best with somebody else: `doumen ledger verify "
        "--checkpoint FILE` shows later whether the ledger was rewritten since.",
        examples=("doumen ledger head -o monday.txt",),
        gives=("checkpoint",),
    ),
    Operation(
        ("ledger", "verify"),
        "Recompute the whole ledger and compare.",
        "doumen.rooms.trace.ledger:verify",
        (Param("checkpoint", "A checkpoint that you hold: the ledger must extend it.", "path",
               upload=True),),
        examples=("doumen ledger verify --checkpoint monday.txt",),
        gives=("holds", "size", "root", "faults"),
    ),
    Operation(
        ("ledger", "prove"),
        "Prove that an event is in the ledger, or that one size is a prefix of another.",
        "doumen.rooms.trace.ledger:prove",
        (
            Param("event", "Id of an event.", positional=True, metavar="ID"),
            Param("old", "Size of an older checkpoint: prove consistency from it.", "integer",
                  option="--from"),
        ),
        examples=("doumen ledger prove 01JDGK…", "doumen ledger prove --from 4812"),
    ),
    Operation(
        ("ledger", "export"),
        "Export the ledger and the key file for others to verify with.",
        "doumen.rooms.trace.ledger:export",
        (
            Param("directory", "Folder to write keys.json, checkpoint.txt and entries.jsonl to.",
                  "path", positional=True, required=True, metavar="DIR"),
            Param("keys_only", "Only keys.json and checkpoint.txt.", "flag"),
        ),
        examples=("doumen ledger export evidence/",),
        local="It writes a folder. Over the network `ledger head` and `key show` give its parts.",
    ),
    Operation(
        ("key", "show"),
        "Show the root key and the working keys.",
        "doumen.rooms.trace.ledger:keys",
        gives=("origin", "root", "certificates"),
    ),
    Operation(
        ("key", "rotate"),
        "Put a new working key in force and retire the old one.",
        "doumen.rooms.trace.ledger:rotate",
        scope="write",
        local="It needs the root key, which belongs out of reach of a token.",
    ),
)  # fmt: skip
