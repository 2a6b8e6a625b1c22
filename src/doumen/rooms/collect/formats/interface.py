"""What a format is: it recognises a file by its first bytes and says how it is to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from doumen.model.load import Reading
from doumen.model.message import Message
from doumen.rooms.collect.sample import Sample


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is known before a file is looked at; what is given is believed.

    Attributes:
        encoding: As the user names it.
        delimiter: One character.
        header: Whether there is a header.
        expected: Names that the contract has for columns in the file.
        json_path: Where in a document its rows lie (RFC 9535).
        sheet: Sheet of a workbook; `all`: all that are shown.
    """

    encoding: str | None = None
    delimiter: str | None = None
    header: bool | None = None
    expected: tuple[str, ...] = ()
    json_path: str | None = None
    sheet: str | None = None

    @property
    def part(self) -> str | None:
        """The part of a file that is asked for; None: all that it is."""
        return self.json_path if self.sheet is None else self.sheet


@dataclass(frozen=True, slots=True)
class Sniffed:
    """How a file is to be read, and why so: phrases for people.

    Attributes:
        reading: Its columns are empty where only the sandbox may tell them.
        ascii: A text file that any encoding containing ASCII reads alike.
    """

    reading: Reading
    why: tuple[Message, ...] = ()
    ascii: bool = False


class Format(Protocol):
    """One kind of file. Pure: it sees a sample, never the file."""

    @property
    def name(self) -> str:
        """The kind, as messages call it."""
        ...

    @property
    def endings(self) -> tuple[str, ...]:
        """Endings of names, lower case with dot, that a folder is searched for."""
        ...

    def recognises(self, sample: Sample) -> bool:
        """Whether a file is of this kind, by its content."""
        ...

    def sniff(self, sample: Sample, wishes: Wishes) -> Sniffed:
        """How the file is to be read.

        Raises:
            Invalid: what the user says makes no sense, or the content cannot be told.
            Faulty: the content is not what the kind should be.
        """
        ...
