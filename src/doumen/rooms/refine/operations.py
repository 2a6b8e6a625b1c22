"""The verbs of this room: contract test, import and propose, profile, quality, proposal."""

from __future__ import annotations

from doumen.model.operation import Operation, Param

_ROOM = "doumen.rooms.refine"
_DATASET = Param("dataset", "A dataset: domain.name.", positional=True, required=True)
_COLUMN = Param("column", "Only this column.", repeat=True)
_SAMPLE = Param("sample", "Rows of the sample; else 200,000.", "integer", metavar="N")

_KEYS = Param("proposal", "Keys of proposals.", positional=True, repeat=True, metavar="KEY")
_ONE = Param("proposal", "Key of a proposal.", positional=True, required=True, metavar="KEY")
_OF = Param("dataset", "Only those of this dataset.", metavar="DATASET")
_KIND = Param("kind", "Only those of this kind.", "choice", choices=("rule", "label", "link"))
_LEAST = Param("least", "Only those with at least this confidence, from 0 to 1.", metavar="SHARE")
_NOTE = Param("note", "Why; it is kept.", metavar="TEXT")

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
        "of, but are no faults; rules for people, and those of other tools that it cannot read, "
        "are listed as unchecked. It counts over the rows that you may see; a column that you see "
        "masked is not checked. What was found is kept: `doumen quality history`.",
        resumes=True,
        examples=(
            "doumen contract test transport.flights",
            "doumen contract test transport.flights --examples 5",
        ),
        gives=("dataset", "version", "rows", "faults", "rules", "receipts", "scope", "receipt"),
        queues=("dataset",),
        attended=("examples",),
    ),
    Operation(
        ("contract", "import"),
        "Add the rules of Great Expectations, dbt or another contract to a contract.",
        f"{_ROOM}.imports:take",
        (
            _DATASET,
            Param("file", "A suite, a properties file, or a contract.", "path", positional=True,
                  required=True, upload=True),
            Param("source", "What it is; else what it holds says so.", "choice", option="--from",
                  choices=("great-expectations", "dbt", "odcs")),
            Param("new_version", "Take rules that break its users as the next major version.",
                  "flag", option="--new-version"),
            Param("dry", "Only tell what would become of each rule.", "flag"),
        ),
        details="Suites of Great Expectations 0.18 and 1.x (JSON), and `schema.yml` of dbt. What "
        "cannot be said as a rule of ODCS is kept as a custom rule of its own tool, and told of "
        "with the reason. Comments and all else in the contract stay as they are. Rules that may "
        "be broken break its users, as in `doumen contract edit`.",
        examples=(
            "doumen contract import transport.flights suite.json --dry",
            "doumen contract import transport.flights schema.yml --from dbt --new-version",
        ),
        scope="write",
        gives=("dataset", "version", "from", "added", "already", "kept", "left", "rules",
               "breaking", "receipt"),
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
    Operation(
        ("quality", "broken"),
        "List what the last run of checks of each dataset found broken.",
        f"{_ROOM}.checks.broken:broken",
        (Param("dataset", "Only this dataset.", positional=True, metavar="DATASET"),),
        details="The last of your runs, and for those who audit the node of anybody's. What is "
        "broken may have been mended since: `doumen contract test` looks again.",
        examples=("doumen quality broken",),
        gives=("broken", "checked"),
    ),
    Operation(
        ("proposal", "list"),
        "List what was proposed and waits to be settled.",
        f"{_ROOM}.proposals.verbs:list_all",
        (
            _OF,
            _KIND,
            Param("state", "Only those in this state.", "choice", default="open",
                  choices=("open", "accepted", "refused", "all")),
            _LEAST,
            Param("limit", "At most so many.", "integer", default=1000),
        ),
        details="Rules, labels and meanings that a machine found likely. A proposal tells of rows "
        "as whoever had it made sees them: it is for them and for the owner.",
        examples=("doumen proposal list --dataset transport.flights",),
        gives=("proposals", "count"),
    ),
    Operation(
        ("proposal", "show"),
        "Show a proposal and what speaks for it.",
        f"{_ROOM}.proposals.verbs:show",
        (_ONE,),
        gives=("key", "kind", "dataset", "column", "change", "evidence", "confidence", "state"),
    ),
    Operation(
        ("proposal", "review"),
        "Settle proposals one after another, by keyboard.",
        f"{_ROOM}.proposals.review:review",
        (_OF, _KIND, _LEAST),
        details="a accepts, r refuses, A and R settle all that propose the same of other columns "
        "of the dataset, s skips, q quits. Each answer is kept before the next is asked.",
        examples=("doumen proposal review --dataset transport.flights",),
        scope="write",
        local="It asks at the terminal; over the network, `proposal accept` and `proposal refuse`.",
        gives=("accepted", "refused", "left"),
    ),
    Operation(
        ("proposal", "accept"),
        "Accept proposals: what they propose becomes true.",
        f"{_ROOM}.proposals.verbs:accept",
        (_KEYS, _OF, _KIND, _LEAST, _NOTE),
        details="Rules go into the contract, which gets its next version; labels and meanings "
        "become facts. All of one dataset are one event. Without keys, all that wait and that the "
        "conditions name.",
        examples=(
            "doumen proposal accept P-3EXAMPLE3EXAMPLE",
            "doumen proposal accept --dataset transport.flights --kind rule --least 0.95",
        ),
        scope="write",
        gives=("settled", "state", "receipts"),
        one_of=("proposal", "dataset", "kind", "least"),
    ),
    Operation(
        ("proposal", "edit"),
        "Accept another change in the place of the one proposed.",
        f"{_ROOM}.proposals.verbs:edit",
        (_ONE, Param("change", "The change, as JSON of the form that `proposal show` tells.",
                     required=True, metavar="JSON"), _NOTE),
        scope="write",
        gives=("settled", "state", "receipts"),
    ),
    Operation(
        ("proposal", "refuse"),
        "Refuse proposals; they are not made again.",
        f"{_ROOM}.proposals.verbs:refuse",
        (_KEYS, _OF, _KIND, _NOTE),
        examples=("doumen proposal refuse P-3EXAMPLE3EXAMPLE --note 'a code, not a number'",),
        scope="write",
        gives=("settled", "state", "receipts"),
        one_of=("proposal", "dataset", "kind"),
    ),
    Operation(
        ("profile",),
        "Tell what is in a dataset: nulls, ranges, values, forms, keys, correlations.",
        f"{_ROOM}.profile.run:profile",
        (_DATASET, _COLUMN, _SAMPLE),
        details="Of all that you may see, and of nothing else. Rows, nulls, ranges, means and keys "
        "are of all rows; distinct values are estimated, and quantiles, top values, forms and "
        "correlations are of a sample, where the dataset is larger than that. Each figure says "
        "which it is.",
        examples=(
            "doumen profile transport.flights",
            "doumen profile transport.flights --column dep_delay --json",
        ),
        gives=("dataset", "rows", "sample", "columns", "correlations", "keys", "dependencies",
               "receipts", "expires"),
    ),
    Operation(
        ("contract", "propose"),
        "Propose rules for a contract from what is in its dataset.",
        f"{_ROOM}.profile.propose:propose",
        (_DATASET, _COLUMN, _SAMPLE),
        details="Rules that hold in all rows that you may see, that fresh rows of the same kind "
        "should keep, and that the contract does not hold yet: no empty values, keys, valid "
        "values, forms, ranges, lengths, references, comparisons of columns. Each waits, with what "
        "speaks for it, until somebody accepts or refuses it; what was settled once is not "
        "proposed again.",
        examples=(
            "doumen contract propose transport.flights",
            "doumen contract propose transport.flights --column carrier --json",
        ),
        scope="write",
        gives=("dataset", "rows", "proposals", "new", "receipts"),
    ),
)  # fmt: skip
