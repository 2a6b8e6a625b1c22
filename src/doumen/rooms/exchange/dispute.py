"""The bundle of an agreement as a file: all evidence of one side, for whoever is to judge it."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.model.agreement import Side
from doumen.model.errors import Invalid
from doumen.model.files import already_there, unwritable
from doumen.model.message import msg
from doumen.model.operation import Fields, Outcome

_WHEN = (1980, 1, 1, 0, 0, 0)
"""One time for all files: a bundle tells its own, and two of one state differ in that alone."""


def dispute(
    desk: Desk, *, agreement: str, output: Path, sizes: tuple[int | str, ...] = ()
) -> Outcome:
    """Write all that this side can show of an agreement to a new file.

    Args:
        desk: Of owner, steward or auditor.
        agreement: Its key.
        output: The file, a ZIP archive.
        sizes: Further sizes of our ledger from which a proof leads to the head.

    Raises:
        Conflict: the file is there. Unavailable: it cannot be written.
        Refused, NotFound, Invalid: see `doumen.gate.dispute.bundle`.
    """
    found = policy.agreement_of(desk.facts(), agreement)
    path = Path(output)
    if path.exists():
        raise already_there(path)
    try:
        files = _written(desk, agreement, path, tuple(map(_number, sizes)))
    except OSError as error:
        raise unwritable(path, error) from None
    own, other = desk.own(), found.counterparty
    provider, consumer = (own.id, other) if found.side is Side.PROVIDER else (other, own.id)
    return Outcome(
        json={"agreement": agreement, "side": found.side.value, "output": str(path),
              "files": files, "bytes": path.stat().st_size},
        drawn=(
            Fields(((msg("agreement"), agreement), (msg("bundle"), str(path)),
                    (msg("bytes"), path.stat().st_size))),
        ),
        said=(
            msg("It opens every statement asked under the agreement to whoever gets it."),
            msg("Others verify it with: python tools/verify_bundle.py {output} --root "
                "{provider}=HEX --root {consumer}=HEX", output=path.name, provider=provider,
                consumer=consumer),
        ),
    )  # fmt: skip


def _written(desk: Desk, key: str, path: Path, sizes: tuple[int, ...]) -> list[str]:
    """Write a file beside the one that was asked for, which takes its name when it is whole."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            with closing(desk.exchange().bundle(key, sizes, desk.progress)) as files:
                names = list(_zipped(file, files))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return names


def _zipped(file: BinaryIO, files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[str]:
    """Write files into an archive, and give their names."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in files:
            info = zipfile.ZipInfo(name, _WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as member:
                for piece in pieces:
                    member.write(piece)
            yield name


def _number(text: int | str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Invalid(
            msg("`{text}` is no size of a ledger.", text=text),
            next=msg("Give a whole number."),
            detail="size",
        ) from None
