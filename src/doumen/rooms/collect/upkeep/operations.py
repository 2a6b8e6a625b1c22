"""The verbs of upkeep: `dataset compact` and `dataset cluster`."""

from __future__ import annotations

from doumen.model.operation import Operation, Param

_VERBS = "doumen.rooms.collect.upkeep.verbs"
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
)
