"""The versions of a contract: listed, and compared with one another or with a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from doumen.gate.desk import Desk
from doumen.kits.standards import odcs
from doumen.model.errors import NotFound
from doumen.model.fact import FactRow
from doumen.model.message import Message, joined, msg
from doumen.model.operation import Outcome, Table
from doumen.rooms.discover.contracts import changes_json, changes_table
from doumen.rooms.discover.lookup import Held, held, read_file


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a comparison: its name and its contract."""

    name: str
    contract: odcs.Contract


def history(desk: Desk, dataset: str) -> Outcome:
    """All versions of a contract, the latest first, with what each changed.

    Raises:
        NotFound: there is no such dataset or contract that the asker may know.
    """
    found = held(desk, dataset)
    found.contract()
    listed = []
    before: odcs.Contract | None = None
    for row in _versions(desk, found):
        contract = _contract(row)
        changes = () if before is None else odcs.compare(before, contract)
        listed.append(
            {
                "version": contract.version,
                "status": contract.status,
                "time": row.time,
                "changes": changes_json(changes),
                "receipt": row.event,
            }
        )
        before = contract
    listed.reverse()
    rows = tuple(
        (
            one["version"],
            one["status"],
            _minute(str(one["time"])),
            len(one["changes"]),
            one["receipt"],
        )
        for one in listed
    )
    return Outcome(
        json={"dataset": str(found.ref), "versions": listed},
        drawn=(
            Table(
                (msg("version"), msg("status"), msg("since"), msg("changes"), msg("receipt")), rows
            ),
        ),
    )


def diff(desk: Desk, dataset: str, old: str | None = None, new: str | None = None) -> Outcome:
    """What differs between two versions.

    Args:
        desk: The open gate.
        dataset: `domain.name`.
        old: A version; without one, that before the other side (before a file: the one in force).
        new: A version, or a file; without one, that in force.

    Raises:
        NotFound: there is no such dataset, contract, version or file that the asker may know.
    """
    found = held(desk, dataset)
    found.contract()
    sides = [_Side(c.version, c) for c in map(_contract, _versions(desk, found))]
    right = sides[-1] if new is None else _named(sides, new, found)
    left = _before(sides, right) if old is None else _named(sides, old, found)
    changes = odcs.compare(left.contract, right.contract)
    return Outcome(
        json={
            "dataset": str(found.ref),
            "from": left.name,
            "to": right.name,
            "breaking": any(change.breaking for change in changes),
            "changes": changes_json(changes),
        },
        drawn=(changes_table(changes),) if changes else (),
        said=(_said(left, right, len(changes)),),
    )


def _said(left: _Side, right: _Side, changes: int) -> Message:
    old, new = left.name, right.name
    if left.contract.text == right.contract.text:
        return msg("{old} and {new} are the same.", old=old, new=new)
    if not changes:
        return msg("{old} and {new} mean the same; their texts differ.", old=old, new=new)
    if changes == 1:
        return msg("1 difference from {old} to {new}.", old=old, new=new)
    return msg("{count} differences from {old} to {new}.", count=changes, old=old, new=new)


def _minute(time: str) -> str:
    """A time of an event, for people."""
    return f"{time[:16].replace('T', ' ')}Z"


def _versions(desk: Desk, found: Held) -> Sequence[FactRow]:
    return [r for r in desk.history("contract", str(found.ref)) if r.fact.body is not None]


def _contract(row: FactRow) -> odcs.Contract:
    body = row.fact.body or {}
    return odcs.read_contract(str(body["text"]))


def _before(sides: Sequence[_Side], right: _Side) -> _Side:
    """The version before one of these, or for another text the one in force."""
    if right not in sides:
        return sides[-1]
    return sides[max(sides.index(right) - 1, 0)]


def _named(sides: Sequence[_Side], name: str, found: Held) -> _Side:
    version = next((side for side in reversed(sides) if side.name == name), None)
    if version is not None:
        return version
    path = Path(name)
    if path.is_file():
        return _Side(path.name, odcs.read_contract(read_file(path)))
    known = joined(msg(", "), dict.fromkeys(f"`{side.name}`" for side in sides))
    raise NotFound(
        msg(
            "`{name}` is no version of the contract of `{found}`, and no file.",
            name=name,
            found=found.ref,
        ),
        why=msg("Its versions are {known}.", known=known),
        next=msg("`doumen contract history {found}` lists them.", found=found.ref),
        detail="version",
    )
