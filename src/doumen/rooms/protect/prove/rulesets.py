"""Rule sets over the tables of our own: every duty, every mask, every kind of target.

Each filter comes with a twin in Python, so that which rows it hides is known without the gate.
Rules that do not speak of the actor, their purpose or this day stand among those that do, and
would show more: whoever applies them by mistake is caught.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from doumen.kits.policy import rule_as_json, rule_from_json
from doumen.kits.policy.duties import KINDS
from doumen.kits.policy.masks import METHODS
from doumen.model.errors import Invalid
from doumen.model.fact import Fact
from doumen.model.ref import Ref
from doumen.rooms.protect.prove.worlds import CITIES, NAMES, PEOPLE, RARE, SECRETS, VISITS, Row

ACTOR = "ana"
ROLE = "analyst"
PURPOSE = "research"
Twin = Callable[[Row, Mapping[str, str]], bool]

FILTERS: dict[Ref, tuple[tuple[str, Twin], ...]] = {
    PEOPLE: (
        ("city <> 'Wenzhou'", lambda r, _: r["city"] not in (None, "Wenzhou")),
        ("salary < 3000", lambda r, _: r["salary"] is not None and r["salary"] < 3000),
        ("age IS NOT NULL AND age < 50", lambda r, _: r["age"] is not None and r["age"] < 50),
        ("city IN ('Ningbo', 'Yunhe', 'Qingtian') OR id < 10",
         lambda r, _: r["city"] in ("Ningbo", "Yunhe", "Qingtian")
         or (r["id"] is not None and r["id"] < 10)),
        ("city = actor.town", lambda r, c: r["city"] is not None and r["city"] == c.get("town")),
        ("city <> actor.town OR name = actor.name",
         lambda r, c: (r["city"] is not None and c.get("town") is not None
                       and r["city"] != c["town"]) or r["name"] == ACTOR),
        ("contains(name, '1') OR city = 'Ningbo' OR age < 30",
         lambda r, _: (r["name"] is not None and "1" in r["name"]) or r["city"] == "Ningbo"
         or (r["age"] is not None and r["age"] < 30)),
        ("name LIKE '%1%' OR salary > 2500",
         lambda r, _: (r["name"] is not None and "1" in r["name"])
         or (r["salary"] is not None and r["salary"] > 2500)),
        ("starts_with(name, 'n02') OR contains(city, 'n')",
         lambda r, _: (r["name"] is not None and r["name"].startswith("n02"))
         or (r["city"] is not None and "n" in r["city"])),
        ("upper(city) <> 'WENZHOU'",
         lambda r, _: r["city"] is not None and r["city"].upper() != "WENZHOU"),
        ("born < DATE '1996-01-01'",
         lambda r, _: r["born"] is not None and r["born"].isoformat() < "1996-01-01"),
        ("code LIKE '%4%' OR code = '5'",
         lambda r, _: r["code"] is not None and ("4" in r["code"] or r["code"] == "5")),
        ("NOT (house BETWEEN 5 AND 9)", lambda r, _: r["house"] is not None
         and not 5 <= r["house"] <= 9),
    ),
    VISITS: (
        ("contains(note, 'o') OR length(note) < 2",
         lambda r, _: r["note"] is not None and ("o" in r["note"] or len(r["note"]) < 2)),
        ("cost > 20", lambda r, _: r["cost"] is not None and r["cost"] > 20),
        ("note <> 'late'", lambda r, _: r["note"] not in (None, "late")),
        ("day >= DATE '2026-02-01'",
         lambda r, _: r["day"] is not None and r["day"].isoformat() >= "2026-02-01"),
        ("person IS NOT NULL AND person < 25",
         lambda r, _: r["person"] is not None and r["person"] < 25),
    ),
    CITIES: (("zone <= 2", lambda r, _: r["zone"] is not None and r["zone"] <= 2),),
    SECRETS: (),
}  # fmt: skip

_TARGETS: dict[str, tuple[dict[str, Any], ...]] = {
    "null": ({},),
    "hash": ({},),
    "partial": ({"keep_start": 1}, {"keep_end": 2, "with": "#"}),
    "generalise": (),
    "bucket": ({"edges": [10, 20, 40]},),
}
_MASKED: dict[Ref, dict[str, tuple[str, ...]]] = {
    PEOPLE: {
        "null": ("name", "age", "salary", "code", "born", "rate", "tags"),
        "hash": ("name", "code", "house", "age"),
        "partial": ("name", "code"),
        "generalise": ("born", "salary", "city"),
        "bucket": ("age", "house"),
    },
    VISITS: {
        "null": ("note", "cost", "at"),
        "hash": ("note", "person"),
        "partial": ("note",),
        "generalise": ("day", "cost", "at"),
        "bucket": ("cost",),
    },
}
_LEVELS: dict[str, tuple[Any, ...]] = {
    "born": ("month", "quarter", "year"),
    "day": ("month", "year"),
    "at": ("month", "quarter"),
    "salary": (500, 1000),
    "cost": (10, 25),
    "city": ({"Wenzhou": "south", "Lishui": "south", "Ningbo": "north", "Hangzhou": "north"},),
}
DUTIES = tuple(kind.name for kind in KINDS)
MASKS = tuple(method.name for method in METHODS)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules in force with the actor they speak of.

    Attributes:
        rules: As facts.
        actor: The fact of the actor.
        claims: Attributes of the actor, for the twins of filters.
        grouped: Whether small groups of people are left out, so that statements must group.
    """

    rules: tuple[Fact, ...]
    actor: Fact
    claims: Mapping[str, str]
    purpose: str | None
    grouped: bool


def judge(claims: Mapping[str, str]) -> Callable[[Ref, Sequence[str], Sequence[Row]], list[bool]]:
    """Whether all filters are true for each row, by their twins."""

    def verdicts(ref: Ref, filters: Sequence[str], rows: Sequence[Row]) -> list[bool]:
        twins = dict(FILTERS[ref])
        return [all(twins[text](row, claims) for text in filters) for row in rows]

    return verdicts


def draw(rng: random.Random) -> RuleSet:
    """A rule set."""
    claims = {"town": rng.choice(NAMES), "grade": rng.choice("123")}
    grouped = "min_group" in DUTIES and rng.random() < 0.2
    purpose = rng.choice((PURPOSE, PURPOSE, None, "security"))
    drawer = _Drawer(rng, claims, purpose)
    drawer.spared = "city" if grouped else ""
    rules = [rule_from_json(body) for body in drawer.rules(grouped)]
    facts = tuple(Fact("rule", rule.id, rule_as_json(rule)) for rule in rules)
    actor = {"participant": "law", "roles": [ROLE, "guest"], "purposes": [PURPOSE, "security"],
             "claims": claims}  # fmt: skip
    return RuleSet(facts, Fact("actor", ACTOR, actor), claims, purpose, grouped)


def permit(rng: random.Random, ref: Ref, *, grouped: bool = False) -> dict[str, Any]:
    """A permit on one dataset, as they stand in rule sets; `grouped`: of groups of people only."""
    drawer = _Drawer(rng, {"town": NAMES[0]}, None)
    drawer.spared = "city" if grouped else ""
    return drawer.permit(ref.name, ref, 3, grouped=grouped and ref == PEOPLE)


def idle(rng: random.Random) -> list[dict[str, Any]]:
    """Rules that speak of others, as they stand in rule sets."""
    return _Drawer(rng, {}, None).idle()


class _Drawer:
    def __init__(self, rng: random.Random, claims: Mapping[str, str], purpose: str | None) -> None:
        self.rng, self.claims, self.purpose = rng, claims, purpose
        self.spared = ""

    def rules(self, grouped: bool) -> list[dict[str, Any]]:
        rng = self.rng
        found = [self.permit("people", PEOPLE, 3, grouped=grouped)]
        if rng.random() < 0.4:
            found.append(self.permit("people-too", PEOPLE, 2))
        if rng.random() < 0.3:
            found.append(self.twice())
        if rng.random() < 0.93:
            found.append(self.permit("visits", VISITS, 2))
        found.append(self.permit("cities", CITIES, 1))
        if rng.random() < 0.15:
            found.append(
                {
                    "id": "all",
                    "permit": "query",
                    "who": {"role": "guest"},
                    "on": "law.p*",
                    "duties": [self.limited(), self.filtered(PEOPLE)],
                }
            )
        found += self.others()
        found += self.idle()
        rng.shuffle(found)
        return found

    def others(self) -> list[dict[str, Any]]:
        """Denials, and rules on columns and labels."""
        rng, found = self.rng, list[dict[str, Any]]()
        if rng.random() < 0.4:
            column = rng.choice(("salary", "age", "rate", "born", "house"))
            found.append(
                {
                    "id": "no-column",
                    "deny": "query",
                    "who": {"role": ROLE},
                    "on": {"column": f"law.people.{column}"},
                }
            )
        if rng.random() < 0.12:
            found.append(
                {
                    "id": "no-label",
                    "deny": "query",
                    "who": {"actor": ACTOR},
                    "on": {"label": "personal"},
                }
            )
        if rng.random() < 0.15:
            found.append(
                {
                    "id": "by-label",
                    "permit": "query",
                    "who": {"role": ROLE},
                    "on": {"label": "personal"},
                    "duties": [{"mask": {"method": rng.choice(("null", "hash"))}}],
                }
            )
        if rng.random() < 0.1:
            found.append(
                {
                    "id": "know-secrets",
                    "permit": "discover",
                    "who": {"role": ROLE},
                    "on": "law.secrets",
                }
            )
        return found

    def permit(self, id: str, ref: Ref, most: int, *, grouped: bool = False) -> dict[str, Any]:
        rng = self.rng
        makers = [self.filtered, self.masked, self.masked, self.masked, self.limit_of,
                  self.counted, self.expiring]  # fmt: skip
        duties = [d for m in rng.sample(makers, rng.randrange(1, most + 2)) if (d := m(ref))]
        if rng.random() < 0.5 and (more := self.masked(ref)):
            duties.append(more)
        if grouped:
            duties.append({"min_group": self.smallest()})
        who: dict[str, Any] = {"role": ROLE} if rng.random() < 0.8 else {"actor": ACTOR}
        if _admits_claims() and rng.random() < 0.2:
            who["claims"] = {"town": [self.claims["town"], "Rui'an"]}
        made: dict[str, Any] = {
            "id": id, "permit": "query", "who": who, "on": str(ref), "duties": duties,
        }  # fmt: skip
        if rng.random() < 0.1 and id.endswith("too"):
            made["for"] = [PURPOSE]
        if rng.random() < 0.2:
            made["until"] = "9999-12-31"
        return made

    def twice(self) -> dict[str, Any]:
        """Masks on one column: of one strength but different, or a weak one with another."""
        pairs: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
            ("name", {"method": "partial", "keep_start": 2}, {"method": "partial", "keep_end": 2}),
            ("born", {"method": "generalise", "levels": "month"},
             {"method": "generalise", "levels": "year"}),
            ("age", {"method": "bucket", "edges": [30, 50]}, {"method": "bucket", "edges": [40]}),
            ("house", {"method": "hash"}, {"method": "bucket", "edges": [5, 10]}),
            ("salary", {"method": "hash"}, {"method": "null"}),
            ("code", {"method": "hash"}, {"method": "partial", "keep_end": 1}),
        )  # fmt: skip
        column, *masks = self.rng.choice(pairs)
        duties = [{"mask": {"column": column, **mask}} for mask in masks]
        return {"id": "twice", "permit": "query", "who": {"role": ROLE}, "on": "law.people",
                "duties": duties}  # fmt: skip

    def idle(self) -> list[dict[str, Any]]:
        """Rules without duties that must not apply: for others, other purposes, days gone by."""
        rng, open_to = self.rng, {"permit": "query", "on": _broad(self.rng)}
        kinds: list[dict[str, Any]] = [
            {"id": "past", "who": {"role": ROLE}, "until": "2020-01-01"},
            {"id": "aim", "who": {"role": ROLE}, "for": ["marketing"]},
            {
                "id": "unstated",
                "who": {"role": ROLE},
                "for": ["security" if self.purpose == PURPOSE else PURPOSE],
            },
            {"id": "others", "who": {"role": "clerk"}},
            {"id": "bob", "who": {"actor": "bob"}},
        ]
        if _admits_claims():
            kinds.append({"id": "claim", "who": {"role": ROLE, "claims": {"grade": ["9"]}}})
        return [{**open_to, **kind} for kind in rng.sample(kinds, 2)]

    def smallest(self) -> dict[str, Any]:
        if self.rng.random() < 0.5:
            return {"k": self.rng.choice((2, 3)), "unit": "house"}
        return {"k": self.rng.choice((2, 3, 5))}

    def filtered(self, ref: Ref) -> dict[str, Any]:
        return {"filter": self.rng.choice(FILTERS[ref])[0]}

    def masked(self, ref: Ref) -> dict[str, Any] | None:
        columns = _MASKED.get(ref)
        if columns is None:
            return None
        method = self.rng.choice(MASKS)
        column = self.rng.choice(columns[method])
        if column == self.spared:
            return None
        options = dict(self.rng.choice(_TARGETS[method])) if _TARGETS[method] else {}
        if method == "generalise":
            options["levels"] = self.rng.choice(_LEVELS[column])
        return {"mask": {"column": column, "method": method, **options}}

    def limited(self) -> dict[str, Any]:
        return {"limit": self.rng.choice((3, 7, 20, 1000))}

    def limit_of(self, ref: Ref) -> dict[str, Any] | None:
        return self.limited() if self.rng.random() < 0.6 else None

    def counted(self, ref: Ref) -> dict[str, Any] | None:
        return {"count": self.rng.choice((5, 1000))} if "count" in DUTIES else None

    def expiring(self, ref: Ref) -> dict[str, Any] | None:
        return {"expire": self.rng.choice((1, 30))} if "expire" in DUTIES else None


def _broad(rng: random.Random) -> Any:
    """A target that would show what nothing else does."""
    return rng.choice(("law.*", "*.*", "law.secrets", "law.secrets", "law.secrets",
                       {"column": "law.people.salary"}, {"label": "personal"}))  # fmt: skip


@lru_cache(maxsize=1)
def _admits_claims() -> bool:
    """Whether rules can speak of attributes of actors."""
    rule = {"id": "r", "permit": "query", "on": "law.people",
            "who": {"role": ROLE, "claims": {"town": ["x"]}}}  # fmt: skip
    try:
        rule_from_json(rule)
    except (Invalid, ValueError):
        return False
    return True


__all__ = ["ACTOR", "DUTIES", "FILTERS", "MASKS", "PURPOSE", "RARE", "RuleSet", "draw", "idle",
           "judge", "permit"]  # fmt: skip
