"""Rules as a document: the form of the command line, all faults at once, law 8."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doumen.kits.policy import read_rules, rule_as_json, rule_from_json
from doumen.model.errors import Invalid
from doumen.model.rule import (
    Action,
    Duty,
    Effect,
    Filter,
    Limit,
    Mask,
    Rule,
    Target,
    TargetKind,
    Who,
)

EXAMPLE = """
rules:
  - id: analysts-read-flights
    permit: query                      # or deny: query; permit: discover
    who: {role: analyst}               # or {actor: ana}
    on: transport.flights              # or transport.*
    for: [research]                    # absent: any purpose
    until: 2027-12-31
    duties:
      - filter: "origin <> 'LGA'"
      - mask: {column: tailnum, method: hash}
      - mask: {column: dest, method: null}
      - mask: {column: carrier, method: partial, keep_start: 2, with: "#"}
      - limit: 100000
"""


def test_the_form_of_the_command_line() -> None:
    (rule,) = read_rules(EXAMPLE)
    assert rule == Rule(
        id="analysts-read-flights",
        effect=Effect.PERMIT,
        action=Action.QUERY,
        who=Who(role="analyst"),
        on=Target(TargetKind.DATASET, "transport.flights"),
        purposes=("research",),
        until=date(2027, 12, 31),
        duties=(
            Filter("origin <> 'LGA'"),
            Mask("hash", "tailnum"),
            Mask("null", "dest"),
            Mask("partial", "carrier", (("keep_end", 0), ("keep_start", 2), ("with", "#"))),
            Limit(100000),
        ),
    )


def test_short_forms() -> None:
    rules = read_rules("""
rules:
  - {id: a, deny: query, who: {actor: ana}, on: {column: Transport.Flights.TailNum}}
  - {id: b, permit: discover, who: {role: guest}, on: Transport.*}
  - {id: c, permit: query, who: {role: guest}, on: {label: Personal},
     duties: [{mask: {method: hash}}]}
  - {id: d, permit: query, who: {role: guest}, on: 交通.航班, until: "2027-01-02"}
  - {id: e, permit: query, who: {role: guest}, on: a.b, until: null, for: null}
""")
    assert [rule.on for rule in rules] == [
        Target(TargetKind.COLUMN, "transport.flights.TailNum"),
        Target(TargetKind.DATASET, "transport.*"),
        Target(TargetKind.LABEL, "Personal"),
        Target(TargetKind.DATASET, "交通.航班"),
        Target(TargetKind.DATASET, "a.b"),
    ]
    assert [rule.effect for rule in rules] == [Effect.DENY, *[Effect.PERMIT] * 4]
    assert [rule.action for rule in rules[:2]] == [Action.QUERY, Action.DISCOVER]
    assert rules[3].until == date(2027, 1, 2)


FAULTY = """
rules:
  - id: -x
    permit: read
    who: {role: a, actor: b}
    on: a.b.c
    colour: red
    until: 2027-13-01
    duties:
      - filter: 1
      - mask: {column: x, method: blur}
      - mask: {column: x, method: partial, keep_start: -1, with: "**"}
      - mask: {column: x, method: partial}
      - limit: true
      - {}
      - {limit: 1, filter: x}
      - blur: 1
  - 5
  - {id: both, permit: query, deny: query, who: {role: x}, on: {label: "*"}}
  - {id: nobody, permit: query, who: {}, on: {table: a.b}, for: []}
  - {id: nothing, who: {role: x}, on: a.b}
  - {id: duty, deny: query, who: {role: x}, on: a.b, duties: [{limit: 1}]}
  - {id: named, permit: query, who: {role: x}, on: a.b, duties: [{mask: {method: hash}}]}
  - {id: twice, permit: query, who: {role: x}, on: a.b, until: 20}
  - {id: system, permit: query, who: {role: x}, on: "sys.*"}
  - {id: glob, permit: query, who: {role: x}, on: "a*"}
  - {id: column, permit: query, who: {role: x}, on: {column: a.b}}
  - {id: label, permit: query, who: {role: x}, on: {label: a},
     duties: [{mask: {column: c, method: hash}}]}
  - {permit: query, who: {role: x}, on: a.b}
  - {id: number, permit: query, who: {role: x}, on: 5}
  - {id: inner, permit: query, who: {role: x}, on: {label: 5}}
  - {id: inner2, permit: query, who: {role: x}, on: {column: 5}}
"""

FAULTS = {
    "rule `-x`, id": "letters, digits",
    "rule `-x`, permit": "'query' or 'discover'",
    "rule `-x`, who": "either `role` or `actor`",
    "rule `-x`, on": "not a dataset name",
    "rule `-x`, colour": "no such field",
    "rule `-x`, until": "2027-13-01",
    "rule `-x`, duties.0.filter": "string",
    "rule `-x`, duties.1.mask": "'null', 'hash', 'partial'",
    "rule `-x`, duties.2.mask.partial.keep_start": "greater than or equal to 0",
    "rule `-x`, duties.2.mask.partial.with": "one printable character",
    "rule `-x`, duties.3.mask.partial": "above 0",
    "rule `-x`, duties.4.limit": "integer",
    "rule `-x`, duties.5": "exactly one key, of `filter`, `mask`, `limit`",
    "rule `-x`, duties.6": "exactly one key",
    "rule `-x`, duties.7.blur": "no such field",
    "rule number 2": "dictionary",
    "rule `both`, on": "not a label",
    "rule `nobody`, who": "either",
    "rule `nobody`, on": "not a target",
    "rule `nobody`, for": "at least 1",
    "rule `nothing`": "either `permit` or `deny`",
    "rule `duty`": "duties belong to `permit: query` only",
    "rule `named`": "names its `column`",
    "rule `twice`, until": "`20` is not a date",
    "rule `system`, on": "holds no datasets",
    "rule `glob`, on": "not a pattern",
    "rule `column`, on": "not a column name",
    "rule `number`, on": "not a target",
    "rule `inner`, on": "not a target",
    "rule `inner2`, on": "not a target",
    "rule `label`": "leave `column` out",
    "rule number 13, id": "missing",
}


def test_all_faults_at_once_with_their_place() -> None:
    with pytest.raises(Invalid) as error:
        read_rules(FAULTY)
    faults = (error.value.why or "").split("; ")
    for place, words in FAULTS.items():
        assert any(f.startswith(place + ":") and words in f for f in faults), (place, faults)
    assert error.value.code == "invalid.rules"


def test_permit_and_deny_together_and_equal_ids() -> None:
    with pytest.raises(Invalid, match="2 faults") as error:
        read_rules("""
rules:
  - {id: a, permit: query, deny: query, who: {role: x}, on: a.b}
  - {id: b, deny: query, who: {role: x}, on: a.b}
  - {id: b, deny: query, who: {role: x}, on: a.c}
""")
    assert "rule `a`: give either" in (error.value.why or "")
    assert "rule `b`: the id is used 2 times" in (error.value.why or "")


@pytest.mark.parametrize("text", ["", "rules: []", "rules: 5", "[]", "rules: [1]\nmore: 2", "- a"])
def test_other_documents(text: str) -> None:
    with pytest.raises(Invalid):
        read_rules(text)


def test_a_body_that_is_no_rule() -> None:
    with pytest.raises(Invalid, match="faults") as error:
        rule_from_json({"id": "x"})
    assert "rule `x`, who: the field is missing" in (error.value.why or "")


_NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda n: n not in ("sys", "main", "temp", "system", "pg_catalog")
)
_OPTIONS = st.tuples(st.integers(0, 9), st.integers(1, 9), st.sampled_from("*#·字'")).map(
    lambda t: (("keep_end", t[0]), ("keep_start", t[1]), ("with", t[2]))
)


def _masks(column: st.SearchStrategy[str | None]) -> st.SearchStrategy[Mask]:
    plain = st.builds(Mask, st.sampled_from(["null", "hash"]), column)
    return plain | st.builds(Mask, st.just("partial"), column, _OPTIONS)


@st.composite
def _rules(draw: st.DrawFn) -> Rule:
    kind = draw(st.sampled_from(TargetKind))
    ref = f"{draw(_NAMES)}.{draw(_NAMES)}"
    value = {
        TargetKind.DATASET: draw(st.sampled_from([ref, ref.split(".", 1)[0] + ".*", "*.*"])),
        TargetKind.COLUMN: f"{ref}.{draw(st.text(min_size=1, max_size=8))}",
        TargetKind.LABEL: draw(st.sampled_from(["personal", "gb/t: 3-1", "个人信息"])),
    }[kind]
    effect = draw(st.sampled_from(Effect))
    action = draw(st.sampled_from(Action))
    duties: list[Duty] = []
    if (effect, action) == (Effect.PERMIT, Action.QUERY):
        names = st.text(max_size=8) if kind is TargetKind.DATASET else st.none()
        filters = st.text(min_size=1).filter(lambda t: t == t.strip()).map(Filter)
        limits = st.integers(0, 2**62).map(Limit)
        duties = draw(st.lists(filters | limits | _masks(names), max_size=4))
    return Rule(
        id=draw(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True)),
        effect=effect,
        action=action,
        who=draw(st.builds(Who, role=_NAMES) | st.builds(Who, actor=_NAMES)),
        on=Target(kind, value),
        purposes=tuple(draw(st.lists(_NAMES, max_size=3))),
        until=draw(st.none() | st.dates()),
        duties=tuple(duties),
    )


@pytest.mark.law
@given(_rules())
@settings(derandomize=True, deadline=None, max_examples=300)
def test_reading_what_was_written(rule: Rule) -> None:
    body = rule_as_json(rule)
    assert rule_from_json(body) == rule
    assert rule_as_json(rule_from_json(body)) == body


@pytest.mark.law
@given(st.lists(_rules(), min_size=1, max_size=4, unique_by=lambda rule: rule.id))
@settings(derandomize=True, deadline=None, max_examples=60)
def test_the_json_form_is_the_yaml_form(rules: list[Rule]) -> None:
    text = json.dumps({"rules": [rule_as_json(rule) for rule in rules]}, ensure_ascii=False)
    plain = re.sub(r"[^ -~]", lambda match: f"\\U{ord(match[0]):08x}", text)
    assert read_rules(plain) == tuple(rules)


@given(st.text() | st.binary().map(lambda b: b.decode("latin-1")))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Invalid):
        read_rules(text)
