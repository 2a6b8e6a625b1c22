"""All of one version of a dataset, granted to an actor as files, until a moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from doumen.model.life import Notice
from doumen.model.ref import Ref

GRANT = "grant"
"""Kind of the fact; its key is `actor/id`."""
LONGEST = 24
"""Hours that a grant lasts at most."""
PATH = "/s3"
"""Of the service: below it such files are read."""


@dataclass(frozen=True, slots=True)
class FileGrant:
    """A grant, as facts hold it: no secret is in it.

    Attributes:
        id: Of the event that granted it; who reads shows it as the id of their key.
        actor: Who may read.
        ref: The dataset.
        version: The one version that is read.
        purpose: As stated when it was granted; rules are asked for it at every request.
        created: RFC 3339 in UTC, to the second.
        expires: The same; from then on it grants nothing.
        read: Id of the event by which reading began; None: nothing was read yet.
    """

    id: str
    actor: str
    ref: Ref
    version: int
    purpose: str | None
    created: str
    expires: str
    read: str | None = None

    @property
    def key(self) -> str:
        """Of the fact."""
        return f"{self.actor}/{self.id}"

    @property
    def buckets(self) -> tuple[str, ...]:
        """What its reader may call it: the dataset, where clients bear the letters of its name."""
        own = self.id.lower()
        return (str(self.ref), own) if str(self.ref).isascii() else (own, str(self.ref))

    def as_json(self) -> dict[str, Any]:
        """The body of the fact."""
        begun = {} if self.read is None else {"read": self.read}
        return {
            "dataset": str(self.ref),
            "version": self.version,
            "purpose": self.purpose,
            "created": self.created,
            "expires": self.expires,
            **begun,
        }

    @classmethod
    def of_json(cls, key: str, body: Mapping[str, Any]) -> FileGrant:
        """What `as_json` wrote."""
        actor, _, id = key.rpartition("/")
        return cls(
            id=id,
            actor=actor,
            ref=Ref.parse(body["dataset"]),
            version=body["version"],
            purpose=body["purpose"],
            created=body["created"],
            expires=body["expires"],
            read=body.get("read"),
        )


def grants_of(
    rows: Iterator[tuple[str, Mapping[str, Any]]], actor: str | None = None
) -> Iterator[FileGrant]:
    """The grants among facts of their kind; those of one actor, where one is named."""
    for key, body in rows:
        grant = FileGrant.of_json(key, body)
        if actor in (None, grant.actor):
            yield grant


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant that was made, with what its reader signs requests by: told this once.

    Attributes:
        rows: Of the version.
        files: How many there are.
        notice: What is said of a dataset that is deprecated.
    """

    grant: FileGrant
    rows: int
    files: int
    secret: str = field(repr=False)
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A file as its reader sees it.

    Attributes:
        size: Bytes.
        tag: Changes with its content.
    """

    size: int
    tag: str


class Shelf(Protocol):
    """What one grant holds, for one request that it let in."""

    @property
    def grant(self) -> FileGrant:
        """The grant."""
        ...

    @property
    def items(self) -> Mapping[str, Item]:
        """The files, by name, in order of names."""
        ...

    def open(self, name: str) -> BinaryIO:
        """One of them, to be read from anywhere; whoever gets it closes it.

        Raises:
            NotFound: it is not there any more. Unavailable: it cannot be read.
        """
        ...
