"""Rules as a policy and back: law 8, nothing lost either way, and policies of other hands."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from doumen.kits.policy import rule_as_json, rule_from_json
from doumen.kits.policy.duties import KINDS
from doumen.kits.standards.odrl import (
    CONTEXT,
    PROFILE,
    looks_like_policy,
    policy_uid,
    read_policy,
    terms,
    write_policy,
)
from doumen.model.errors import Invalid
from doumen.model.rule import Rule

RuleSets = Callable[..., Iterator[tuple[Rule, ...]]]
Faults = Callable[[Any], str]
UID = "urn:doumen:policy:p"


def written(rules: tuple[Rule, ...]) -> str:
    return json.dumps(write_policy(rules, uid=UID), ensure_ascii=False)


def by_id(rules: tuple[Rule, ...]) -> dict[str, Rule]:
    assert len({rule.id for rule in rules}) == len(rules)
    return {rule.id: rule for rule in rules}


def test_law_8_what_is_written_is_read_again(rule_sets: RuleSets) -> None:
    met: Counter[type] = Counter()
    for number, rules in enumerate(rule_sets(2_000)):
        text = written(rules)
        assert looks_like_policy(text)
        again = read_policy(text)
        assert by_id(again) == by_id(rules), text
        if number % 5 == 0:
            ordered = sorted(rules, key=lambda rule: rule.effect != "permit")
            assert written(again) == written(tuple(ordered))
        met.update(type(duty) for rule in rules for duty in rule.duties)
    assert all(met[kind.noun] >= 100 for kind in KINDS), met


def shuffled(value: Any, rng: random.Random) -> Any:
    """As a reader of sets hands it on: arrays and keys in any order, JSON literals kept."""
    if isinstance(value, dict):
        if value.get("@type") == "@json":
            return value
        keys = sorted(value, key=lambda _: rng.random())
        return {k: value[k] if k == "@context" else shuffled(value[k], rng) for k in keys}
    if isinstance(value, list):
        return [shuffled(item, rng) for item in sorted(value, key=lambda _: rng.random())]
    return value


def test_order_of_sets_carries_nothing(rule_sets: RuleSets) -> None:
    rng = random.Random(1)
    for rules in rule_sets(200, seed=1):
        again = read_policy(shuffled(write_policy(rules, uid=UID), rng))
        for id, rule in by_id(again).items():
            before = by_id(rules)[id]
            assert rule.duties == before.duties
            assert sorted(rule.purposes) == sorted(before.purposes)
            assert (rule.who, rule.on, rule.until) == (before.who, before.on, before.until)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of all objects, arrays and leaves below a value."""
    if path:
        yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*path, number))


def test_no_part_of_a_policy_is_ignored(rule_sets: RuleSets) -> None:
    """Whatever is changed or taken out, the rules are others, or the policy is refused."""
    free = {("uid",)}  # the name of the document
    tried = 0
    for rules in rule_sets(8, seed=2):
        policy = write_policy(rules, uid=UID)
        for path in places(policy):
            for change in (None, "changed", {"@id": "urn:x:changed"}):
                other = copy.deepcopy(policy)
                parent: Any = other
                for step in path[:-1]:
                    parent = parent[step]
                if change is None:
                    del parent[path[-1]]
                else:
                    parent[path[-1]] = change
                try:
                    same = by_id(read_policy(other)) == by_id(rules)
                except Invalid:
                    same = False
                optional = change is None and (path[-1] == "uid" or path[-1] == "@type")
                optional |= change is None and path in {("conflict",), ("profile",)}
                assert not same or path in free or optional, (path, change)
                tried += 1
    assert tried > 1_000


def test_a_key_that_is_not_known_is_told_wherever_it_stands(
    policy: dict[str, Any], faults: Faults
) -> None:
    told = 0
    for path in [(), *places(policy)]:
        other = copy.deepcopy(policy)
        node: Any = other
        for step in path:
            node = node[step]
        if isinstance(node, dict) and "@context" not in path:
            node["ex:note"] = None
            assert "`ex:note` is not understood" in faults(other)
            told += 1
    assert told >= 9


def test_the_form_of_a_policy(policy: dict[str, Any]) -> None:
    assert policy == {
        "@context": [CONTEXT, {"doumen": "urn:doumen:odrl:1:"}],
        "@type": "Set",
        "uid": UID,
        "profile": PROFILE,
        "conflict": "prohibit",
        "permission": [{
            "uid": "urn:doumen:rule:read",
            "target": "urn:doumen:dataset:transport.flights",
            "assignee": {
                "@type": "PartyCollection",
                "source": "urn:doumen:actors",
                "refinement": [
                    {"leftOperand": "doumen:role", "operator": "eq", "rightOperand": "analyst"}
                ],
            },
            "action": "read",
            "constraint": [
                {"leftOperand": "purpose", "operator": "isAnyOf",
                 "rightOperand": [{"@id": "https://w3id.org/dpv#ResearchAndDevelopment"}]},
                {"leftOperand": "dateTime", "operator": "lteq",
                 "rightOperand": {"@type": "xsd:date", "@value": "2027-12-31Z"}},
            ],
            "duty": [{
                "uid": "urn:doumen:rule:read:duty:1",
                "action": {
                    "rdf:value": {"@id": "doumen:limit"},
                    "refinement": [{"leftOperand": "doumen:limit.value", "operator": "eq",
                                    "rightOperand": 9}],
                },
            }],
        }],
    }  # fmt: skip


def test_numbers_that_other_readers_would_round_are_text() -> None:
    body = {"id": "r", "permit": "query", "who": {"role": "a"}, "on": "a.b"}
    for most in (2**53, 2**53 + 1, 2**63 - 1):
        rule = rule_from_json({**body, "duties": [{"limit": most}, {"count": most}]})
        (node,) = write_policy([rule], uid=UID)["permission"]
        refined, counted = node["duty"][0]["action"]["refinement"], node["constraint"]
        text = {"@type": "xsd:integer", "@value": str(most)}
        expected = most if most <= 2**53 else text
        assert [one["rightOperand"] for one in (*refined, *counted)] == [expected] * 2


def renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(k, k): v if k == "@context" else renamed(v, names)
                for k, v in value.items()}  # fmt: skip
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


WORDS = sorted(terms.WORDS)
FULL = {word: f"http://www.w3.org/ns/odrl/2/{word}" for word in WORDS}
PREFIXED = {word: f"odrl:{word}" for word in WORDS}


def _set(*path: Any, to: Any) -> Callable[[dict[str, Any]], Any]:
    def change(policy: dict[str, Any]) -> Any:
        node: Any = policy
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = to(node[path[-1]]) if callable(to) else to
        return policy

    return change


RULE = ("permission", 0)
SAME: dict[str, Callable[[dict[str, Any]], Any]] = {
    "text": json.dumps,
    "@id and type": lambda p: renamed(p, {"uid": "@id", "@type": "type"}),
    "prefixed": lambda p: renamed(p, PREFIXED),
    "full": lambda p: renamed(p, FULL),
    "prefixes only": lambda p: renamed(p, {**PREFIXED, "uid": "@id"}) | {"@context": {
        "@version": 1.1, "doumen": {"@id": "urn:doumen:odrl:1:", "@prefix": True},
        "odrl": "http://www.w3.org/ns/odrl/2/", "dpv": "https://w3id.org/dpv#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }},
    "another prefix": lambda p: json.loads(json.dumps(p).replace("doumen:limit", "d:limit")
                                           .replace("doumen:role", "d:role"))
        | {"@context": [{"d": "urn:doumen:odrl:1:"}, CONTEXT]},
    "https": lambda p: p | {"@context": [CONTEXT.replace("http", "https"), p["@context"][1]]},
    "graph": lambda p: {"@context": p.pop("@context"), "@graph": [p]},
    "array": lambda p: [p],
    "two policies": lambda p: [p, {**p, "permission": [
        {**p["permission"][0], "uid": "urn:doumen:rule:other", "duty": []}]}],
    "single object": _set("permission", to=lambda rules: rules[0]),
    "set": _set("permission", to=lambda rules: {"@set": rules}),
    "types": lambda p: _set(*RULE, "@type", to=lambda _: ["Permission"])(
        _set(*RULE, "target", to=lambda uid: {"@type": "Asset", "uid": uid})(
            p["permission"][0].update({"@type": None}) or p)),
    "no strategy where nothing conflicts": lambda p: {k: p[k] for k in p if k != "conflict"},
    "policy": lambda p: p | {"@type": "Policy"},
    "no type": lambda p: {k: p[k] for k in p if k != "@type"},
    "action object": _set(*RULE, "action", to={"rdf:value": {"@id": "odrl:read"}}),
    "action by id": _set(*RULE, "action", to=[{"@id": "odrl:read"}]),
    "compact": lambda p: p | {"target": p["permission"][0].pop("target"),
                              "action": p["permission"][0].pop("action"),
                              "assignee": [p["permission"][0].pop("assignee")]},
    "profile as object": lambda p: p | {"profile": [{"@id": PROFILE}]},
    "nulls": _set("permission", to=lambda rules: [None, *rules]),
    "percent": _set(*RULE, "uid", to="urn:doumen:rule:re%61d"),
    "no number": _set(*RULE, "duty", to=lambda d: [{"action": d[0]["action"]}]),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_variations_of_json_ld_are_the_same_rules(policy: dict[str, Any], name: str) -> None:
    (rule,) = read_policy(policy)
    found = read_policy(SAME[name](copy.deepcopy(policy)))
    assert found[0] == rule
    assert len(found) == (2 if name == "two policies" else 1)


REFUSED: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "offer": (lambda p: p | {"@type": "Offer"}, "@type: `Offer` is not `Set` or `Policy`"),
    "odd type": (lambda p: p | {"@type": [7]}, "`7` is not"),
    "assigner": (lambda p: p | {"assigner": "urn:x:y"}, "`assigner` is not understood here"),
    "obligation": (lambda p: p | {"obligation": []}, "`obligation` is not understood"),
    "no uid": (lambda p: {k: p[k] for k in p if k != "uid"}, "the document: `uid` is missing"),
    "uid": (lambda p: p | {"uid": "mine"}, "uid: `mine` is not an IRI"),
    "empty": (lambda p: {}, "the policy is empty"),
    "nothing": (lambda p: [], "there is no policy"),
    "text": (lambda p: "7", "the document: an object is expected here"),
    "in array": (lambda p: [p, 7], "[1]: an object is expected here"),
    "in graph": (lambda p: {"@context": p.pop("@context"), "@graph": [7]}, "@graph[0]: an object"),
    "beside graph": (lambda p: {"@graph": [p], "uid": "x:y"}, "`uid` beside `@graph`"),
    "no rule": (lambda p: p | {"permission": []}, "a policy has a `permission` or a `prohib"),
    "strategy": (lambda p: p | {"conflict": "perm"}, "conflict: on a node a prohibition beats"),
    "both": (lambda p: {k: p[k] for k in p if k != "conflict"} | {"prohibition": [
        {k: p["permission"][0][k] for k in ("target", "action", "assignee")}
        | {"uid": "urn:doumen:rule:no"}]}, "`conflict` is missing"),
    "profile": (lambda p: p | {"profile": "urn:x:p"}, "profile `urn:x:p` is not known"),
    "no profile": (lambda p: {k: p[k] for k in p if k != "profile"}, "say `profile`"),
    "shared": (lambda p: p | {"action": "read"}, "action: the policy has one too"),
    "rule": (lambda p: p | {"permission": ["urn:x:y"]}, "permission[0]: an object is expected"),
    "rule uid": (_set(*RULE, "uid", to="urn:x:y"), "permission[0].uid: `urn:x:y` is no rule"),
    "no rule uid": (_set(*RULE, "uid", to=None), "permission[0]: `uid` is missing"),
    "rule id": (lambda p: json.loads(json.dumps(p).replace("rule:read", "rule:a%20b")),
                "letters, digits, `-` and `_`"),
    "not utf-8": (_set(*RULE, "uid", to="urn:doumen:rule:%ff"), "is no rule"),
    "twice": (_set("permission", to=lambda r: r * 2), "the id is used 2 times"),
    "actions": (_set(*RULE, "action", to=["read", "read"]), "action: one is read, there are 2"),
    "action": (_set(*RULE, "action", to="print"), "action `print` is not understood"),
    "action number": (_set(*RULE, "action", to=7), "permission[0].action: an IRI is expected"),
    "refined": (_set(*RULE, "action", to={"rdf:value": {"@id": "odrl:read"}, "refinement": []}),
                "`refinement` is not understood"),
    "named twice": (_set(*RULE, "action", to={"rdf:value": "odrl:read", "@id": "odrl:read"}),
                    "an action has either"),
    "no action": (_set(*RULE, "action", to={}), "is missing"),
    "deny with duties": (lambda p: {**p, "prohibition": [
        json.loads(json.dumps(p["permission"][0]).replace("rule:read", "rule:x"))]},
                         "duties belong to `permit: query`"),
    "dup key": (lambda p: p | {"@id": "urn:x:y"}, "`@id` is given twice, under two names"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_rules_cannot_say_is_told(policy: dict[str, Any], faults: Faults, name: str) -> None:
    change, fault = REFUSED[name]
    assert fault in faults(change(copy.deepcopy(policy)))


def test_all_faults_at_once_with_their_places(policy: dict[str, Any], faults: Faults) -> None:
    policy["permission"][0] |= {"action": "print", "target": "urn:x:y", "assigner": "urn:x:z"}
    policy["permission"].append({"uid": "urn:doumen:rule:b", "duty": {"action": "attribute"}})
    told = faults(policy)
    for place in (
        "permission[0]: `assigner`",
        "permission[0].action: action `print`",
        "permission[0].target: `urn:x:y`",
        "permission[1]: `target` is missing",
        "permission[1]: `assignee` is missing",
        "permission[1].duty.action: duty `attribute`",
    ):
        assert place in told


def test_what_has_no_term_is_not_left_out(
    rule_sets: RuleSets, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A field that rules gain is an error of the writer until it has a term."""
    (rule, *_) = next(rule_sets(1))
    for more in (
        {"since": "2026-01-01"},
        {"who": {"role": "a", "team": "b"}},
        {"on": {"row": "a"}},
    ):
        body = rule_as_json(rule) | more
        monkeypatch.setattr(
            "doumen.kits.standards.odrl.policy.rule_as_json", lambda _, body=body: body
        )
        with pytest.raises(LookupError):
            write_policy((rule,), uid=UID)


def test_the_uid_follows_from_the_rules(rule_sets: RuleSets) -> None:
    first, second = list(rule_sets(2, seed=3))
    assert policy_uid(first) == policy_uid(first[::-1]) != policy_uid(second)
