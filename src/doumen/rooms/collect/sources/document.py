"""A source as a document: YAML in, a source out, every fault reported at once.

Beside `source`, the kind, and `streams` stand the options of the connector. An option that is a
secret is given as the place where it is kept: `password: {env: SHOP_PASSWORD}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from doumen.kits.policy import document
from doumen.kits.policy.yaml import plain_yaml
from doumen.kits.standards import odcs
from doumen.model.errors import DoumenError, Invalid
from doumen.model.files import reading
from doumen.model.merge import Vanished
from doumen.model.message import Message, enumerated, joined, msg, plain
from doumen.model.ref import RESERVED_DOMAINS, Ref
from doumen.model.source import Keeps, Secret, Source, Stream, Writes
from doumen.rooms.collect import connectors
from doumen.rooms.collect.connectors import Gives, Kind
from doumen.rooms.collect.connectors.file_reads import Changed
from doumen.rooms.collect.filed import columns
from doumen.rooms.collect.sources import marks

_LARGEST = 4 << 20
_OWN = {"source", "streams"}


class _StreamForm(BaseModel):
    """What all streams have; what is read, and how, is told apart by the sort of place."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    table: str | None = Field(default=None, min_length=1, max_length=1000)
    query: str | None = Field(default=None, min_length=1, max_length=100_000)
    files: str | None = Field(default=None, min_length=1, max_length=1000)
    path: str | None = Field(default=None, min_length=1, max_length=1000)
    cursor: str | None = Field(default=None, min_length=1, max_length=1000)
    writes: Writes | None = Field(default=None, strict=False)
    key: list[str] | str | None = None
    vanished: Vanished = Field(default=Vanished.KEEP, strict=False)
    late: int | str | None = None
    contract: str | None = Field(default=None, min_length=1)
    accept_extra: bool = False

    def stream(self, ref: Ref, kind: Kind, reads: Mapping[str, Any], folder: Path) -> Stream:
        """The stream; as a rule, rows of a cursor and of many files are appended.

        Raises:
            Invalid: its parts do not go together. NotFound, Unavailable: its contract is not read.
        """
        self._named(kind.gives)
        if reads.get("whole"):
            return self._whole(ref, reads, folder)
        if reads.get("largest") is not None:
            raise _wrong(msg("`largest` is for files that are kept whole: `whole: true`."))
        once = self.cursor is not None or kind.gives is Gives.FILES
        many = self.cursor is not None or (self.files is not None and kind.many(self.files))
        usual = Writes.APPEND if many else Writes.REPLACE
        if self.key is not None:
            usual = Writes.UPSERT
        writes = self.writes or usual
        if writes is Writes.APPEND and not once:
            raise _wrong(msg("`append` needs a `cursor`, so that nothing comes twice."))
        return Stream(
            ref,
            table=self.files or self.path or self.table,
            query=self.query,
            reads=reads,
            cursor=self.cursor,
            writes=writes,
            key=self._met(writes, kind),
            vanished=self.vanished,
            late=None if self.late is None else str(self.late),
            contract=None if self.contract is None else _contract(folder / self.contract),
            accept_extra=self.accept_extra,
        )

    def _whole(self, ref: Ref, reads: Mapping[str, Any], folder: Path) -> Stream:
        """A stream whose files are rows: they meet those that are there by their path.

        Raises:
            Invalid: it is to be written or read in another way.
        """
        other = self.writes not in (None, Writes.UPSERT) or self.key not in (None, "path", ["path"])
        extra = reads.keys() - {"whole", "largest", "settled", "changed"}
        other = other or reads["changed"] != Changed.REFUSE
        if other or extra or self.accept_extra or self.late is not None:
            raise _wrong(
                msg("Files that are kept whole are not read, and meet by `upsert` on `path`.")
            )
        given = None if self.contract is None else _contract(folder / self.contract)
        largest = reads.get("largest")
        bound = None if largest is None else int(largest) << 20
        return Stream(
            ref,
            table=self.files,
            reads=reads,
            writes=Writes.UPSERT,
            key=(columns.KEY,),
            vanished=self.vanished,
            contract=columns.held_by(ref, given, bound, self.vanished)[0].text,
        )

    def _met(self, writes: Writes, kind: Kind) -> tuple[str, ...]:
        """The key by which rows meet.

        Raises:
            Invalid: it is missing, or given for nothing; or what goes with it does not fit.
        """
        key = (self.key,) if isinstance(self.key, str) else tuple(self.key or ())
        if writes.merges != bool(key):
            raise _wrong(msg("`key` names the columns of `upsert` and `history`, and of no other."))
        merged = writes.merges
        whole = self.cursor is None and kind.gives is not Gives.FILES
        if self.vanished is not Vanished.KEEP and not (merged and whole):
            raise _wrong(
                msg("`vanished` is for `upsert` and `history` of what is read whole each time.")
            )
        if writes is Writes.HISTORY and self.vanished is Vanished.REMOVE:
            raise _wrong(msg("`history` removes no row: say `vanished: mark`."))
        if self.late is not None and not (merged and self.cursor is not None):
            raise _wrong(msg("`late` is for `upsert` and `history` with a `cursor`."))
        if self.late is not None and not marks.is_span(str(self.late)):
            raise _wrong(msg("`late` is a number, or a time such as `36h` or `7d`."))
        return key

    def _named(self, gives: Gives) -> None:
        """Hold a stream to naming what its sort of place has.

        Raises:
            Invalid: it names something else.
        """
        match gives:
            case Gives.TABLES | Gives.FILES if self.path:
                raise _wrong(msg("`path` is not for such a place."))
            case Gives.TABLES if (self.table is None) == (self.query is None) or self.files:
                raise _wrong(msg("Give `table` or `query`."))
            case Gives.FILES if self.files is None or self.table or self.query or self.cursor:
                raise _wrong(
                    msg("Give `files`, a pattern, and neither `table`, `query` nor `cursor`.")
                )
            case Gives.RECORDS if self.query or self.files:
                raise _wrong(msg("Neither `query` nor `files` is for such a place."))
            case Gives.RECORDS if (self.table is None) == (self.path is None):
                raise _wrong(msg("Give `path` or `table`, one of both."))


def _wrong(what: Message) -> Invalid:
    return Invalid(what, detail="source")


def read(name: str, path: Path) -> Source:
    """The source that a file describes.

    Args:
        name: What it is to be called.
        path: The file; what it names by relative paths lies beside it.

    Raises:
        NotFound, Unavailable: it, or a contract, cannot be read.
        Invalid: it has faults, which are all told.
    """
    with reading(path):
        text = path.read_text("utf-8-sig")
    told = plain_yaml(text)
    if not isinstance(told, Mapping) or not isinstance(told.get("source"), str):
        raise _invalid([msg("it says in `source` what kind it is: {kinds}", kinds=_kinds())])
    kind = connectors.SHELF.get(told["source"])
    if kind is None:
        raise _invalid([
            msg("`source` is `{given}`, not {kinds}", given=told["source"], kinds=_kinds())
        ])  # fmt: skip
    faults: list[Message] = []
    secrets = _secrets(kind, told, path.parent, faults)
    options = _options(kind, told, path.parent, faults)
    streams = _streams(kind, told.get("streams"), path.parent, faults)
    if faults:
        raise _invalid(faults)
    return Source(name, kind.name, options, secrets, streams)


def _secrets(
    kind: Kind, told: Mapping[str, Any], folder: Path, faults: list[Message]
) -> dict[str, Secret]:
    found = {}
    for option in sorted(set(kind.secrets) & told.keys()):
        given = told[option]
        one = next(iter(given.items())) if isinstance(given, Mapping) and len(given) == 1 else None
        if one is None or one[0] not in set(Keeps) or not isinstance(one[1], str) or not one[1]:
            faults.append(
                msg(
                    "`{option}` is a secret: say where it is kept, as "
                    "`{option}: {{env: NAME}}`, `{{file: PATH}}` or `{{keyring: SERVICE/USER}}`",
                    option=option,
                )
            )
        elif one[0] == Keeps.KEYRING and not all(one[1].partition("/")[::2]):
            faults.append(msg("`{option}`: a keyring is asked by SERVICE/USER", option=option))
        else:
            where = _beside(folder, one[1]) if one[0] == Keeps.FILE else one[1]
            found[option] = Secret(Keeps(one[0]), where)
    return found


def _options(
    kind: Kind, told: Mapping[str, Any], folder: Path, faults: list[Message]
) -> dict[str, Any]:
    given = {key: value for key, value in told.items() if key not in {*_OWN, *kind.secrets}}
    try:
        options = kind.check(given).model_dump(mode="json")
    except Invalid as error:
        faults.append(error.why or error.what)
        return {}
    for path in set(kind.paths) & options.keys():
        if options[path] is not None:
            options[path] = _beside(folder, options[path])
    return options


def _streams(kind: Kind, told: Any, folder: Path, faults: list[Message]) -> tuple[Stream, ...]:
    if not isinstance(told, Mapping) or not told:
        faults.append(msg("`streams` names at least one dataset, and the table that it comes from"))
        return ()
    found: dict[Ref, Stream] = {}
    for name, body in told.items():
        place = plain(f"streams.{name}")
        try:
            ref = _ref(str(name))
            stream = _stream(kind, ref, body, folder)
        except ValidationError as error:
            faults.extend(
                document.placed(place, error.errors(include_url=False, include_input=False))
            )
        except DoumenError as error:
            faults.append(msg("{place}: {what}", place=place, what=error.what))
        else:
            if ref in found:
                faults.append(msg("{place}: the dataset is named twice", place=place))
            found[ref] = stream
    return tuple(found[ref] for ref in sorted(found, key=str))


def _stream(kind: Kind, ref: Ref, body: Any, folder: Path) -> Stream:
    """One stream; what the kind of place has of its own is checked by the kind.

    Raises:
        ValidationError: it has not the form. Invalid: its parts do not go together.
        NotFound, Unavailable: its contract is not read.
    """
    own: dict[str, Any] = {}
    if kind.reads is not None and isinstance(body, Mapping):
        names = kind.reads.model_fields.keys() - _StreamForm.model_fields.keys()
        own = {key: value for key, value in body.items() if key in names}
        body = {key: value for key, value in body.items() if key not in names}
    form = _StreamForm.model_validate(body)
    if kind.reads is not None:
        own = kind.reads.model_validate(own).model_dump(mode="json", exclude_none=True)
    return form.stream(ref, kind, own, folder)


def _beside(folder: Path, path: str) -> str:
    """A path that a document names, which lies beside it, wherever the source is run from."""
    return str((folder / path).absolute())


def _ref(name: str) -> Ref:
    ref = Ref.parse(name)
    if ref.domain in RESERVED_DOMAINS or ref.is_quarantine or ref.node:
        raise Invalid(msg("`{ref}` cannot be collected into.", ref=ref), detail="name")
    return ref


def _contract(path: Path) -> str:
    with reading(path), path.open("rb") as stream:
        text = stream.read(_LARGEST).decode("utf-8-sig")
    odcs.read_contract(text)
    return text


def _kinds() -> Message:
    return enumerated(connectors.SHELF)


def _invalid(faults: list[Message]) -> Invalid:
    return Invalid(
        msg("The document of the source has a fault.")
        if len(faults) == 1
        else msg("The document of the source has {count} faults.", count=len(faults)),
        why=joined("\n", faults),
        next=msg("Correct it; docs/sources.md describes the form."),
        detail="source",
    )
