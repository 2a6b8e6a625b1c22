"""Which files of a stream were read before, and what is to be done with one that came. Pure.

A file is known by its name, and by its tag as long as that stays; then it is not brought again.
Once brought, its content decides, whatever the tag: content that landed does not land again,
under another name neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from doumen.model.fact import Fact, Facts
from doumen.model.source import ARRIVAL, arrival_key
from doumen.rooms.collect.connectors.interface import Item
from doumen.rooms.collect.find import Weighed


class Verdict(Enum):
    """What a file is that was brought.

    Attributes:
        FRESH: Its content never landed.
        SAME: It is what it was.
        TWIN: Its content landed under another name.
        CHANGED: It has another content than what landed under its name.
    """

    FRESH = auto()
    SAME = auto()
    TWIN = auto()
    CHANGED = auto()


@dataclass(slots=True)
class Arrivals:
    """The files of one stream.

    Attributes:
        known: Name → what it was when it was read: tag, sha256, event, and whether its content
            was left out.
        events: Content → the event by which it landed.
        noted: What became known without a collection: name → body, None where it is no more.
    """

    stream: str
    known: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)
    noted: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Facts, stream: str) -> Arrivals:
        """What the facts say of a stream."""
        found = cls(stream)
        prefix = arrival_key(stream, "")
        for key, row in facts.rows.get(ARRIVAL, {}).items():
            if key.startswith(prefix):
                body = row.fact.body or {}
                found.known[key.removeprefix(prefix)] = body
                if not body.get("left"):
                    found.events[body["sha256"]] = body["event"]
        return found

    def read(self, item: Item) -> bool:
        """Whether a file is, by its tag, what it was when it was read."""
        body = self.known.get(item.name)
        return body is not None and item.tag is not None and body["tag"] == item.tag

    def verdict(self, item: Item, digest: str) -> Verdict:
        """What a file is that has this content."""
        body = self.known.get(item.name)
        if body is not None and body["sha256"] == digest:
            return Verdict.SAME
        if digest in self.events:
            return Verdict.TWIN
        return Verdict.FRESH if body is None else Verdict.CHANGED

    def names(self, digest: str) -> set[str]:
        """Names under which a content landed or was found."""
        return {
            name
            for name, body in self.known.items()
            if body["sha256"] == digest and not body.get("left")
        }

    def landed(self, item: Item, digest: str, event: str) -> None:
        """Remember a file that landed."""
        self.known[item.name] = {**what(item, digest), "event": event}
        self.events[digest] = event

    def note(self, item: Item, digest: str, *, left: bool = False) -> None:
        """Remember a file that does not land: its content did, or is left out knowingly."""
        before = self.known.get(item.name)
        event = before["event"] if left and before is not None else self.events[digest]
        body = {**what(item, digest), "event": event, **({"left": True} if left else {})}
        if body != before:
            self.noted[item.name] = self.known[item.name] = body

    def renew(self, files: Iterable[tuple[Item, str]], gone: Iterable[str]) -> None:
        """Remember under which names and tags the content lies now, all of which landed at once."""
        event = max(body["event"] for body in self.known.values())
        for item, digest in files:
            body = {**what(item, digest), "event": event}
            if body != self.known.get(item.name):
                self.noted[item.name] = body
        self.noted |= dict.fromkeys(gone)

    def facts(self) -> Iterator[Fact]:
        """What was noted."""
        for name, body in self.noted.items():
            yield Fact(ARRIVAL, arrival_key(self.stream, name), body)


def what(item: Item, digest: str) -> dict[str, Any]:
    """What is to be known of a file, beside the event."""
    return {"tag": item.tag, "sha256": digest}


def content(weighed: Sequence[Weighed]) -> str:
    """The content of a file: that of what is packed in it, so that packing it anew changes nothing.

    Args:
        weighed: The file, or all files of the archive that it is.
    """
    digests = sorted({one.source.sha256 for one in weighed})
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()
