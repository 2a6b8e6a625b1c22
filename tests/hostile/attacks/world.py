"""Twin nodes full of canaries, and what finds a canary in anything that an actor is told.

The twins hold the same visible data. They differ in all that their analyst may not see: hidden
rows, masked and denied values, other datasets, quarantine. On the first, each of these places,
a file beside it, the environment, the keys and the folder of the node hold a text or a number
of their own.
"""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import doumen
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import DoumenError
from doumen.model.plan import Scalar
from doumen.session import Node, Session, create

RULES = Path(__file__).with_name("rules.yaml")
ENVIRONMENT = "DOUMEN_HOSTILE_ENVIRONMENT"
BOUNDS = {"seconds": "seconds = 5", "memory_mib": "memory_mib = 512"}
"""Settings of the nodes, so that heavy statements end soon."""
LETTERS = "GHJKLMNPQRSTUVWXZ"
"""No letter that a hash in hexadecimal digits has."""
PART = 6
"""A part of a text of so many letters, in any case, is a canary; of a number, 8 digits of 12."""

_RANDOM = re.compile(
    r"\b[0-9a-f]{64}\b|\b[0-9A-HJKMNP-TV-Z]{26}\b|datetime\.datetime\([^)]*\)"
    r"|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{91}="
)
"""Keyed hashes, ids and times of events, roots and signatures of checkpoints: different in any
two nodes, and letters at random, among which those of a canary come up now and then."""
PLACES = (
    *("row", "name", "mail", "phone", "home", "secret", "unseen", "field", "item", "closed"),
    *("known", "aimed", "broken", "file", "environment", "folder", "past", "unit", "other"),
)
NUMBERS = ("pay", "debt", "hidden_pay", "closed_number")


@dataclass(frozen=True)
class Canaries:
    """What must not be told: place → text, place → number."""

    texts: Mapping[str, str]
    numbers: Mapping[str, int]

    @classmethod
    def drawn(cls, seed: str) -> Canaries:
        """Canaries of a fixed seed."""
        source = random.Random(seed)
        return cls(
            {place: "".join(source.choices(LETTERS, k=12)) for place in PLACES},
            {place: source.randrange(10**11, 10**12) for place in NUMBERS},
        )

    def found(self, told: str, asked: str = "", keys: Iterable[str] = ()) -> list[str]:
        """The places of which a part of a canary is told, that was not asked with it.

        Looked for as it is, in any case, backwards, in hexadecimal digits and in base64.
        """
        hit = [f"key {number}" for number, key in enumerate(keys) if _has_key(told, key)]
        text, own = _RANDOM.sub("…", told).lower(), asked.lower()
        parts = self._parts
        grams = {text[n : n + PART] for n in range(len(text) - PART + 1)}
        for part in parts.keys() & grams:
            if part not in own:
                hit += parts[part]
        for place, spellings in self._digits.items():
            if any(s in text and s not in own for s in spellings):
                hit.append(place)
        return sorted(set(hit))

    @cached_property
    def _parts(self) -> dict[str, list[str]]:
        kept: dict[str, list[str]] = {}
        for place, text in self.texts.items():
            for spelling in _spellings(text):
                for n in range(len(spelling) - PART + 1):
                    kept.setdefault(spelling[n : n + PART], []).append(place)
        return kept

    @cached_property
    def _digits(self) -> dict[str, set[str]]:
        kept: dict[str, set[str]] = {}
        for place, text in self.texts.items():
            kept[place] = set(_coded(text))
        for place, number in self.numbers.items():
            digits = str(number)
            kept[place] = {
                way[n : n + 8] for way in (digits, digits[::-1]) for n in range(len(digits) - 7)
            } | {f"{number:x}", f"{number:b}"}
        return kept


def _spellings(text: str) -> Iterator[str]:
    for way in (text, text.lower(), text[::-1], text[::-1].lower()):
        yield way.lower()
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + way.encode()).decode()
            yield coded[4 if shift else 0 : len(way) // 3 * 4].lower()


def _coded(text: str) -> Iterator[str]:
    """Parts in hexadecimal digits, which are looked for as wholes."""
    for way in (text, text.lower(), text[::-1], text[::-1].lower()):
        for n in range(len(way) - PART + 1):
            yield way[n : n + PART].encode().hex()


def _has_key(told: str, key: str) -> bool:
    ways = (key, key.upper(), base64.b64encode(bytes.fromhex(key)).decode())
    return any(way[n : n + 16] in told for way in ways for n in range(0, len(way) - 15, 8))


@dataclass
class Place:
    """An open node, its folder and its canaries."""

    node: Node
    folder: Path
    canaries: Canaries

    @property
    def paths(self) -> dict[str, str]:
        """Where hostile statements look for files."""
        inside = self.folder / self.canaries.texts["folder"]
        lake = min((inside / "lake" / "v" / "people").glob("*.parquet"))
        keys = inside / "keys" / "mask.keys"
        return {
            k: str(v)
            for k, v in zip(
                ("folder", "node", "keys", "lake"), (self.folder, inside, keys, lake), strict=True
            )
        }

    def as_(self, actor: str, purpose: str | None = None) -> Session:
        """An actor before the gate."""
        return self.node.session(actor, purpose)

    @property
    def owner(self) -> Session:
        """The owner before the gate."""
        return self.node.session()

    def found(self, told: str, asked: str = "") -> list[str]:
        """Canaries in what was told, the keys of masks among them."""
        return self.canaries.found(told, asked, self.node.means.mask_keys)

    def outcome(self, session: Session, sql: str, values: Sequence[Scalar] = ()) -> str:
        """What a question gives: columns and rows as a multiset, or the error as it is told."""
        try:
            answer = session.query(sql, values)
            rows = sorted(repr(row) for row in answer.rows())
        except DoumenError as error:
            return "error " + json.dumps(error.as_json(), ensure_ascii=False)
        return "\n".join((repr(answer.schema), *rows))

    def explained(self, session: Session, sql: str, values: Sequence[Scalar] = ()) -> str:
        """What an explanation tells."""
        try:
            return repr(session.explain(sql, values))
        except DoumenError as error:
            return "error " + json.dumps(error.as_json(), ensure_ascii=False)

    def events(self, session: Session, after: int) -> Iterator[str]:
        """The actor's own events after a place of the ledger, and their receipts, opened."""
        found = session.query(
            "SELECT id, CAST(data AS VARCHAR) FROM sys.events WHERE position > ?", [after]
        )
        for id, data in found.rows():
            receipt = read_receipt(session.desk.receipt(id))
            yield f"{data} {receipt}"

    def size(self) -> int:
        """The last place of the ledger."""
        rows = self.owner.query("SELECT max(position) FROM sys.events").rows()
        return int(rows[0][0])


def same(one: str, two: str) -> bool:
    """Whether two nodes told the same, apart from keyed hashes and times."""
    return _RANDOM.sub("…", one) == _RANDOM.sub("…", two)


def build(folder: Path, canaries: Canaries) -> Place:
    """A node with rules, actors and canaries in all that its analyst may not see."""
    inside = folder / canaries.texts["folder"]
    create(inside, "hostile")
    settings = inside / "doumen.toml"
    bounds = r"(?m)^(seconds|memory_mib) = [\d.]+$"
    text, changed = re.subn(bounds, lambda found: BOUNDS[found[1]], settings.read_text())
    assert changed == 2
    settings.write_text(text)
    place = Place(doumen.open(inside), folder, canaries)
    t = canaries.texts
    (folder / "beside.csv").write_text(f"a,b\n1,{t['file']}\n")
    _people(place)
    owner = place.owner
    n = canaries.numbers
    put(place, "v.visits", visit=[1, 2, 3], person=[1, 2, 3], cost=[5, 6, 7], note=["0", "1", "2"])
    units = ["p1", "p2", "p3", "p4", "p5", t["unit"]]
    put(
        place,
        "v.groups",
        person=units,
        kind=["a", "a", "a", "b", "b", f"{t['unit']}k"],
        amount=[1, 2, 3, 4, 5, 6],
        code=["1", "2", "3", "4", "x", t["unit"]],
    )
    put(place, "v.kinds", kind=["a", "b"], title=["first", "second"])
    put(place, "v.closed", k=[t["closed"]], n=[n["closed_number"]])
    put(place, "v.known", k=[t["known"]])
    put(place, "v.aimed", k=[t["aimed"]])
    put(place, "v.bounded", id=[1, 2, 3], word=["a", "b", "c"])
    _loaded(place)
    put(place, "v.past", id=[1, 2], was=[t["past"], t["past"]], kept=["a", "b"])
    path = write(place, "v.past", id=[1, 2], kept=["a", "b"])
    terms = folder / "terms.yaml"
    owner.do("contract infer", dataset="v.past", source=path, output=terms)
    terms.write_text(terms.read_text().replace("version: 1.0.0", "version: 2.0.0"))
    owner.do("collect", path=path, as_dataset="v.past", contract=terms, replace=True)
    for name, role, purpose in (
        *(("ana", "analyst", "research"), ("bea", "clerk", None)),
        *(("stu", "steward", None), ("vera", "auditor", None)),
    ):
        owner.do("actor add", name=name, role=(role,), purpose=(purpose,) if purpose else ())
    owner.do("rule add", file=RULES)
    return place


def write(place: Place, dataset: str, **columns: Sequence[Any]) -> Path:
    """A Parquet file of these columns."""
    path = place.folder / f"{dataset}.parquet"
    pq.write_table(pa.table({k: list(v) for k, v in columns.items()}), path)
    return path


def put(place: Place, dataset: str, **columns: Sequence[Any]) -> None:
    """Collect a dataset from its columns."""
    path = write(place, dataset, **columns)
    place.owner.do("collect", path=path, as_dataset=dataset)
    path.unlink()


def _people(place: Place) -> None:
    t, n = place.canaries.texts, place.canaries.numbers
    shown = [
        (1, "Wenzhou", "open", "1", "2026-01-01", "a(b", '{"a": 1}', 3),
        (2, "Ningbo", "open", "2", "2026-02-01", "b", "[1]", 5),
        (4, "Wenzhou", "open", "x", "2026-03-01", "c+", "null", 7),
    ]
    rows = [
        (
            *row,
            "A" + t["name"],
            t["mail"],
            t["phone"],
            n["pay"] + k,
            n["debt"] + k,
            t["secret"],
            t["unseen"],
            {"a": k, "b": t["field"]},
            [t["item"], str(k)],
            t["home"],
        )
        for k, row in enumerate(shown)
    ]
    mine = "A" + t["row"]
    hidden: list[Any] = [
        (3, t["row"], f"shut{t['row']}", "0", "2026-13-45", "((", "{", 0),
        (901, t["row"], f"shut{t['row']}", t["row"], t["row"], "[", t["row"], n["hidden_pay"]),
    ]
    if place.canaries.texts["row"] < "M":
        hidden.pop()
    rows += [
        (*h, mine, mine, mine, n["hidden_pay"], -1, mine, mine, {"a": 0, "b": mine}, [mine], mine)
        for h in hidden
    ]
    names = "id city region code day pattern doc weight name mail phone pay debt secret unseen "
    columns = dict(zip((names + "info tags home").split(), zip(*rows, strict=True), strict=True))
    put(place, "v.people", **columns)


def _loaded(place: Place) -> None:
    """A dataset with one bad row, which is in quarantine."""
    lines = [f"{n},{n % 7}" for n in range(1, 400)]
    path = place.folder / "loaded.csv"
    path.write_text("\n".join(("id,n", *lines, f"400,{place.canaries.texts['broken']}")) + "\n")
    place.owner.do("collect", path=path, as_dataset="v.loaded")
    path.unlink()
