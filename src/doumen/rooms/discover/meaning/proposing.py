"""What columns may mean, proposed by their names and values, for somebody to settle.

It proposes little rather than wrong: one meaning of a kind for a column, or none where two fit
alike. The confidence of each ground is written below; it is a judgement of ours, not measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.meaning import check_of, telling
from doumen.kits.standards import odcs
from doumen.model.fact import Fact, Facts
from doumen.model.meaning import CODELIST, ELEMENT, LINK, SUPERSEDED, TERM, CodeList
from doumen.model.message import Message, enumerated, msg, plain
from doumen.model.operation import Outcome, Table
from doumen.model.proposal import LINK as OF_LINK
from doumen.model.proposal import PROPOSAL, RULE, Proposal
from doumen.model.ref import Ref
from doumen.rooms.discover.meaning.kept import codes_of
from doumen.rooms.discover.meaning.links import Meant, meant
from doumen.rooms.discover.meaning.shares import TEXTUAL, Share, shares
from doumen.rooms.discover.meaning.similar import Alike, alike, names_of

SAME, CLOSE = 0.9, 0.6
"""Confidence of a name that is the same, and of one that is near."""
VALUES, BOTH = 0.95, 0.7
"""Confidence of values that tell, and of values that tell only beside the name; times the share."""
SHARE = 0.95
"""Share of the different values that must be codes."""
HELD = 0.5
"""Share from which on a column that is linked to a list is proposed to be held to it."""
_FAMILIES = {"date": "time", "timestamp": "time", "time": "time", "integer": "number",
             "number": "number", "string": "string", "boolean": "boolean"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """What a column may mean, by kind and key; what is superseded is left out."""

    bodies: Mapping[str, Mapping[str, Mapping[str, Any]]]

    @classmethod
    def of(cls, facts: Facts) -> _Vocabulary:
        kinds = (TERM, ELEMENT, CODELIST)
        return cls(
            {
                kind: {k: body for k, body in facts.all(kind) if body["state"] != SUPERSEDED}
                for kind in kinds
            }
        )

    @property
    def lists(self) -> list[CodeList]:
        """The code lists."""
        return [CodeList.of_json(key, body) for key, body in self.bodies[CODELIST].items()]


@dataclass(slots=True)
class _Asking:
    """One dataset that proposals are made for.

    Attributes:
        contract: Of the dataset; None where there is none that the asker may read.
        unasked: Columns whose values the asker may not compare with code lists.
        codes: Key → codes of the lists that were read.
    """

    desk: Desk
    facts: Facts
    ref: Ref
    vocabulary: _Vocabulary
    contract: odcs.Contract | None
    today: date
    unasked: list[str] = field(default_factory=list)
    codes: dict[str, frozenset[str]] = field(default_factory=dict)

    def of_column(self, column: Mapping[str, str]) -> Iterator[Proposal]:
        """What is proposed for a column."""
        name, type = column["name"], column["type"]
        what = meant(self.facts, self.ref, name)
        if what.link.element is None:
            yield from self._named(ELEMENT, name, type)
        if what.term is None:
            yield from self._named(TERM, name, type)
        if type not in TEXTUAL or not self.vocabulary.lists:
            return
        found = shares(self.desk, self.ref, name, self._wanted(what))
        if found is None:
            self.unasked.append(name)
        elif what.codelist is None:
            yield from self._coded(name, found)
        else:
            yield from self._held(name, what.codelist, found)

    def _wanted(self, what: Meant) -> list[CodeList]:
        """The lists that values are compared with: all, or the one that the column is linked to."""
        if what.codelist is None:
            return self.vocabulary.lists
        body = self.facts.body(CODELIST, what.codelist)
        return [] if body is None else [CodeList.of_json(what.codelist, body)]

    def _named(self, kind: str, name: str, type: str) -> Iterator[Proposal]:
        """By name: the one term or element whose name is most like that of the column."""
        fits: list[tuple[str, Alike]] = []
        for key, body in self.vocabulary.bodies[kind].items():
            near = alike(self._called(name), names_of(key, body))
            if near is not None and (kind == TERM or _goes(body["datatype"], type)):
                fits.append((key, near))
        best = _best({key: near.ratio for key, near in fits})
        if best is not None:
            near = dict(fits)[best]
            evidence = {"name": near.name, "similarity": near.ratio}
            yield self._proposal(
                OF_LINK, name, {"to": kind, "key": best}, evidence,
                SAME if near.ratio == 1 else CLOSE,
            )  # fmt: skip

    def _coded(self, name: str, found: Mapping[str, Share]) -> Iterator[Proposal]:
        """By values: the one list of which they are codes."""
        weighed: dict[str, float] = {}
        for one in self.vocabulary.lists:
            share = found.get(one.key)
            if share is None or share.part < SHARE:
                continue
            body = self.vocabulary.bodies[CODELIST][one.key]
            near = alike(self._called(name), names_of(one.key, body)) is not None
            tells = telling(self._codes_of(one), share.values)
            if tells or near:
                weighed[one.key] = (VALUES if tells else BOTH) * share.part + (0.01 if near else 0)
        best = _best(weighed)
        if best is not None:
            change = {"to": CODELIST, "key": best}
            yield self._proposal(OF_LINK, name, change, _evidence(found[best]), weighed[best])

    def _held(self, name: str, key: str, found: Mapping[str, Share]) -> Iterator[Proposal]:
        """A rule of the contract that holds a column to the list that it is linked to."""
        body, share = self.facts.body(CODELIST, key), found.get(key)
        if body is None or share is None or share.part < HELD or self._is_held(name):
            return
        change = check_of(CodeList.of_json(key, body), self.today)
        if change is not None:
            yield self._proposal(RULE, name, change, _evidence(share), VALUES * share.part)

    def _is_held(self, name: str) -> bool:
        """Whether the contract has a set or a reference for a column, or there is no contract."""
        if self.contract is None:
            return True
        promised = self.contract.property(name)
        checks = promised.column.checks if promised else ()
        return any(check.kind == "set" for check in checks) or any(
            name in report.columns and report.kind in ("reference", "invalid_values")
            for report in self.contract.reports
        )

    def _called(self, name: str) -> list[str]:
        """The name of a column, and what the contract says of it."""
        promised = self.contract.property(name) if self.contract else None
        return [name, promised.description] if promised else [name]

    def _codes_of(self, one: CodeList) -> frozenset[str]:
        if one.key not in self.codes:
            codes = codes_of(self.desk, one) or ()
            self.codes[one.key] = frozenset(code.code for code in codes)
        return self.codes[one.key]

    def _proposal(
        self,
        kind: str,
        column: str,
        change: Mapping[str, Any],
        evidence: Mapping[str, Any],
        confidence: float,
    ) -> Proposal:
        return Proposal(
            kind,
            str(self.ref),
            column,
            change,
            evidence,
            round(confidence, 3),
            by=self.desk.actor.name,
            made=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        )


def propose(desk: Desk, *, dataset: str, dry_run: bool = False) -> Outcome:
    """Propose what the columns of a dataset mean; what was proposed before is not again.

    Raises:
        NotFound: there is no such dataset that the asker may know.
        Refused: only owner and steward may.
    """
    ref, facts = Ref.parse(dataset), desk.facts()
    body = facts.dataset(ref)
    if body is None:
        raise policy.absent(ref)
    policy.may_amend(desk.actor, Fact(LINK if dry_run else PROPOSAL, str(ref), {}))
    text = (facts.body("contract", str(ref)) or {}).get("text")
    contract = None if text is None else odcs.read_contract(text)
    today = datetime.now(UTC).date()
    asking = _Asking(desk, facts, ref, _Vocabulary.of(facts), contract, today)
    made = [one for column in body["columns"] for one in asking.of_column(column)]
    new = [one for one in made if facts.body(PROPOSAL, one.key) is None]
    receipt = None
    if new and not dry_run:
        waiting = [Fact(PROPOSAL, one.key, one.as_json()) for one in new]
        receipt = desk.amend(waiting, subject=str(ref), seen=facts)
    return _told(ref, new, len(made) - len(new), asking.unasked, receipt)


def _best(weighed: Mapping[str, float]) -> str | None:
    """The key that weighs most; None where there is none, or several weigh the same."""
    top = max(weighed.values(), default=None)
    best = [key for key, weight in weighed.items() if weight == top]
    return best[0] if len(best) == 1 else None


def _goes(datatype: str, type: str) -> bool:
    """Whether a column of a type may hold an element; whoever said no type means any.

    Text may hold anything, for many tables hold all as text.
    """
    said = _FAMILIES.get(datatype)
    has = _FAMILIES.get(odcs.logical_type(type) or "")
    return said is None or has in (said, "string")


def _evidence(share: Share) -> dict[str, Any]:
    return {
        "values": share.values,
        "codes": share.codes,
        "share": round(share.part, 4),
        "receipt": share.receipt,
    }


def _told(
    ref: Ref, new: Sequence[Proposal], known: int, unasked: Sequence[str], receipt: str | None
) -> Outcome:
    listed = [
        {"proposal": one.key, "kind": one.kind, "column": one.column, "change": dict(one.change),
         "evidence": dict(one.evidence), "confidence": one.confidence}
        for one in new
    ]  # fmt: skip
    rows = tuple(
        (one.column, _change(one), _ground(one), f"{one.confidence:.2f}") for one in new
    )  # fmt: skip
    said = [msg("{count} proposals for `{ref}`.", count=len(new), ref=ref)]
    if known:
        said.append(msg("{count} more were made before, and are not made again.", count=known))
    if unasked:
        said.append(
            msg("The values of {columns} were not compared with code lists: no rule lets you.",
                columns=enumerated(unasked))
        )  # fmt: skip
    if receipt:
        said.append(msg("They wait to be settled. Receipt {receipt}.", receipt=receipt))
    heads = (msg("column"), msg("proposed"), msg("ground"), msg("confidence"))
    return Outcome(
        {
            "dataset": str(ref),
            "proposals": listed,
            "known": known,
            "unasked": list(unasked),
            "receipt": receipt,
        },
        (Table(heads, rows),) if rows else (),
        tuple(said),
    )


def _change(one: Proposal) -> Message:
    if one.kind == RULE:
        return msg("a check against its code list")
    return plain(f"{one.change['to']} {one.change['key']}")


def _ground(one: Proposal) -> Message:
    if "share" in one.evidence:
        return msg("{codes} of {values} values are codes", **one.evidence)
    return msg("called `{name}`", name=one.evidence["name"])
