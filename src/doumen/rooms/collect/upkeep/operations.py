"""The verbs of upkeep: `dataset compact`, `cluster`, `retain` and `vacuum`."""

from __future__ import annotations

from doumen.model.operation import Operation, Param

_VERBS = "doumen.rooms.collect.upkeep.verbs"
_RETAINING = "doumen.rooms.collect.upkeep.retaining"
_DATASET = Param("dataset", "A dataset: domain.name.", positional=True, required=True)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name=("dataset", "compact"),
        summary="Write the files of a dataset anew: few, of a good size, in order.",
        run=f"{_VERBS}:compact",
        params=(
            Param(
                "dataset",
                "A dataset: domain.name; all that gain by it, where none is named.",
                positional=True,
            ),
            Param(
                "rows",
                "About how many rows a file should have.",
                "integer",
                metavar="N",
            ),
        ),
        details=(
            "The rows stay the same, counted and tallied before and after. The order is that of "
            "`doumen dataset cluster`; without one, small files are put together as they are. "
            "Earlier versions keep their files until they are vacuumed. Rows that are appended "
            "meanwhile stay beside. A run that is killed changes nothing, and `doumen doctor "
            "--mend` sweeps what it leaves."
        ),
        examples=("doumen dataset compact", "doumen dataset compact transport.flights"),
        scope="write",
        gives=("datasets", "failed"),
        queues=("dataset",),
    ),
    Operation(
        name=("dataset", "cluster"),
        summary="Choose the columns that the files of a dataset are ordered by.",
        run=f"{_VERBS}:cluster",
        params=(
            _DATASET,
            Param(
                "column",
                "Columns, the one that most questions filter on first.",
                positional=True,
                repeat=True,
                metavar="COLUMN",
            ),
            Param("auto", "Choose by the questions that were asked, and say why.", "flag"),
            Param("none", "Keep rows in the order in which they came.", "flag"),
        ),
        details=(
            "A question with a condition on the first of them reads only the files that may hold "
            "such rows. The next compaction brings the files into this order. `--auto` counts, "
            "over all answers in the ledger, which columns decided what was in them: by "
            "conditions, joins, groups and order alike, since the ledger holds no statement."
        ),
        examples=(
            "doumen dataset cluster transport.flights origin time_hour",
            "doumen dataset cluster transport.flights --auto",
        ),
        scope="write",
        gives=("dataset", "columns", "why", "receipt"),
    ),
    Operation(
        name=("dataset", "retain"),
        summary="Say how long earlier versions of a dataset stay.",
        run=f"{_RETAINING}:retain",
        params=(
            _DATASET,
            Param("versions", "How many stay, the one in force included.", "integer", metavar="N"),
            Param(
                "days", "For how many days one stays after it was in force.", "integer", metavar="N"
            ),
            Param("everything", "Keep all of them.", "flag", option="--all"),
        ),
        details=(
            "It holds for the quarantine of the dataset too. With both a number and days, a "
            "version stays as long as either keeps it. Nothing is removed before `doumen dataset "
            "vacuum`; where nothing is said, all versions stay."
        ),
        examples=(
            "doumen dataset retain transport.flights --versions 5",
            "doumen dataset retain transport.flights --days 90",
        ),
        scope="write",
        gives=("dataset", "versions", "days", "receipt"),
    ),
    Operation(
        name=("dataset", "vacuum"),
        summary="Remove the files of versions that are not retained and that no receipt needs.",
        run=f"{_RETAINING}:vacuum",
        params=(
            Param(
                "dataset",
                "A dataset: domain.name; all, where none is named.",
                positional=True,
            ),
            Param("dry_run", "Only say what would go.", "flag"),
            Param(
                "receipts_before",
                "Give up what only receipts of before this day (UTC) need.",
                metavar="YYYY-MM-DD",
            ),
        ),
        details=(
            "A version that a kept receipt names as read stays, so that the receipt can be "
            "replayed. `--receipts-before` gives older receipts up, but never those under an "
            "agreement in force: they still prove what was answered, and `receipt replay` says "
            "that the files were given up. What went out of force just now stays too, as long as "
            "a question may run. An event names the versions before the first file goes."
        ),
        examples=(
            "doumen dataset vacuum --dry-run",
            "doumen dataset vacuum transport.flights --receipts-before 2026-01-01",
        ),
        scope="write",
        gives=("datasets", "receipt"),
        queues=(),
    ),
)
