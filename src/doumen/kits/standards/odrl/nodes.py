"""JSON-LD as far as policies need it: words and compact IRIs get one spelling, faults their place.

A document declares ODRL's own context and prefixes; whatever else a context can do (other remote
contexts, new words, types, languages) is refused, so that no word can change its meaning. Nothing
is loaded. A key that is not expected where it stands is a fault: nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from doumen.kits.standards.odrl.terms import (
    CONTEXT,
    CONTEXTS,
    DECLARED,
    NAMESPACES,
    WORDS,
    compact,
    full,
)
from doumen.model.message import Message, either, msg

_ENDS = tuple(":/?#[]@")
"""A prefix ends with one of these (JSON-LD 1.1, section 4.1.5)."""
_UNDECLARED = "undeclared "
"""Before a word in the place of a spelling: no IRI holds a blank."""
Place = str
Item = tuple[Place, Any]
Fields = Mapping[str, Any]


@dataclass(slots=True)
class Reading:
    """One document while it is read: its prefixes, and the faults found.

    Attributes:
        words: Whether the words of ODRL's own context hold.
        profiled: Whether a term of our profile was met.
    """

    prefixes: dict[str, str] = field(default_factory=dict)
    words: bool = False
    faults: list[Message] = field(default_factory=list)
    profiled: bool = False

    def fault(self, place: Place, words: Message) -> None:
        """Note what is wrong, and where."""
        self.faults.append(at(place, words))

    def declare(self, value: Any) -> None:
        """Take the `@context` of a document; without one its words are read as ODRL's."""
        if value is None:
            self.fault("@context", msg("it is missing; give `{context}`", context=CONTEXT))
            self.official()
        for place, one in items(value, "@context"):
            if isinstance(one, str) and one in CONTEXTS:
                self.official()
            elif isinstance(one, Mapping):
                for name, meaning in one.items():
                    self._prefix(name, meaning, f"{place}.{name}")
            else:
                self.fault(
                    place,
                    msg(
                        "no context is loaded; `{context}` and prefixes are known", context=CONTEXT
                    ),
                )

    def official(self) -> None:
        """Let words and prefixes mean what ODRL's own context says."""
        self.words = True
        self.prefixes |= {prefix: NAMESPACES[prefix] for prefix in DECLARED}

    def _prefix(self, name: str, meaning: Any, place: Place) -> None:
        if name == "@version" and meaning == 1.1:
            return
        if isinstance(meaning, Mapping) and set(meaning) <= {"@id", "@prefix"}:
            meaning = meaning.get("@id")
        plain = name.isidentifier() and name not in WORDS | {"uid", "type"}
        if plain and isinstance(meaning, str) and ":" in meaning and meaning.endswith(_ENDS):
            self.prefixes[name] = meaning
        else:
            self.fault(place, msg("only prefixes can be declared, such as `doumen`"))

    def spell(self, word: str, *, vocabulary: bool) -> str:
        """The one spelling of a word or an IRI; an undeclared one gets none that is known.

        Args:
            word: As the document has it.
            vocabulary: Whether the words of ODRL's context count here.
        """
        if vocabulary and self.words:
            if word in WORDS:
                return f"odrl:{word}"
            word = {"uid": "@id", "type": "@type"}.get(word, word)
        prefix, colon, rest = word.partition(":")
        if colon and prefix in self.prefixes and not rest.startswith("//"):
            word = self.prefixes[prefix] + rest
        elif prefix in NAMESPACES:
            return _UNDECLARED + word
        spelled = compact(word)
        self.profiled |= spelled.startswith("doumen:")
        return spelled

    def node(
        self, value: Any, place: Place, keys: frozenset[str], types: tuple[str, ...] = ()
    ) -> Fields:
        """The fields of an object under the one spelling of their keys; faults are noted.

        Args:
            value: What stands there.
            place: Where that is.
            keys: The keys that are understood there.
            types: Words of ODRL that `@type` may be.
        """
        if not isinstance(value, Mapping):
            self.fault(place, msg("an object is expected here"))
            return {}
        fields: dict[str, Any] = {}
        for word, item in value.items():
            key = self.spell(word, vocabulary=True)
            if key in fields:
                self.fault(place, msg("`{word}` is given twice, under two names", word=word))
            elif key == "@type" and types:
                self._type(item, under(place, word), types)
            elif key not in keys:
                self.fault(place, msg("`{word}` is not understood here", word=word))
            elif item is not None:
                fields[key] = item
        return fields

    def _type(self, value: Any, place: Place, types: tuple[str, ...]) -> None:
        for where, one in items(value, place):
            known = isinstance(one, str) and self.spell(one, vocabulary=True)
            if known not in {f"odrl:{type}" for type in types}:
                expected = either(f"`{type}`" for type in types)
                self.fault(where, msg("`{one}` is not {expected}", one=one, expected=expected))

    def only(self, fields: Fields, key: str, place: Place) -> Item | None:
        """The one value under a key; None, with a fault, where there is none or are several."""
        found = list(items(fields.get(key), under(place, key)))
        if not found:
            self.fault(place, msg("`{word_of}` is missing", word_of=word_of(key)))
        elif len(found) > 1:
            self.fault(
                under(place, key),
                msg("one is read, there are {count}: write a rule for each", count=len(found)),
            )
        return found[0] if len(found) == 1 else None

    def reference(self, item: Item | None, *, vocabulary: bool = False) -> str | None:
        """The IRI or the term that a value names; a fault where it names none."""
        if item is None:
            return None
        place, value = item
        if isinstance(value, Mapping):
            value = self.node(value, place, frozenset({"@id"})).get("@id")
        if not isinstance(value, str):
            self.fault(place, msg("an IRI is expected here"))
            return None
        return self.spell(value, vocabulary=vocabulary)

    def identity(self, item: Item | None) -> str | None:
        """The IRI of a thing: not a word, and whole, with what its prefix stands for."""
        spelled = self.reference(item)
        return None if item is None or spelled is None else self.whole(item[0], spelled)

    def whole(self, place: Place, spelled: str) -> str | None:
        """The whole IRI of a spelling; a fault where its prefix is not declared."""
        if spelled.startswith(_UNDECLARED):
            self.fault(place, msg("`{value}` has a prefix that is not declared", value=spelled))
            return None
        return full(spelled)


def items(value: Any, place: Place) -> Iterator[Item]:
    """The values of a key, each with its place: none, one, or those of an array."""
    if isinstance(value, Mapping) and set(value) in ({"@list"}, {"@set"}):
        (value,) = value.values()
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from ((f"{place}[{number}]", one),) if one is not None else ()
    elif value is not None:
        yield place, value


def at(place: Place, words: Message) -> Message:
    """What is wrong, after its place."""
    if not place:
        return msg("the document: {words}", words=words)
    return msg("{place}: {words}", place=place, words=words)


def under(place: Place, key: str) -> Place:
    """The place of a key of an object."""
    return f"{place}.{word_of(key)}" if place else word_of(key)


def word_of(key: str) -> str:
    """A key as people write it."""
    return {"@id": "uid"}.get(key, key.removeprefix("odrl:"))
