"""What became of the files of a stream that did not simply land, told in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from doumen.model.errors import DoumenError
from doumen.model.message import Message, enumerated, msg, paragraph
from doumen.rooms.collect.labels import shown

NAMED = 10
"""Files that are named; of the rest, the number."""
_FAULTS = 20


@dataclass(slots=True)
class Account:
    """Files by what became of them.

    Attributes:
        waiting: They are written just now: the next run takes them.
        held: They wait behind one that could not be taken.
        empty: They hold nothing.
        twins: Their content landed under another name.
        ignored: Their content is another than what landed, and is left out, as was asked for.
        packed: Members of archives that are of other kinds.
        failed: They could not be taken, and why.
        none: Whether there is no file at all.
    """

    waiting: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    twins: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    packed: list[str] = field(default_factory=list)
    failed: list[tuple[str, DoumenError]] = field(default_factory=list)
    none: bool = False

    def said(self, settled: float) -> Iterator[Message]:
        """What is to be known of files that are left aside.

        Args:
            settled: Seconds for which a file must have been as it is.
        """
        if self.waiting:
            yield msg(
                "Changed just now, and taken once they have stayed as they are for {seconds:g} "
                "seconds: {names}.",
                seconds=settled,
                names=_named(self.waiting),
            )
        if self.held:
            yield msg("Left for later, so that none overtakes an earlier file: {names}.",
                      names=_named(self.held))  # fmt: skip
        if self.empty:
            yield msg("Left aside, for they are empty: {names}.", names=_named(self.empty))
        if self.twins:
            yield msg(
                "Content that came twice is taken once; left out: {names}.",
                names=_named(self.twins),
            )
        if self.ignored:
            yield msg(
                "Left out, as `changed: ignore` asks, for their content is another now: {names}.",
                names=_named(self.ignored),
            )
        if self.packed:
            yield msg(
                "{count} files of other kinds were left aside: {names}.",
                count=len(self.packed),
                names=_named(self.packed),
            )

    def error(self) -> DoumenError | None:
        """What could not be taken; None: there is nothing of that sort."""
        if not self.failed:
            return None
        if len(self.failed) == 1:
            return of_file(*self.failed[0])
        told = [
            part
            for name, error in self.failed[:_FAULTS]
            for part in (msg("`{name}`: {what}", name=shown(name), what=error.what), error.why)
            if part is not None
        ]
        if len(self.failed) > _FAULTS:
            told.append(msg("… and {count} more.", count=len(self.failed) - _FAULTS))
        steps = list(dict.fromkeys(error.next for _, error in self.failed if error.next))
        return type(self.failed[0][1])(
            msg("{count} files are not taken; the others are.", count=len(self.failed)),
            why=paragraph(told),
            next=paragraph(steps[:5]) if steps else None,
            detail="files",
        )


def of_file(name: str, error: DoumenError) -> DoumenError:
    """An error as that of a file."""
    return type(error)(
        msg("`{name}` is not taken.", name=shown(name)),
        why=error.what if error.why is None else paragraph([error.what, error.why]),
        next=error.next,
        detail=error.code.partition(".")[2] or None,
    )


def _named(names: Sequence[str]) -> Message:
    given = enumerated(map(shown, names[:NAMED]))
    if len(names) <= NAMED:
        return given
    return msg("{names} and {count} more", names=given, count=len(names) - NAMED)
