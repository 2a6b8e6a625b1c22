"""What a search tries: rule sets with the reading of what they hide, generated or a node's own."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from doumen.kits import policy, sql
from doumen.kits.policy.duties import BY_NOUN
from doumen.model.actor import Actor
from doumen.model.errors import DoumenError
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.ref import Ref
from doumen.model.rule import Effect, Mask
from doumen.model.trial import Lies
from doumen.rooms.protect.prove import rulesets
from doumen.rooms.protect.prove.changes import Judge
from doumen.rooms.protect.prove.sameness import Order
from doumen.rooms.protect.prove.shown import Asker, Shown, shown
from doumen.rooms.protect.prove.statements import draw
from doumen.rooms.protect.prove.views import Statement, Views, views
from doumen.rooms.protect.prove.worlds import Setting, built_in

_OPEN = ("limit", "fetch", "sample", "distinct on", "any_value", "first", "last", "list(",
         "array_agg", "string_agg", "group_concat", "listagg", "arg_m", "row_number", "lag(",
         "lead(", "ntile", "max_by", "min_by", "mode(", "histogram", "arbitrary")  # fmt: skip
"""Words of a given statement that may leave its answer open; then its rows are only counted."""


@dataclass(frozen=True, slots=True)
class Case:
    """Rules over a setting, with what they show to one who asks.

    Attributes:
        setting: With the actor among its facts.
        absent: Datasets of which the actor may not know.
        given: The statement to try; None: statements are drawn.
    """

    setting: Setting
    rules: tuple[Fact, ...]
    asker: Asker
    shown: Mapping[Ref, Shown]
    judge: Judge
    absent: tuple[Ref, ...]
    given: str | None = None

    @property
    def views(self) -> Views:
        """The tables as statements may use them."""
        return views(self.setting, self.shown, [kind.ref for kind in self.setting.kinds])

    def statement(self, rng: random.Random) -> Statement:
        """A statement to try."""
        if self.given is None:
            return draw(rng, self.views)
        return Statement(self.given, self._order(self.given), "given", joined=False)

    def _order(self, text: str) -> Order:
        lower = " ".join(text.casefold().split())
        left_open = any(word in lower for word in _OPEN) and "order by all" not in lower
        return "open" if left_open or self.views.limited else "bag"

    def duties(self, text: str) -> Iterator[str]:
        """The duties and masks in force on the datasets that a statement names."""
        try:
            named = sql.parse(text).tables
        except DoumenError:
            return
        found = set()
        for ref in named & self.shown.keys():
            for rule in self.shown[ref].rules:
                for duty in rule.duties:
                    found.add(BY_NOUN[type(duty)].name)
                    if isinstance(duty, Mask):
                        found.add(f"mask {duty.method}")
        yield from sorted(found)


def ruled(
    setting: Setting,
    rules: Sequence[Fact],
    asker: Asker,
    judge: Judge,
    given: str | None = None,
) -> Case:
    """The case of these rules."""
    facts = folded((*setting.facts, *rules))
    seen = {kind.ref: shown(facts, asker, kind.ref, kind.schema) for kind in setting.kinds}
    absent = tuple(
        kind.ref for kind in setting.kinds if not _may_know(facts, asker.actor, kind.ref, setting)
    )
    return Case(setting, tuple(rules), asker, seen, judge, absent, given)


def generated(rng: random.Random, day: date, lies: Lies = "lake") -> Case:
    """A rule set over tables of our own."""
    drawn, setting = rulesets.draw(rng), built_in()
    setting = replace(setting, facts=(*setting.facts, drawn.actor), lies=lies)
    actor = folded([drawn.actor]).actor(rulesets.ACTOR)
    assert actor is not None
    asker = Asker(actor, drawn.purpose, day)
    return ruled(setting, drawn.rules, asker, rulesets.judge(drawn.claims))


def folded(facts: Sequence[Fact]) -> Facts:
    """The state that these facts make."""
    return Facts().extended(FactRow(seq, fact, "trial", "") for seq, fact in enumerate(facts, 1))


def _may_know(facts: Facts, actor: Actor, ref: Ref, setting: Setting) -> bool:
    """Whether any permit, for whatever purpose and until whenever, could tell of the dataset."""
    if actor.oversees:
        return True
    schema = setting.kind(ref).schema
    for _, body in facts.all("rule"):
        rule = policy.rule_from_json(body)
        mine = rule.who.actor == actor.name or rule.who.role in actor.roles
        if rule.effect is Effect.PERMIT and mine and policy.covered(rule.on, ref, schema, facts):
            return True
    return False
