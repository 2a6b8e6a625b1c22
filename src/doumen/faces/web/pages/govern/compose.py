"""A rule as the fields of a form, and the fields as a document of rules.

The fields are of the usual rules. What they cannot say, such as claims or several filters, is
written as text; a rule that holds such a thing is shown as text only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from doumen.faces.web.page import Visit

MASKS = 4
"""Masks that the form has place for."""
EFFECTS, ACTIONS = ("permit", "deny"), ("query", "discover", "files")
METHODS = ("null", "hash", "partial", "generalise", "bucket")
TARGETS = ("dataset", "column", "label")
_NUMBERS = ("limit", "count", "expire")


def fields(rule: Mapping[str, Any]) -> dict[str, Any] | None:
    """The fields that say what a rule says; None: they cannot."""
    effect = next(one for one in EFFECTS if one in rule)
    on, who = rule["on"], rule["who"]
    kind = "dataset" if isinstance(on, str) else next(iter(on))
    if "claims" in who or kind not in TARGETS:
        return None
    told: dict[str, Any] = {
        "id": rule["id"],
        "effect": effect,
        "action": rule[effect],
        "kind": next(iter(who)),
        "name": next(iter(who.values())),
        "target": kind,
        "on": on if isinstance(on, str) else on[kind],
        "for": list(rule.get("for", ())),
        "until": rule.get("until", ""),
    }
    masks = 0
    for duty in rule.get("duties", ()):
        name, value = next(iter(duty.items()))
        said = dict(_duty(name, value, masks))
        masks += name == "mask"
        if not said or masks > MASKS or said.keys() & told.keys():
            return None
        told |= said
    return told


def _duty(name: str, value: Any, place: int) -> Iterator[tuple[str, Any]]:
    """The fields of one duty; none where the form has none for it."""
    if name in {"filter", *_NUMBERS}:
        yield name, value
    elif name == "min_group":
        group = value if isinstance(value, Mapping) else {"k": value}
        yield "k", group["k"]
        yield "unit", group.get("unit") or ""
    elif name == "mask":
        options = {k: v for k, v in value.items() if k not in {"column", "method"}}
        yield f"column{place}", value.get("column", "")
        yield f"method{place}", value["method"]
        yield f"options{place}", ", ".join(f"{k}: {_flow(v)}" for k, v in options.items())


def _flow(value: Any) -> str:
    """A value as YAML has it within braces; what is JSON is that, too."""
    return json.dumps(value, ensure_ascii=False)


def document(visit: Visit) -> str:
    """The document of rules that a form says: the text that was written, or the fields."""
    written = visit.given("yaml")
    if written:
        return written
    kind, target = visit.one_of("kind", ("role", "actor")), visit.one_of("target", TARGETS)
    on = _flow(visit.needed("on"))
    lines = [
        "rules:",
        f"  - id: {_flow(visit.needed('id'))}",
        f"    {visit.one_of('effect', EFFECTS)}: {visit.one_of('action', ACTIONS)}",
        f"    who: {{{kind}: {_flow(visit.needed('name'))}}}",
        f"    on: {on if target == 'dataset' else f'{{{target}: {on}}}'}",
    ]
    if visit.several("for"):
        lines.append(f"    for: {_flow(list(visit.several('for')))}")
    if visit.given("until"):
        lines.append(f"    until: {_flow(visit.given('until'))}")
    duties = [f"      - {duty}" for duty in _duties(visit)]
    return "\n".join([*lines, *(["    duties:", *duties] if duties else [])]) + "\n"


def _duties(visit: Visit) -> Iterator[str]:
    if visit.given("filter"):
        yield f"filter: {_flow(visit.given('filter'))}"
    for place in range(MASKS):
        method, column = visit.given(f"method{place}"), visit.given(f"column{place}")
        if method:
            options = visit.given(f"options{place}")
            parts = [f"column: {_flow(column)}"] if column else []
            parts += [f"method: {_flow(method)}", *([options] if options else [])]
            yield f"mask: {{{', '.join(parts)}}}"
    if visit.given("k"):
        unit = visit.given("unit")
        more = f", unit: {_flow(unit)}" if unit else ""
        yield f"min_group: {{k: {_number(visit.given('k'))}{more}}}"
    for name in _NUMBERS:
        if visit.given(name):
            yield f"{name}: {_number(visit.given(name))}"


def _number(text: str) -> str:
    """A number as it is; anything else as a text, which the document then finds at fault."""
    return text if text.isdecimal() else _flow(text)
