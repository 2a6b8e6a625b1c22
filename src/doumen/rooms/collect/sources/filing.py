"""Files of a stream on their way to the gate: brought, told apart, landed in groups.

Files that are read alike land together, so that many small ones are few collections. Where a
group does not fit, it is halved until the file that does not is found; the others land. What
landed is true with the arrival of its files, so a run that was killed goes on where it was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from doumen.failpoint import passing
from doumen.model.answer import Made
from doumen.model.errors import Conflict, DoumenError, Faulty, Invalid, NotFound, Unavailable
from doumen.model.fact import Facts
from doumen.model.load import Reading
from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors.file_reads import Changed, FileReads
from doumen.rooms.collect.connectors.interface import Files, Item
from doumen.rooms.collect.find import Weighed, labelled, weigh
from doumen.rooms.collect.formats import Wishes
from doumen.rooms.collect.labels import file_name, shown
from doumen.rooms.collect.recognise import alike
from doumen.rooms.collect.sources.account import Account
from doumen.rooms.collect.sources.arrivals import Arrivals, Verdict, content, what
from doumen.rooms.collect.sources.lander import Lander
from doumen.rooms.collect.terms import once, part
from doumen.rooms.collect.unpack import Holding, holding

BYTES = 256 << 20
"""Bytes on the disk, packed and unpacked, after which no further file joins those that land."""
FILES = 1000
"""Files that land together at most."""


class Stopped(Exception):
    """Whoever waits for the run stops it: no failure of the place."""

    def __init__(self, error: DoumenError) -> None:
        super().__init__(error)
        self.error = error


@dataclass(slots=True)
class Brought:
    """A file that is here.

    Attributes:
        weighed: It, or the files that are packed in it, each content once.
        digest: Its content.
        size: Bytes that it takes here.
        twins: Files of the place that have the same content.
    """

    item: Item
    weighed: tuple[Weighed, ...]
    digest: str
    size: int
    twins: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Filing:
    """The files of one stream.

    Attributes:
        seen: What was true when the run began.
        made: The collections so far.
        ended: Why no further file was brought; None: all were.
    """

    lander: Lander
    files: Files
    seen: Facts
    arrivals: Arrivals
    reads: FileReads
    account: Account = field(default_factory=Account)
    made: list[Made] = field(default_factory=list)
    ended: DoumenError | None = None
    _done: int = 0

    @property
    def wishes(self) -> Wishes:
        """How the files are to be read."""
        return wishes(self.reads)

    @property
    def merges(self) -> bool:
        """Whether rows meet those that are there by their key: a new content is as a new file."""
        return self.lander.stream.writes.merges

    def append(self, items: Sequence[Item]) -> None:
        """Take files, each by itself: what fails stops no other.

        Raises:
            Conflict: another run went on meanwhile. Stopped: nobody waits for it.
        """
        todo = deque(items)
        while todo and self.ended is None:
            with holding() as into:
                for group in self._alike(self._batch(todo, len(items), into)):
                    self._land(group)
                self.account.packed += into.skipped

    def bring(self, item: Item, total: int, into: Holding) -> Brought:
        """One file, hashed, and unpacked where it is packed.

        Raises:
            DoumenError: it is not there, may not be read, or is damaged. Stopped: as `append`.
        """
        self._done += 1
        number = self._done

        def progress(fraction: float | None, doing: Message) -> None:
            told = msg("file {number:,} of {total:,}: {doing}", number=number, total=total,
                       doing=doing)  # fmt: skip
            try:
                self.lander.desk.progress((number - 1 + (fraction or 0)) / total, told)
            except DoumenError as error:
                raise Stopped(error) from error

        folder = into.place()
        folder.mkdir()
        path = folder / file_name(item.name)
        self.files.bring(item, path, progress)
        passing("source.brought")
        found = weigh([path], progress, into)
        size = path.stat().st_size + sum(w.source.size for w in found if w.source.path != str(path))
        named = labelled(found, path, f"{self.lander.source.name}: {shown(item.name)}")
        return Brought(item, once(named)[0], content(found), size)

    def _batch(self, todo: deque[Item], total: int, into: Holding) -> list[Brought]:
        """The next files that are to land; what is known, or cannot be taken, is accounted for."""
        found: dict[str, Brought] = {}
        while todo and len(found) < FILES and sum(one.size for one in found.values()) < BYTES:
            item = todo.popleft()
            try:
                one = self.bring(item, total, into)
            except Conflict:
                self.account.waiting.append(item.name)
            except NotFound:
                continue
            except Unavailable as error:
                self.ended = error
                break
            except DoumenError as error:
                self.account.failed.append((item.name, error))
            else:
                if one.digest in found:
                    found[one.digest].twins.append(item)
                elif self._lands(one):
                    found[one.digest] = one
        return list(found.values())

    def _lands(self, one: Brought) -> bool:
        """Whether a file is to land."""
        item, verdict = one.item, self.arrivals.verdict(one.item, one.digest)
        changed = self.reads.changed
        takes = changed is Changed.APPEND or (self.merges and changed is not Changed.IGNORE)
        if verdict is Verdict.FRESH or (verdict is Verdict.CHANGED and takes):
            return True
        if verdict is Verdict.CHANGED and changed is Changed.REFUSE:
            self.account.failed.append((item.name, _other()))
            return False
        if verdict is Verdict.TWIN:
            self.account.twins.append(item.name)
        elif verdict is Verdict.CHANGED:
            self.account.ignored.append(item.name)
        self.arrivals.note(item, one.digest, left=verdict is Verdict.CHANGED)
        return False

    def _alike(self, batch: Sequence[Brought]) -> list[list[Brought]]:
        """The files of a batch, those together that are read alike, in order of their names."""
        groups: dict[Reading, list[Brought]] = {}
        for one in batch:
            try:
                sniffed = alike([each.sample for each in one.weighed], self.wishes)
            except DoumenError as error:
                self.account.failed.append((one.item.name, error))
            else:
                groups.setdefault(sniffed.reading, []).append(one)
        return list(groups.values())

    def _land(self, group: Sequence[Brought]) -> None:
        weighed = part([each for one in group for each in one.weighed], self.wishes.part)
        arrived = {one.item.name: what(one.item, one.digest) for one in group}
        try:
            made = self.lander.land(weighed, wishes=self.wishes, arrived=arrived)
        except (Faulty, Invalid) as error:
            if len(group) == 1:
                self.account.failed.append((group[0].item.name, error))
                return
            half = len(group) // 2
            self._land(group[:half])
            self._land(group[half:])
            return
        self.made.append(made)
        for one in group:
            self.arrivals.landed(one.item, one.digest, made.receipt)
            for twin in one.twins:
                self.account.twins.append(twin.name)
                self.arrivals.note(twin, one.digest)
        passing("source.landed")
        self.lander.say(sum(each.rows_in for each in self.made))


def wishes(reads: FileReads) -> Wishes:
    """How files are to be read, as `collect` takes it."""
    return Wishes(
        encoding=reads.encoding,
        delimiter=reads.delimiter,
        header=reads.header,
        json_path=reads.json_path,
        sheet=reads.sheet,
    )


def _other() -> Conflict:
    return Conflict(
        msg("It has another content than when it was read."),
        why=msg("Its rows landed then, and are left as they are."),
        next=msg(
            "Say what is to become of such files: `changed: append` takes the new content beside "
            "the old, `changed: ignore` leaves it out, `writes: replace` reads all files anew."
        ),
        detail="content",
    )
