"""The verbs of this room: contract test, quality history."""

from __future__ import annotations

from doumen.model.operation import Operation, Param

_ROOM = "doumen.rooms.refine"
_DATASET = Param("dataset", "A dataset: domain.name.", positional=True, required=True)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        ("contract", "test"),
        "Run the rules of a contract over what has landed.",
        f"{_ROOM}.checks.run:check",
        (
            _DATASET,
            Param("new", "Only where rows or contract are others than at your last run.", "flag"),
            Param("examples", "Show so many rows of each rule that is broken.", "integer",
                  default=0),
        ),
        details="Ends with 1 where a rule is broken. Rules of severity info and warning are told "
        "of, but are no faults; rules for people and for other tools are listed as unchecked. It "
        "counts over the rows that you may see; a column that you see masked is not checked. What "
        "was found is kept: `doumen quality history`.",
        resumes=True,
        examples=(
            "doumen contract test transport.flights",
            "doumen contract test transport.flights --examples 5",
        ),
        gives=("dataset", "version", "rows", "faults", "rules", "receipts", "scope", "receipt"),
        queues=("dataset",),
    ),
    Operation(
        ("quality", "history"),
        "Show what earlier runs of checks found, and where it goes.",
        f"{_ROOM}.checks.history:history",
        (
            _DATASET,
            Param("rule", "Key of one rule, such as `columns.id.unique`.", metavar="KEY"),
            Param("limit", "At most so many runs, the latest ones.", "integer", default=20),
        ),
        details="You see your own runs, and those who audit the node see all. The same is read "
        "from `sys.quality`.",
        examples=("doumen quality history transport.flights",),
        gives=("dataset", "runs", "rules"),
    ),
)  # fmt: skip
