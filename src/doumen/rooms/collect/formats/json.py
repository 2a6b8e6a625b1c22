"""JSON: a record to a line (NDJSON), or a document with its records in an array."""

from __future__ import annotations

import json
import re

from doumen.kits.standards import jsonpath
from doumen.model.errors import Invalid
from doumen.model.load import Reading
from doumen.model.message import Message, msg
from doumen.rooms.collect import encoding as encodings
from doumen.rooms.collect.formats.interface import Sniffed, Wishes
from doumen.rooms.collect.sample import Sample

_BEGINS = re.compile(r"[\s\ufeff]*(\[\s*)*(\{\s*(\"|\}|$)|\[\s*\])")
_LOOKED = 4096
_LINES = 50


class Json:
    """JSON and NDJSON."""

    name = "json"
    endings = (".json", ".ndjson", ".jsonl", ".geojson")

    def recognises(self, sample: Sample) -> bool:
        """Whether the file begins as objects do, or its name says so."""
        head = sample.head[:_LOOKED]
        text = head.decode(
            "utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8", "ignore"
        )
        return bool(_BEGINS.match(text)) or sample.name.lower().endswith(self.endings)

    def sniff(self, sample: Sample, wishes: Wishes) -> Sniffed:
        """Encoding and layout; the members are told by an examination.

        Raises:
            Invalid: an option that only delimited text has was given, the path is none, or the
                encoding cannot be told.
        """
        if wishes.delimiter or wishes.header is not None:
            raise Invalid(
                msg("`{sample}` is JSON: it has no delimiter and no header.", sample=sample.name),
                next=msg("Leave out `--delimiter` and `--no-header`."),
                detail="option",
            )
        path = wishes.json_path or ""
        jsonpath.steps(path or "$")
        chosen = encodings.choose(sample, wishes.encoding)
        text = encodings.decode(sample, chosen.name)
        layout = "document" if path else _layout(text, whole=sample.whole)
        reading = Reading(format="json", encoding=chosen.name, layout=layout, path=path)
        plain = sample.ascii and chosen.name == "utf-8"
        return Sniffed(reading, _why(chosen, layout, path, text), ascii=plain)


def _layout(text: str, *, whole: bool) -> str:
    """Whether lines are records: the first is one by itself, or most look like one."""
    held = text if whole else text[: text.rfind("\n") + 1]
    found = [line.strip() for line in held.split("\n", _LINES)[:_LINES] if line.strip()]
    if not found or found[0].startswith("["):
        return "document"
    closed = sum(line.startswith("{") and line.endswith("}") for line in found)
    return "lines" if closed * 2 >= len(found) or _object(found[0]) else "document"


def _object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _why(chosen: encodings.Encoding, layout: str, path: str, text: str) -> tuple[Message, ...]:
    how = msg("JSON, a record to a line") if layout == "lines" else msg("JSON, a document")
    where = (msg("rows at `{path}`", path=path),) if path else ()
    damaged = (msg("some bytes do not decode: such records go to quarantine"),) * chosen.damaged
    inner = () if path else _inner(text)[:1]
    hint = [
        msg("one object; if its rows are in it: `--json-path '$.{name}'`", name=name)
        for name in inner
    ]
    coded = msg("{encoding}, {why}", encoding=chosen.name.upper(), why=chosen.why)
    return (how, coded, *where, *hint, *damaged)


def _inner(text: str) -> tuple[str, ...]:
    """Members of a sole object that hold lists of objects."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(found, dict):
        return ()
    return tuple(
        name
        for name, value in found.items()
        if name.isidentifier() and isinstance(value, list) and value and isinstance(value[0], dict)
    )
