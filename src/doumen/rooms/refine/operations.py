"""The verbs of this room: contract test."""

from __future__ import annotations

from doumen.model.operation import Operation, Param

_ROOM = "doumen.rooms.refine"
_DATASET = Param("dataset", "A dataset: domain.name.", positional=True, required=True)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        ("contract", "test"),
        "Run the rules of a contract over what has landed.",
        f"{_ROOM}.checks.run:test",
        (_DATASET,),
        details="Ends with 1 where a rule is broken. Rules of severity info and warning are told "
        "of, but are no faults; rules for people and for other tools are listed as unchecked.",
        examples=("doumen contract test transport.flights",),
        gives=("dataset", "version", "rows", "faults", "rules", "receipts"),
    ),
)  # fmt: skip
