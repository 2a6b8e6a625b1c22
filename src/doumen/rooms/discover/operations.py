"""The verbs of this room: contract, describe, dataset, search, and those of meaning."""

from __future__ import annotations

from doumen.model.life import DRAFT, RETIRED, STATES
from doumen.model.operation import Operation, Param
from doumen.rooms.discover.meaning.operations import OPERATIONS as MEANING
from doumen.rooms.discover.search.operations import OPERATIONS as SEARCH

_ROOM = "doumen.rooms.discover"
_VERSION = r"v?[0-9][0-9A-Za-z.+-]{0,63}"
_DATASET = Param("dataset", "A dataset: domain.name.", positional=True, required=True)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        ("contract", "show"),
        "Print the contract of a dataset.",
        f"{_ROOM}.contracts:show",
        (_DATASET, Param("output", "Write it to a new file.", "path", option="-o",
                         metavar="FILE")),
        details="The contract is a document of the Open Data Contract Standard 3.1. Its `status` "
        "is where the dataset stands, once `doumen dataset state` said so. Change it in a file and "
        "give it back with `doumen contract edit DATASET --file FILE`.",
        examples=(
            "doumen contract show transport.flights",
            "doumen contract show transport.flights -o flights.odcs.yaml",
        ),
        gives=("dataset", "version", "contract"),
    ),
    Operation(
        ("contract", "edit"),
        "Change the contract of a dataset.",
        f"{_ROOM}.contracts:edit",
        (
            _DATASET,
            Param("file", "A text that takes its place.", "path", upload=True),
            Param(
                "changes", "A field to set; an empty value removes it.", repeat=True,
                option="--set", metavar="PATH=VALUE",
            ),
            Param("new_version", "Take a breaking change as the next major version.", "flag",
                  option="--new-version"),
        ),
        details="Without --file and --set it opens in $EDITOR. A change that breaks users of the "
        "contract is refused with the list of what breaks. Comments and fields that Doumen does "
        "not know stay as they are. The version is raised as Semantic Versioning asks. A status "
        "that is changed is where the dataset stands from then on.",
        examples=(
            "doumen contract edit transport.flights --set columns.tailnum.classification=personal",
            "doumen contract edit transport.flights --file flights.odcs.yaml --new-version",
        ),
        scope="write",
        one_of=("file", "changes"),
    ),
    Operation(
        ("contract", "diff"),
        "Compare two versions of a contract, or one with a file.",
        f"{_ROOM}.versions:diff",
        (
            _DATASET,
            Param("old", "A version; else the one before.", option="--from", metavar="VERSION",
                  pattern=_VERSION),
            Param("new", "A version or a file; else the one in force.", option="--to",
                  metavar="VERSION|FILE", pattern=_VERSION),
        ),
        examples=(
            "doumen contract diff transport.flights --from 1.0.0 --to 2.0.0",
            "doumen contract diff transport.flights --to flights.odcs.yaml",
        ),
        gives=("dataset", "from", "to", "breaking", "changes"),
    ),
    Operation(
        ("contract", "history"),
        "List the versions of a contract and what each changed.",
        f"{_ROOM}.versions:history",
        (_DATASET,),
        examples=("doumen contract history transport.flights",),
        gives=("dataset", "versions"),
    ),
    Operation(
        ("describe",),
        "Tell what a dataset is: columns, labels, rules, lineage, how to query it.",
        f"{_ROOM}.describe:describe",
        (_DATASET,),
        examples=("doumen describe transport.flights",),
        gives=("dataset", "name", "columns", "rules", "labels"),
    ),
    Operation(
        ("dataset", "list"),
        "List the datasets that you may know.",
        f"{_ROOM}.describe:list_all",
        examples=("doumen dataset list",),
        gives=("datasets",),
    ),
    Operation(
        ("dataset", "state"),
        "Show or say where a dataset stands: draft, active, deprecated or retired.",
        f"{_ROOM}.states:state",
        (
            _DATASET,
            Param("state", "Where it stands from now on.", "choice", positional=True,
                  choices=STATES),
            Param("successor", "The dataset that takes its place.", metavar="DATASET"),
            Param("until", "Last day (UTC) on which a deprecated one is read.",
                  metavar="YYYY-MM-DD"),
            Param("reason", "Why, for those who may know of it.", metavar="TEXT"),
        ),
        details="A draft is there for its owner and for roles that are named for drafts; to others "
        "it does not exist. A deprecated dataset is read as before, and each answer says what "
        "takes its place, and until when. A retired one is read by its owner and by roles that are "
        "named for that; nothing is brought into it, and nothing of it is given to others, under "
        "agreements in force neither. Its contract says the state as its `status`.",
        examples=(
            "doumen dataset state transport.flights",
            "doumen dataset state transport.flights deprecated --successor transport.trips"
            " --until 2027-06-30",
        ),
        scope="write",
        gives=("dataset", "state", "successor", "until", "reason", "receipt"),
    ),
    Operation(
        ("dataset", "readers"),
        "Show or say which roles read drafts, or what is retired, beside the owner.",
        f"{_ROOM}.states:readers",
        (
            Param("state", "The state.", "choice", positional=True, required=True,
                  choices=(DRAFT, RETIRED)),
            Param("role", "A role that reads in it, as far as its rules go.", repeat=True),
            Param("none", "Nobody but the owner.", "flag"),
        ),
        details="The roles given take the place of those that were named. Where nobody said it, "
        "stewards read drafts, and nobody but the owner what is retired.",
        examples=(
            "doumen dataset readers draft",
            "doumen dataset readers draft --role steward --role analyst",
        ),
        scope="write",
        gives=("state", "roles", "receipt"),
    ),
    *SEARCH,
    *MEANING,
)  # fmt: skip
