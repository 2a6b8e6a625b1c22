"""The verbs of this room: receipt, ledger, key."""

from __future__ import annotations

from doumen.model.operation import Operation, Param

_RECEIPT = Param(
    "receipt", "Id of a receipt of this node, or a file.", positional=True, required=True,
    metavar="ID|FILE", pattern="[0-9A-HJKMNP-TV-Z]{26}",
)  # fmt: skip
_KEY = Param("key", "Key file of the node that issued it (`doumen ledger export`).", "path",
             upload=True)  # fmt: skip

OPERATIONS: tuple[Operation, ...] = (
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
