"""What the verbs of this room do: options in, an outcome with its words out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from doumen.kits.standards import odcs
from doumen.model.errors import Invalid, NotFound
from doumen.model.files import Upload, already_there, unwritable
from doumen.model.load import LoadColumn
from doumen.model.merge import Vanished
from doumen.model.message import msg, plain
from doumen.model.operation import Fields, Outcome, Table, Text
from doumen.model.ref import Ref
from doumen.rooms.collect import drifting, quarantine
from doumen.rooms.collect.filed import verb as filed
from doumen.rooms.collect.formats import Wishes
from doumen.rooms.collect.intake import Outlined, Request, Taken, outline, take
from doumen.rooms.collect.merging import asked, met
from doumen.rooms.collect.terms import target

if TYPE_CHECKING:
    from doumen.gate.desk import Desk


def collect(
    desk: Desk,
    *,
    path: Path | str,
    as_dataset: str,
    contract: Path | str | None = None,
    append: bool = False,
    replace: bool = False,
    upsert: bool = False,
    history: bool = False,
    key: tuple[str, ...] = (),
    order: str | None = None,
    vanished: str = Vanished.KEEP,
    encoding: str | None = None,
    delimiter: str | None = None,
    no_header: bool = False,
    json_path: str | None = None,
    sheet: str | None = None,
    accept_extra: bool = False,
    title: str | None = None,
    description: str | None = None,
    allow_private: bool = False,
    files: bool = False,
    glob: str | None = None,
    largest: int | None = None,
) -> Outcome:
    """Bring a file, a pattern, a folder or an address in as a dataset.

    With `files`, each file of a folder is a row; `glob` and `largest` are for that alone.

    Raises:
        DoumenError: nothing was kept; the error says what is to be done.
    """
    if files:
        others = (
            contract, append, replace, upsert, history, key, order, encoding, delimiter,
            no_header, json_path, sheet, accept_extra, title, description, allow_private,
        )  # fmt: skip
        _alone(any(others))
        bytes_ = None if largest is None else largest << 20
        return filed.collect(desk, Path(path), target(as_dataset), pattern=glob, largest=bytes_,
                             vanished=Vanished(vanished))  # fmt: skip
    _alone(glob is not None or largest is not None)
    mode, merge = asked(
        append=append, replace=replace, upsert=upsert, history=history, key=key, order=order,
        vanished=vanished,
    )  # fmt: skip
    request = Request(
        str(path),
        target(as_dataset),
        mode,
        None if contract is None else str(contract),
        Wishes(encoding, delimiter, False if no_header else None, json_path=json_path, sheet=sheet),
        accept_extra,
        path.name if isinstance(path, Upload) else None,
        allow_private,
        merge, title, description,
    )  # fmt: skip
    return _told(take(desk, request))


def _alone(others: bool) -> None:
    """Hold `--files` to the options that go with it, and those to it.

    Raises:
        Invalid: others are given, or they are given without.
    """
    if others:
        raise Invalid(
            msg("`--files` goes with `--glob` and `--largest`, and those with it alone."),
            why=msg("Files that are rows are not read, and meet those that are there by path."),
            next=msg("doumen collect FOLDER --files --as-dataset domain.name"),
            detail="option",
        )


def contract_infer(
    desk: Desk,
    *,
    dataset: str,
    source: Path | str | None = None,
    output: Path | str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    no_header: bool = False,
    json_path: str | None = None,
    sheet: str | None = None,
) -> Outcome:
    """Print or write the contract that would be inferred; nothing else is changed.

    Raises:
        NotFound: without files, the dataset does not exist.
        Conflict: `output` is there already.
        DoumenError: files cannot be read.
    """
    ref = target(dataset)
    if source is None:
        outlined = _as_landed(desk, ref)
    else:
        wishes = Wishes(
            encoding, delimiter, False if no_header else None, json_path=json_path, sheet=sheet
        )
        outlined = outline(desk, ref, str(source), wishes)
    shape = {"dataset": str(ref), "contract": outlined.text}
    if output is None:
        return Outcome(shape, (Text(outlined.text),), outlined.said)
    _write(Path(output), outlined.text)
    following = f"doumen collect {source or 'PATH'} --as-dataset {ref} --contract {output}"
    written = msg("Written to `{output}`. Next: {following}", output=output, following=following)
    return Outcome({**shape, "output": str(output)}, (), (*outlined.said, written))


def _told(taken: Taken) -> Outcome:
    made = taken.made
    shape = {
        "dataset": str(made.ref),
        "rows_in": made.rows_in,
        "landed": made.landed,
        "quarantined": made.quarantined,
        "snapshot": made.snapshot,
        "receipt": made.receipt,
        "unchanged": made.unchanged,
        "merged": None if made.merged is None else asdict(made.merged),
        "encoding": _encoding(taken),
        "drift": drifting.as_json([made.drift]),
        "reasons": [
            {"column": one.column, "reason": one.reason, "rows": one.rows} for one in made.reasons
        ],
    }
    look = f"SELECT * FROM {made.ref} LIMIT 10"  # noqa: S608 - shown to people, not run
    following = msg(
        'Receipt {receipt}. Next: doumen describe {ref}, or doumen query "{look}"',
        receipt=made.receipt,
        ref=made.ref,
        look=look,
    )
    if made.unchanged:
        said = msg(
            "`{ref}` holds this content under the same contract already: nothing changed.",
            ref=made.ref,
        )
        return Outcome(shape, (), (*taken.said, said, following))
    counts = Fields(
        (
            (msg("rows in"), made.rows_in),
            (msg("landed"), made.landed),
            *met(made.merged),
            (msg("quarantined"), made.quarantined),
            (msg("snapshot"), made.snapshot),
        ),
        title=plain(made.ref),
    )
    drawn: tuple[Fields | Table, ...] = (counts,)
    if made.reasons:
        drawn = (counts, quarantine.table(made.reasons))
    aside = quarantine.sentences(made.ref, made.quarantined)
    return Outcome(shape, drawn, (*taken.said, *aside, following))


def _encoding(taken: Taken) -> str | None:
    if taken.reading is None or taken.reading.format not in {"csv", "json"}:
        return None
    return taken.reading.encoding


def _as_landed(desk: Desk, ref: Ref) -> Outlined:
    snapshot = desk.facts().snapshot(ref)
    if snapshot is None:
        raise NotFound(
            msg("There is no dataset `{ref}`.", ref=ref),
            next=msg("Name the files: doumen contract infer {ref} --from PATH", ref=ref),
            detail="dataset",
        )
    columns = [LoadColumn(c.name, c.name, c.type) for c in snapshot.schema]
    said = msg(
        "Columns and types are those of `{ref}` as it landed, version {version}.",
        ref=ref,
        version=snapshot.version,
    )
    return Outlined(odcs.infer_contract(ref, columns), (said,))


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise already_there(path) from error
    except OSError as error:
        raise unwritable(path, error) from error
