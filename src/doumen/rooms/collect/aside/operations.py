"""The verbs of the quarantine: `quarantine list`, `export`, `replay` and `discard`."""

from __future__ import annotations

from doumen.model.operation import Operation, Param

_VERBS = "doumen.rooms.collect.aside.verbs"
_DATASET = Param("dataset", "A dataset: domain.name.", positional=True, required=True)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name=("quarantine", "list"),
        summary="Count the rows in quarantine by dataset, column, reason and source.",
        run=f"{_VERBS}:listing",
        params=(
            Param(
                "dataset",
                "A dataset: domain.name; all that have such rows, where none is named.",
                positional=True,
            ),
        ),
        examples=("doumen quarantine list", "doumen quarantine list transport.flights"),
        gives=("datasets",),
    ),
    Operation(
        name=("quarantine", "show"),
        summary="Show rows in quarantine: their fields, where they came from, and the reason.",
        run="doumen.rooms.collect.aside.showing:rows",
        params=(
            _DATASET,
            Param("column", "Rows set aside for a rule of this column.", metavar="COLUMN"),
            Param("rule", "Rows set aside for this rule.", metavar="REASON"),
            Param("source", "Rows of this source.", metavar="SOURCE"),
            Param("offset", "Rows that are passed over.", "integer", default=0, metavar="N"),
            Param("limit", "Rows that are shown, 100 at most.", "integer", default=20, metavar="N"),
        ),
        examples=("doumen quarantine show transport.flights --rule type --limit 5",),
        gives=("dataset", "names", "rows", "total"),
    ),
    Operation(
        name=("quarantine", "export"),
        summary="Write the rows in quarantine as CSV, to be repaired in a spreadsheet.",
        run=f"{_VERBS}:export",
        params=(
            _DATASET,
            Param("file", "A new file.", "path", positional=True, required=True, metavar="FILE"),
        ),
        details=(
            "Each row has its id, where it came from, why it was set aside, and its fields by the "
            "names of its source. What is no record has no fields: its text is in `doumen_raw`. "
            "Open the file with all columns as text, lest a spreadsheet makes numbers of digits "
            "and formulas of what begins with `=`."
        ),
        examples=("doumen quarantine export transport.flights bad.csv",),
        local="It writes a file.",
        gives=("dataset", "file", "rows"),
    ),
    Operation(
        name=("quarantine", "replay"),
        summary="Hold the rows in quarantine against the contract as it is now; what passes lands.",
        run=f"{_VERBS}:replay",
        params=(
            _DATASET,
            Param(
                "repaired",
                "CSV with repaired values, as `export` wrote it.",
                "path",
                metavar="FILE",
                upload=True,
            ),
            Param("dry_run", "Only say what would land.", "flag"),
        ),
        details=(
            "Rows that pass land as the dataset is written (appended, or by key) and leave the "
            "quarantine; the others stay, with the reason of now. All of it is one commit with "
            "one receipt: a run that is killed changes nothing, and no row lands twice. A value "
            "of the file counts where it differs from that of the row; rows that are not in the "
            "file are held against the contract as they came, and ids that are not in "
            "quarantine any more are passed over. Owner and stewards may."
        ),
        examples=(
            "doumen quarantine replay transport.flights",
            "doumen quarantine replay transport.flights --repaired bad.csv --dry-run",
        ),
        scope="write",
        gives=(
            "dataset",
            "replayed",
            "repaired",
            "unknown_ids",
            "landed",
            "remaining",
            "merged",
            "reasons",
            "snapshot",
            "dry_run",
            "receipt",
        ),
        queues=(),
    ),
    Operation(
        name=("quarantine", "discard"),
        summary="Give rows in quarantine up for good, and say why.",
        run=f"{_VERBS}:discard",
        params=(
            _DATASET,
            Param("reason", "Why; it is kept in the ledger.", required=True, metavar="TEXT"),
            Param("id", "A row; may be given several times.", repeat=True, metavar="ID"),
            Param("column", "Rows set aside for a rule of this column.", metavar="COLUMN"),
            Param("rule", "Rows set aside for this rule.", metavar="REASON"),
            Param("source", "Rows of this source.", metavar="SOURCE"),
        ),
        details=(
            "Without further options all rows of the dataset that are in quarantine; with several, "
            "rows for which all of them are true. Earlier versions hold the rows until "
            "`doumen dataset vacuum` removes them. Owner and stewards may."
        ),
        examples=(
            'doumen quarantine discard transport.flights --rule ragged --reason "cut in transfer"',
        ),
        scope="write",
        gives=("dataset", "discarded", "remaining", "receipt"),
        queues=(),
    ),
)
