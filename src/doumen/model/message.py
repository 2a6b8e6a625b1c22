"""What is said to people: a sentence in English that can still be put into another language.

A sentence is made where something happens, by whoever knows what it speaks of; the language is
chosen where it is shown. In between it is a text like any other, in English.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from string import Formatter
from typing import Any

Catalogue = Callable[[str], str]
"""Gives the template of a language for one in English; the same where it has none."""


def as_written(text: str) -> str:
    """The catalogue of English: messages are written in it."""
    return text


LISTENER: ContextVar[Catalogue] = ContextVar("doumen_listener", default=as_written)
"""The language of who sits at the terminal, for what is asked there amid an operation."""


class Message(str):
    """A text that knows the template it was made of.

    Attributes:
        template: The sentence in English, with `{name}` where it speaks of something; None: a
            text that is the same in every language, such as a command or a name.
        given: What stands for those names; messages among them are put into the language too.
    """

    __slots__ = ("given", "template")
    template: str | None
    given: Mapping[str, Any]

    def __new__(cls, text: str, template: str | None, given: Mapping[str, Any]) -> Message:
        """A message whose English is known; others use `msg` and `plain`."""
        made = super().__new__(cls, text)
        made.template = template
        made.given = given
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """To another process, with all that it knows."""
        return Message, (str(self), self.template, dict(self.given))

    def into(self, catalogue: Catalogue) -> str:
        """The text in the language of a catalogue; in English where it has no such sentence."""
        if self.template is None:
            return str(self)
        template = catalogue(self.template)
        if template == self.template and not any(
            isinstance(value, Message) for value in self.given.values()
        ):
            return str(self)
        return template.format_map(
            {name: spoken(value, catalogue) for name, value in self.given.items()}
        )

    def altered(self, change: Callable[[str], str]) -> Message:
        """The same message with every text in it changed, such as a path left out."""
        given = {name: _altered(value, change) for name, value in self.given.items()}
        return Message(change(str(self)), self.template, given)


class _Joined(Message):
    """Several messages with something between them."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return joined, (self.given["between"], self.given["parts"])

    def into(self, catalogue: Catalogue) -> str:
        between = str(spoken(self.given["between"], catalogue))
        return between.join(str(spoken(part, catalogue)) for part in self.given["parts"])

    def altered(self, change: Callable[[str], str]) -> Message:
        return joined(
            self.given["between"], [_altered(part, change) for part in self.given["parts"]]
        )


def msg(template: str, /, **given: Any) -> Message:
    """Say something.

    Args:
        template: The sentence as `str.format` takes it: "There is no dataset `{ref}`."; it is
            written out where `msg` is called, so that the catalogue can be gathered.
        given: What it speaks of, by name.
    """
    return Message(template.format_map(given), template, given)


def plain(text: object) -> Message:
    """A text that every language leaves as it is: a command, a name, a figure."""
    return Message(str(text), None, {})


def names_of(template: str) -> frozenset[str]:
    """The names that a template speaks of; none where it cannot be read."""
    try:
        return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)
    except ValueError:
        return frozenset()


def verbatim(text: str) -> Message:
    """A text of the table of operations; the catalogue holds it as it stands, without names."""
    return Message(text, text, {})


def packed(message: object) -> Any:
    """A message, or a value in one, as JSON that `unpacked` reads; any other text as it is."""
    if not isinstance(message, Message):
        return (
            message if isinstance(message, (str, int, float)) or message is None else str(message)
        )
    if message.template is None and "parts" in message.given:
        between, parts = message.given["between"], message.given["parts"]
        return {"between": packed(between), "parts": [packed(part) for part in parts]}
    given = {name: packed(value) for name, value in message.given.items()}
    return {"text": str(message), "template": message.template, "given": given}


def unpacked(body: Any) -> Message | None:
    """What `packed` wrote; a template that does not fit its names is not taken.

    Nothing is formatted here: who wrote it may be in other hands, and a format string is a
    program.
    """
    if not isinstance(body, dict):
        return None if body is None else plain(body)
    if "parts" in body:
        return joined(_taken(body["between"]), [_taken(part) for part in body["parts"]])
    text, template = str(body["text"]), body["template"]
    if template is None or names_of(str(template)) != set(body["given"]):
        return plain(text)
    return Message(text, str(template), {n: _taken(v) for n, v in body["given"].items()})


def _taken(value: Any) -> Any:
    return unpacked(value) if isinstance(value, dict) else value


def joined(between: str, parts: Iterable[str]) -> Message:
    """Messages one after another, with something between: `joined(msg(", "), names)`."""
    held = tuple(parts)
    return _Joined(between.join(held), None, {"between": between, "parts": held})


def enumerated(names: Iterable[object], mark: str = "`") -> Message:
    """Names one after another, each between two marks: "`a`, `b`"; the comma is the language's."""
    return joined(msg(", "), [plain(f"{mark}{name}{mark}") for name in names])


def sentence(clauses: Iterable[str]) -> Message:
    """Clauses, such as all the faults of a document, as one sentence."""
    return msg("{clauses}.", clauses=joined(msg("; "), clauses))


def paragraph(sentences: Iterable[str]) -> Message:
    """Sentences one after another, at the distance that the language leaves between them."""
    first, *rest = sentences
    made = first if isinstance(first, Message) else plain(first)
    for one in rest:
        made = msg("{before} {after}", before=made, after=one)
    return made


def clauses(text: Message) -> Message:
    """What `sentence` made a sentence of, to stand in another; any other text as it is."""
    held = text.given.get("clauses")
    return held if isinstance(held, Message) else text


def either(names: Iterable[str]) -> Message:
    """Names or phrases between which there is a choice: "`a` or `b`"."""
    return joined(msg(" or "), names)


def _altered(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, Message):
        return value.altered(change)
    return value if isinstance(value, (int, float)) else change(str(value))


def spoken(value: Any, catalogue: Catalogue) -> Any:
    """A message in the language of a catalogue; anything else as it is."""
    return value.into(catalogue) if isinstance(value, Message) else value
