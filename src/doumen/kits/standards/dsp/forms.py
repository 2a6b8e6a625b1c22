"""Forms of the parts of a message: each reads a plain value with its faults, and writes it back.

A form is strict: an object has the members of its record and no other, so that nothing which was
meant is dropped; where others are let in, as in catalogues, they are kept as they are. Members are
named on the wire as the JSON-LD context of the protocol compacts them, and as attributes in the
manner of Python (`providerPid`, `provider_pid`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Protocol

from doumen.kits.standards.dsp.document import Faults, shown, under
from doumen.model.message import enumerated, msg

MAX_TEXT = 8192
MAX_IDENTIFIER = 2048
_SPACE = re.compile(r"[\s\x00-\x20\x7f-\xa0]")
_UPPER = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Form(Protocol):
    """How one value is read and written."""

    def read(self, faults: Faults, value: Any, place: str) -> Any:
        """The value as messages hold it; None, with a fault noted, where it has not the form."""
        ...

    def write(self, value: Any) -> Any:
        """The plain JSON value."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it is.

    Attributes:
        pattern: What the whole of it matches; None: anything.
    """

    pattern: re.Pattern[str] | None = None

    def read(self, faults: Faults, value: Any, place: str) -> str | None:
        """A text of a length that is stored."""
        if not isinstance(value, str):
            faults.note(place, msg("a text is expected here"))
        elif len(value) > MAX_TEXT:
            faults.note(place, msg("a text has at most {most} characters", most=MAX_TEXT))
        elif self.pattern is not None and not self.pattern.fullmatch(value):
            faults.note(place, msg("`{value}` has not the form that is asked", value=shown(value)))
        else:
            return value
        return None

    def write(self, value: str) -> str:
        """The text."""
        return value


@dataclass(frozen=True, slots=True)
class Identifier:
    """What names a negotiation, a dataset, a participant, an address: an IRI or another token."""

    def read(self, faults: Faults, value: Any, place: str) -> str | None:
        """A token that may stand in a path of an address, percent-encoded."""
        if not isinstance(value, str):
            faults.note(place, msg("a text is expected here"))
        elif not identifies(value):
            faults.note(
                place,
                msg(
                    "an identifier has 1 to {most} characters without spaces, "
                    "and is neither `.` nor `..`",
                    most=MAX_IDENTIFIER,
                ),
            )
        else:
            return value
        return None

    def write(self, value: str) -> str:
        """The identifier."""
        return value


def identifies(text: str) -> bool:
    """Whether a text can be an identifier; `.` and `..` would lead elsewhere in a path."""
    return 0 < len(text) <= MAX_IDENTIFIER and text not in {".", ".."} and not _SPACE.search(text)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, faults: Faults, value: Any, place: str) -> str | None:
        """The word."""
        if isinstance(value, str) and value in self.words:
            return value
        faults.note(place, msg("one of {words} is expected here", words=enumerated(self.words)))
        return None

    def write(self, value: str) -> str:
        """The word."""
        return str(value)


@dataclass(frozen=True, slots=True)
class Values:
    """A list of any JSON values, whose meaning the protocol leaves open."""

    least: int = 0

    def read(self, faults: Faults, value: Any, place: str) -> tuple[Any, ...] | None:
        """The values, as they are."""
        if not isinstance(value, list):
            faults.note(place, msg("a list is expected here"))
        elif len(value) < self.least:
            faults.note(place, msg("the list is empty"))
        else:
            return tuple(value)
        return None

    def write(self, value: tuple[Any, ...]) -> list[Any]:
        """A copy of the values."""
        return deepcopy(list(value))


@dataclass(frozen=True, slots=True)
class Many:
    """A list of values of one form."""

    form: Form
    least: int = 1

    def read(self, faults: Faults, value: Any, place: str) -> tuple[Any, ...] | None:
        """The values, each by the form."""
        if not isinstance(value, list):
            faults.note(place, msg("a list is expected here"))
        elif len(value) < self.least:
            faults.note(place, msg("the list is empty"))
        else:
            return tuple(self.form.read(faults, v, f"{place}[{n}]") for n, v in enumerate(value))
        return None

    def write(self, value: tuple[Any, ...]) -> list[Any]:
        """Each value by the form."""
        return [self.form.write(one) for one in value]


@dataclass(frozen=True, slots=True)
class Reference:
    """The identifier of a thing, or the thing itself."""

    form: Form

    def read(self, faults: Faults, value: Any, place: str) -> Any:
        """A text as identifier, an object by the form."""
        form = Identifier() if isinstance(value, str) else self.form
        return form.read(faults, value, place)

    def write(self, value: Any) -> Any:
        """The identifier, or the thing."""
        return value if isinstance(value, str) else self.form.write(value)


@dataclass(frozen=True, slots=True)
class Later:
    """A form that is defined further down, since it can stand within itself."""

    form: Callable[[], Form]

    def read(self, faults: Faults, value: Any, place: str) -> Any:
        """The value by that form."""
        return self.form().read(faults, value, place)

    def write(self, value: Any) -> Any:
        """The value by that form."""
        return self.form().write(value)


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a record.

    Attributes:
        name: As it is called on the wire.
        required: Whether it must be given.
    """

    name: str
    form: Form
    required: bool = True

    @property
    def attribute(self) -> str:
        """As it is called in Python."""
        return _attribute(self.name)


@dataclass(frozen=True, slots=True)
class Record:
    """An object with named members.

    Attributes:
        made: The class of its values; its fields are the attributes of the members.
        type: What `@type` says; None: it has no type.
        typed: Whether the type must be given; it is always written.
        either: Two members of which exactly one is given.
        open: Whether members that nobody named are kept, as `extra` of the value; else they are
            faults.
        barred: Such members that are faults all the same.
    """

    made: Callable[..., Any]
    type: str | None
    members: tuple[Member, ...]
    typed: bool = True
    either: tuple[str, str] | None = None
    open: bool = False
    barred: tuple[str, ...] = ()

    def read(self, faults: Faults, value: Any, place: str) -> Any:
        """A value of the class."""
        if not isinstance(value, Mapping):
            faults.note(place, msg("an object is expected here"))
            return None
        before, names = faults.count, self.names
        self._type(faults, value, place)
        extra = {name: item for name, item in value.items() if name not in names}
        for name in extra:
            if not self.open or name in self.barred:
                faults.note(place, msg("`{word}` is not understood here", word=shown(name)))
        given: dict[str, Any] = {"extra": extra} if self.open else {}
        for member in self.members:
            if member.name in value:
                item, where = value[member.name], under(place, member.name)
                given[member.attribute] = member.form.read(faults, item, where)
            elif member.required:
                faults.note(place, msg("`{field}` is missing", field=member.name))
        if self.either and len(given.keys() & {_attribute(name) for name in self.either}) != 1:
            words = enumerated(self.either)
            faults.note(place, msg("exactly one of {words} is given", words=words))
        return self.made(**given) if faults.count == before else None

    def _type(self, faults: Faults, value: Mapping[str, Any], place: str) -> None:
        if self.type is None:
            return
        if "@type" not in value:
            if self.typed:
                faults.note(place, msg("`{field}` is missing", field="@type"))
        elif value["@type"] != self.type:
            words = enumerated([self.type])
            faults.note(under(place, "@type"), msg("one of {words} is expected here", words=words))

    @property
    def names(self) -> frozenset[str]:
        """Names of the members that it knows."""
        return frozenset((*(m.name for m in self.members), *(("@type",) if self.type else ())))

    def write(self, value: Any) -> dict[str, Any]:
        """Its members that are given, the type first, what was kept beside them last."""
        written: dict[str, Any] = {"@type": self.type} if self.type else {}
        for member in self.members:
            item = getattr(value, member.attribute)
            if item is not None:
                written[member.name] = member.form.write(item)
        if self.open:
            names = self.names
            written |= {k: deepcopy(v) for k, v in value.extra.items() if k not in names}
        return written


def _attribute(name: str) -> str:
    return _UPPER.sub("_", name.removeprefix("@")).lower()


TEXT = Text()
IDENTIFIER = Identifier()
