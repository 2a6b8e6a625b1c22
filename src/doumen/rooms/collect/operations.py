"""The verbs of the collect room: `collect`, `attach` and `contract infer`."""

from __future__ import annotations

from doumen.model.operation import Operation, Param

_READING = (
    Param("encoding", "Encoding of text files, where it cannot be told.", metavar="NAME"),
    Param("delimiter", "Delimiter of text files, as it is or `tab`.", metavar="CHAR"),
    Param("no_header", "The first row is data: columns are named column_1, …", "flag"),
    Param("json_path", "Where in a JSON document its rows lie.", metavar="$.NAME"),
    Param("sheet", "Sheet of a workbook, or `all`.", metavar="NAME"),
)

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
            *_READING,
            Param("accept_extra", "Leave out columns that the contract does not know.", "flag"),
            Param("allow_private", "An address may lead into an inner network.", "flag"),
        ),
        details=(
            "Reads CSV, TSV (UTF-8, GB18030, UTF-16 …), JSON, NDJSON, Excel and Parquet, packed or "
            "not. Without a contract, types are inferred from all rows and a contract is written. "
            "Rows that break the contract go to domain.name__quarantine, each with its reason. The "
            "same content again changes nothing; a new file is appended."
        ),
        examples=(
            "doumen collect flights.csv --as-dataset transport.flights",
            "doumen collect 'in/2024-*.csv' --as-dataset transport.flights --contract flights.yaml",
            "doumen collect flights.csv --as-dataset transport.flights --replace",
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
            "encoding",
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
)
