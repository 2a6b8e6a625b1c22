"""Rules and terms as YAML: what is written is read again."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from tests.counts import count
from tests.kits.policy.offers.strategies import terms

from doumen.kits.policy import read_rules, rule_from_json
from doumen.kits.policy.offers import read_terms
from doumen.kits.policy.render import write_rules, write_terms
from doumen.kits.policy.yaml import plain_yaml
from doumen.model.terms import Terms

TEXTS = ["origin <> 'LGA'", "null", "2027-12-31", "yes", "1e3", "*a", "a: b # c", "x\ny\u0085z",
         "名 = '甲'", " y" * 500, '"', "a\t=\u00a0'b'"]  # fmt: skip


def body(rng: random.Random, id: str) -> dict[str, Any]:
    return {
        "id": id,
        "permit": "query",
        "who": {rng.choice(["role", "actor"]): rng.choice(["null", "on", "a b", "1", "研究员"])},
        "on": rng.choice(["*.*", "a.b"]),
        "for": rng.sample(["research", "null", "007", "规划"], 2),
        "until": "2027-12-31",
        "duties": [
            {"filter": rng.choice(TEXTS).strip()},
            {"mask": {"column": rng.choice(TEXTS), "method": "null"}},
            {"limit": rng.choice([0, 2**63 - 1])},
        ],
    }


def test_law_8_for_yaml() -> None:
    rng = random.Random(0)
    for _ in range(50):
        rules = tuple(rule_from_json(body(rng, id)) for id in ("r-1", "null", "规则"))
        assert read_rules(write_rules(rules)) == rules


def test_the_form_is_that_of_people() -> None:
    rule = rule_from_json({"id": "r", "deny": "discover", "who": {"role": "guest"}, "on": "*.*"})
    text = write_rules([rule])
    assert (
        text
        == "rules:\n  - id: r\n    deny: discover\n    who:\n      role: guest\n    on: '*.*'\n"
    )
    assert list(plain_yaml(text)["rules"][0]) == ["id", "deny", "who", "on"]


@pytest.mark.law
@settings(max_examples=count(100), deadline=None)
@given(terms())
def test_terms_are_read_as_they_were_written(these: Terms) -> None:
    assert read_terms(write_terms(these)) == these
