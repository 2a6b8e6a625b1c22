"""What the people of the city did: each step is verbs of the one table, and is done once.

A step that was done is not done again, so that a demonstration which was cut off goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from doumen.faces.demo.papers import ASKED, BY_DISTRICT, FILES, LABELS, PROPOSED, SAID, SOURCES
from doumen.model.message import Message, msg
from doumen.session import Session


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that people did.

    Attributes:
        doing: What is told while it is done.
        done: Whether it was done before.
        do: Do it.
    """

    doing: Message
    done: Callable[[], bool]
    do: Callable[[], object]


def steps(owner: Session, folder: Path) -> Iterator[Step]:
    """All that was done, in order; `folder` is what `put` filled."""
    yield from _brought(owner, folder)
    yield from _said(owner)
    yield from _ruled(owner, folder)
    yield from _assessed(owner)
    yield from _asked(owner)
    yield from _offered(owner, folder)


def _brought(owner: Session, folder: Path) -> Iterator[Step]:
    for file, dataset in FILES.items():
        yield Step(
            msg("bringing in `{dataset}`", dataset=dataset),
            partial(_has, owner, "dataset", dataset),
            partial(owner.do, "collect", path=folder / file, as_dataset=dataset),
        )
    for name, source in SOURCES.items():
        doing = msg("reading the source `{name}`", name=name)
        described = folder / f"{name}.yaml"
        yield Step(
            doing, partial(_has, owner, "connection", name),
            partial(owner.do, "source add", name=name, file=described),
        )  # fmt: skip
        yield Step(
            doing, partial(_has, owner, "dataset", source.dataset),
            partial(owner.do, "source run", name=name),
        )  # fmt: skip


def _said(owner: Session) -> Iterator[Step]:
    for dataset, fields in SAID.items():
        changes = tuple(f"{path}={value}" for path, value in fields.items())
        yield Step(
            msg("describing `{dataset}`", dataset=dataset),
            partial(_described, owner, dataset),
            partial(owner.do, "contract edit", dataset=dataset, changes=changes, new_version=True),
        )
    words = {"name_en": "Energy charged", "name_zh": "充电量", "definition_zh": "一次充电的电量"}
    yield Step(
        msg("saying what words mean"), partial(_has, owner, "term", "energy_charged"),
        partial(owner.do, "term set", key="energy_charged", **words),
    )  # fmt: skip
    yield Step(
        msg("saying what words mean"), partial(_has, owner, "link", "traffic.charging.kwh"),
        partial(owner.do, "meaning link", column="traffic.charging.kwh", term="energy_charged"),
    )  # fmt: skip


def _ruled(owner: Session, folder: Path) -> Iterator[Step]:
    actors: Mapping[str, Mapping[str, Any]] = {
        "ana": {"role": ("analyst",), "purpose": ("research",)},
        "sue": {"role": ("steward",)},
        "aud": {"role": ("auditor",)},
    }
    for name, given in actors.items():
        yield Step(
            msg("letting `{name}` in", name=name), partial(_has, owner, "actor", name),
            partial(owner.do, "actor add", name=name, **given),
        )  # fmt: skip
    yield Step(
        msg("making rules"), partial(_has, owner, "rule", "analysts-read-the-city"),
        partial(owner.do, "rule add", file=folder / "rules.yaml"),
    )  # fmt: skip
    for target, label in LABELS.items():
        yield Step(
            msg("labelling `{target}`", target=target),
            partial(_labelled, owner, target, label),
            partial(owner.do, "label set", target=target, label=label),
        )


def _assessed(owner: Session) -> Iterator[Step]:
    for dataset in SAID:
        yield Step(
            msg("scoring `{dataset}`", dataset=dataset),
            partial(_scored, owner, dataset),
            partial(owner.do, "quality score", dataset=dataset),
        )
    for dataset in PROPOSED:
        yield Step(
            msg("proposing rules for `{dataset}`", dataset=dataset),
            partial(_proposed, owner, dataset),
            partial(owner.do, "contract propose", dataset=dataset),
        )


def _asked(owner: Session) -> Iterator[Step]:
    into = "traffic.charging_by_district"
    yield Step(
        msg("deriving `{dataset}`", dataset=into), partial(_has, owner, "dataset", into),
        partial(owner.derive, BY_DISTRICT, into),
    )  # fmt: skip
    for title, question in ASKED.items():
        yield Step(
            msg("asking `{title}`", title=title),
            partial(_saved, owner, title),
            partial(_ask, owner, title, question),
        )


def _offered(owner: Session, folder: Path) -> Iterator[Step]:
    doing = msg("offering a product")
    yield Step(
        doing, partial(_has, owner, "product", "living-city"),
        partial(owner.do, "product create", name="living-city", title="城市生活 The living city",
                dataset=("traffic.charging_by_district", "environment.air_quality")),
    )  # fmt: skip
    yield Step(
        doing, partial(_has, owner, "offer", "living-city-1"),
        partial(owner.do, "offer create", product="living-city", terms=str(folder / "terms.yaml")),
    )  # fmt: skip
    yield Step(
        doing,
        lambda: (owner.desk.facts().body("product", "living-city") or {})["state"] == "published",
        partial(owner.do, "product publish", name="living-city"),
    )


def _has(owner: Session, kind: str, key: str) -> bool:
    return owner.desk.facts().body(kind, key) is not None


def _labelled(owner: Session, target: str, label: str) -> bool:
    held = owner.desk.facts().body("label", target)
    return held is not None and label in held["labels"]


def _described(owner: Session, dataset: str) -> bool:
    return bool((owner.desk.facts().body("contract", dataset) or {}).get("description"))


def _scored(owner: Session, dataset: str) -> bool:
    return bool(owner.do("quality scores", dataset=(dataset,)).json["scores"])


def _proposed(owner: Session, dataset: str) -> bool:
    return bool(owner.do("proposal list", dataset=dataset).json["count"])


def _saved(owner: Session, title: str) -> bool:
    return any(one["title"] == title for one in owner.do("question list").json["questions"])


def _ask(owner: Session, title: str, question: str) -> None:
    owner.query(question)
    owner.do("question save", sql=question, title=title)  # last, for it says that it was asked
