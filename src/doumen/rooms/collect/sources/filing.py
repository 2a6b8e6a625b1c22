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
        listed: Names of the files that the place has.
        made: The collections so far.
        ended: Why no further file was brought; None: all were.
    """

    lander: Lander
    files: Files
    seen: Facts
    arrivals: Arrivals
    reads: FileReads
    listed: set[str] = field(default_factory=set)
    account: Account = field(default_factory=Account)
    made: list[Made] = field(default_factory=list)
    ended: DoumenError | None = None
    _done: int = 0

    @property
    def wishes(self) -> Wishes:
        """How the files are to be read."""
        return wishes(self.reads)

    @property
    def goes_on(self) -> bool:
        """Whether a further file is brought."""
        return self.ended is None

    @property
    def most(self) -> int:
        """Files that land together at most."""
        return FILES

    def append(self, items: Sequence[Item]) -> None:
        """Take files, each by itself: what fails stops no other.

        Raises:
            Conflict: another run went on meanwhile. Stopped: nobody waits for it.
        """
        todo = deque(items)
        while todo and self.goes_on:
            with holding() as into:
                self._land_all(self._groups(self._batch(todo, len(items), into)))
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
        found: list[Brought] = []
        while todo and self.goes_on and len(found) < self.most:
            item = todo.popleft()
            try:
                one = self.bring(item, total, into)
            except Conflict:
                self._waits(item)
            except NotFound:
                continue
            except Unavailable as error:
                self.ended = error
            except DoumenError as error:
                self._fails(item, error)
            else:
                found += [one] if self._lands(one, found) else []
            if sum(one.size for one in found) >= BYTES:
                break
        return found

    def _lands(self, one: Brought, others: Sequence[Brought]) -> bool:
        """Whether a file is to land, beside others that are about to."""
        verdict, changed = self.arrivals.verdict(one.item, one.digest), self.reads.changed
        twin = next((other for other in others if other.digest == one.digest), None)
        if verdict is Verdict.CHANGED and changed is Changed.IGNORE:
            return self._ignored(one)
        if verdict is Verdict.CHANGED and changed is Changed.REFUSE and twin is None:
            self._fails(one.item, _other())
            return False
        if verdict in {Verdict.SAME, Verdict.TWIN}:
            self.account.twins += [one.item.name] if verdict is Verdict.TWIN else []
            self.arrivals.note(one.item, one.digest)
            return False
        if twin is not None:
            twin.twins.append(one.item)
        return twin is None

    def _ignored(self, one: Brought) -> bool:
        self.account.ignored.append(one.item.name)
        self.arrivals.note(one.item, one.digest, left=True)
        return False

    def _groups(self, batch: Sequence[Brought]) -> list[list[Brought]]:
        """The files of a batch, those together that are read alike."""
        groups: dict[Reading, list[Brought]] = {}
        for one in batch:
            reading = self._reading(one)
            if reading is not None:
                groups.setdefault(reading, []).append(one)
        return list(groups.values())

    def _reading(self, one: Brought) -> Reading | None:
        """How a file is read; None: it is not, which is accounted for."""
        try:
            return alike([each.sample for each in one.weighed], self.wishes).reading
        except DoumenError as error:
            self._fails(one.item, error)
            return None

    def _land_all(self, groups: Sequence[Sequence[Brought]]) -> bool:
        """Land groups, one after another; whether all landed."""
        landed = [self._land(group) for group in groups]
        return all(landed)

    def _land(self, group: Sequence[Brought]) -> bool:
        """Land files together, or those of them that fit; whether all do."""
        weighed = part([each for one in group for each in one.weighed], self.wishes.part)
        arrived = {one.item.name: what(one.item, one.digest) for one in group}
        try:
            made = self.lander.land(weighed, wishes=self.wishes, arrived=arrived)
        except (Faulty, Invalid) as error:
            if len(group) == 1:
                self._fails(group[0].item, error)
                return False
            half = len(group) // 2
            return self._land_all([group[:half], group[half:]])
        self.made.append(made)
        for one in group:
            self.arrivals.landed(one.item, one.digest, made.receipt)
            for twin in one.twins:
                self.account.twins.append(twin.name)
                self.arrivals.note(twin, one.digest)
        passing("source.landed")
        self.lander.say(sum(each.rows_in for each in self.made))
        return True

    def _fails(self, item: Item, error: DoumenError) -> None:
        self.account.failed.append((item.name, error))

    def _waits(self, item: Item) -> None:
        self.account.waiting.append(item.name)


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
