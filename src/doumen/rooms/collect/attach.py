"""The verb `attach`: files that stay where they lie, governed as a dataset.

Only what the engine reads as it is can be attached: Parquet, and delimited text in UTF-8.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from doumen.kits import policy
from doumen.model.answer import Made
from doumen.model.errors import Invalid
from doumen.model.load import Drift, LoadSpec, Reading
from doumen.model.message import Message, msg, plain
from doumen.model.operation import Fields, Outcome
from doumen.rooms.collect import drifting
from doumen.rooms.collect.fetch import is_address
from doumen.rooms.collect.find import Weighed, find, weigh
from doumen.rooms.collect.formats import Wishes
from doumen.rooms.collect.intake import Fitted, Request, fit, left_aside
from doumen.rooms.collect.recognise import alike
from doumen.rooms.collect.terms import once, target, terms
from doumen.rooms.collect.unpack import holding

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

_PLAIN = frozenset({"utf-8", "utf-8-sig", "ascii"})


def attach(
    desk: Desk,
    *,
    path: Path | str,
    as_dataset: str,
    contract: Path | str | None = None,
    replace: bool = False,
    encoding: str | None = None,
    delimiter: str | None = None,
    no_header: bool = False,
    accept_extra: bool = False,
) -> Outcome:
    """Govern a file, a pattern or a folder where it lies.

    Raises:
        DoumenError: nothing was attached; the error says what is to be done.
    """
    policy.may_collect(desk.actor)
    if is_address(str(path)):
        raise Invalid(
            msg("An address cannot be attached: what lies there may change unseen."),
            next=msg("Collect it: `{command}`.", command=_collect(path, as_dataset)),
            detail="address",
        )
    request = Request(
        str(path),
        target(as_dataset),
        contract=None if contract is None else str(contract),
        wishes=Wishes(encoding, delimiter, False if no_header else None),
        accept_extra=accept_extra,
    )
    held = terms(request.ref, request.contract, desk.facts())
    with holding() as into:
        found = find(request.path)
        real = [Path(os.path.realpath(one)) for one in found.files]
        files = weigh(real, desk.progress, into)
        weighed, again = once(files)
        _as_they_are(request, weighed)
        fitted = fit(desk, request, held, weighed)
        if fitted.drift is not None and fitted.drift.does is Drift.QUARANTINE:
            raise drifting.refused(fitted.files, fitted.drift)
        spec = LoadSpec(fitted.files, fitted.reading, fitted.columns)
        made = desk.attach(request.ref, spec, fitted.text, replace=replace)
        said = (*left_aside(found, files, weighed, again, into.skipped), *fitted.said)
    return _told(made, fitted, said)


def _as_they_are(request: Request, weighed: Sequence[Weighed]) -> None:
    """Check that the engine can read the files where they lie.

    Raises:
        Invalid: one is packed, of another kind, or text of another encoding.
    """
    command = _collect(request.path, str(request.ref))
    packed = [one for one in weighed if one.source.path != str(one.origin)]
    if packed:
        raise Invalid(
            msg("`{file}` is packed, so it cannot be read where it lies.", file=packed[0].origin),
            next=msg("Unpack it, or collect it: `{command}`.", command=command),
            detail="packed",
        )
    reading = alike([one.sample for one in weighed], request.wishes).reading
    if reading.format not in {"csv", "parquet"}:
        raise Invalid(
            msg("Files of kind {kind} cannot be attached.", kind=reading.format.upper()),
            why=msg("Only Parquet and delimited text are read where they lie."),
            next=msg("Collect it: `{command}`.", command=command),
            detail="format",
        )
    if reading.format == "csv" and codecs.lookup(reading.encoding).name not in _PLAIN:
        raise Invalid(
            msg("Text in {encoding} cannot be attached.", encoding=reading.encoding.upper()),
            why=msg("Where it lies, text is read as UTF-8 only; collecting converts it."),
            next=msg(
                "Collect it: `{command}`. Or convert it first: `{convert}`.",
                command=command,
                convert=f"iconv -f {reading.encoding} -t utf-8 OLD > NEW",
            ),
            detail="encoding",
        )


def _collect(path: Path | str, ref: str) -> str:
    return f"doumen collect {path} --as-dataset {ref}"


def _told(made: Made, fitted: Fitted, said: tuple[Message, ...]) -> Outcome:
    shape = {
        "dataset": str(made.ref),
        "rows": made.rows_in,
        "files": len(fitted.files),
        "snapshot": made.snapshot,
        "receipt": made.receipt,
        "unchanged": made.unchanged,
        "encoding": _encoding(fitted.reading),
    }
    following = msg(
        "Receipt {receipt}. Next: {describe}, or {query}",
        receipt=made.receipt,
        describe=f"doumen describe {made.ref}",
        query=f'doumen query "SELECT * FROM {made.ref} LIMIT 10"',  # noqa: S608 - shown
    )
    if made.unchanged:
        same = msg(
            "`{ref}` is these files under the same contract already: nothing changed.",
            ref=made.ref,
        )
        return Outcome(shape, (), (*said, same, following))
    counts = Fields(
        (
            (msg("rows"), made.rows_in),
            (msg("files"), len(fitted.files)),
            (msg("snapshot"), made.snapshot),
        ),
        title=plain(made.ref),
    )
    stay = msg(
        "The files stay where they lie. Once one is changed, queries of `{ref}` are refused until "
        "it is attached anew with `--replace`.",
        ref=made.ref,
    )
    return Outcome(shape, (counts,), (*said, stay, following))


def _encoding(reading: Reading) -> str | None:
    return reading.encoding if reading.format == "csv" else None
