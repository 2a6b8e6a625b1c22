"""Whether an actor may have all of a dataset as files, to read with tools that know no rules. Pure.

Files show all that is in them, so they are for whoever a question would show all of it, as it is,
however often they ask: no column, row or value hidden, no limit, no group, nothing counted. A
permit says that they may be handed over; a denial beats it. Terms that came with data of others,
quarantines and files outside of the lake bind the owner too, whom no rule binds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from doumen.kits.policy.carried import carried
from doumen.kits.policy.decide import rule_dataset
from doumen.kits.policy.knowledge import denials, known_columns, quarantines
from doumen.kits.policy.refusals import ASK
from doumen.kits.policy.ruling import Asked, DatasetRuling
from doumen.kits.policy.standing import FILED, Hit, Standing
from doumen.model.errors import Refused
from doumen.model.message import Message, either, msg
from doumen.model.ref import Ref
from doumen.model.rule import Action, Effect, Mask
from doumen.model.snapshot import ATTACHED


def rule_files(asked: Asked) -> DatasetRuling:
    """Rule on all of a dataset as files.

    Returns:
        The ruling on a question, with the rules that permit files too: everything is shown, and
        `expires` is the one duty that may be on it.

    Raises:
        NotFound: as `rule_dataset`.
        Refused: as `rule_dataset`; or what it is, or holds, is never handed over as files; or
            a rule denies files (named), or none permits them; or a question would not show all.
    """
    ruling = rule_dataset(replace(asked, action=Action.QUERY))
    _check_kind(asked)
    if asked.actor.is_owner:
        return ruling
    standing = Standing(asked.actor, asked.purpose, asked.facts, asked.now)
    whole, hidden = denials(standing, FILED, asked.ref, asked.schema)
    if whole is not None or hidden:
        known = known_columns(standing, asked.ref, asked.schema)
        told = [hidden[name] for name in sorted(hidden) if name in known]
        raise _denied(whole or next(iter(told), None), asked.ref)
    hits = list(standing.hits(Effect.PERMIT, FILED, asked.ref, asked.schema))
    permits = [hit for hit in hits if standing.states(hit.rule)]
    if frozenset(asked.schema.names) - _columns(permits):
        raise _unpermitted(asked, standing, hits)
    _check_whole(asked, standing, ruling)
    rules = {*ruling.rules, *(hit.rule.id for hit in permits)}
    return replace(ruling, rules=tuple(sorted(rules)))


def _columns(hits: list[Hit]) -> frozenset[str]:
    return frozenset(name for hit in hits for name in hit.columns)


def _check_kind(asked: Asked) -> None:
    """Let what lies in the lake pass, and was neither set aside nor came from others.

    Raises:
        Refused: it is something else.
    """
    body = asked.facts.dataset(asked.ref) or {}
    if quarantines(asked.ref, body.get("kind")):
        raise _never(asked.ref, msg("It holds rows that broke their contract."), "quarantine")
    if body.get("kind") == ATTACHED:
        raise _never(
            asked.ref,
            msg("Its files lie outside of the lake, where they may change at any time."),
            "attached",
            msg("Collect them: `doumen collect FILE --as-dataset domain.name`."),
        )
    if carried(asked.facts, asked.ref):
        raise _never(
            asked.ref,
            msg("What it holds came under an agreement, whose terms files would not keep."),
            "agreement",
        )


def _check_whole(asked: Asked, standing: Standing, ruling: DatasetRuling) -> None:
    """Let a ruling pass that shows everything, as often as somebody asks.

    A column that may not be known of is hidden too; nothing names it.

    Raises:
        Refused: a rule hides or counts something (named).
    """
    first = next(_against(standing, ruling), None)
    if first is not None:
        rule, why = first
        raise Refused(
            msg("`{ref}` is not given as files: they would show more than an answer.",
                ref=asked.ref),
            why=why,
            next=msg("Query it instead, or see `doumen rule explain {rule}`.", rule=rule),
            rule=rule,
            detail="files",
        )  # fmt: skip
    if len(ruling.columns) < len(asked.schema):
        raise Refused(
            msg("`{ref}` is not given as files: they would show more than an answer.",
                ref=asked.ref),
            why=msg("Rules do not show you all of it."),
            next=msg("Query it instead."),
            detail="files",
        )  # fmt: skip


def _against(standing: Standing, ruling: DatasetRuling) -> Iterator[tuple[str, Message]]:
    """Each rule that hides or counts something, and what it does."""
    masking = {r.id for r in standing.rules if any(isinstance(d, Mask) for d in r.duties)}
    for rule in ruling.denied.values():
        yield rule, msg("Rule `{rule}` denies columns of it.", rule=rule)
    for rule, _ in ruling.filters:
        yield rule, msg("Rule `{rule}` shows some of its rows only.", rule=rule)
    masked = {rule for column in ruling.columns if column.mask for rule in column.rules}
    for rule in sorted(masking & masked):
        yield rule, msg("Rule `{rule}` masks columns of it.", rule=rule)
    if ruling.limit is not None:
        rule = ruling.limit[1]
        yield rule, msg("Rule `{rule}` limits the rows of an answer.", rule=rule)
    for *_, rule in ruling.groups:
        yield rule, msg("Rule `{rule}` shows groups only.", rule=rule)
    for _, rule in ruling.counts:
        yield rule, msg("Rule `{rule}` counts questions, and files are read unasked.", rule=rule)


def _never(ref: Ref, why: Message, detail: str, next: Message | None = None) -> Refused:
    return Refused(
        msg("`{ref}` is never given as files.", ref=ref),
        why=why,
        next=next or msg("Query it instead."),
        detail=detail,
    )


def _denied(rule: str | None, ref: Ref) -> Refused:
    if rule is None:
        return Refused(
            msg("A rule denies `{ref}` as files.", ref=ref),
            next=msg("Query it instead."),
            detail="denied",
        )
    return Refused(
        msg("Rule `{rule}` denies `{ref}` as files.", rule=rule, ref=ref),
        next=msg("Query it instead, or see `doumen rule explain {rule}`.", rule=rule),
        rule=rule,
        detail="denied",
    )


def _unpermitted(asked: Asked, standing: Standing, hits: list[Hit]) -> Refused:
    """No permit matches, or none on all of it; a purpose that the actor could state may help."""
    could = [hit.rule for hit in hits if standing.could_state(hit.rule)]
    purposes = sorted({p for rule in could for p in rule.purposes} & asked.actor.purposes)
    return Refused(
        msg("No rule permits actor `{actor}` to take all of `{ref}` as files.",
            actor=asked.actor.name, ref=asked.ref),
        why=msg("A rule that permits a question does not permit files: `permit: files` does."),
        next=msg("State a purpose: {purposes}.", purposes=either(f"`--for {p}`" for p in purposes))
        if purposes
        else ASK,
        detail="purpose" if purposes else "permit",
    )  # fmt: skip
