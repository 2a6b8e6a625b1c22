"""From a path to a dataset: find, weigh, recognise, settle the contract, hand over to the gate.

The order is the rule: nothing is loaded before every file, every column and the contract
are known to fit. The gate alone moves data and decides; what is answered early here (the
same content under the same contract) it would decide alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from doumen.kits import policy
from doumen.kits.standards import odcs
from doumen.model.answer import Made
from doumen.model.errors import Invalid
from doumen.model.fact import Facts
from doumen.model.load import (
    Drifted,
    Examination,
    LoadColumn,
    LoadSpec,
    Mode,
    Reading,
    SourceFile,
)
from doumen.model.merge import Merge
from doumen.model.message import Message, enumerated, joined, msg, plain
from doumen.model.ref import Ref
from doumen.rooms.collect import drifting, infer, sheets
from doumen.rooms.collect.fetch import fetch, is_address
from doumen.rooms.collect.find import Found, Weighed, find, labelled, unmoved, weigh
from doumen.rooms.collect.formats import Sniffed, Wishes
from doumen.rooms.collect.matching import match
from doumen.rooms.collect.merging import brought, named, own
from doumen.rooms.collect.recognise import alike
from doumen.rooms.collect.terms import Terms, known, once, part, read, terms
from doumen.rooms.collect.unpack import Holding, holding

if TYPE_CHECKING:
    from doumen.gate.desk import Desk


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asks for.

    Attributes:
        contract: Path of a contract; None: the dataset's, else inferred.
        accept_extra: Leave out columns that the contract does not know.
        called: Under which name the file is known, where it is not that of its path.
        allow_private: An address may lead into an inner network.
        merge: How rows meet those that are there; None: they do not.
        title: How people call the dataset; for a contract that is inferred.
        description: What it is; likewise.
        first: Rows of the files that are wanted as they are.
    """

    path: str
    ref: Ref
    mode: Mode = Mode.NEW
    contract: str | None = None
    wishes: Wishes = field(default_factory=Wishes)
    accept_extra: bool = False
    called: str | None = None
    allow_private: bool = False
    merge: Merge | None = None
    title: str | None = None
    description: str | None = None
    first: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it.

    Attributes:
        said: What was chosen and why, as sentences.
        reading: None where the files were known before they were looked at.
    """

    made: Made
    reading: Reading | None
    files: int
    said: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Outlined:
    """A contract inferred, and the grounds."""

    text: str
    said: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Fitted:
    """Files, reading, columns and contract that fit each other.

    Attributes:
        merge: As the request has it, with the names of the columns.
        drift: What else the files have; None: nothing, or it is left out.
        seen: What was seen in all rows, where types were inferred from it.
    """

    files: tuple[SourceFile, ...]
    reading: Reading
    columns: tuple[LoadColumn, ...]
    text: str
    said: tuple[Message, ...]
    merge: Merge | None = None
    drift: Drifted | None = None
    seen: Examination | None = None


def take(desk: Desk, request: Request) -> Taken:
    """Collect what a path names.

    Raises:
        DoumenError: nothing was kept; the error says what is to be done.
    """
    with holding() as into:
        return _take(desk, request, into)


def _take(desk: Desk, request: Request, into: Holding) -> Taken:
    facts = desk.facts()
    held = terms(request.ref, request.contract, facts)
    if held is not None and (request.title or request.description):
        raise _described(request.ref)
    found, files = weighed_of(desk, request, into)
    weighed, again = once(files)
    if held is not None:
        unchanged = _unchanged(request, held, facts, weighed)
        if unchanged is not None:
            return Taken(unchanged, None, len(files), _only_words(request, held, facts))
        if request.mode is not Mode.REPLACE:
            there = known(request.ref, facts, held.meaning)
            weighed = tuple(one for one in weighed if one.source.sha256 not in there)
    fitted = fit(desk, request, held, weighed)
    unmoved(weighed)
    spec = LoadSpec(fitted.files, fitted.reading, fitted.columns, fitted.drift)
    made = desk.collect(request.ref, spec, request.mode, fitted.text, merge=fitted.merge)
    said = (*left_aside(found, files, weighed, again, into.skipped), *fitted.said)
    return Taken(made, fitted.reading, len(weighed), said)


def weighed_of(desk: Desk, request: Request, into: Holding) -> tuple[Found, tuple[Weighed, ...]]:
    """The files that a path or an address names, or the parts of them that are asked for.

    Raises:
        Refused: the actor may not collect, so nothing is opened for them.
    """
    policy.may_collect(desk.actor)
    if not is_address(request.path):
        found = find(request.path)
        files = weigh(found.files, desk.progress, into)
    else:
        fetched = fetch(request.path, into, desk.progress, private=request.allow_private)
        found = Found((fetched.path,))
        files = labelled(weigh(found.files, desk.progress, into), fetched.path, fetched.address)
    return found, _called(request, part(files, request.wishes.part))


def outline(desk: Desk, ref: Ref, path: str, wishes: Wishes) -> Outlined:
    """The contract that would be inferred from what a path names; nothing is kept.

    Raises:
        DoumenError: the files cannot be found or read.
    """
    with holding() as into:
        request = Request(path, ref, wishes=wishes)
        weighed, _ = once(weighed_of(desk, request, into)[1])
        fitted = fit(desk, request, None, weighed)
    return Outlined(fitted.text, fitted.said)


def _called(request: Request, weighed: tuple[Weighed, ...]) -> tuple[Weighed, ...]:
    if request.called is None:
        return weighed
    return tuple(replace(one, source=replace(one.source, name=request.called)) for one in weighed)


def _unchanged(
    request: Request, held: Terms, facts: Facts, weighed: Sequence[Weighed]
) -> Made | None:
    """The answer where the dataset holds all files under the same contract already."""
    there = known(request.ref, facts, held.meaning)
    given = {one.source.sha256 for one in weighed}
    if not given <= there.keys() or (request.mode is Mode.REPLACE and given != there.keys()):
        return None
    snapshot = facts.snapshot(request.ref)
    last = max(str(there[digest]["event"]) for digest in given)
    version = snapshot.version if snapshot else 0
    return Made(request.ref, 0, 0, 0, (), version, last, unchanged=True)


def _only_words(request: Request, held: Terms, facts: Facts) -> tuple[Message, ...]:
    """Said where a contract was given that differs from the one in force, but in no rule."""
    body = facts.body("contract", str(request.ref))
    if request.contract is None or body is None or body["text"] == held.text:
        return ()
    return (
        msg(
            "The contract given differs from the one in force in words or labels only; it was not "
            "taken. Take it: doumen contract edit {ref} --file {contract}",
            ref=request.ref,
            contract=request.contract,
        ),
    )


def fit(desk: Desk, request: Request, held: Terms | None, weighed: Sequence[Weighed]) -> Fitted:
    """Reading, columns and contract of files that are weighed.

    Raises:
        DoumenError: they do not fit the contract or one another, or cannot be read.
    """
    files = tuple(one.source for one in weighed)
    declared = brought(held, request.merge) if held else ()
    expected = tuple(c.source for c in declared)
    wishes = replace(request.wishes, expected=expected)
    sniffed = recognised(desk, weighed, wishes)
    if held is None:
        return _inferred(desk, request, files, sniffed)
    reading = sniffed.reading
    absent: tuple[Message, ...] = ()
    if not reading.columns:
        reading = replace(reading, columns=desk.examine(files, reading).names)
        reading, absent = _with_absent(reading, declared)
    met = drifting.meet(desk, held, declared, files, reading)
    columns = match(
        declared if met is None else (*declared, *met.learned),
        reading.columns,
        header=reading.header,
        accept_extra=request.accept_extra if met is None else True,
    )
    said = (*_read_as(sniffed), *absent, msg("Types are those of {origin}.", origin=held.origin))
    if held.names not in {None, request.ref}:
        said += (
            msg(
                "It is written for `{names}` and here put on `{ref}`.",
                names=held.names,
                ref=request.ref,
            ),
        )
    merge = named(request.merge, columns)
    if met is None:
        return Fitted(files, reading, columns, held.text, said, merge)
    return Fitted(files, reading, columns, met.text, (*said, *met.said), merge, met.drift)


def recognised(desk: Desk, weighed: Sequence[Weighed], wishes: Wishes) -> Sniffed:
    """How files are read, alike; of workbooks the sheet is chosen.

    Raises:
        DoumenError: they cannot be read, or are not read alike.
    """
    sniffed = alike([one.sample for one in weighed], wishes)
    if sniffed.reading.layout != "look":
        return sniffed
    seen = desk.examine(tuple(one.source for one in weighed), sniffed.reading)
    chosen = sheets.choose(seen.sheets, sniffed.reading, wishes)
    return replace(sniffed, reading=chosen.reading, why=(*sniffed.why, *chosen.why))


def _inferred(
    desk: Desk, request: Request, files: tuple[SourceFile, ...], sniffed: Sniffed
) -> Fitted:
    reading = sniffed.reading
    seen = desk.examine(files, reading, first=request.first)
    if not reading.columns:
        reading = replace(reading, columns=seen.names)
    choices = infer.infer(seen)
    found = [choice.column for choice in choices]
    merge = named(request.merge, found)
    text = odcs.infer_contract(
        request.ref,
        [*found, *own(merge)],
        title=request.title,
        description=request.description,
    )
    columns = brought(read(text, plain("")), merge)
    ground = (
        msg("Types inferred from all {rows:,} rows:", rows=seen.rows)
        if seen.columns
        else msg("Types declared:")
    )
    said = (*_read_as(sniffed), ground, *infer.sentences(choices))
    return Fitted(files, reading, columns, text, said, merge, seen=seen)


def _described(ref: Ref) -> Invalid:
    """The error for words that are given where a contract has its own."""
    return Invalid(
        msg("Title and description of `{ref}` are those of its contract.", ref=ref),
        why=msg("They are given where the contract is inferred; here there is one."),
        next=msg("Leave them out, or change them: doumen contract edit {ref}", ref=ref),
        detail="described",
    )


def _with_absent(
    reading: Reading, columns: Sequence[LoadColumn]
) -> tuple[Reading, tuple[Message, ...]]:
    """The reading of documents with members that no record has: they are empty, not missing."""
    there = {name.casefold() for name in reading.columns}
    absent = [c.source for c in columns if not {c.source.casefold(), c.name.casefold()} & there]
    if reading.format != "json" or not absent or len(absent) == len(columns):
        return reading, ()
    said = msg("No record has {names}: taken as empty.", names=enumerated(absent[:20]))
    return replace(reading, columns=(*reading.columns, *absent)), (said,)


def _read_as(sniffed: Sniffed) -> tuple[Message, ...]:
    return (msg("Read as: {clauses}.", clauses=joined(msg("; "), sniffed.why)),)


def left_aside(
    found: Found,
    files: Sequence[Weighed],
    weighed: Sequence[Weighed],
    again: Sequence[Weighed],
    packed: Sequence[str],
) -> tuple[Message, ...]:
    """What of the files named was not loaded, and why."""
    said: list[Message] = []
    held = len(files) - len(weighed) - len(again)
    if held:
        said.append(
            msg(
                "{count} of {total} files were collected before and are left out.",
                count=held,
                total=len(files),
            )
        )
    if again:
        names = enumerated(one.sample.name for one in again[:10])
        said.append(msg("Content that came twice is taken once; left out: {names}.", names=names))
    skipped = (*found.skipped, *packed)
    if skipped:
        said.append(
            msg(
                "{count} files of other kinds were left aside: {names}.",
                count=len(skipped),
                names=enumerated(skipped[:10]),
            )
        )
    return tuple(said)
