"""What more would be seen, as JSON for machines and drawn for people. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from doumen.kits import policy
from doumen.kits.policy import exposure
from doumen.kits.policy.duties import BY_NOUN
from doumen.kits.policy.masks import BY_NAME
from doumen.model.agreement import Side
from doumen.model.exposure import By, ColumnGain, Exposure, Gain, Link, More, Rows, Shown, Sight
from doumen.model.message import Message, enumerated, joined, msg, plain
from doumen.model.operation import Fields, Outcome, Table
from doumen.model.participant import Participant
from doumen.model.rule import Mask, MinGroup

ANY = "*"
"""In JSON: any purpose."""
DRAWN = 100
"""Most pairs that are drawn; JSON has all."""
_MORE: Mapping[More, Message] = {
    More.NEW: msg("new"),
    More.LESS_MASKED: msg("less masked"),
    More.OTHERWISE: msg("otherwise than before"),
    More.NONE: msg("as before"),
}
_BY: Mapping[By, Message] = {
    By.REFERENCE: msg("reference in the contract"),
    By.UNIQUE: msg("key in the contract"),
    By.NAME: msg("same name"),
}
_IN_MORE_ROWS, _PERHAPS = msg("in more rows"), msg("perhaps in more rows")


def told(
    found: Exposure, name: str, side: Side, other: Participant, unknown: Sequence[Message]
) -> Outcome:
    """What a diff found.

    Args:
        found: What it found.
        name: Of the offer or the negotiation.
        side: Which of the two this node would be.
        other: The participant on the other side.
        unknown: What is not known, in sentences.
    """
    grows = any(_grows(gain) for gain in found.gains) or bool(found.links)
    head = (
        (msg("with"), other.alias),
        (msg("our side"), plain(side)),
        (msg("held against"), enumerated(one.key for one in found.compared)
         if found.compared else msg("no agreement is in force")),
    )  # fmt: skip
    words = policy.terms_words(found.terms, literals=True)
    return Outcome(
        json={
            "of": name,
            "side": side.value,
            "with": other.id,
            "more": grows,
            "terms": policy.terms_as_json(found.terms),
            "compared": [
                {"agreement": one.key, "with": one.counterparty, "product": one.product}
                for one in found.compared
            ],
            "datasets": [_gain_json(gain) for gain in found.gains],
            "combinable": [_link_json(link) for link in found.links],
            "unknown": list(unknown),
            "facts": found.version,
            "receipt": found.receipt or None,
        },
        drawn=(
            Fields((*head, *words), title=msg("If {name} is signed", name=name)),
            *(drawing for gain in found.gains for drawing in _drawn(gain)),
            *_combinable(found.links),
        ),
        said=(
            msg("More is seen than before.") if grows else msg("Nothing more is seen than before."),
            *unknown,
            *((msg("Receipt {receipt}.", receipt=found.receipt),) if found.receipt else ()),
        ),
    )


def _grows(gain: Gain) -> bool:
    columns = any(exposure.grows(one, gain.sight.filters) for one in gain.columns)
    return columns or bool(gain.purposes) or gain.any_purpose or gain.longer


def _gain_json(gain: Gain) -> dict[str, Any]:
    sight, rows = gain.sight, gain.rows
    return {
        "dataset": str(sight.ref),
        "provider": sight.provider,
        "agreements": list(gain.held),
        "rows": None if rows is None else {"all": rows.all, "shown": rows.shown, "new": rows.new},
        "min_groups": [{"k": k, "unit": unit} for k, unit in sight.groups],
        "purposes": list(sight.purposes) or [ANY],
        "new_purposes": [ANY] if gain.any_purpose else list(gain.purposes),
        "until": sight.until and sight.until.isoformat(),
        "longer": gain.longer,
        "columns": [_column_json(one, sight) for one in gain.columns],
        "columns_known": sight.whole,
    }


def _column_json(one: ColumnGain, sight: Sight) -> dict[str, Any]:
    return {
        **_shown_json(one.shown),
        "type": one.shown.type or None,
        "mask": _mask_json(one.shown.mask),
        "words": _mask(one.shown.mask),
        "before": [_mask_json(mask) for mask in one.before],
        "before_words": list(map(_mask, one.before)),
        "more": one.more.value,
        "more_rows": exposure.grows(one, sight.filters),
        "rows": one.rows,
    }


def _link_json(link: Link) -> dict[str, Any]:
    here, there = link.here, link.there
    return {
        "dataset": str(here.ref),
        "provider": here.provider,
        "columns": [a for a, _ in link.columns],
        "with": {
            "dataset": str(there.ref),
            "provider": there.provider,
            "agreement": there.agreement,
            "columns": [b for _, b in link.columns],
        },
        "by": link.by.value,
        "hashed": link.hashed,
        "values": link.values,
        "rows": link.rows,
        "gained": list(map(_shown_json, link.gained)),
        "linked": list(map(_shown_json, _linked(link))),
    }


def _shown_json(shown: Shown) -> dict[str, Any]:
    return {"name": shown.name, "labels": list(shown.labels)}


def _mask_json(mask: Mask | None) -> dict[str, Any] | None:
    return None if mask is None else BY_NOUN[Mask].write(replace(mask, column=None))


def _linked(link: Link) -> Iterator[Shown]:
    keys = {b for _, b in link.columns}
    return (one for one in link.there.columns if one.tells and one.name not in keys)


def _drawn(gain: Gain) -> Iterator[Fields | Table]:
    sight = gain.sight
    pairs: list[tuple[Message, Any]] = []
    if gain.rows is not None:
        pairs.append((msg("rows"), _rows(gain.rows)))
    for k, unit in sight.groups:
        pairs.append((msg("groups"), policy.duty_words(MinGroup(k, unit))))
    pairs += [
        (msg("purposes"), _purposes(gain)),
        (msg("until"), _until(gain)),
        (msg("seen already"), enumerated(gain.held) if gain.held else msg("nothing")),
    ]
    yield Fields(tuple(pairs), title=msg("Dataset {ref}", ref=sight.ref))
    if not gain.columns:
        return
    counted = gain.rows is not None
    heads = (msg("column"), msg("shown"), msg("before"), msg("more"), msg("labels"),
             *((msg("new rows"),) if counted else ()))  # fmt: skip
    yield Table(
        heads,
        tuple(
            (
                one.shown.name,
                _mask(one.shown.mask),
                joined(msg("; "), map(_mask, one.before)) if one.before else "",
                _more(one, sight),
                one.shown.labels,
                *((one.rows,) if counted else ()),
            )
            for one in gain.columns
        ),
    )


def _rows(rows: Rows) -> Message:
    return msg(
        "{shown} of {all} are shown, {new} of them are new",
        shown=f"{rows.shown:,}",
        all=f"{rows.all:,}",
        new=f"{rows.new:,}",
    )


def _purposes(gain: Gain) -> Message:
    stated = gain.sight.purposes
    if gain.any_purpose:
        return msg("any purpose, which is new")
    if not stated:
        return msg("any purpose, as before")
    if gain.purposes:
        return msg(
            "{purposes}; new: {new}",
            purposes=enumerated(stated, mark=""),
            new=enumerated(gain.purposes, mark=""),
        )
    return msg("{purposes}, as before", purposes=enumerated(stated, mark=""))


def _until(gain: Gain) -> Message:
    until = gain.sight.until
    if until is None:
        return msg("no end, longer than before") if gain.longer else msg("no end, as before")
    if gain.longer:
        return msg("{until}, longer than before", until=until)
    return msg("{until}, no longer than before", until=until)


def _mask(mask: Mask | None) -> Message:
    return msg("as it is") if mask is None else BY_NAME[mask.method].words(dict(mask.options))


def _more(one: ColumnGain, sight: Sight) -> Message:
    if one.more is More.NONE and exposure.grows(one, sight.filters):
        return _PERHAPS if one.rows is None else _IN_MORE_ROWS
    return _MORE[one.more]


def _combinable(links: Sequence[Link]) -> Iterator[Table]:
    if not links:
        return
    counted = any(link.values is not None for link in links)
    heads = (
        msg("dataset"), msg("with"), msg("key"), msg("becomes linked"),
        *((msg("counted"),) if counted else ()),
    )  # fmt: skip
    yield Table(
        heads,
        tuple(
            (
                str(link.here.ref),
                _with(link),
                _key(link),
                msg("{gained} with {linked}", gained=_labelled(link.gained),
                    linked=_labelled(_linked(link))),
                *((_counted(link),) if counted else ()),
            )
            for link in links[:DRAWN]
        ),
        msg("What can be combined from then on")
        if len(links) <= DRAWN
        else msg("What can be combined from then on: the first {most} of {count}",
                 most=DRAWN, count=len(links)),
    )  # fmt: skip


def _with(link: Link) -> Message:
    there = link.there
    if there.agreement is None:
        return msg("{ref} of the same terms", ref=there.ref)
    return msg("{ref} of {agreement}", ref=there.ref, agreement=there.agreement)


def _key(link: Link) -> Message:
    pairs = ", ".join(a if a == b else f"{a} = {b}" for a, b in link.columns)
    if link.hashed:
        return msg("{pairs}: {by}, hashed", pairs=pairs, by=_BY[link.by])
    return msg("{pairs}: {by}", pairs=pairs, by=_BY[link.by])


def _counted(link: Link) -> Message | None:
    if link.values is None:
        return None
    return msg("{rows} rows, {values} values", rows=f"{link.rows:,}", values=f"{link.values:,}")


def _labelled(columns: Iterable[Shown]) -> Message:
    """Names of columns, with their labels."""
    named = [
        plain(f"{one.name} ({', '.join(one.labels)})" if one.labels else one.name)
        for one in columns
    ]
    return joined(msg(", "), named) if named else msg("nothing else")
