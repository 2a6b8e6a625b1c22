"""Words of the node that pages show to people: types of events, what they are about, labels."""

from __future__ import annotations

from collections.abc import Mapping

from doumen.model.message import Catalogue, Message, msg, plain, spoken

EVENTS: Mapping[str, Message] = {
    "query": msg("asked"),
    "query.refused": msg("refused"),
    "query.failed": msg("asked in vain"),
    "query.started": msg("began to ask"),
    "query.ended": msg("asked, to the end"),
    "query.reserved": msg("reserved a charge"),
    "query.asked": msg("asked another node"),
    "query.broken": msg("lost an answer of another node"),
    "query.settled": msg("settled with another node"),
    "query.closed": msg("answered another node"),
    "collect": msg("collected"),
    "attach": msg("attached"),
    "derive": msg("derived"),
    "compact": msg("wrote files anew"),
    "vacuum": msg("gave versions up"),
    "amend": msg("changed"),
    "quality.checked": msg("checked"),
    "quality.scored": msg("scored"),
    "quarantine.discarded": msg("gave quarantined rows up"),
    "quarantine.replayed": msg("repaired quarantined rows"),
    "files.granted": msg("granted files"),
    "files.refused": msg("refused files"),
    "files.read": msg("read files"),
    "replay": msg("replayed"),
    "node.created": msg("made the node"),
    "node.restored": msg("restored the node"),
    "key.rotated": msg("changed the key"),
    "store.migrated": msg("moved the store on"),
    "backup.made": msg("made a backup"),
    "head.cosigned": msg("cosigned a head"),
    "head.refused": msg("refused a head"),
    "head.witnessed": msg("had the head cosigned"),
}

SUBJECTS: Mapping[str, Message] = {
    "account": msg("account"),
    "actor": msg("actor"),
    "agreement": msg("agreement"),
    "alert": msg("alert"),
    "codelist": msg("code list"),
    "contract": msg("contract"),
    "element": msg("data element"),
    "negotiation": msg("negotiation"),
    "offer": msg("offer"),
    "participant": msg("participant"),
    "product": msg("product"),
    "proposal": msg("proposal"),
    "purpose": msg("purpose"),
    "question": msg("question"),
    "rule": msg("rule"),
    "rules": msg("rules"),
    "schedule": msg("schedule"),
    "source": msg("source"),
    "term": msg("term"),
    "token": msg("token"),
}
"""What the subject of an event begins with, where that is no dataset: its kind, then its name."""
LABELS: Mapping[str, Message] = {
    "core": msg("core data"),
    "important": msg("important data"),
    "general": msg("general data"),
    "open": msg("open data"),
    "public": msg("public data"),
    "internal": msg("internal data"),
    "secret": msg("secret data"),
    "personal": msg("personal information"),
    "sensitive": msg("sensitive personal information"),
    "identifier": msg("identifies a person"),
}
"""What labels mean that have a meaning everywhere (GB/T 43697, GB/T 35273); others are names."""


def event(type: str) -> Message:
    """A type of event in words; one that is new here as it is written."""
    return EVENTS.get(type, plain(type))


def subject(text: str | None, say: Catalogue) -> str:
    """What an event is about, its kind in the language of the reader."""
    kind, space, name = (text or "").partition(" ")
    known = SUBJECTS.get(kind) if space else None
    return text or "" if known is None else f"{spoken(known, say)} {name}"


def label(name: str, say: Catalogue) -> str:
    """A label for readers of a language: as it is written where it is a word of that language."""
    meaning = LABELS.get(name.casefold())
    said = name if meaning is None else str(spoken(meaning, say))
    return name if meaning is None or said == meaning.template else said
