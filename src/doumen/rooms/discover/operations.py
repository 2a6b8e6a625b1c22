"""The verbs of this room: contract, describe, dataset."""

from __future__ import annotations

from doumen.model.operation import Operation, Param

_ROOM = "doumen.rooms.discover"
_VERSION = r"v?[0-9][0-9A-Za-z.+-]{0,63}"
_DATASET = Param("dataset", "A dataset: domain.name.", positional=True, required=True)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        ("contract", "show"),
        "Print the contract of a dataset, as it is kept.",
        f"{_ROOM}.contracts:show",
        (_DATASET, Param("output", "Write it to a new file.", "path", option="-o",
                         metavar="FILE")),
        details="The contract is a document of the Open Data Contract Standard 3.1. Change it in "
        "a file and give it back with `doumen contract edit DATASET --file FILE`.",
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
        "not know stay as they are. The version is raised as Semantic Versioning asks.",
        examples=(
            "doumen contract edit transport.flights --set columns.tailnum.classification=personal",
            "doumen contract edit transport.flights --file flights.odcs.yaml --new-version",
        ),
        scope="write",
        one_of=("file", "changes"),
    ),
    Operation(
        ("contract", "test"),
        "Run the rules of a contract over what has landed.",
        f"{_ROOM}.trial:test",
        (_DATASET,),
        details="Ends with 1 where a rule is broken. Rules of severity info and warning are told "
        "of, but are no faults; rules for people and for other tools are listed as unchecked.",
        examples=("doumen contract test transport.flights",),
        gives=("dataset", "version", "rows", "faults", "rules", "receipts"),
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
)  # fmt: skip
