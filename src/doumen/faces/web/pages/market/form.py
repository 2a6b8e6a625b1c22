"""The form of the usual terms: its fields made of terms, and terms made of its fields. Pure.

It says what most terms say; what it cannot (other masks, several conditions on one dataset) is
written as YAML. `fits` tells which terms it can hold without losing anything.

Fields: `for`, `to` (several), `from`, `until`, `places`, `quota`, `daily`, `report`, `attribute`,
`delete`, `price`; of each dataset `of:REF` (none, some, all), `filter:REF`, `limit:REF`,
`group:REF`, `unit:REF`, and of each of its columns `show:REF:COLUMN`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from doumen.faces.web.page.draw import numeric
from doumen.kits import policy
from doumen.model.errors import Invalid
from doumen.model.message import Message, msg, sentence

Fields = Mapping[str, Sequence[Any]]
PLAIN = "plain"
"""A column shown as it is; an empty text: not shown."""
SHOWN: Mapping[str, tuple[Message, Mapping[str, Any]]] = {
    "null": (msg("nothing of it"), {"method": "null"}),
    "hash": (msg("as a keyed hash"), {"method": "hash"}),
    "partial": (
        msg("its first three characters"),
        {"method": "partial", "keep_start": 3, "keep_end": 0},
    ),
    "month": (msg("by month"), {"method": "generalise", "levels": "month"}),
    "quarter": (msg("by quarter"), {"method": "generalise", "levels": "quarter"}),
    "year": (msg("by year"), {"method": "generalise", "levels": "year"}),
    "tens": (msg("in steps of 10"), {"method": "generalise", "levels": 10}),
    "hundreds": (msg("in steps of 100"), {"method": "generalise", "levels": 100}),
}
"""How a column may be masked: name → words, and the mask as a duty writes it."""
_TIMES = ("DATE", "TIMESTAMP")
MOST = 150
"""Columns that one form holds; wider products are offered by YAML."""


def ways(type: str) -> list[tuple[str, Message]]:
    """The ways in which a column of a type can be shown."""
    names = ["null", "hash", "partial"]
    if type.startswith(_TIMES):
        names += ["month", "quarter", "year"]
    if numeric(type):
        names += ["tens", "hundreds"]
    return [(PLAIN, msg("as it is")), *((name, SHOWN[name][0]) for name in names)]


def document(given: Fields) -> dict[str, Any]:
    """The terms that the fields say, in the shape of their YAML.

    Raises:
        Invalid: fields say nothing, or no number where one is asked; with all faults at once.
    """
    faults: list[Message] = []
    datasets = {
        ref: _grant(given, ref, faults) for ref in _refs(given) if _text(given, f"of:{ref}", "none")
    }
    if not datasets:
        faults.append(msg("nothing of any dataset is granted"))
    quota: list[dict[str, Any]] = [{"queries": _number(given, "quota", faults)},
             {"queries": _number(given, "daily", faults), "per": "day"}]  # fmt: skip
    due = {
        "report": _number(given, "report", faults),
        "attribute": _text(given, "attribute"),
        "delete": _number(given, "delete", faults),
    }
    said = {
        "to": _several(given, "to"),
        "for": _several(given, "for"),
        "from": _text(given, "from"),
        "until": _text(given, "until"),
        "places": _text(given, "places").replace(",", " ").split(),
        "datasets": datasets,
        "quota": [one for one in quota if one["queries"] is not None],
        "due": {name: value for name, value in due.items() if value not in {None, ""}},
        "price": _text(given, "price"),
    }
    if faults:
        raise Invalid(
            msg("The terms are not complete."),
            why=sentence(faults),
            next=msg("Correct the form and send it again."),
            detail="form",
        )
    return {name: value for name, value in said.items() if value}


def values(terms: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The fields that say these terms, as far as they can."""
    quota = terms.get("quota", [])
    quotas = {one.get("per", "agreement"): one["queries"]
              for one in ([quota] if isinstance(quota, Mapping) else quota)}  # fmt: skip
    due = terms.get("due", {})
    single = {
        "from": terms.get("from"),
        "until": terms.get("until"),
        "places": " ".join(terms.get("places", ())),
        "quota": quotas.get("agreement"),
        "daily": quotas.get("day"),
        "report": due.get("report"),
        "attribute": due.get("attribute"),
        "delete": due.get("delete"),
        "price": terms.get("price"),
    }
    for ref, grant in terms["datasets"].items():
        single |= _granted(ref, grant or {})
    told = {name: [str(value)] for name, value in single.items() if value not in {None, ""}}
    return {**told, "to": list(terms.get("to", ())), "for": list(terms.get("for", ()))}


def fits(terms: Mapping[str, Any]) -> bool:
    """Whether the form can say these terms, all of them."""
    try:
        told = document(values(terms))
        return policy.terms_from_json(told) == policy.terms_from_json(terms)
    except Invalid:
        return False


def yaml(document: Mapping[str, Any]) -> str:
    """A document as YAML for people, one key a line where it is short."""
    text = StringIO()
    writer = YAML(pure=True)
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.dump(document, text)
    return text.getvalue()


def _refs(given: Fields) -> list[str]:
    return [name.removeprefix("of:") for name in given if name.startswith("of:")]


def _grant(given: Fields, ref: str, faults: list[Message]) -> dict[str, Any]:
    """What is granted of a dataset."""
    start = f"show:{ref}:"
    shown = {
        name.removeprefix(start): how
        for name in given
        if name.startswith(start) and (how := _text(given, name))
    }
    duties: list[dict[str, Any]] = []
    for column, how in shown.items():
        if how in SHOWN:
            duties.append({"mask": {"column": column, **SHOWN[how][1]}})
        elif how != PLAIN:
            faults.append(msg("`{column}` is shown in a way that the form does not know",
                              column=column))  # fmt: skip
    group = _number(given, f"group:{ref}", faults)
    unit = _text(given, f"unit:{ref}")
    if group is not None:
        duties.append({"min_group": {"k": group, **({"unit": unit} if unit else {})}})
    if condition := _text(given, f"filter:{ref}"):
        duties.append({"filter": condition})
    limit = _number(given, f"limit:{ref}", faults)
    if limit is not None:
        duties.append({"limit": limit})
    some = _text(given, f"of:{ref}") != "all"
    if some and not shown:
        faults.append(msg("of `{ref}` no column is shown", ref=ref))
    parts = {"columns": list(shown) if some else [], "duties": duties}
    return {name: part for name, part in parts.items() if part}


def _granted(ref: str, grant: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of one dataset."""
    found: dict[str, Any] = {f"of:{ref}": "some" if grant.get("columns") else "all"}
    found |= {f"show:{ref}:{column}": PLAIN for column in grant.get("columns", ())}
    for duty in grant.get("duties", ()):
        ((kind, said),) = duty.items()
        if kind == "mask":
            mask = {key: value for key, value in said.items() if key != "column"}
            found[f"show:{ref}:{said['column']}"] = _way(mask)
        elif kind == "min_group":
            whole = said if isinstance(said, Mapping) else {"k": said}
            found |= {f"group:{ref}": whole["k"], f"unit:{ref}": whole.get("unit")}
        elif kind in {"filter", "limit"}:
            found[f"{kind}:{ref}"] = said
    return found


def _way(mask: Mapping[str, Any]) -> str:
    """The name of a mask on the form; one that it does not have is none of its fields."""
    wanted = {**_PARTIAL, **mask}
    return next((n for n, (_, said) in SHOWN.items() if {**_PARTIAL, **said} == wanted), "other")


_PARTIAL: Mapping[str, Any] = {"keep_start": 0, "keep_end": 0, "with": "*"}
"""What a mask says where nothing is written."""


def _text(given: Fields, name: str, nothing: str = "") -> str:
    values = given.get(name, ())
    text = str(values[0]).strip() if values else ""
    return "" if text == nothing else text


def _several(given: Fields, name: str) -> list[str]:
    return [text for one in given.get(name, ()) if (text := str(one).strip())]


def _number(given: Fields, name: str, faults: list[Message]) -> int | None:
    text = _text(given, name)
    if not text:
        return None
    if text.isdecimal() and len(text) < 19:
        return int(text)
    faults.append(msg("`{text}` is no whole number ({field})", text=text, field=name))
    return None
