"""What a sheet's own XML says and the reader of its values does not: errors and hidden rows.

Office Open XML, ISO/IEC 29500-1, part 18: `row` has `hidden`, `c` has `t="e"`. OpenDocument
says errors as text, and hides rows by `table:visibility`. Binary workbooks (.xlsb) are not
looked into: there is none that tells errors apart, so they are refused.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

_CHUNK = 1 << 20
_REPEATED = 1 << 20
_MAIN = "xl/workbook.xml"
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Unreadable(Exception):
    """The XML is not what the standard asks for."""


@dataclass(slots=True)
class Notes:
    """Beside the values of a sheet; rows and columns count from 0.

    Attributes:
        errors: Row, column and text of cells that hold an error.
        hidden: Rows that are hidden.
    """

    errors: list[tuple[int, int, str]] = field(default_factory=list)
    hidden: frozenset[int] = frozenset()


def notes(path: str, sheet: str) -> Notes:
    """What is to be known of a sheet.

    Raises:
        Unreadable: the workbook is damaged, or of a kind that cannot be looked into.
    """
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if "content.xml" in names:
            return _open_document(archive, sheet)
        if _MAIN not in names:
            raise Unreadable
        return _sheet(archive, _member(archive, sheet, names))


def _parse(archive: zipfile.ZipFile, member: str, parser: Any) -> None:
    """Read a member through a parser that refuses declarations of entities."""

    def refused(*_: object) -> None:
        raise Unreadable

    parser.StartDoctypeDeclHandler = refused
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, KeyError, zipfile.BadZipFile, NotImplementedError) as error:
        raise Unreadable from error


def _starts(found: Callable[[str, dict[str, str]], None]) -> Any:
    """A parser that tells elements by their names without prefixes."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: found(
        name.rpartition(":")[2], {key.rpartition(":")[2]: v for key, v in attributes.items()}
    )
    return parser


def _member(archive: zipfile.ZipFile, sheet: str, names: set[str]) -> str:
    """The member of the archive that holds a sheet, by the workbook's relations."""
    ids: dict[str, str] = {}
    targets: dict[str, str] = {}

    def of_book(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            ids[attributes.get("name", "")] = attributes.get("id", "")

    def of_relations(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    _parse(archive, _MAIN, _starts(of_book))
    _parse(archive, "xl/_rels/workbook.xml.rels", _starts(of_relations))
    target = targets.get(ids.get(sheet, ""), "")
    member = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    if member not in names:
        raise Unreadable
    return member


class _Cells:
    """Follows the cells of a sheet."""

    def __init__(self) -> None:
        self.errors: list[tuple[int, int, str]] = []
        self.hidden: set[int] = set()
        self._row = self._column = -1
        self._error = False
        self._text: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 2)) - 1, -1
            if attributes.get("hidden") in {"1", "true"}:
                self.hidden.add(self._row)
        elif name == "c":
            place = _PLACE.fullmatch(attributes.get("r", ""))
            self._column = _number(place[1]) if place else self._column + 1
            self._error = attributes.get("t") == "e"
        elif name == "v" and self._error:
            self._text = []

    def end(self, name: str) -> None:
        if self._text is not None and name.rpartition(":")[2] == "v":
            self.errors.append((self._row, self._column, "".join(self._text) or "#N/A"))
            self._text = None

    def characters(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)


def _sheet(archive: zipfile.ZipFile, member: str) -> Notes:
    cells = _Cells()
    parser = _starts(cells.start)
    parser.EndElementHandler = cells.end
    parser.CharacterDataHandler = cells.characters
    try:
        _parse(archive, member, parser)
    except ValueError as error:
        raise Unreadable from error
    return Notes(cells.errors, frozenset(cells.hidden))


def _number(letters: str) -> int:
    """Column from 0: A is 0, AA is 26."""
    found = 0
    for letter in letters:
        found = found * 26 + ord(letter) - 64
    return found - 1


def _open_document(archive: zipfile.ZipFile, sheet: str) -> Notes:
    hidden: set[int] = set()
    row, inside = 0, False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, inside
        if name == "table":
            row, inside = 0, attributes.get("name") == sheet
        elif name == "table-row" and inside:
            repeated = min(int(attributes.get("number-rows-repeated", 1)), _REPEATED)
            if attributes.get("visibility", "visible") != "visible":
                hidden.update(range(row, row + repeated))
            row += repeated

    try:
        _parse(archive, "content.xml", _starts(start))
    except ValueError as error:
        raise Unreadable from error
    return Notes(hidden=frozenset(hidden))
