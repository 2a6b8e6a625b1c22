"""Terms as a document: YAML in, the same shape as JSON out, every fault reported at once.

What is a set has one order when it is read, duties too: nothing follows from the order in which
they stand. So terms that say the same are equal, and what was written is read as it was (law 8).
A document is untrusted; its bounds are those of a document of rules.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from doumen.kits.policy.document import DutyForm, Name, placed, read_day
from doumen.kits.policy.duties import BY_NOUN, KINDS
from doumen.kits.policy.duties.expire import ExpireKind
from doumen.kits.policy.target import folded
from doumen.kits.policy.yaml import plain_yaml
from doumen.model.errors import Invalid
from doumen.model.message import Message, msg, sentence
from doumen.model.ref import RESERVED_DOMAINS, Ref
from doumen.model.rule import Count, Duty, Expire, Mask
from doumen.model.terms import Dues, Grant, Per, Quota, Terms

_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)
_LONGEST = 36_525
"""Days of a century."""
_ORDER = {kind.noun: place for place, kind in enumerate(KINDS)}
_TEXT = r"^\S(.*\S)?$"
Participant = Annotated[str, StringConstraints(min_length=1, max_length=900, pattern=_TEXT)]
Place = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Column = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
Day = Annotated[date | None, BeforeValidator(read_day)]


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [] if value is None else [value]


class _GrantForm(BaseModel):
    model_config = _STRICT

    columns: list[Column] | None = Field(default=None, min_length=1)
    duties: list[DutyForm] = []

    def grant(self, ref: Ref, common: Sequence[DutyForm]) -> Grant:
        """What may be read of a dataset, under its own duties and those of all datasets."""
        duties = {form.duty() for form in (*self.duties, *common)}
        return Grant(ref, tuple(sorted(self.columns or ())), ordered(duties))


class _QuotaForm(BaseModel):
    model_config = _STRICT

    queries: int = Field(ge=1, le=2**63 - 1)
    per: Annotated[Per, Field(strict=False)] = Per.AGREEMENT


class _DuesForm(BaseModel):
    model_config = _STRICT

    report: int | None = Field(default=None, ge=1, le=_LONGEST)
    attribute: Words | None = None
    delete: ExpireKind.form | None = None


class _TermsForm(BaseModel):
    model_config = _STRICT

    to: list[Participant] | None = Field(default=None, min_length=1)
    purposes: list[Name] | None = Field(default=None, alias="for", min_length=1)
    since: Day = Field(default=None, alias="from")
    until: Day = None
    places: list[Place] | None = Field(default=None, min_length=1)
    datasets: dict[str, _GrantForm | None] = Field(min_length=1)
    duties: list[DutyForm] = []
    quota: Annotated[list[_QuotaForm], BeforeValidator(_listed)] = []
    due: _DuesForm | None = None
    price: Words | None = None

    def terms(self) -> tuple[Terms | None, list[Message]]:
        """The terms, or what is wrong with how their parts go together."""
        faults: list[Message] = []
        grants: dict[Ref, Grant] = {}
        for name, form in self.datasets.items():
            place = f"datasets.{name}"
            ref = _ref(name)
            if isinstance(ref, Message):
                faults.append(_at(place, ref))
                continue
            if ref in grants:
                faults.append(_at(place, msg("dataset `{ref}` is named twice", ref=ref)))
            grant = (form or _GrantForm()).grant(ref, self.duties)
            faults += [_at(place, words) for words in _misfits(grant)]
            grants[ref] = grant
        if self.since and self.until and self.until < self.since:
            words = msg("the last day is before the first, {since}", since=self.since)
            faults.append(_at("until", words))
        if len({quota.per for quota in self.quota}) < len(self.quota):
            words = msg("one quota for the agreement and one for the day can be given")
            faults.append(_at("quota", words))
        due = self.due or _DuesForm()
        return None if faults else Terms(
            grants=tuple(grants[ref] for ref in sorted(grants, key=str)),
            to=_set(self.to),
            purposes=_set(self.purposes),
            since=self.since,
            until=self.until,
            places=_set(self.places),
            quotas=tuple(
                Quota(quota.queries, quota.per)
                for quota in sorted(self.quota, key=lambda quota: quota.per)
            ),
            dues=Dues(due.report, due.attribute, due.delete),
            price=self.price,
        ), faults  # fmt: skip


def _set(names: Iterable[str] | None) -> tuple[str, ...]:
    return tuple(sorted(set(names or ())))


def ordered(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    """Duties in their one order: by kind as the shelf has them, then as they are written."""

    def key(duty: Duty) -> tuple[int, str]:
        form = BY_NOUN[type(duty)].write(duty)
        return _ORDER[type(duty)], json.dumps(form, sort_keys=True, ensure_ascii=False)

    return tuple(sorted(duties, key=key))


def _ref(name: str) -> Ref | Message:
    """The dataset that is named, or why it can be none of an offer."""
    if "*" in name:
        return msg("an offer names each dataset: a pattern would grow with the node")
    try:
        ref = Ref.parse(name)
    except Invalid:
        return msg("`{name}` is not a dataset name, which is `domain.name`", name=name)
    if ref.domain in RESERVED_DOMAINS:
        return msg("`{domain}` holds no datasets of the node", domain=ref.domain)
    if ref.node is not None:
        return msg("only datasets of this node can be offered")
    if ref.is_quarantine:
        return msg("a quarantine is not offered")
    return ref


def _misfits(grant: Grant) -> Iterable[Message]:
    """Duties that say nothing about this grant, or say it elsewhere."""
    columns = Counter(folded(name) for name in grant.columns)
    for name, count in columns.items():
        if count > 1:
            yield msg("column `{name}` is named {count} times", name=name, count=count)
    for duty in grant.duties:
        if isinstance(duty, Count):
            yield msg("`count` is no duty of an offer: give `quota`")
        elif isinstance(duty, Expire):
            yield msg("`expire` is no duty of an offer: give `delete` under `due`")
        elif isinstance(duty, Mask) and duty.column is None:
            yield msg("a mask names its `column`")
        elif isinstance(duty, Mask) and columns and folded(duty.column or "") not in columns:
            yield msg("column `{name}` is masked and not among `columns`", name=duty.column)


def read_terms(text: str) -> Terms:
    """The terms of a YAML document.

    Raises:
        Invalid: with all faults at once, each with its place.
    """
    return terms_from_json(plain_yaml(text))


def terms_from_json(body: Any) -> Terms:
    """Read what `terms_as_json` wrote.

    Raises:
        Invalid: the body is no terms; with all faults at once, each with its place.
    """
    try:
        form = _TermsForm.model_validate(dict(body) if isinstance(body, Mapping) else body)
    except ValidationError as error:
        faults = placed(msg("terms"), error.errors(include_url=False, include_input=False))
        raise _invalid(list(faults)) from None
    terms, found = form.terms()
    if terms is None:
        raise _invalid(found)
    return terms


def terms_as_json(terms: Terms) -> dict[str, Any]:
    """The terms as a JSON object, in the shape and the order of their YAML form."""
    dues = {
        "report": terms.dues.report,
        "attribute": terms.dues.attribute,
        "delete": terms.dues.delete,
    }
    quotas = [_write_quota(quota) for quota in terms.quotas]
    body = {
        "to": list(terms.to) or None,
        "for": list(terms.purposes) or None,
        "from": terms.since and terms.since.isoformat(),
        "until": terms.until and terms.until.isoformat(),
        "places": list(terms.places) or None,
        "datasets": {str(grant.ref): _write_grant(grant) for grant in terms.grants},
        "quota": (quotas[0] if len(quotas) == 1 else quotas) or None,
        "due": {name: due for name, due in dues.items() if due is not None} or None,
        "price": terms.price,
    }
    return {name: part for name, part in body.items() if part is not None}


def _write_grant(grant: Grant) -> dict[str, Any]:
    kinds = [(BY_NOUN[type(duty)], duty) for duty in grant.duties]
    duties = [{kind.name: kind.write(duty)} for kind, duty in kinds]
    parts = {"columns": list(grant.columns), "duties": duties}
    return {name: part for name, part in parts.items() if part}


def _write_quota(quota: Quota) -> dict[str, Any]:
    per = {} if quota.per is Per.AGREEMENT else {"per": quota.per.value}
    return {"queries": quota.queries, **per}


def _at(place: str, words: Message) -> Message:
    return msg("{place}, {where}: {words}", place=msg("terms"), where=place, words=words)


def _invalid(faults: list[Message]) -> Invalid:
    return Invalid(
        msg("The terms have a fault.")
        if len(faults) == 1
        else msg("The terms have {count} faults.", count=len(faults)),
        why=sentence(faults),
        next=msg("Correct the file and give it again; `docs/odrl.md` shows the form."),
        detail="terms",
    )
