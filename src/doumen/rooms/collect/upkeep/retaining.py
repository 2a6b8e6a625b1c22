"""How long versions of datasets stay, and giving up those that do not: options in, words out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.model.answer import Swept, Vacuumed
from doumen.model.errors import Invalid
from doumen.model.fact import Fact
from doumen.model.message import Message, enumerated, joined, msg, plain
from doumen.model.operation import Outcome, Table
from doumen.model.ref import Ref
from doumen.model.upkeep import UPKEEP, Upkeep

SHOWN = 8
"""Versions that are drawn."""
_MEGA = 1_000_000


def retain(
    desk: Desk,
    *,
    dataset: str,
    versions: int | None = None,
    days: int | None = None,
    everything: bool = False,
) -> Outcome:
    """Say how long earlier versions of a dataset stay.

    Raises:
        NotFound: there is no such dataset.
        Invalid: it is not said how long, or by less than one version.
    """
    policy.may_keep(desk.actor)
    if (versions is None and days is None) is not bool(everything):
        raise Invalid(
            msg("Either say `--versions` or `--days`, or `--all`."),
            next=msg("doumen dataset retain {dataset} --versions 5", dataset=dataset),
            detail="usage",
        )
    if (versions is not None and versions < 1) or (days is not None and days < 0):
        raise Invalid(
            msg("One version stays at least, and none for less than no day."),
            next=msg("Give a number of versions from 1 on, or of days from 0 on."),
            detail="retention",
        )
    facts, ref = desk.facts(), Ref.parse(dataset)
    if facts.dataset(ref) is None or ref.is_quarantine:
        raise policy.absent(ref)
    before = Upkeep.of_json(facts.body(UPKEEP, str(ref)))
    body = replace(before, versions=versions, days=days).as_json()
    receipt = desk.amend([Fact(UPKEEP, str(ref), body)], subject=str(ref), seen=facts)
    return Outcome(
        {"dataset": str(ref), "versions": versions, "days": days, "receipt": receipt},
        said=(
            _retained(ref, versions, days),
            msg("Receipt {receipt}. Next: doumen dataset vacuum {ref} --dry-run",
                receipt=receipt, ref=ref),
        ),
    )  # fmt: skip


def _retained(ref: Ref, versions: int | None, days: int | None) -> Message:
    if versions is None and days is None:
        return msg("All versions of `{ref}` stay.", ref=ref)
    if days is None:
        return msg("The last {versions} versions of `{ref}` stay.", versions=versions, ref=ref)
    if versions is None:
        return msg("Versions of `{ref}` stay for {days} days.", ref=ref, days=days)
    return msg(
        "The last {versions} versions of `{ref}` stay, and all for {days} days.",
        versions=versions,
        ref=ref,
        days=days,
    )


def vacuum(
    desk: Desk,
    *,
    dataset: str | None = None,
    dry_run: bool = False,
    receipts_before: str | None = None,
) -> Outcome:
    """Remove the files of versions that are not retained and that no receipt needs.

    Raises:
        DoumenError: nothing was removed; the error says why.
    """
    refs = () if dataset is None else (Ref.parse(dataset),)
    before = None if receipts_before is None else _day(receipts_before)
    done = desk.vacuum(refs, receipts_before=before, dry=bool(dry_run))
    told = [one for one in done.swept if one.versions or one.spared or one.files]
    shape = {
        "datasets": [
            {
                "dataset": str(one.ref),
                "versions": list(one.versions),
                "spared": list(one.spared),
                "files": one.files,
                "bytes": one.bytes,
            }
            for one in told
        ],
        "receipt": done.receipt,
    }
    heads = (msg("dataset"), msg("versions"), msg("spared"), msg("files"), msg("MB"))
    lines = tuple(
        (str(o.ref), _short(o.versions), _short(o.spared), o.files, f"{o.bytes / _MEGA:.1f}")
        for o in told
    )
    return Outcome(
        shape, (Table(heads, lines),) if told else (), tuple(_said(done, told, dry=bool(dry_run)))
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(
            msg("`{text}` is no day.", text=text),
            next=msg("Write it as `2026-01-31`."),
            detail="value",
        ) from None


def _short(versions: Sequence[int]) -> Message:
    more = len(versions) - SHOWN
    shown = [plain(str(number)) for number in versions[:SHOWN]]
    return joined(msg(", "), [*shown, msg("{count} more", count=more)] if more > 0 else shown)


def _said(done: Vacuumed, told: Sequence[Swept], *, dry: bool) -> Iterator[Message]:
    spared = [str(one.ref) for one in told if one.spared]
    if spared:
        yield msg(
            "Receipts need versions of {names}: `--receipts-before` gives older receipts up.",
            names=enumerated(spared),
        )
    if dry:
        yield msg("Nothing was removed.")
    elif done.receipt is not None:
        yield msg("Receipt {receipt}", receipt=done.receipt)
    elif not any(one.files for one in told):
        yield msg(
            "There is nothing to give up: versions stay as `doumen dataset retain` says, and for "
            "as long as a question that began on them may run."
        )
