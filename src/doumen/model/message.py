"""What is said to people: a sentence in English that can still be put into another language.

A sentence is made where something happens, by whoever knows what it speaks of; the language is
chosen where it is shown. In between it is a text like any other, in English.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Catalogue = Callable[[str], str]
"""Gives the template of a language for one in English; the same where it has none."""


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
        """The text in the language of a catalogue."""
        if self.template is None:
            return str(self)
        return catalogue(self.template).format_map(
            {name: spoken(value, catalogue) for name, value in self.given.items()}
        )


class _Joined(Message):
    """Several messages with something between them."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return joined, (self.given["between"], self.given["parts"])

    def into(self, catalogue: Catalogue) -> str:
        between = str(spoken(self.given["between"], catalogue))
        return between.join(str(spoken(part, catalogue)) for part in self.given["parts"])


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


def joined(between: str, parts: Iterable[str]) -> Message:
    """Messages one after another, with something between: `joined(", ", names)`."""
    held = tuple(parts)
    return _Joined(between.join(held), None, {"between": between, "parts": held})


def spoken(value: Any, catalogue: Catalogue) -> Any:
    """A message in the language of a catalogue; anything else as it is."""
    return value.into(catalogue) if isinstance(value, Message) else value
