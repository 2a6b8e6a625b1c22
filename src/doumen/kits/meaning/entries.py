"""Terms and data elements as people write them: flat fields of a table, an option, an object.

A field in both languages is written as two (`name_en`, `name_zh`), a list as texts with `|`
between them, or as a list of JSON. The shape that `term show --json` gives is read too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from doumen.model.meaning import DRAFT, ELEMENT, STATES, TERM
from doumen.model.message import Message, msg

MOST = 4000
"""Characters of a text."""
_PLURAL = {"name": "names"}
"""What a flat field is called in a body, where that is another name."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field as people write it.

    Attributes:
        name: Without the language: `name`, `definition`.
        kind: `words` in both languages, a list of texts, a text, the key of another, a number
            or a state.
    """

    name: str
    kind: Literal["words", "list", "text", "key", "number", "state"] = "text"

    @property
    def member(self) -> str:
        """What it is called in the body of the fact."""
        return _PLURAL.get(self.name, self.name)

    @property
    def columns(self) -> tuple[str, ...]:
        """What it is called in a table."""
        if self.kind == "words":
            return (f"{self.name}_en", f"{self.name}_zh")
        return (self.name,)


_TERM = (
    Field("name", "words"), Field("definition", "words"), Field("synonyms", "list"),
    Field("broader", "list"), Field("related", "list"), Field("steward"),
    Field("state", "state"), Field("source"),
)  # fmt: skip
_ELEMENT = (
    Field("name", "words"), Field("definition", "words"), Field("object_class"),
    Field("property"), Field("representation"), Field("datatype"), Field("codelist", "key"),
    Field("term", "key"), Field("unit"), Field("max_length", "number"), Field("format"),
    Field("synonyms", "list"), Field("steward"), Field("state", "state"), Field("source"),
)  # fmt: skip
_FIELDS = {TERM: _TERM, ELEMENT: _ELEMENT}


def fields_of(kind: str) -> tuple[Field, ...]:
    """The fields of a term or of a data element."""
    return _FIELDS[kind]


def body_of(
    kind: str, given: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], tuple[Message, ...]]:
    """The body of a fact from what somebody wrote, and what is wrong with it.

    Args:
        kind: `term` or `element`.
        given: Fields by name; those that are None or not there are left as they were.
        before: The body until now.
    """
    faults = list(_unknown(kind, given))
    body: dict[str, Any] = {}
    for field in fields_of(kind):
        was = (before or {}).get(field.member)
        value, wrong = _READERS[field.kind](field, given, was)
        body[field.member] = value
        faults += wrong
    if not faults and not any(body["names"].values()):
        faults.append(msg("it has no name in either language"))
    return body, tuple(faults)


def _unknown(kind: str, given: Mapping[str, Any]) -> Iterator[Message]:
    known = {"key", "kind", "version", "receipt"}
    for field in fields_of(kind):
        known |= {field.member, *field.columns}
    for name in given:
        if name not in known:
            yield msg("it has no field `{name}`", name=name)


Read = tuple[Any, list[Message]]


def _words(field: Field, given: Mapping[str, Any], was: Any) -> Read:
    nested = given.get(field.member)
    told = dict(nested) if isinstance(nested, Mapping) else {}
    value, faults = dict(was or {"en": "", "zh": ""}), []
    for language, column in zip(("en", "zh"), field.columns, strict=True):
        text = given.get(column, told.get(language))
        if text is not None:
            value[language] = str(text).strip()
            faults += _long(column, value[language])
    return value, faults


def _list(field: Field, given: Mapping[str, Any], was: Any) -> Read:
    found = given.get(field.name)
    if found is None:
        return list(was or ()), []
    parts = found.split("|") if isinstance(found, str) else found
    texts = [str(part).strip() for part in parts]
    return list(dict.fromkeys(filter(None, texts))), _long(field.name, "".join(texts))


def _text(field: Field, given: Mapping[str, Any], was: Any) -> Read:
    found = given.get(field.name)
    if found is None:
        return was or "", []
    return str(found).strip(), _long(field.name, str(found))


def _key(field: Field, given: Mapping[str, Any], was: Any) -> Read:
    found = given.get(field.name)
    return (was if found is None else str(found).strip() or None), []


def _number(field: Field, given: Mapping[str, Any], was: Any) -> Read:
    found = given.get(field.name)
    if found is None:
        return was, []
    if found == "":
        return None, []
    text = str(found).strip()
    if not (text.isascii() and text.isdigit()) or not 0 < int(text[:9]) < 10**8:
        return was, [msg("`{name}` is no number above 0", name=field.name)]
    return int(text), []


def _state(field: Field, given: Mapping[str, Any], was: Any) -> Read:
    found = given.get(field.name)
    if found in (None, ""):
        return was or DRAFT, []
    if found not in STATES:
        wrong = msg("`{name}` is one of {states}", name=field.name, states=", ".join(STATES))
        return was or DRAFT, [wrong]
    return found, []


def _long(name: str, text: str) -> list[Message]:
    if len(text) <= MOST and all(line.isprintable() for line in text.splitlines()):
        return []
    return [msg("`{name}` is no text of at most {most} characters", name=name, most=MOST)]


_READERS = {
    "words": _words, "list": _list, "text": _text, "key": _key, "number": _number,
    "state": _state,
}  # fmt: skip
