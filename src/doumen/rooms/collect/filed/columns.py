"""The columns of a dataset whose rows are files, and its contract."""

from __future__ import annotations

from pathlib import Path

from doumen.kits.standards import odcs
from doumen.model.errors import Invalid
from doumen.model.fact import Facts
from doumen.model.load import Check, LoadColumn, Mode
from doumen.model.merge import VANISHED_AT, Merge, Vanished
from doumen.model.message import enumerated, msg, plain
from doumen.model.ref import Ref
from doumen.rooms.collect.merging import own
from doumen.rooms.collect.terms import Terms, read

LARGEST = 64 << 20
"""Bytes of a file that is kept, where it is not said otherwise."""
MOST = 1 << 30
"""Bytes that may be said: a value of the engine holds less than 4 GiB, a worker far less."""
KEY = "path"
_TYPES = {
    "path": "VARCHAR",
    "name": "VARCHAR",
    "media_type": "VARCHAR",
    "size": "BIGINT",
    "modified": "TIMESTAMP",
    "sha256": "VARCHAR",
    "content": "BLOB",
}
NAMES = tuple(_TYPES)
_WORDS = {
    "path": "Where the file lies below its place, with `/`.",
    "name": "The last part of the path.",
    "media_type": "By the first bytes of the content, then by the name.",
    "size": "Bytes.",
    "modified": "When it was last changed (UTC), by the clock of its place.",
    "sha256": "SHA-256 of the content, in hexadecimal.",
    "content": "The file itself.",
}


def merge(vanished: Vanished = Vanished.KEEP, gone: Path | None = None) -> Merge:
    """How files meet those that are there: by their path.

    Args:
        vanished: What becomes of those that are in their place no more.
        gone: Where the paths of those stand; none vanished without.
    """
    return Merge(Mode.UPSERT, (KEY,), None, vanished, None if gone is None else str(gone))


def contract(ref: Ref, largest: int = LARGEST, vanished: Vanished = Vanished.KEEP) -> str:
    """The contract of a dataset of files: larger ones, which have no content here, are set aside.

    Args:
        ref: The dataset.
        largest: Bytes of a file that is kept.
        vanished: What becomes of files that are in their place no more.
    """
    required = (Check("required"),)
    checks = {"size": (*required, Check("maximum", str(largest))), "modified": ()}
    columns = [
        LoadColumn(name, name, type, checks=checks.get(name, required))
        for name, type in _TYPES.items()
    ]
    return odcs.infer_contract(ref, [*columns, *own(merge(vanished))], descriptions=_WORDS)


def held(
    ref: Ref, facts: Facts, largest: int | None, vanished: Vanished = Vanished.KEEP
) -> tuple[Terms, int]:
    """The contract that files are brought under, and the bytes of the largest that it lets pass.

    Raises:
        Invalid: the dataset is one of something else, or has another bound than is asked for.
    """
    body = facts.body("contract", str(ref))
    return held_by(ref, None if body is None else str(body["text"]), largest, vanished)


def held_by(
    ref: Ref, text: str | None, largest: int | None, vanished: Vanished = Vanished.KEEP
) -> tuple[Terms, int]:
    """As `held`, of a contract that is given, or of none."""
    if largest is not None and not 0 < largest <= MOST:
        raise Invalid(
            msg("A file that is kept has 1 byte to {most} MiB.", most=MOST >> 20), detail="largest"
        )
    found = read(text or contract(ref, largest or LARGEST, vanished), plain(""))
    check(found, ref)
    bound = bound_of(found)
    if largest is not None and bound != largest:
        raise Invalid(
            msg("The contract of `{ref}` lets files of up to {bound:,} bytes pass.",
                ref=ref, bound=bound),
            next=msg("Change it: doumen contract edit {ref} --set "
                     "columns.size.logicalTypeOptions.maximum={largest}", ref=ref, largest=largest),
            detail="largest",
        )  # fmt: skip
    return found, bound


def kept(found: Terms, vanished: Vanished) -> Vanished:
    """What becomes of files that vanished; a dataset that marks them goes on having its column."""
    marks = any(column.name == VANISHED_AT for column in found.columns)
    return Vanished.MARK if marks and vanished is Vanished.KEEP else vanished


def check(found: Terms, ref: Ref) -> None:
    """Check that a contract is one of files.

    Raises:
        Invalid: it is not.
    """
    declared = {column.name: column.type for column in found.columns}
    wrong = [name for name, type in _TYPES.items() if declared.get(name) != type]
    if wrong:
        raise Invalid(
            msg("`{ref}` is no dataset of files.", ref=ref),
            why=msg("Its contract does not declare {names} as such a dataset has them.",
                    names=enumerated(wrong)),
            next=msg("Bring the files into another dataset."),
            detail="columns",
        )  # fmt: skip


def bound_of(found: Terms) -> int:
    """Bytes of the largest file that a contract lets pass."""
    size = next(column for column in found.columns if column.name == "size")
    bounds = [int(str(one.value)) for one in size.checks if one.kind == "maximum"]
    return min((*bounds, MOST))
