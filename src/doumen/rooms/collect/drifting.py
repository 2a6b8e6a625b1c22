"""Files with columns that the contract does not know, where it says what becomes of such.

`take`: they are added to it, with the types that their values have, and land. `quarantine`: rows
with a value in one of them are set aside, and can be replayed once the contract knows it.
`refuse`: nothing lands. A contract that says nothing leaves it to `matching`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from doumen.kits.places import places
from doumen.kits.standards import odcs
from doumen.model.errors import Faulty
from doumen.model.load import Drift, Drifted, LoadColumn, Reading, SourceFile
from doumen.model.message import Message, enumerated, msg
from doumen.rooms.collect import infer
from doumen.rooms.collect.terms import Terms

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Met:
    """What a contract and files that drift from it come to.

    Attributes:
        text: Of the contract that holds.
        learned: Columns that it took.
        said: What was done, as sentences.
    """

    text: str
    drift: Drifted
    learned: tuple[LoadColumn, ...] = ()
    said: tuple[Message, ...] = ()


def meet(
    desk: Desk,
    held: Terms,
    declared: Sequence[LoadColumn],
    files: Sequence[SourceFile],
    reading: Reading,
) -> Met | None:
    """What becomes of columns that a contract does not know; None: there are none, or it says not.

    Args:
        desk: The open gate.
        held: The contract.
        declared: Those of its columns that rows bring.
        files: Read alike.
        reading: With the names of their columns.

    Raises:
        Faulty: the contract refuses them.
        Invalid: it cannot take them, as its text or the names are.
    """
    found, free = places(declared, reading.columns, header=reading.header)
    if held.drift is None or not free or None in found:
        return None
    drift = Drifted(held.drift, free, held.text)
    if held.drift is Drift.REFUSE:
        raise refused(files, drift)
    if held.drift is Drift.QUARANTINE:
        return Met(held.text, drift, said=(words(drift),))
    choices = [
        one for one in infer.infer(desk.examine(files, reading)) if one.column.source in free
    ]
    learned = tuple(replace(one.column, checks=()) for one in choices)
    text = odcs.extended(held.text, learned)
    said = (words(drift), *infer.sentences(choices))
    return Met(text, drift, learned, said)


def refused(files: Sequence[SourceFile], drift: Drifted) -> Faulty:
    """The error for files with columns that a contract refuses."""
    return Faulty(
        msg("{files} has columns that the contract does not know: {names}.",
            files=enumerated(file.name for file in files[:_SHOWN]),
            names=enumerated(drift.columns[:_SHOWN])),
        why=msg("The contract says `drift: {drift}`, so nothing was loaded.", drift=drift.does),
        next=msg("Add them to the contract, or take them out of the files."),
        detail="extra",
    )  # fmt: skip


def words(drift: Drifted) -> Message:
    """What was done with columns that the contract did not know."""
    names = enumerated(drift.columns[:_SHOWN])
    if drift.does is Drift.TAKE:
        return msg("New columns, which the contract has taken: {names}.", names=names)
    return msg(
        "The contract does not know {names}: rows with a value there are in quarantine.",
        names=names,
    )


def as_json(drifts: Sequence[Drifted | None]) -> dict[str, object] | None:
    """What drifted over all of some collections; None: nothing did."""
    there = [one for one in drifts if one is not None]
    if not there:
        return None
    columns = dict.fromkeys(name for one in there for name in one.columns)
    return {"does": there[-1].does.value, "columns": list(columns)}
