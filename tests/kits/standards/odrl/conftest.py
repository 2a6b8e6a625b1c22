"""Rule sets drawn from a seed, with every duty and mask of the shelves; one sample policy."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from doumen.kits.policy import rule_from_json
from doumen.kits.policy.duties import KINDS
from doumen.kits.policy.masks import METHODS
from doumen.kits.standards.odrl import read_policy, write_policy
from doumen.model.errors import Invalid
from doumen.model.rule import Rule

NAMES = ["ana", "研究员", "a b/c", "Zoë:x", "100%41", "x_y-z.1", "ʼn#?&", "e\u0301t", "\u00adx"]
IDS = ["r1", "规则-一", "A_b-C", "x" * 63, "ñ9"]
DATASETS = ["transport.flights", "健康.人", "other/a.b", "transport.*", "*.flights", "*.*"]
COLUMNS = ["tailnum", "Tail Num.x", "身份证 号/%", "a:b"]
LABELS = ["personal", "个人 信息", "pii:id/2.0"]
PURPOSES = ["research", "marketing", "traffic-planning", "规划", "record-management"]
_ACTIONS = ["query", "discover", "files"]
TEXTS = ["origin <> 'LGA'", 'a = "x"\nAND b > 1', "名 = '{\\u0041}'", "x" * 500, "@id", "urn:a:b"]


def _levels(rng: random.Random) -> Any:
    return rng.choice(["month", "year", 10, 0.25, {"a": "b", "甲": "@type", "": "z"}])


MASKS: dict[str, Callable[[random.Random], dict[str, Any]]] = {
    "null": lambda rng: {},
    "hash": lambda rng: {},
    "partial": lambda rng: {"keep_start": rng.randint(1, 9), "keep_end": rng.randint(0, 3),
                            "with": rng.choice("*·#")},
    "generalise": lambda rng: {"levels": _levels(rng)},
    "bucket": lambda rng: {"edges": rng.choice([[1, 2.5, 90], ["2026-01-01", "2027-01-01"]])},
}  # fmt: skip
DUTIES: dict[str, Callable[[random.Random], Any]] = {
    "filter": lambda rng: rng.choice(TEXTS),
    "limit": lambda rng: rng.choice([0, 7, 2**53, 2**53 + 1, 2**63 - 1]),
    "min_group": lambda rng: rng.choice([5, {"k": 3, "unit": rng.choice(COLUMNS)}]),
    "count": lambda rng: rng.choice([0, 100, 2**63 - 1]),
    "expire": lambda rng: rng.choice([0, 30, 36_525]),
}


def _duty(rng: random.Random, on: Any) -> dict[str, Any]:
    name = rng.choice([kind.name for kind in KINDS])
    if name != "mask":
        return {name: DUTIES[name](rng)}
    method = rng.choice([method.name for method in METHODS])
    column = {"column": rng.choice(COLUMNS)} if isinstance(on, str) else {}
    return {name: {**column, "method": method, **MASKS[method](rng)}}


def _who(rng: random.Random) -> dict[str, Any]:
    who: dict[str, Any] = {rng.choice(["role", "actor"]): rng.choice(NAMES)}
    if rng.random() < 0.3:
        values = rng.sample(NAMES, 2)
        who["claims"] = {rng.choice(["department", "级别"]): values}
    return who


def _rule(rng: random.Random, id: str) -> Rule:
    on = rng.choice([
        rng.choice(DATASETS),
        {"column": f"transport.flights.{rng.choice(COLUMNS)}"},
        {"label": rng.choice(LABELS)},
    ])  # fmt: skip
    effect, action = rng.choice(["permit", "permit", "deny"]), rng.choice(_ACTIONS)
    body: dict[str, Any] = {"id": id, effect: action, "who": _who(rng), "on": on}
    if rng.random() < 0.5:
        body["for"] = rng.sample(PURPOSES, rng.randint(1, 3))
    if rng.random() < 0.4:
        body["until"] = rng.choice(["2027-12-31", "2028-02-29", "0001-01-01", "9999-12-31"])
    if (effect, action) == ("permit", "query"):
        body["duties"] = [_duty(rng, on) for _ in range(rng.randint(0, 4))]
    return rule_from_json(body)


def draw(count: int, seed: int = 0) -> Iterator[tuple[Rule, ...]]:
    """Rule sets, the same for the same seed."""
    rng = random.Random(seed)
    for _ in range(count):
        yield tuple(_rule(rng, id) for id in rng.sample(IDS, rng.randint(1, 3)))


@pytest.fixture
def rule_sets() -> Callable[..., Iterator[tuple[Rule, ...]]]:
    """Draws rule sets."""
    return draw


@pytest.fixture
def policy() -> dict[str, Any]:
    """A policy with one rule: a permission on a dataset with terms and a duty."""
    body = {
        "id": "read",
        "permit": "query",
        "who": {"role": "analyst"},
        "on": "transport.flights",
        "for": ["research"],
        "until": "2027-12-31",
        "duties": [{"limit": 9}],
    }
    return write_policy([rule_from_json(body)], uid="urn:doumen:policy:p")


@pytest.fixture
def faults() -> Callable[[Any], str]:
    """What a reader finds wrong with a document."""

    def told(document: Any) -> str:
        with pytest.raises(Invalid) as error:
            read_policy(document)
        return error.value.why or ""

    return told
