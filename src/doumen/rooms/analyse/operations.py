"""The verbs of the analyse room."""

from __future__ import annotations

from doumen.model.operation import Operation, Param
from doumen.rooms.analyse.inputs import AGREEMENT, AS_OF, SQL, VALUE
from doumen.rooms.analyse.questions.operations import OPERATIONS as QUESTIONS

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name=("query",),
        summary="Ask a question in SQL; the answer carries a signed receipt.",
        run="doumen.rooms.analyse.query:query",
        params=(
            SQL,
            Param("into", "Write the answer as this dataset.", metavar="DOMAIN.NAME"),
            Param(
                "output",
                "Write the answer to this file: .csv, .json, .parquet or .arrow.",
                "path",
                option="-o",
                metavar="FILE",
            ),
            Param("explain", "Show ruling, statement and cost; run and pay nothing.", "flag"),
            VALUE,
            AGREEMENT,
            AS_OF,
        ),
        details="Each sees what the rules leave to them: rows filtered, columns masked or left "
        "out. The tables `sys.datasets`, `sys.columns`, `sys.states`, `sys.rules`, `sys.events`, "
        "`sys.charges`, `sys.lineage` and `sys.quality` are read in the same way.\n\n"
        "A value of `--param` is read as JSON where it is a number, true, false, null or a "
        "quoted text (`'\"7\"'` is the text 7); anything else is text as it stands.\n\n"
        "A file given with `-o` appears when the answer is complete, never half; one that is "
        "there is replaced. A dataset written with `--into` takes over the labels, the lineage "
        "and the terms of its sources.\n\n"
        "With `--as-of` each dataset is read at the version that was in force then, as AT does in "
        "a statement, which goes before it; rules are those of now. The receipt names the moment, "
        "and is replayed at it.\n\n"
        "With `--agreement` the statement runs at the node of the provider, under the terms that "
        "were agreed, and only the answer travels; both nodes sign its receipt. A statement that "
        "joins other data too is answered here: what the terms allow is fetched first, as "
        "`--explain` says beforehand.",
        examples=(
            'doumen query "select origin, count(*) from transport.flights group by origin"',
            'doumen query "select * from transport.flights where origin = ?" --param JFK'
            " --as ana --for research -o jfk.parquet",
            'doumen query "select * from transport.flights" --as ana --explain',
            "doumen query - --into transport.delays < delays.sql",
            'doumen query "select count(*) from transport.flights" --as-of 2026-01-31',
            'doumen query "select avg(temp) from weather.hourly" --agreement A-7F3KQ2AB'
            " --for research",
        ),
        queues=("into",),
    ),
    Operation(
        name=("dataset", "names"),
        summary="List what may be written in a statement: datasets, columns, functions.",
        run="doumen.rooms.analyse.completing:complete",
        details="For editors: datasets that you may know with their columns, types and "
        "descriptions, the tables `sys.*`, and the admitted functions with their inputs. `digest` "
        "is of this content alone: it is another where something of it changed.",
        examples=("doumen dataset names --json",),
        gives=("datasets", "functions", "digest"),
    ),
    Operation(
        name=("chart", "propose"),
        summary="Ask a question and propose charts for its answer.",
        run="doumen.rooms.analyse.charting:propose_for",
        params=(
            SQL,
            VALUE,
            AGREEMENT,
            AS_OF,
            Param("top", "Most bars of a chart, the longest.", "integer", default=30),
            Param("others", "Show the sum of the bars that are left out as one.", "flag"),
        ),
        details="The question passes the gate like any other, and has its receipt. Charts are "
        "proposed by the types of its columns, the best first, each with the reason for it, a "
        "caption that says what is not shown, and a summary for those who do not see it; where "
        "there is none, it says why. With `--json` each comes as an option for ECharts.",
        examples=(
            'doumen chart propose "select day, count(*) as flights from transport.flights '
            'group by day"',
            'doumen chart propose "select origin, avg(delay) as delay from transport.flights '
            'group by origin" --json',
        ),
        gives=("charts", "reasons", "columns", "rows", "truncated", "receipt"),
    ),
    Operation(
        name=("dataset", "extract"),
        summary="Write the files that are rows of a dataset to a folder.",
        run="doumen.rooms.analyse.extract:extract",
        params=(
            Param("dataset", "A dataset of files: domain.name.", positional=True, required=True),
            Param(
                "to", "Folder that they are written to.", "path", required=True, metavar="FOLDER"
            ),
            Param("where", "A condition over its columns, in SQL.", metavar="SQL"),
        ),
        details="Each sees what the rules leave to them: a file whose row is hidden does not come "
        "out, and where path, size, digest or content is masked or denied none does. A file that "
        "is there with the same content is left, another is never replaced, and a name that would "
        "lead out of the folder is not written; what was not written is listed, with exit code 1. "
        "Run again, it goes on. Files are asked for in groups: each question counts, and has its "
        "receipt.",
        examples=(
            'doumen dataset extract archive.papers --to out --where "media_type = '
            "'application/pdf'\"",
        ),
        local="The folder is of the machine of the node.",
        gives=("dataset", "to", "written", "there", "faults", "receipts"),
    ),
    *QUESTIONS,
)
