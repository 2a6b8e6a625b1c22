"""The list of access rules, in plain words, for whoever may know of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from doumen.faces.web.page import Page, View, Visit
from doumen.model.message import msg

STEP = 50


def view(visit: Visit) -> View:
    """The rules that fit what the address asks for."""
    chosen = {name: visit.asked(name) for name in ("q", "who", "on", "purpose")}
    everything = [shown(visit, one) for one in visit.do("rule list")["rules"]]
    found = [one for one in everything if _fits(one, chosen)]
    offset = min(visit.number("offset", 0), max(0, (len(found) - 1) // STEP * STEP))
    body = {
        "rules": found[offset : offset + STEP],
        "total": len(found),
        "offset": offset,
        "step": STEP,
        "chosen": chosen,
        "facets": {name: _counted(everything, chosen, name) for name in ("who", "on", "purpose")},
        "may": {"govern": visit.actor.governs},
    }
    return View(msg("Access rules"), body)


def shown(visit: Visit, told: Mapping[str, Any]) -> dict[str, Any]:
    """A rule with its words by heading, in the language of the visitor; its duties are a list."""
    words: dict[str, Any] = {"duty": []}
    for heading, text in told["words"]:
        if heading == "duty":
            words["duty"].append(text)
        else:
            words[str(heading)] = text
    text = " ".join(visit.told(part) for _, part in told["words"])
    return {**told, "said": words, "text": f"{told['id']} {text}"}


def _fits(one: Mapping[str, Any], chosen: Mapping[str, str], but: str = "") -> bool:
    wanted = chosen["q"].casefold()
    return wanted in one["text"].casefold() and all(
        name == but or not chosen[name] or chosen[name] in _values(one, name)
        for name in ("who", "on", "purpose")
    )


def _values(one: Mapping[str, Any], name: str) -> Sequence[str]:
    """What a rule says by a facet, as it is written; nothing where it is not told."""
    rule = one.get("rule")
    if rule is None:
        return ()
    if name == "purpose":
        return tuple(rule.get("for", ()))
    said = rule[name]
    if isinstance(said, str):
        return (said,)
    return tuple(str(value) for key, value in said.items() if key != "claims")


def _counted(
    rules: Sequence[Mapping[str, Any]], chosen: Mapping[str, str], name: str
) -> list[dict[str, Any]]:
    counts = Counter(
        value for one in rules if _fits(one, chosen, name) for value in _values(one, name)
    )
    return [{"value": value, "count": count} for value, count in sorted(counts.items())]


PAGES = (Page("/govern/rules", "govern/rules.html", view, "govern"),)
