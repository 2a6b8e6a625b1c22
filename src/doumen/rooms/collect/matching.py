"""Which column of a file is which column of a contract.

Pure. A contract's column is found by its name in the file (`physicalName`), then by its own
name, with and then without regard to case; in files without a header, by place. A column
that is missing is a fault; one that the contract does not know is refused unless the user
leaves it out knowingly. All are told at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from doumen.kits.places import places
from doumen.model.errors import Faulty
from doumen.model.load import LoadColumn
from doumen.model.message import Message, enumerated, joined, msg, paragraph, plain


def match(
    columns: Sequence[LoadColumn],
    names: Sequence[str],
    *,
    header: bool = True,
    accept_extra: bool = False,
) -> tuple[LoadColumn, ...]:
    """The contract's columns, each with its source as the file writes it.

    Args:
        columns: Columns of the contract.
        names: Columns of the file, in order.
        header: Whether the file names its columns itself.
        accept_extra: Leave out columns that the contract does not know.

    Raises:
        Faulty: columns are missing, unknown ones are there, or the contract has none.
    """
    if not columns:
        raise Faulty(
            msg("The contract declares no column."),
            next=msg("Add `properties` to its schema: `doumen contract infer` writes them."),
            detail="columns",
        )
    found, free = places(columns, names, header=header)
    missing = [c for c, source in zip(columns, found, strict=True) if source is None]
    if missing:
        raise _missing(missing, free)
    if free and not accept_extra:
        raise Faulty(
            msg(
                "{count} columns of the file are not in the contract: {names}.",
                count=len(free),
                names=_list(free),
            ),
            next=msg("Add them to the contract, or leave them out with `--accept-extra`."),
            detail="extra",
        )
    return tuple(
        replace(column, source=column.source if source is None else source)
        for column, source in zip(columns, found, strict=True)
    )


def _missing(missing: Sequence[LoadColumn], free: Sequence[str]) -> Faulty:
    folded = {name.casefold(): name for name in free}
    told: list[Message] = []
    for column in missing:
        near = get_close_matches(column.source.casefold(), list(folded)[:500], n=1, cutoff=0.6)
        told.append(
            msg("`{column}` (there is `{near}`)", column=column.source, near=folded[near[0]])
            if near
            else plain(f"`{column.source}`")
        )
    why = [msg("Nothing was loaded.")]
    if free:
        why.append(
            msg("Columns of the file that the contract does not know: {names}.", names=_list(free))
        )
    return Faulty(
        msg(
            "{count} columns of the contract are not in the file: {names}.",
            count=len(missing),
            names=joined(msg(", "), told[:40]),
        ),
        why=paragraph(why),
        next=msg(
            "Give their names in the file as `physicalName` in the contract, or take the "
            "columns out of it."
        ),
        detail="missing",
    )


def _list(names: Sequence[str]) -> Message:
    shown = enumerated(names[:20])
    if len(names) <= 20:
        return shown
    return msg("{names} and {count} more", names=shown, count=len(names) - 20)
