"""The law of messages on thousands that nobody wrote: valid when written, the same when read."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from doumen.kits.standards.dsp import catalog, discovery
from doumen.kits.standards.dsp.forms import (
    Choice,
    Identifier,
    Later,
    Many,
    Record,
    Reference,
    Text,
    Values,
)
from doumen.kits.standards.dsp.messages import RECORDS, read, write
from doumen.kits.standards.dsp.policy import LOGICAL, OPERATORS, PolicyForm
from doumen.model.errors import Invalid

TEXTS = ["", "x", "a b\n", "数据 \u202e", "\u0001", '"\\', "x" * 300, "@id", "null", "😀"]
IDS = ["urn:uuid:1", "https://a.org/x?y#z", "数/据", "...", "%2e", "a" * 200, "did:web:a.org%3A1"]
LEAVES: list[Any] = [*TEXTS, 0, -1.25, 2**53, True, None]
EXTRA = ["dct:title", "数据", "", "https://a.org/#x", "@reverse"]
DEPTH = 3
PATTERNS = {"/a": ["/", "/2025-1", "/a/b/"], "https://a.org/catalog": ["https://a.org/x/catalog"]}


def some(rng: random.Random, depth: int = 2) -> Any:
    """Any JSON value."""
    if not depth or rng.random() < 0.5:
        return rng.choice(LEAVES)
    if rng.random() < 0.5:
        return [some(rng, depth - 1) for _ in range(rng.randrange(3))]
    return {rng.choice(TEXTS): some(rng, depth - 1) for _ in range(rng.randrange(3))}


def constraint(rng: random.Random, depth: int = 2) -> dict[str, Any]:
    if depth and rng.random() < 0.4:
        inner = [constraint(rng, depth - 1) for _ in range(rng.randrange(3))]
        return {rng.choice(LOGICAL): inner}
    right = rng.choice([rng.choice(TEXTS), [some(rng)], {"@value": some(rng)}])
    return {"leftOperand": rng.choice(TEXTS), "operator": rng.choice(OPERATORS),
            "rightOperand": right}  # fmt: skip


def policy(rng: random.Random, form: PolicyForm) -> dict[str, Any]:
    made: dict[str, Any] = {name: rng.choice(IDS) for name in form.required}
    if form.typed or rng.random() < 0.5:
        made["@type"] = form.type
    if form.targeted and rng.random() < 0.5:
        made["target"] = rng.choice(IDS)
    if form.type == "Agreement" and rng.random() < 0.5:
        made["timestamp"] = rng.choice(["2026-02-28T23:59:59Z", "12026-01-01T24:00:00.0+14:00"])
    if rng.random() < 0.3:
        made["profile"] = rng.choice(["urn:p", ["urn:p", "urn:q"], []])
    kinds = ["permission", "prohibition", "obligation"]
    for kind in [rng.choice(kinds[:2]), *rng.sample(kinds, rng.randrange(3))]:
        made[kind] = [
            {"action": rng.choice(TEXTS), "duty": some(rng)}
            | ({"constraint": [constraint(rng)]} if rng.random() < 0.5 else {})
            for _ in range(rng.randint(1, 2))
        ]
    return made


def value(rng: random.Random, form: Any, depth: int) -> Any:
    """A value of a form."""
    if isinstance(form, Record):
        return record(rng, form, depth - 1)
    if isinstance(form, PolicyForm):
        return policy(rng, form)
    if isinstance(form, Later):
        return value(rng, form.form(), depth)
    if isinstance(form, Many):
        return tuple(value(rng, form.form, depth) for _ in range(rng.randint(form.least, 2)))
    if isinstance(form, Reference):
        return rng.choice(IDS) if rng.random() < 0.5 else value(rng, form.form, depth)
    if isinstance(form, Values):
        return tuple(some(rng) for _ in range(rng.randint(form.least, 3)))
    if isinstance(form, Choice):
        return rng.choice(form.words)
    if isinstance(form, Identifier):
        return rng.choice(IDS)
    assert isinstance(form, Text)
    if form.pattern is None:
        return rng.choice(TEXTS)
    return next(rng.choice(good) for one, good in PATTERNS.items() if form.pattern.fullmatch(one))


def record(rng: random.Random, form: Record, depth: int) -> Any:
    """An instance of the class of a record; what is not required is given by chance."""
    left = rng.choice(form.either) if form.either else None
    fields = {
        member.attribute: value(rng, member.form, depth)
        for member in form.members
        if member.name != left
        and (
            member.required
            or member.name in (form.either or ())
            or (depth > 0 and rng.random() < 0.6)
        )
    }
    if form.open and rng.random() < 0.5:
        fields["extra"] = {rng.choice(EXTRA): some(rng) for _ in range(2)}
    return form.made(**{m.attribute: None for m in form.members} | fields)


@pytest.mark.law
@pytest.mark.parametrize("kind", list(RECORDS), ids=lambda kind: kind.__name__)
def test_whatever_is_written_is_valid_and_read_the_same(
    kind: Any, valid: Callable[[str, Any], bool]
) -> None:
    rng = random.Random(kind.__name__)
    written = 0
    for _ in range(40 if kind is catalog.Catalog else 150):
        message = record(rng, RECORDS[kind], DEPTH)
        if kind in (catalog.Catalog, catalog.Dataset) and len(repr(message)) > 40_000:
            continue
        body = write(message)
        assert valid(kind.__name__, body), body
        assert read(json.dumps(body), kind) == message
        assert read(json.dumps(body, ensure_ascii=False).encode(), kind) == message
        assert write(read(body, kind)) == body
        written += 1
        if body.get("@context"):
            with pytest.raises(Invalid):
                read(body | {"@context": []}, kind)
    assert written > 20
    assert kind is not discovery.VersionResponse or "@context" not in body
