"""An answer in XML, as records: elements at one path, their children and attributes as members.

Names are as they are written, with their prefix. An attribute is `@name`, the text beside others
`#text`; what comes several times is a list; an element without content is null. No document type
is taken, so there are no entities but the five of XML; depth and size are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat  # no DTD is taken, so no entity is declared

from doumen.model.errors import DoumenError
from doumen.model.message import Message, msg
from doumen.rooms.collect.web import faults
from doumen.rooms.collect.web.address import Address
from doumen.rooms.collect.web.texts import worded

DEEPEST = 100
"""Most elements within one another."""
LONGEST = 1 << 24
"""Most characters of a record, and bytes of one tag."""
_PIECE = 1 << 16


class _Breach(Exception):
    """The document is none that is read."""

    def __init__(self, why: Message) -> None:
        super().__init__(why)
        self.why = why


class _Element:
    """An element of a record that is open."""

    __slots__ = ("members", "text")

    def __init__(self, attributes: dict[str, str]) -> None:
        self.members: dict[str, Any] = {f"@{k}": worded(v) for k, v in attributes.items()}
        self.text: list[str] = []

    def add(self, name: str, value: Any) -> None:
        """Take a child."""
        if name not in self.members:
            self.members[name] = value
        elif isinstance(self.members[name], list):
            self.members[name].append(value)
        else:
            self.members[name] = [self.members[name], value]

    def value(self) -> Any:
        """What it is as a member."""
        text = "".join(self.text).strip()
        if not self.members:
            return worded(text)
        if self.members.get("@xsi:nil") in (True, "1"):
            return None
        return {**self.members, "#text": worded(text)} if text else self.members


class _Records:
    """What expat tells, gathered.

    Attributes:
        done: Records that ended, until they are taken.
    """

    def __init__(self, path: tuple[str, ...], *, local: bool) -> None:
        self._path = path
        self._local = local
        self._open: list[str] = []
        self._within: list[_Element] = []
        self._size = 0
        self.idle = 0
        self.done: list[Any] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.idle = 0
        if self._local:
            name = name.rpartition(":")[2]
            attributes = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        self._open.append(name)
        if len(self._open) > DEEPEST:
            raise _Breach(msg("Its elements are nested too deeply."))
        if self._within or tuple(self._open) == self._path:
            self._grow(len(name) + sum(len(k) + len(v) for k, v in attributes.items()))
            self._within.append(_Element(attributes))

    def text(self, data: str) -> None:
        self.idle = 0
        if self._within:
            self._grow(len(data))
            self._within[-1].text.append(data)

    def end(self, _: str) -> None:
        self.idle = 0
        name = self._open.pop()
        if not self._within:
            return
        element = self._within.pop()
        if self._within:
            self._within[-1].add(name, element.value())
        else:
            self._size = 0
            found = element.value()
            self.done.append(found if isinstance(found, dict) else {"#text": found})

    def refused(self, *_: Any) -> int:
        raise _Breach(msg("It has a document type, which is not taken."))

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > LONGEST:
            raise _Breach(msg("A record of it has more than {most:,} characters.", most=LONGEST))


def elements(address: Address, body: IO[bytes], path: str, *, local: bool = False) -> Iterator[Any]:
    """The elements at a path, such as `feed/entry`, as records.

    Args:
        address: Where it comes from.
        body: The document.
        path: Names of elements from the root on.
        local: Names are without their prefix: where a standard says what is in which namespace.

    Raises:
        Faulty: it is no XML, has a document type, or breaks the bounds.
    """
    told = _Records(tuple(path.strip("/").split("/")), local=local)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = told.start
    parser.EndElementHandler = told.end
    parser.CharacterDataHandler = told.text
    parser.StartDoctypeDeclHandler = told.refused
    parser.EntityDeclHandler = told.refused
    parser.ExternalEntityRefHandler = told.refused
    while True:
        piece = body.read(_PIECE)
        told.idle += len(piece)
        try:
            if told.idle > LONGEST:
                raise _Breach(msg("A tag of it has more than {most:,} bytes.", most=LONGEST))
            parser.Parse(piece, not piece)
        except expat.ExpatError:
            raise _no_tree(address, msg("It is no XML.")) from None
        except _Breach as breach:
            raise _no_tree(address, breach.why) from None
        found, told.done = told.done, []
        yield from found
        if not piece:
            return


def _no_tree(address: Address, why: Message) -> DoumenError:
    return faults.not_given(address, why)
