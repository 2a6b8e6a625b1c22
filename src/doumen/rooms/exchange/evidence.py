"""The verbs of evidence: agreement dispute, witness."""

from __future__ import annotations

from doumen.model.operation import Operation, Param

_ROOM = "doumen.rooms.exchange"

EVIDENCE: tuple[Operation, ...] = (
    Operation(
        ("agreement", "dispute"),
        "Write all evidence of an agreement to a file, for whoever is to judge it.",
        f"{_ROOM}.dispute:dispute",
        (
            Param("agreement", "Key of the agreement.", positional=True, required=True,
                  metavar="A-…"),
            Param("output", "Write the bundle to this new file.", "path", required=True,
                  option="-o", metavar="FILE"),
            Param("sizes", "Also prove that the head continues this size of our ledger, of which "
                  "somebody holds a head.", "integer", repeat=True, option="--from",
                  metavar="SIZE"),
        ),
        details="Every message of the negotiation with its signatures, every entry of the ledger "
        "with its proof, all receipts, the heads that were cosigned: on either side, for owner, "
        "steward and auditor. Receipts open statements: give it to nobody who must not read them. "
        "tools/verify_bundle.py verifies one bundle, or those of both sides against each other.",
        examples=("doumen agreement dispute A-4QZXGF2M -o bundle.zip",),
        local="It writes a file beside the node, with all that was asked.",
        gives=("agreement", "side", "output", "files", "bytes"),
    ),
    Operation(
        ("witness", "ask"),
        "Have the head of the ledger cosigned by a participant now.",
        f"{_ROOM}.witness:ask",
        (Param("participant", "Alias or DID of the participant.", positional=True,
               required=True),),
        details="The service does it by itself, with everybody with whom an agreement is in "
        "force, ten minutes after news at the latest.",
        examples=("doumen witness ask port",),
        scope="write",
        gives=("participant", "size", "cosigned", "checkpoint"),
    ),
    Operation(
        ("witness", "show"),
        "Show the heads of others that were cosigned here, and who cosigned ours.",
        f"{_ROOM}.witness:show",
        examples=("doumen witness show",),
        gives=("held", "cosigned"),
    ),
)  # fmt: skip
