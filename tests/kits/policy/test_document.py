"""Rules as a document: the form of the command line, all faults at once, law 8."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import UTC, date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.policy import read_rules, rule_as_json, rule_from_json
from doumen.model.errors import Invalid
from doumen.model.rule import (
    Action,
    Count,
    Duty,
    Effect,
    Expire,
    Filter,
    Limit,
    Mask,
    MinGroup,
    Option,
    Rule,
    Target,
    TargetKind,
    Who,
)

EXAMPLE = """
rules:
  - id: analysts-read-flights
    permit: query                      # or discover, files; or deny
    who: {role: analyst}               # or {actor: ana}
    on: transport.flights              # or transport.*
    for: [research]                    # absent: any purpose
    until: 2027-12-31
    duties:
      - filter: "origin <> 'LGA'"
      - mask: {column: tailnum, method: hash}
      - mask: {column: dest, method: null}
      - mask: {column: carrier, method: partial, keep_start: 2, with: "#"}
      - mask: {column: day, method: generalise, levels: month}
      - mask: {column: distance, method: generalise, levels: 100.0}
      - mask: {column: city, method: generalise, levels: {Wenzhou: Zhejiang, Suzhou: Jiangsu}}
      - mask: {column: delay, method: bucket, edges: [0, 15.5, 60]}
      - mask: {column: time, method: bucket, edges: [2013-01-01, 2013-07-01T12:00]}
      - limit: 100000
      - min_group: {k: 5, unit: tailnum}
      - min_group: 3
      - count: 100
      - expire: 30
"""


CITIES = (("Suzhou", "Jiangsu"), ("Wenzhou", "Zhejiang"))


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
            Mask("generalise", "day", (("levels", "month"),)),
            Mask("generalise", "distance", (("levels", 100),)),
            Mask("generalise", "city", (("levels", CITIES),)),
            Mask("bucket", "delay", (("edges", (0, 15.5, 60)),)),
            Mask("bucket", "time", (("edges", ("2013-01-01", "2013-07-01T12:00")),)),
            Limit(100000),
            MinGroup(5, "tailnum"),
            MinGroup(3),
            Count(100),
            Expire(30),
        ),
    )


def test_claims() -> None:
    (rule,) = read_rules("""
rules:
  - id: a
    permit: query
    who: {role: analyst, claims: {department: [b, a, b], clearance: "2"}}
    on: a.b
""")
    assert rule.who == Who("analyst", None, (("clearance", ("2",)), ("department", ("a", "b"))))
    assert rule_as_json(rule)["who"] == {
        "role": "analyst", "claims": {"clearance": ["2"], "department": ["a", "b"]},
    }  # fmt: skip
    (none,) = read_rules("rules: [{id: a, deny: query, who: {actor: x, claims: {}}, on: a.b}]")
    assert rule_as_json(none)["who"] == {"actor": "x"}


def test_short_forms() -> None:
    rules = read_rules("""
rules:
  - {id: a, deny: query, who: {actor: ana}, on: {column: Transport.Flights.TailNum}}
  - {id: b, permit: discover, who: {role: guest}, on: Transport.*}
  - {id: c, permit: query, who: {role: guest}, on: {label: Personal},
     duties: [{mask: {method: hash}}]}
  - {id: f, deny: query, who: {role: guest}, on: {agreement: A-7F3KQ2AB}}
  - {id: d, permit: query, who: {role: guest}, on: 交通.航班, until: "2027-01-02"}
  - {id: e, permit: query, who: {role: guest}, on: a.b, until: null, for: null}
""")
    assert [rule.on for rule in rules] == [
        Target(TargetKind.COLUMN, "transport.flights.TailNum"),
        Target(TargetKind.DATASET, "transport.*"),
        Target(TargetKind.LABEL, "Personal"),
        Target(TargetKind.AGREEMENT, "A-7F3KQ2AB"),
        Target(TargetKind.DATASET, "交通.航班"),
        Target(TargetKind.DATASET, "a.b"),
    ]
    assert [rule.effect for rule in rules] == [
        Effect.DENY,
        *[Effect.PERMIT] * 2,
        Effect.DENY,
        *[Effect.PERMIT] * 2,
    ]
    assert [rule.action for rule in rules[:2]] == [Action.QUERY, Action.DISCOVER]
    assert rules[4].until == date(2027, 1, 2)


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
  - {id: claims, permit: query, who: {role: x, claims: {a: [], b: 5, c: [x, 5]}}, on: a.b}
  - {id: claims2, permit: query, who: {claims: {a: b}}, on: a.b}
  - id: numbers
    permit: query
    who: {role: x}
    on: a.b
    duties:
      - min_group: 0
      - min_group: true
      - min_group: {unit: x}
      - min_group: {k: 5, of: x}
      - count: -1
      - expire: 40000
      - mask: {column: x, method: generalise}
      - mask: {column: x, method: generalise, levels: week}
      - mask: {column: x, method: bucket, edges: [2, 1]}
      - mask: {column: x, method: bucket, edges: 5}
"""

FAULTS = {
    "rule `-x`, id": "letters, digits",
    "rule `-x`, permit": "'query', 'discover' or 'files'",
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
    "rule `claims`, who.claims.a": "a text or a list of texts",
    "rule `claims`, who.claims.b": "a text or a list of texts",
    "rule `claims`, who.claims.c": "a text or a list of texts",
    "rule `claims2`, who": "either `role` or `actor`",
    "rule `numbers`, duties.0.min_group.k": "greater than or equal to 1",
    "rule `numbers`, duties.1.min_group": "dictionary",
    "rule `numbers`, duties.2.min_group.k": "missing",
    "rule `numbers`, duties.3.min_group.of": "no such field",
    "rule `numbers`, duties.4.count": "greater than or equal to 0",
    "rule `numbers`, duties.5.expire": "less than or equal to 36525",
    "rule `numbers`, duties.6.mask.generalise.levels": "missing",
    "rule `numbers`, duties.7.mask.generalise.levels": "levels are `month`, `quarter` or `year`",
    "rule `numbers`, duties.8.mask.bucket.edges": "edges ascend",
    "rule `numbers`, duties.9.mask.bucket.edges": "a list of 1 to 100",
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


_NUMBERS = st.integers(-(10**15), 10**15) | st.integers(-(10**9), 10**9).map(
    lambda n: n / 8 if n % 8 else n // 8
)
_STEPS = st.integers(1, 10**15) | st.sampled_from([0.001, 0.25, 2.5])
_MOMENTS = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.isoformat())
_LEVELS: st.SearchStrategy[Option] = (
    st.sampled_from(["month", "quarter", "year"])
    | _STEPS
    | st.dictionaries(st.text(), st.text(), min_size=1, max_size=3).map(
        lambda pairs: tuple(sorted(pairs.items()))
    )
)
_EDGES: st.SearchStrategy[Option] = st.one_of(
    *(
        st.lists(each, min_size=1, max_size=4, unique=True).map(lambda edges: tuple(sorted(edges)))
        for each in (_NUMBERS, _MOMENTS, st.dates().map(str))
    )
)


def _masks(column: st.SearchStrategy[str | None]) -> st.SearchStrategy[Mask]:
    plain = st.builds(Mask, st.sampled_from(["null", "hash"]), column)
    levels = _LEVELS.map(lambda each: (("levels", each),))
    edges = _EDGES.map(lambda each: (("edges", each),))
    return st.one_of(
        plain,
        st.builds(Mask, st.just("partial"), column, _OPTIONS),
        st.builds(Mask, st.just("generalise"), column, levels),
        st.builds(Mask, st.just("bucket"), column, edges),
    )


_NUMERIC = st.one_of(
    st.integers(0, 2**62).map(Limit),
    st.integers(0, 2**62).map(Count),
    st.integers(0, 36525).map(Expire),
    st.builds(MinGroup, st.integers(1, 2**31 - 1), st.none() | st.text(min_size=1)),
)
_CLAIMS = st.dictionaries(
    _NAMES, st.sets(st.text(), min_size=1, max_size=3).map(lambda v: tuple(sorted(v))), max_size=2
).map(lambda claims: tuple(sorted(claims.items())))


@st.composite
def _rules(draw: st.DrawFn) -> Rule:
    kind = draw(st.sampled_from(TargetKind))
    ref = f"{draw(_NAMES)}.{draw(_NAMES)}"
    value = {
        TargetKind.DATASET: draw(st.sampled_from([ref, ref.split(".", 1)[0] + ".*", "*.*"])),
        TargetKind.COLUMN: f"{ref}.{draw(st.text(min_size=1, max_size=8))}",
        TargetKind.LABEL: draw(st.sampled_from(["personal", "gb/t: 3-1", "个人信息"])),
        TargetKind.AGREEMENT: draw(st.sampled_from(["A-7F3KQ2AB", "A-AAAAAAAA"])),
    }[kind]
    effect = draw(st.sampled_from(Effect))
    agreed = kind is TargetKind.AGREEMENT
    action = Action.QUERY if agreed else draw(st.sampled_from(Action))
    duties: list[Duty] = []
    if not agreed and (effect, action) == (Effect.PERMIT, Action.QUERY):
        names = st.text(max_size=8) if kind is TargetKind.DATASET else st.none()
        filters = st.text(min_size=1).filter(lambda t: t == t.strip()).map(Filter)
        duties = draw(st.lists(filters | _NUMERIC | _masks(names), max_size=4))
    return Rule(
        id=draw(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True)),
        effect=effect,
        action=action,
        who=draw(
            st.builds(Who, role=_NAMES, claims=_CLAIMS)
            | st.builds(Who, actor=_NAMES, claims=_CLAIMS)
        ),
        on=Target(kind, value),
        purposes=tuple(draw(st.lists(_NAMES, max_size=3))),
        until=draw(st.none() | st.dates()),
        duties=tuple(duties),
    )


@pytest.mark.law
@given(_rules())
@settings(derandomize=True, deadline=None, max_examples=count(150))
def test_reading_what_was_written(rule: Rule) -> None:
    body = rule_as_json(rule)
    assert rule_from_json(body) == rule
    assert rule_as_json(rule_from_json(body)) == body


@pytest.mark.law
@given(st.lists(_rules(), min_size=1, max_size=4, unique_by=lambda rule: rule.id))
@settings(derandomize=True, deadline=None, max_examples=count(60))
def test_the_json_form_is_the_yaml_form(rules: list[Rule]) -> None:
    text = json.dumps({"rules": [rule_as_json(rule) for rule in rules]}, ensure_ascii=False)
    plain = re.sub(r"[^ -~]", lambda match: f"\\U{ord(match[0]):08x}", text)
    assert read_rules(plain) == tuple(rules)


@given(st.text() | st.binary().map(lambda b: b.decode("latin-1")))
@settings(derandomize=True, deadline=None, max_examples=count(200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Invalid):
        read_rules(text)


@pytest.mark.parametrize("more", ["permit: discover", "permit: query, duties: [limit: 1]"])
def test_a_rule_on_an_agreement_has_no_duties(more: str) -> None:
    text = f"rules: [{{id: a, {more}, who: {{role: x}}, on: {{agreement: A-7F3KQ2AB}}}}]"
    with pytest.raises(Invalid) as caught:
        read_rules(text)
    assert "they are in its terms" in str(caught.value.why)
