"""The verbs of saved questions, and of what was asked."""

from __future__ import annotations

from doumen.model.operation import Operation, Param
from doumen.rooms.analyse.inputs import AGREEMENT, AS_OF, SQL, VALUE

_VERBS = "doumen.rooms.analyse.questions.verbs"
_KEY = Param(
    "question", "Its id, or ACTOR/ID of one that is shared.", positional=True, required=True,
    metavar="QUESTION",
)  # fmt: skip
_DESCRIBED = (
    "question", "actor", "title", "sql", "parameters", "purpose", "agreements", "as_of", "chart",
    "datasets", "shared", "created", "updated",
)  # fmt: skip

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name=("question", "save"),
        summary="Save a question, to ask it again and to share its text.",
        run=f"{_VERBS}:save",
        params=(
            SQL,
            Param("title", "What people call it.", required=True),
            Param("id", "Put it in the place of this one of yours."),
            VALUE,
            AGREEMENT,
            AS_OF,
            Param("chart", "Number of the chart to show first, as `chart propose` numbers them.",
                  "integer"),
        ),
        details="It is yours alone until you share it. The purpose stated with `--for` is kept "
        "with it. No answer is: whoever opens it asks again. Its text may hold values; `question "
        "remove` erases it.",
        examples=(
            'doumen question save "select origin, count(*) as flights from transport.flights '
            'group by origin" --title "Flights by origin"',
        ),
        scope="write",
        gives=(*_DESCRIBED, "receipt"),
    ),
    Operation(
        name=("question", "list"),
        summary="List your questions, and those that are shared with you.",
        run=f"{_VERBS}:show_all",
        details="A shared question is listed for whoever may know of every dataset that it names, "
        "with all of their columns.",
        examples=("doumen question list",),
        gives=("questions",),
    ),
    Operation(
        name=("question", "show"),
        summary="Show a question, and the receipts of your answers to it.",
        run=f"{_VERBS}:show",
        params=(_KEY,),
        examples=("doumen question show Q-7KM2ABCDEF",),
        gives=(*_DESCRIBED, "answers"),
    ),
    Operation(
        name=("question", "run"),
        summary="Ask a saved question under your own rights.",
        run=f"{_VERBS}:run",
        params=(
            _KEY,
            Param(
                "param", "Values of its `?` in place of those that were saved.", "scalar",
                repeat=True, metavar="VALUE",
            ),
            Param(
                "output", "Write the answer to this file: .csv, .json, .parquet or .arrow.",
                "path", option="-o", metavar="FILE",
            ),
            Param("explain", "Show ruling, statement and cost; run and pay nothing.", "flag"),
        ),
        details="It passes the gate as `query` does. Its events name the question, so that "
        "`question show` finds the receipt of each answer. One that was saved with a purpose asks "
        "for one.",
        examples=(
            "doumen question run Q-7KM2ABCDEF",
            "doumen question run ana/Q-7KM2ABCDEF --for research -o flights.parquet",
        ),
        gives=("question",),
    ),
    Operation(
        name=("question", "share"),
        summary="Share the text of a question of yours; with nobody named, no longer.",
        run=f"{_VERBS}:share",
        params=(
            _KEY,
            Param("role", "With actors of this role; may be given several times.", repeat=True),
            Param("everyone", "With every actor of the node.", "flag"),
        ),
        details="The text is shared, never data: whoever opens it asks again under their own "
        "rights. It is read only by those who may know of every dataset that it names, with all "
        "of their columns. Values in the text are read with it.",
        examples=(
            "doumen question share Q-7KM2ABCDEF --role analyst",
            "doumen question share Q-7KM2ABCDEF --everyone",
            "doumen question share Q-7KM2ABCDEF",
        ),
        scope="write",
        gives=("question", "shared", "receipt"),
    ),
    Operation(
        name=("question", "remove"),
        summary="Remove a question of yours and erase its text.",
        run=f"{_VERBS}:remove",
        params=(_KEY,),
        details="All versions of the text go from the store; older backups still hold them. "
        "Receipts of its answers hold the text that was asked, and stay. The owner may remove "
        "that of any actor.",
        examples=("doumen question remove Q-7KM2ABCDEF",),
        scope="write",
        gives=("question", "receipt"),
    ),
    Operation(
        name=("question", "history"),
        summary="List what you asked, the latest first, with receipts.",
        run=f"{_VERBS}:history",
        params=(
            Param("limit", "At most so many.", "integer", default=50, metavar="N"),
            Param("before", "Only what was asked before this receipt.", metavar="RECEIPT"),
            Param("question", "Only what was asked by running this question."),
        ),
        details="Nothing is kept for it: the ledger has what was asked when, and the text stands "
        "in your receipts. Questions that a rule refused are not in it; `sys.events` has them. "
        "Nobody else's questions are listed, whoever asks.",
        examples=(
            "doumen question history",
            "doumen question history --question Q-7KM2ABCDEF --limit 5",
        ),
        gives=("asked", "next"),
    ),
)  # fmt: skip
