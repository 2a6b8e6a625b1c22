"""All of a dataset as files: for whoever a question would show all of it, and a rule lets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from doumen.kits.policy import Asked, DatasetRuling, read_terms, rule_dataset, rule_files
from doumen.kits.policy.agreements import agreement_as_json
from doumen.model.actor import Actor
from doumen.model.agreement import Agreement, Side
from doumen.model.errors import NotFound, Refused
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.ref import Ref
from doumen.model.rule import Action, Effect, Rule, Target, TargetKind, Who

Build = Callable[..., Facts]
Someone = Callable[..., Actor]
FLIGHTS = "transport.flights"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
QUERY = "{id: q, permit: query, who: {role: analyst}, on: transport.flights"
FILES = "{id: f, permit: files, who: {role: analyst}, on: transport.flights}"
ONLY = "who: {role: analyst}, on: {column: transport.flights.delay}"


def rules(*lines: str) -> str:
    return "rules:\n" + "\n".join(f"  - {line}" for line in lines)


def asked(
    facts: Facts, actor: Actor, purpose: str | None = None, ref: str = "transport.flights"
) -> Asked:
    snapshot = facts.snapshot(Ref.parse(ref))
    assert snapshot is not None
    return Asked(actor, purpose, Action.FILES, snapshot.ref, snapshot.schema, facts, NOW)


def test_a_permit_beside_one_that_shows_all(facts_of: Build, someone: Someone) -> None:
    facts = facts_of(rules(QUERY + "}", FILES))
    ruling = rule_files(asked(facts, someone()))
    assert ruling.whole
    assert ruling.rules == ("f", "q")


def test_permits_on_columns_come_together(facts_of: Build, someone: Someone) -> None:
    parts = [
        f"{{id: f{n}, permit: files, who: {{role: analyst}}, on: {{column: {FLIGHTS}.{c}}}}}"
        for n, c in enumerate(("year", "origin", "tailnum", "delay"))
    ]
    assert rule_files(asked(facts_of(rules(QUERY + "}", *parts)), someone())).whole
    with pytest.raises(Refused, match="No rule permits"):
        rule_files(asked(facts_of(rules(QUERY + "}", *parts[1:])), someone()))


def test_days_to_keep_may_be_asked_for(facts_of: Build, someone: Someone) -> None:
    facts = facts_of(rules(QUERY + ", duties: [{expire: 3}]}", FILES))
    assert rule_files(asked(facts, someone())).expires == (3, "q")


@pytest.mark.parametrize(
    ("more", "rule", "why"),
    [
        (["{id: n, deny: query, " + ONLY + "}"], "n", "denies columns"),
        (['{filter: "delay > 0"}'], "q", "some of its rows"),
        (["{mask: {column: tailnum, method: hash}}"], "q", "masks"),
        (["{limit: 5}"], "q", "limits"),
        (["{min_group: 5}"], "q", "groups"),
        (["{count: 5}"], "q", "counts"),
        (["{id: n, deny: files, " + ONLY + "}"], "n", None),
        (["{id: n, deny: files, who: {actor: ana}, on: '*.*'}"], "n", None),
        (["{id: n, deny: query, who: {actor: ana}, on: '*.*'}"], "n", None),
    ],
)  # fmt: skip
def test_what_stands_against_it_is_named(
    facts_of: Build, someone: Someone, more: list[str], rule: str, why: str | None
) -> None:
    duties = [one for one in more if "id:" not in one]
    tail = f", duties: [{', '.join(duties)}]}}" if duties else "}"
    facts = facts_of(rules(QUERY + tail, FILES, *(one for one in more if "id:" in one)))
    with pytest.raises(Refused) as caught:
        rule_files(asked(facts, someone()))
    assert caught.value.rule == rule
    assert why is None or why in str(caught.value.why)


def test_a_second_permit_never_loosens_the_first(facts_of: Build, someone: Someone) -> None:
    wide = "{id: w, permit: query, who: {actor: ana}, on: '*.*'}"
    narrow = QUERY + ", duties: [{limit: 5}]}"
    with pytest.raises(Refused, match="more than an answer"):
        rule_files(asked(facts_of(rules(narrow, wide, FILES)), someone()))


def test_some_columns_only(facts_of: Build, someone: Someone) -> None:
    """A permit on columns shows those only; which others there are is not told."""
    facts = facts_of(rules("{id: q, permit: query, " + ONLY + "}", FILES))
    with pytest.raises(Refused) as caught:
        rule_files(asked(facts, someone()))
    assert str(caught.value.why) == "Rules do not show you all of it."


def test_a_column_that_may_not_be_known_of_is_not_told(facts_of: Build, someone: Someone) -> None:
    for action in ("files", "discover"):
        hidden = ["{id: d, deny: discover, " + ONLY + "}", f"{{id: n, deny: {action}, {ONLY}}}"]
        with pytest.raises(Refused) as caught:
            rule_files(asked(facts_of(rules(QUERY + "}", FILES, *hidden)), someone()))
        told = str(caught.value.as_json())
        assert "delay" not in told
        assert caught.value.rule is None


def test_without_a_permit(facts_of: Build, someone: Someone) -> None:
    """A question that may be asked does not give files, and files give no question."""
    with pytest.raises(Refused) as caught:
        rule_files(asked(facts_of(rules(QUERY + "}")), someone()))
    assert caught.value.code == "refused.permit"
    with pytest.raises(Refused, match="to query"):
        rule_files(asked(facts_of(rules(FILES)), someone()))
    with pytest.raises(NotFound):
        rule_files(asked(facts_of(rules(FILES)), someone("eve", "guest")))


def test_a_purpose_that_would_help_is_told(facts_of: Build, someone: Someone) -> None:
    facts = facts_of(rules(QUERY + "}", FILES[:-1] + ", for: [research]}"))
    actor = someone(purposes=("research",))
    with pytest.raises(Refused) as caught:
        rule_files(asked(facts, actor))
    assert "--for research" in str(caught.value.next)
    assert rule_files(asked(facts, actor, "research")).whole
    with pytest.raises(Refused, match="not assigned"):
        rule_files(asked(facts, someone(), "research"))


def test_a_permit_lets_discover(facts_of: Build, someone: Someone) -> None:
    facts = facts_of(rules(FILES))
    known = rule_dataset(replace(asked(facts, someone()), action=Action.DISCOVER))
    assert len(known.columns) == 4


def test_the_owner_needs_no_rule(facts_of: Build, someone: Someone) -> None:
    facts = facts_of(rules("{id: n, deny: files, who: {role: owner}, on: '*.*'}"))
    assert rule_files(asked(facts, someone("owner", "owner"))).rules == ()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "quarantine"}, "refused.quarantine"),
        ({"kind": "attached"}, "refused.attached"),
        ({"agreements": {"A-1": ["x.y"]}}, "refused.agreement"),
    ],
)
def test_what_is_never_given_binds_the_owner_too(
    facts_of: Build,
    someone: Someone,
    body_of: Callable[..., dict[str, Any]],
    body: dict[str, Any],
    code: str,
) -> None:
    facts = facts_of(datasets={"x.raw": body_of({"a": "BIGINT"}, **body)})
    with pytest.raises(Refused) as caught:
        rule_files(asked(facts, someone("owner", "owner"), ref="x.raw"))
    assert caught.value.code == code


@pytest.mark.law
def test_files_are_never_more_than_a_question_shows(
    facts_of: Build, someone: Someone, dice: Callable[[int], Any], body_of: Callable[..., Any]
) -> None:
    """Over sets of rules by chance: what is given as files, a question shows whole, uncounted."""
    columns = {"a": "BIGINT", "b": "VARCHAR", "c": "VARCHAR", "d": "DATE"}
    given = 0
    for seed in range(400):
        drawn = dice(seed)
        on = Target(TargetKind.DATASET, "x.*")
        more = Rule("files", Effect.PERMIT, Action.FILES, Who(role="analyst"), on)
        facts = facts_of([*drawn.rules(), more], datasets={"x.raw": body_of(columns)},
                         labels={"x.raw.c": ["personal"]})  # fmt: skip
        one = asked(facts, someone(purposes=("research", "security"), city="a"), ref="x.raw")
        try:
            found = rule_files(one)
        except (Refused, NotFound):
            continue
        given += 1
        ruling: DatasetRuling = rule_dataset(replace(one, action=Action.QUERY))
        assert ruling.whole
        assert not ruling.counts
        assert [c.column.name for c in ruling.columns] == list(columns)
        assert found.expires == ruling.expires
    assert given > 10


def test_the_day_on_which_a_permit_ends(facts_of: Build, someone: Someone) -> None:
    facts = facts_of(rules(QUERY + "}", FILES[:-1] + ", until: 2026-11-24}"))
    one = asked(facts, someone())
    assert rule_files(one).whole
    with pytest.raises(Refused):
        rule_files(replace(one, now=datetime(2026, 11, 25, tzinfo=UTC)))


def test_what_came_under_an_agreement_in_force_is_never_given(
    facts_of: Build, someone: Someone, body_of: Callable[..., dict[str, Any]]
) -> None:
    """A question may be asked of it, so that it is files alone that are refused."""
    made = Agreement("A-1", "urn:A-1", Side.CONSUMER, "did:web:w", "w",
                     read_terms("datasets: {w.a: {}}\n"), "2026")  # fmt: skip
    came = body_of({"a": "BIGINT"}, agreements={"A-1": ["w.a"]})
    row = FactRow(9_999, Fact("agreement", "A-1", agreement_as_json(made)), "e", "t")
    facts = facts_of(datasets={"x.raw": came}).extended([row])
    question = asked(facts, someone("owner", "owner"), ref="x.raw")
    assert rule_dataset(replace(question, action=Action.QUERY)).whole
    with pytest.raises(Refused, match="never given as files") as caught:
        rule_files(question)
    assert caught.value.code == "refused.agreement"
