"""What W3C published: its context holds for all that is written, its examples are told in full."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from doumen.kits.standards.odrl import CONTEXT, read_policy, write_policy
from doumen.kits.standards.odrl.terms import DECLARED, NAMESPACES, PROFILE, WORDS
from doumen.model.errors import Invalid
from doumen.model.rule import Rule

FOLDER = Path(__file__).parent / "published"
PUBLISHED = json.loads((FOLDER / "odrl.jsonld").read_text("utf-8"))["@context"]
EXAMPLES = json.loads((FOLDER / "examples.json").read_text("utf-8"))
READ = {"uid", "@type", "@context", "permission", "prohibition", "target", "assignee", "action",
        "constraint", "duty", "profile", "conflict", "@id", "@value", "source"}  # fmt: skip
"""Keys of the examples that rules have a place for."""


def test_words_and_prefixes_mean_what_the_context_says() -> None:
    for word in WORDS:
        meaning = PUBLISHED[word]
        assert f"odrl:{word}" in (meaning, meaning["@id"] if isinstance(meaning, dict) else "")
    assert {prefix: PUBLISHED[prefix] for prefix in DECLARED} == {
        prefix: NAMESPACES[prefix] for prefix in DECLARED
    }
    assert (PUBLISHED["uid"], PUBLISHED["type"]) == ("@id", "@type")


def terms(value: Any, key: str = "", path: str = "") -> Iterator[tuple[str, str, str]]:
    """Kind, word and place of everything in a document that the context must give a meaning."""
    if isinstance(value, list):
        for item in value:
            yield from terms(item, key, path)
    elif isinstance(value, dict):
        for word, item in value.items():
            where = f"{path}.{word}"
            yield "key", word, where
            if word == "@type" and item == "@json":
                return
            if word != "@context":
                yield from terms(item, word, where)
    elif isinstance(value, str):
        coerced = PUBLISHED.get(key)
        kind = coerced.get("@type") if isinstance(coerced, dict) else None
        kind = {"@type": "@vocab", "@id": "@id", "uid": "@id"}.get(key, kind)
        if kind in ("@vocab", "@id"):
            yield kind, value, path


def meaningful(kind: str, word: str) -> bool:
    """Whether a JSON-LD processor makes an IRI of it that is defined."""
    if kind == "key" and word in ("@context", "@type", "@id", "@value"):
        return True
    if kind in ("key", "@vocab") and word in PUBLISHED:
        return True
    prefix, _, rest = word.partition(":")
    known = {"doumen", *(p for p, iri in PUBLISHED.items() if isinstance(iri, str) and "#" in iri)}
    return bool(rest) and (
        prefix in known | {"odrl"} or (kind == "@id" and prefix in ("urn", "https"))
    )


def test_all_that_is_written_has_a_meaning_under_the_context(
    rule_sets: Callable[..., Iterator[tuple[Rule, ...]]],
) -> None:
    seen = 0
    for rules in rule_sets(300, seed=4):
        policy = write_policy(rules, uid="urn:doumen:policy:p")
        assert policy["@context"] == [CONTEXT, {"doumen": f"{PROFILE}:"}]
        for kind, word, path in terms(policy):
            assert meaningful(kind, word), (kind, word, path)
            assert not re.search(r"[\s<>\"{}|\\^`]|%(?![0-9A-F]{2})", word), word  # RFC 3987
            seen += 1
    assert seen > 10_000


def test_every_term_of_the_profile_is_described(
    rule_sets: Callable[..., Iterator[tuple[Rule, ...]]],
) -> None:
    page = (FOLDER.parents[4] / "docs" / "odrl.md").read_text("utf-8")
    used = {
        re.sub(r"(claim)\..*", r"\1.NAME", word)
        for rules in rule_sets(300, seed=5)
        for _, word, _ in terms(write_policy(rules, uid="urn:doumen:policy:p"))
        if word.startswith("doumen:")
    }
    assert {"doumen:discover", "doumen:like", "doumen:claim.NAME", "doumen:filter.value"} <= used
    assert {word for word in used if f"`{word}`" not in page} == set()


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from keys(item)
    elif isinstance(value, dict):
        for word, item in value.items():
            yield word
            if word in READ - {"@context"}:  # what stands below an unknown key is refused with it
                yield from keys(item)


@pytest.mark.parametrize("number", EXAMPLES)
def test_examples_are_refused_with_everything_that_is_not_understood(number: str) -> None:
    example = EXAMPLES[number]
    with pytest.raises(Invalid) as error:
        read_policy(json.dumps(example))
    told = error.value.why or ""
    for key in set(keys(example)) - READ - {"leftOperand", "operator", "rightOperand", "rdf:value"}:
        if key == "refinement" and ("by `" in told or "refinement[0]:" in told or "duty `" in told):
            continue  # read, and its operand told
        assert f"`{key}`" in told, (key, told)
    if "profile" in example:
        assert f"`{example['profile']}`" in told
    kind = example["@type"]
    assert (f"`{kind}` is not" in told) == (kind not in ("Set", "Policy"))


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("1", "action `use`"),
        ("9", "`vcard:Group` is not `Party`"),
        ("16", "`runningTime lt` is not understood"),
        ("17", "`foaf:age gt`"),
        ("17", "action `ex:view`"),
        ("19", "conflict: on a node a prohibition beats every permission"),
        ("22", "duty `compensate`"),
        ("23", "duty `attribute`"),
        ("26", "action: one is read, there are 2"),
        ("31", "a policy has a `permission` or a `prohibition`"),
    ],
)
def test_what_single_examples_ask_for_is_named(number: str, told: str) -> None:
    with pytest.raises(Invalid) as error:
        read_policy(EXAMPLES[number])
    assert told in (error.value.why or "")


def test_an_example_in_terms_of_a_node_is_read() -> None:
    """Examples 18 (until the end of 2017) and 28 (compact) with assets and parties of ours."""
    policy = EXAMPLES["28"] | {
        "profile": PROFILE,
        "target": "urn:doumen:dataset:music.albums",
        "action": "read",
        "permission": [
            {"uid": f"urn:doumen:rule:{name}", "assignee": f"urn:doumen:actor:{name}",
             "constraint": EXAMPLES["18"]["permission"][0]["constraint"]}
            for name in ("billie", "murphy")
        ],
    }  # fmt: skip
    del policy["assigner"]
    billie, murphy = read_policy(policy)
    assert (billie.id, billie.who.actor, murphy.who.actor) == ("billie", "billie", "murphy")
    assert billie.on.value == murphy.on.value == "music.albums"
    assert str(billie.until) == "2017-12-31"
