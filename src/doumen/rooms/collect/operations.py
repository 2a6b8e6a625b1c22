"""The verbs of the collect room: `collect`, `attach`, `contract infer`, and those of its parts."""

from __future__ import annotations

from doumen.model.operation import Operation, Param
from doumen.rooms.collect.aside import operations as aside
from doumen.rooms.collect.upkeep import operations as upkeep

_READING = (
    Param("encoding", "Encoding of text files, where it cannot be told.", metavar="NAME"),
    Param("delimiter", "Delimiter of text files, as it is or `tab`.", metavar="CHAR"),
    Param("no_header", "The first row is data: columns are named column_1, …", "flag"),
    Param("json_path", "Where in a JSON document its rows lie.", metavar="$.NAME"),
    Param("sheet", "Sheet of a workbook, or `all`.", metavar="NAME"),
)

_SOURCES = "doumen.rooms.collect.sources.verbs"
_SOURCE = Param("name", "Name of the source.", positional=True, required=True, metavar="NAME")
_PLACES = "Places, files and secrets are of the machine of the node."

SOURCES: tuple[Operation, ...] = (
    Operation(
        name=("source", "add"),
        summary="Describe a place outside that data come from again and again.",
        run=f"{_SOURCES}:add",
        params=(
            _SOURCE,
            Param(
                "file",
                "YAML: the kind, its options, and streams.",
                "path",
                positional=True,
                required=True,
                metavar="FILE",
            ),
        ),
        details=(
            "docs/sources.md describes the file. Secrets are named by the place where they are "
            "kept, and never stored. A source of this name is replaced; its streams are read on "
            "where they were."
        ),
        examples=("doumen source add shop shop.yaml",),
        scope="write",
        local=_PLACES,
        gives=("source", "kind", "options", "secrets", "streams", "paused", "receipt"),
    ),
    Operation(
        name=("source", "kinds"),
        summary="List the kinds of places that data may come from, and an example of each.",
        run="doumen.rooms.collect.sources.kinds:listing",
        examples=("doumen source kinds",),
        gives=("kinds",),
    ),
    Operation(
        name=("source", "list"),
        summary="List the sources of the node.",
        run=f"{_SOURCES}:listing",
        examples=("doumen source list",),
        gives=("sources",),
    ),
    Operation(
        name=("source", "show"),
        summary="Show a source, its streams, and how far each is read.",
        run=f"{_SOURCES}:show",
        params=(_SOURCE,),
        examples=("doumen source show shop",),
        gives=("source", "kind", "options", "secrets", "streams", "paused"),
    ),
    Operation(
        name=("source", "test"),
        summary="Reach a source and say what is wrong: address, user, permission, table, column.",
        run=f"{_SOURCES}:test",
        params=(_SOURCE,),
        details="Nothing is collected. Exit code 1 where a stream cannot be read.",
        examples=("doumen source test shop",),
        local=_PLACES,
        gives=("source", "streams"),
    ),
    Operation(
        name=("source", "discover"),
        summary="List what may be read of a source: tables with columns and keys, or files.",
        run=f"{_SOURCES}:discover",
        params=(_SOURCE,),
        examples=("doumen source discover shop",),
        local=_PLACES,
        gives=("source", "tables"),
    ),
    Operation(
        name=("source", "preview"),
        summary="Show the first rows of a table or file of a source; nothing is kept.",
        run=f"{_SOURCES}:preview",
        params=(
            _SOURCE,
            Param(
                "table",
                "Table or file as the place calls it, or the dataset of a stream.",
                positional=True,
                required=True,
                metavar="TABLE",
            ),
        ),
        examples=("doumen source preview shop public.orders",),
        local=_PLACES,
        gives=("source", "table", "columns", "rows"),
    ),
    Operation(
        name=("source", "run"),
        summary="Collect what sources have that was not read yet.",
        run=f"{_SOURCES}:run",
        params=(
            Param(
                "name",
                "Source; all that are not paused, where none is named.",
                positional=True,
                metavar="NAME",
            ),
            Param(
                "dataset",
                "Only the streams that become this dataset.",
                repeat=True,
                metavar="DATASET",
            ),
        ),
        details=(
            "A stream with a cursor is read on from where it was, and its rows are appended; one "
            "without is read whole, and takes the place of what was there if it differs. How far "
            "it is read becomes true together with its rows: a run that is killed goes on where "
            "it was, and nothing lands twice. What fails stops no other stream or source; then "
            "the exit code is 1. With `--detach` a worker does it, and fetches the secrets."
        ),
        examples=("doumen source run", "doumen source run shop --dataset shop.orders"),
        scope="write",
        local=_PLACES,
        gives=("streams", "failed"),
        queues=(),
        resumes=True,
    ),
    Operation(
        name=("source", "pause"),
        summary="Leave a source out of runs.",
        run=f"{_SOURCES}:pause",
        params=(_SOURCE,),
        examples=("doumen source pause shop",),
        scope="write",
        gives=("source", "paused", "receipt"),
    ),
    Operation(
        name=("source", "resume"),
        summary="Let a source that is paused go on.",
        run=f"{_SOURCES}:resume",
        params=(_SOURCE,),
        examples=("doumen source resume shop",),
        scope="write",
        gives=("source", "paused", "receipt"),
    ),
    Operation(
        name=("source", "remove"),
        summary="Forget a source; what came from it stays.",
        run=f"{_SOURCES}:remove",
        params=(_SOURCE,),
        details="One of the same name that is described later is read on where this one was.",
        examples=("doumen source remove shop",),
        scope="write",
        gives=("source", "receipt"),
    ),
)

_PREVIEW = Operation(
    name=("preview",),
    summary="Show how files would be read, and what of them would land; nothing is kept.",
    run="doumen.rooms.collect.previewing:preview",
    params=(
        Param(
            "path",
            "File, folder, pattern in quotes, or http(s) address.",
            "path",
            positional=True,
            required=True,
            upload=True,
        ),
        Param(
            "as_dataset",
            "Dataset whose contract they would be held to, where it has one.",
            option="--as-dataset",
            metavar="domain.name",
        ),
        Param("rows", "First rows that are shown, 100 at most.", "integer", default=10,
              metavar="N"),
        Param("quick", "Do not count what would land.", "flag"),
        *_READING,
        Param("allow_private", "An address may lead into an inner network.", "flag"),
    ),
    details=(
        "Reads all rows in the sandbox, as `collect` does: encoding, dialect, columns, types and "
        "why, the first rows as they were read, and how many rows would land or go to "
        "quarantine, with the reasons."
    ),
    examples=(
        "doumen preview flights.csv",
        "doumen preview flights.csv --as-dataset transport.flights",
    ),
    gives=("dataset", "files", "rows", "reading", "read_as", "contract", "columns", "first",
           "would"),
)  # fmt: skip

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name=("collect",),
        summary="Bring a file, a folder, a pattern or an address in as a dataset.",
        run="doumen.rooms.collect.verbs:collect",
        params=(
            Param(
                "path",
                "File, folder, pattern in quotes, or http(s) address.",
                "path",
                positional=True,
                required=True,
                upload=True,
            ),
            Param(
                "as_dataset",
                "Dataset to collect into.",
                required=True,
                option="--as-dataset",
                metavar="domain.name",
            ),
            Param(
                "contract",
                "ODCS contract that the rows are held to.",
                "path",
                metavar="FILE",
                upload=True,
            ),
            Param("append", "Keep what is there, although the path has other content.", "flag"),
            Param("replace", "Put the files in place of all that is there.", "flag"),
            Param("upsert", "Keep the latest row of each key.", "flag"),
            Param("history", "Keep all rows of each key, with the times of each.", "flag"),
            Param("key", "Column by which rows meet.", repeat=True, metavar="COLUMN"),
            Param("order", "Column whose greater value is the later row.", metavar="COLUMN"),
            Param(
                "vanished",
                "What becomes of rows whose key is in none of the files.",
                "choice",
                choices=("keep", "mark", "remove"),
                default="keep",
            ),
            *_READING,
            Param("accept_extra", "Leave out columns that the contract does not know.", "flag"),
            Param(
                "title",
                "How people call the dataset; for a contract that is inferred.",
                metavar="TEXT",
            ),
            Param("description", "What it is; for a contract that is inferred.", metavar="TEXT"),
            Param("allow_private", "An address may lead into an inner network.", "flag"),
            Param("files", "Each file of a folder is one row, kept as it is.", "flag"),
            Param("glob", "Which files of the folder, such as `**/*.pdf`.", metavar="PATTERN"),
            Param("largest", "MiB of the largest file that is kept so.", "integer", metavar="N"),
        ),
        details=(
            "Reads CSV, TSV (UTF-8, GB18030, UTF-16 …), JSON, NDJSON, Excel and Parquet, packed or "
            "not. Without a contract, types are inferred from all rows and a contract is written. "
            "Rows that break the contract go to domain.name__quarantine, each with its reason. The "
            "same content again changes nothing; a new file is appended. With --upsert or "
            "--history rows meet those that are there by --key.\n\n"
            "With --files nothing is read of a file but its bytes: the dataset has path, name, "
            "media type, size, time of change, SHA-256 and content of each. Run again, what is new "
            "or another lands; for what is gone --vanished holds. Files above 64 MiB, or what "
            "--largest says at first, go to quarantine without their content."
        ),
        examples=(
            "doumen collect flights.csv --as-dataset transport.flights",
            "doumen collect 'in/2024-*.csv' --as-dataset transport.flights --contract flights.yaml",
            "doumen collect flights.csv --as-dataset transport.flights --replace",
            "doumen collect stock.csv --as-dataset shop.stock --upsert --key article",
            "doumen collect papers --files --as-dataset archive.papers --glob '**/*.pdf'",
        ),
        scope="write",
        gives=(
            "dataset",
            "rows_in",
            "landed",
            "quarantined",
            "snapshot",
            "receipt",
            "unchanged",
            "merged",
            "encoding",
            "drift",
            "reasons",
        ),
        queues=(),
    ),
    Operation(
        name=("attach",),
        summary="Govern Parquet or CSV files where they lie, without copying them.",
        run="doumen.rooms.collect.attach:attach",
        params=(
            Param(
                "path",
                "File, folder, or pattern in quotes.",
                "path",
                positional=True,
                required=True,
            ),
            Param(
                "as_dataset",
                "Dataset that the files become.",
                required=True,
                option="--as-dataset",
                metavar="domain.name",
            ),
            Param("contract", "ODCS contract that the rows are held to.", "path", metavar="FILE"),
            Param("replace", "Put the files in place of what the dataset holds.", "flag"),
            *_READING[:3],
            Param("accept_extra", "Leave out columns that the contract does not know.", "flag"),
        ),
        details=(
            "Reads all rows once, under the contract or with types inferred; a row that breaks it "
            "cannot be set aside where it lies, so then nothing is attached. Queries, rules, masks "
            "and receipts are as of any dataset. A file that is changed is not read any more until "
            "it is attached anew with --replace. Text must be UTF-8."
        ),
        examples=(
            "doumen attach /data/flights.parquet --as-dataset transport.flights",
            "doumen attach '/data/2024-*.csv' --as-dataset transport.flights --contract f.yaml",
        ),
        scope="write",
        local="The paths are of the machine of the node.",
        gives=("dataset", "rows", "files", "snapshot", "receipt", "unchanged", "encoding"),
    ),
    Operation(
        name=("contract", "infer"),
        summary="Print the contract that would be inferred from files or from a dataset.",
        run="doumen.rooms.collect.verbs:contract_infer",
        params=(
            Param("dataset", "Dataset.", positional=True, required=True, metavar="DATASET"),
            Param(
                "source",
                "Files to infer it from.",
                "path",
                option="--from",
                metavar="PATH",
                upload=True,
            ),
            Param("output", "Write it to a new file.", "path", option="-o", metavar="FILE"),
            *_READING,
        ),
        details=(
            "Changes nothing. Without --from, columns and types are those of the dataset as "
            "it landed."
        ),
        examples=(
            "doumen contract infer transport.flights --from flights.csv -o flights.yaml",
            "doumen contract infer transport.flights",
        ),
        gives=("dataset", "contract"),
    ),
    _PREVIEW,
    *SOURCES,
    *aside.OPERATIONS,
    *upkeep.OPERATIONS,
)
