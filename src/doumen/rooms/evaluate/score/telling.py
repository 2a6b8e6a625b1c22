"""What a score says to people: dimensions as bars, each indicator with what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from doumen.model.message import Message, msg, plain
from doumen.model.operation import Outcome, Table
from doumen.rooms.evaluate.score.indicators import INDICATORS

WIDTH = 10
"""Letters of a full bar."""
_NAMES = {str(one.dimension): one.dimension for one in INDICATORS}


def outcome(document: Mapping[str, Any], receipt: str) -> Outcome:
    """The outcome of a score."""
    dimensions = tuple(
        (_NAMES[one["name"]], bar(float(one["score"])), one["score"], f"{one['assessed']} %")
        for one in document["dimensions"]
    )
    listed = document["indicators"]
    shown = tuple(_row(one) for one in listed if one["share"] is not None)
    open_ = tuple((_named(one), one["missing"]) for one in listed if one["share"] is None)
    return Outcome(
        {**document, "receipt": receipt},
        (
            Table((msg("dimension"), "", msg("score"), msg("assessed")), dimensions),
            Table((msg("indicator"), msg("share"), msg("A of B"), msg("rests on")), shown),
            *([Table((msg("not assessable"), msg("missing")), open_)] if open_ else []),
        ),
        tuple(_said(document, receipt)),
    )  # fmt: skip


def bar(percent: float) -> str:
    """A share of 100 as a bar of blocks.

    Example:
        >>> bar(50)
        '█████·····'
    """
    full = round(percent / 100 * WIDTH)
    return "█" * full + "·" * (WIDTH - full)


def _named(one: Mapping[str, Any]) -> Message:
    return msg("{code} {name}", code=one["code"], name=one["name"])


def _row(one: Mapping[str, Any]) -> tuple[Any, ...]:
    rules = len(one["rules"])
    rests: Message = plain("")
    if rules:
        rests = msg("1 rule") if rules == 1 else msg("{count} rules", count=rules)
    elif one["without"]:
        rests = msg("without: {names}", names=", ".join(filter(None, one["without"])) or "–")
    return (
        _named(one),
        f"{float(one['share']) * 100:.2f} %",
        f"{one['a']:,} / {one['b']:,}",
        rests,
    )


def _said(document: Mapping[str, Any], receipt: str) -> Iterator[Message]:
    yield msg(
        "{dataset}: {score} of 100; {assessed} % of the weight could be assessed.",
        dataset=document["dataset"],
        score=document["score"],
        assessed=document["assessed"],
    )
    if document["scope"] != "all":
        yield msg("It is of the rows that you may see, not of all.")
    if document["gone"]:
        yield msg(
            "Rules that were broken and left the contract still count: {rules}.",
            rules=", ".join(document["gone"]),
        )
    if document["unchecked"]:
        yield msg(
            "Rules that could not be checked count only where they were broken before: {rules}.",
            rules=", ".join(document["unchecked"]),
        )
    yield msg("Receipt {receipt}", receipt=receipt)
    yield msg("Hand it out: doumen receipt show {receipt} -o score.json", receipt=receipt)
