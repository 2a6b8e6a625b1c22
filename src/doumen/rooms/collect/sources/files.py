"""The reader of places of files: what was not read yet is brought and landed, each content once.

Appended or merged by key, each file stands for itself: one that cannot be taken is told, and tried
again in the next run. Replaced, all files together are the content, and take the place of what was
there if anything of them is another. What vanishes at the place is left where files are appended.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Any

from doumen.gate.desk import Desk
from doumen.model.errors import Conflict, DoumenError, Invalid, NotFound
from doumen.model.message import Message, enumerated, msg
from doumen.model.schema import Column, Schema
from doumen.model.source import Stream, Writes
from doumen.rooms.collect import infer, intake, labels
from doumen.rooms.collect.connectors.file_reads import FileReads
from doumen.rooms.collect.connectors.interface import Files, Item, There
from doumen.rooms.collect.find import MOST, weigh
from doumen.rooms.collect.sources import in_order
from doumen.rooms.collect.sources.account import of_file
from doumen.rooms.collect.sources.arrivals import Arrivals, what
from doumen.rooms.collect.sources.filing import Brought, Filing, Stopped, wishes
from doumen.rooms.collect.sources.in_order import InOrder
from doumen.rooms.collect.sources.lander import Lander
from doumen.rooms.collect.sources.reading import LISTED, Ran, Shown
from doumen.rooms.collect.sources.whole import Whole
from doumen.rooms.collect.terms import once, part
from doumen.rooms.collect.unpack import Holding, holding

_AHEAD = 86_400.0
"""Seconds by which the clock of a place may be ahead of ours."""
_AT_ONCE = 1000
"""Files that one event notes."""


class _Enough(Exception):
    """As much of a file came as is needed to know that it may be read."""


def tried(opened: Files, stream: Stream) -> None:
    """As `Reader.tried`: a file is found, and its first bytes come."""
    item = _first(opened, stream)

    def enough(fraction: float | None, doing: Message) -> None:
        raise _Enough

    with holding() as into:
        try:
            opened.bring(item, into.place(), enough)
        except _Enough:
            return


def there(opened: Files) -> Sequence[There]:
    """As `Reader.there`."""
    found = islice(opened.items("**"), LISTED + 1)
    return [There(item.name, "file", size=item.size) for item in found]


def shown(desk: Desk, opened: Files, stream: Stream, rows: int) -> Shown:
    """As `Reader.shown`: rows of the first file that matches, with the types of its values.

    Of files that are kept whole, which there are.
    """
    if FileReads.model_validate(stream.reads).whole:
        found = islice(opened.items(_pattern(stream)), rows)
        listed = [(item.name, item.size) for item in found]
        return Shown(Schema.of(path="VARCHAR", size="BIGINT"), listed)
    item, wanted = _first(opened, stream), wishes(FileReads.model_validate(stream.reads))
    with holding() as into:
        folder = into.place()
        folder.mkdir()
        path = folder / labels.file_name(item.name)
        opened.bring(item, path, desk.progress)
        weighed = part(weigh([path], desk.progress, into)[:1], wanted.part)
        reading = intake.recognised(desk, weighed, wanted).reading
        seen = desk.examine(tuple(one.source for one in weighed), reading, first=rows)
    columns = [choice.column for choice in infer.infer(seen)]
    return Shown(Schema(tuple(Column(one.name, one.type) for one in columns)), seen.first)


def run(lander: Lander, opened: Files) -> Ran:
    """As `Reader.run`."""
    reads = FileReads.model_validate(lander.stream.reads)
    seen = lander.desk.facts()
    arrivals = Arrivals.of(seen, lander.key)
    kind = Whole if reads.whole else InOrder if lander.stream.writes.merges else Filing
    filing = kind(lander, opened, seen, arrivals, reads)
    try:
        if lander.stream.writes is Writes.REPLACE:
            _replace(filing)
        else:
            _append(filing)
        _noted(filing)
    except Stopped as stopped:
        raise stopped.error from None
    account = filing.account
    said = list(account.said(reads.settled))
    if account.none:
        said.append(msg("No file matches `{files}`.", files=_pattern(lander.stream)))
    failed = account.error()
    if filing.ended is not None and failed is not None:
        said += [one for one in (failed.what, failed.why) if one is not None]
    return Ran(lander.stream, made=filing.made, said=said, error=filing.ended or failed)


def _append(filing: Filing) -> None:
    items = [one for one in _listed(filing) if not filing.arrivals.read(one)]
    if isinstance(filing, InOrder):
        in_order.taken(filing, items)
    else:
        filing.append(items)


def _replace(filing: Filing) -> None:
    """Put all files in the place of what is there, where any of them is another.

    Raises:
        DoumenError: one of them cannot be taken; then all stays as it is.
    """
    items, lander = _listed(filing), filing.lander
    if filing.account.waiting or not items or _as_before(filing, items):
        return
    if len(items) > MOST:
        raise _many(lander.stream, len(items))
    with holding() as into:
        found = _all(filing, items, into)
        weighed, again = once([each for one in found for each in one.weighed])
        filing.account.packed += into.skipped
        if filing.account.waiting:
            return
        filing.account.twins += [one.source.name for one in again]
        weighed = part(weighed, filing.wishes.part)
        gone = filing.arrivals.known.keys() - {item.name for item in items}
        if _holds(lander, [one.source.sha256 for one in weighed]):
            filing.arrivals.renew([(one.item, one.digest) for one in found], gone)
            return
        arrived: dict[str, Mapping[str, Any] | None] = dict.fromkeys(gone)
        arrived |= {one.item.name: what(one.item, one.digest) for one in found}
        filing.made.append(lander.land(weighed, wishes=filing.wishes, arrived=arrived))


def _all(filing: Filing, items: Sequence[Item], into: Holding) -> list[Brought]:
    """All files; where one is being written, those before it."""
    found = []
    for item in items:
        try:
            found.append(filing.bring(item, len(items), into))
        except Conflict:
            filing.account.waiting.append(item.name)
            break
        except DoumenError as error:
            raise of_file(item.name, error) from error
    return found


def _listed(filing: Filing) -> list[Item]:
    """The files that may be taken: neither empty nor just being written."""
    account, settled, found = filing.account, filing.reads.settled, []
    now = time.time()
    for item in filing.files.items(_pattern(filing.lander.stream)):
        filing.listed.add(item.name)
        if item.size == 0 and not filing.reads.whole:
            account.empty.append(item.name)
        elif not filing.arrivals.read(item) and _fresh(item, now, settled):
            account.waiting.append(item.name)
        else:
            found.append(item)
    account.none = not filing.listed
    return found


def _fresh(item: Item, now: float, settled: float) -> bool:
    """Whether a file was changed just now; a clock that is ahead by up to a day is waited for."""
    return item.changed is not None and -_AHEAD < now - item.changed < settled


def _as_before(filing: Filing, items: Sequence[Item]) -> bool:
    """Whether, by their tags, they are the files that are there."""
    known = filing.arrivals.known.keys()
    same = known == {item.name for item in items} and all(map(filing.arrivals.read, items))
    return same and _read_alike(filing.lander) is not None


def _holds(lander: Lander, digests: Sequence[str]) -> bool:
    """Whether this content is what is there, read as it is to be."""
    state = _read_alike(lander)
    return state is not None and sorted(state["digests"]) == sorted(digests)


def _read_alike(lander: Lander) -> Mapping[str, Any] | None:
    """The state of the stream, where it was replaced by files that were read as they are now."""
    state, stream = lander.state, lander.stream
    if state is None or state.get("writes") != stream.writes:
        return None
    return state if _how(state.get("reads", {})) == _how(stream.reads) else None


def _how(reads: Mapping[str, Any]) -> dict[str, Any]:
    """Of the options of a stream those by which a file is another content."""
    return {name: value for name, value in reads.items() if name not in {"changed", "settled"}}


def _noted(filing: Filing) -> None:
    """Keep what became known of files without a collection.

    Raises:
        Conflict: another run read them meanwhile.
    """
    facts = list(filing.arrivals.facts())
    for place in range(0, len(facts), _AT_ONCE):
        filing.lander.desk.amend(
            facts[place : place + _AT_ONCE],
            subject=f"source {filing.lander.source.name}",
            seen=filing.seen,
        )


def _first(opened: Files, stream: Stream) -> Item:
    """The first file of a stream that holds anything.

    Raises:
        NotFound: there is none.
    """
    pattern = _pattern(stream)
    found = next((item for item in opened.items(pattern) if item.size != 0), None)
    if found is not None:
        return found
    names = [item.name for item in islice(opened.items("**"), LISTED)]
    near = get_close_matches(pattern, names, n=3, cutoff=0.3) or names[:5]
    raise NotFound(
        msg("No file with anything in it matches `{files}`.", files=pattern),
        next=msg("There are: {names}.", names=enumerated(map(labels.shown, near)))
        if near
        else msg("There is none at all that could be read yet."),
        detail="files",
    )


def _pattern(stream: Stream) -> str:
    return str(stream.table)


def _many(stream: Stream, count: int) -> Invalid:
    return Invalid(
        msg(
            "`{files}` names {count:,} files; one collection may have {most:,}.",
            files=_pattern(stream),
            count=count,
            most=MOST,
        ),
        next=msg("Let them be appended (`writes: append`), or name fewer of them."),
        detail="files",
    )
