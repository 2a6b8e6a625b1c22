"""Rules as a document: YAML in, the same shape as JSON out, every fault reported at once.

The JSON form of a rule is its YAML form: reading what was written gives the rule again (law 8).
A document is untrusted: its size, depth and anchors are bounded before anything is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    create_model,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from doumen.kits.policy.duties import BY_NOUN, KINDS
from doumen.kits.policy.target import read_target, write_target
from doumen.kits.policy.yaml import plain_yaml
from doumen.model.errors import Invalid
from doumen.model.message import Message, enumerated, msg, sentence
from doumen.model.rule import Action, Duty, Effect, Mask, Rule, Target, TargetKind, Who
from doumen.model.validation import fault

_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)
_ID = re.compile(r"[^\W_][\w-]{0,62}")
_TRIMMED = r"^\S(.*\S)?$"
Name = Annotated[str, StringConstraints(min_length=1, max_length=63, pattern=_TRIMMED)]
ActorName = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=_TRIMMED)]
"""An actor of another participant is named with its DID: `did:web:port.example#ana`."""


def wrong(words: Message) -> PydanticCustomError:
    """A fault of a document in our words."""
    return PydanticCustomError("rule", "{words}", {"words": words})


def read_day(value: Any) -> Any:
    """A date from its text; pydantic would take numbers and times of day too."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (ValueError, TypeError):
        raise wrong(msg("`{value}` is not a date such as 2027-12-31", value=value)) from None


def _values(value: Any) -> Any:
    """One allowed value may stand alone; several are a set."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not values or not all(isinstance(v, str) for v in values):
        raise wrong(msg("a text or a list of texts is allowed; write others in quotes"))
    return tuple(sorted(set(values)))


class _WhoForm(BaseModel):
    model_config = _STRICT

    role: Name | None = None
    actor: ActorName | None = None
    claims: dict[Name, Annotated[Any, BeforeValidator(_values)]] = Field({}, max_length=100)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.role is None) == (self.actor is None):
            raise wrong(msg("give either `role` or `actor`"))
        return self

    def who(self) -> Who:
        """Whom the form names."""
        return Who(self.role, self.actor, tuple(sorted(self.claims.items())))


class _DutyBase(BaseModel):
    model_config = _STRICT

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            known = enumerated(kind.name for kind in KINDS)
            raise wrong(msg("a duty has exactly one key, of {known}", known=known))
        return self

    def duty(self) -> Duty:
        """The duty of the one kind that is given."""
        (name,) = self.model_fields_set
        kind = next(kind for kind in KINDS if kind.name == name)
        duty: Duty = kind.read(getattr(self, name))
        return duty


if TYPE_CHECKING:
    DutyForm = _DutyBase
else:  # one field per kind on the shelf
    DutyForm = create_model(
        "DutyForm", __base__=_DutyBase, **{kind.name: (kind.form, None) for kind in KINDS}
    )


class _RuleForm(BaseModel):
    model_config = _STRICT

    id: str
    permit: Annotated[Action | None, Field(strict=False)] = None
    deny: Annotated[Action | None, Field(strict=False)] = None
    who: _WhoForm
    on: Annotated[Target, BeforeValidator(read_target)]
    purposes: list[Name] | None = Field(default=None, alias="for", min_length=1)
    until: Annotated[date | None, BeforeValidator(read_day)] = None
    duties: list[DutyForm] = []

    @field_validator("id")
    @classmethod
    def _id(cls, id: str) -> str:
        if not _ID.fullmatch(id):
            raise wrong(msg("letters, digits, `-` and `_` are allowed, 63 at most, no sign first"))
        return id

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.permit is None) == (self.deny is None):
            raise wrong(msg("give either `permit` or `deny`"))
        if self.duties and self.permit is not Action.QUERY:
            raise wrong(msg("duties belong to `permit: query` only"))
        if self.on.kind is TargetKind.AGREEMENT and (
            self.duties or Action.QUERY not in {self.permit, self.deny}
        ):
            raise wrong(
                msg("a rule on an agreement permits or denies `query` and has no duties: they "
                    "are in its terms")
            )  # fmt: skip
        for duty in self.rule().duties:
            if isinstance(duty, Mask):
                _check_mask(duty, self.on)
        return self

    def rule(self) -> Rule:
        """The rule that this form holds."""
        return Rule(
            id=self.id,
            effect=Effect.DENY if self.permit is None else Effect.PERMIT,
            action=self.permit or self.deny or Action.QUERY,
            who=self.who.who(),
            on=self.on,
            purposes=tuple(self.purposes or ()),
            until=self.until,
            duties=tuple(form.duty() for form in self.duties),
        )


def _check_mask(mask: Mask, on: Target) -> None:
    """A mask names its column where the rule does not."""
    if on.kind is TargetKind.DATASET:
        if mask.column is None:
            raise wrong(msg("a mask of a rule on a dataset names its `column`"))
    elif mask.column is not None:
        raise wrong(
            msg("a mask of a rule on a column applies to that: leave `column` out")
            if on.kind is TargetKind.COLUMN
            else msg("a mask of a rule on a label applies to that: leave `column` out")
        )


def read_rules(text: str) -> tuple[Rule, ...]:
    """The rules of a YAML document.

    Raises:
        Invalid: with all faults at once, each with its place.
    """
    document = plain_yaml(text)
    if not isinstance(document, Mapping) or set(document) != {"rules"}:
        raise _invalid([msg("the document has one key, `rules`, that holds a list of rules")])
    bodies = document["rules"]
    if not isinstance(bodies, list) or not bodies:
        raise _invalid([msg("`rules` holds a list of at least one rule")])
    rules: list[Rule] = []
    faults: list[Message] = []
    for number, body in enumerate(bodies, start=1):
        try:
            rules.append(_RuleForm.model_validate(body).rule())
        except ValidationError as error:
            id = body.get("id") if isinstance(body, Mapping) else None
            place = (
                msg("rule `{id}`", id=id)
                if isinstance(id, str)
                else msg("rule number {number}", number=number)
            )
            faults.extend(placed(place, error.errors(include_url=False, include_input=False)))
    ids = [rule.id for rule in rules]
    faults.extend(
        msg("rule `{id}`: the id is used {count} times", id=id, count=ids.count(id))
        for id in dict.fromkeys(ids)
        if ids.count(id) > 1
    )
    if faults:
        raise _invalid(faults)
    return tuple(rules)


def rule_from_json(body: Mapping[str, Any]) -> Rule:
    """Read what `rule_as_json` wrote.

    Raises:
        Invalid: the body is no rule.
    """
    try:
        return _RuleForm.model_validate(dict(body)).rule()
    except ValidationError as error:
        place = msg("rule `{id}`", id=body.get("id"))
        faults = placed(place, error.errors(include_url=False, include_input=False))
        raise _invalid(list(faults)) from None


def rule_as_json(rule: Rule) -> dict[str, Any]:
    """The rule as a JSON object, in the shape and the order of its YAML form."""
    body: dict[str, Any] = {
        "id": rule.id,
        rule.effect.value: rule.action.value,
        "who": _write_who(rule.who),
        "on": write_target(rule.on),
    }
    if rule.purposes:
        body["for"] = list(rule.purposes)
    if rule.until is not None:
        body["until"] = rule.until.isoformat()
    if rule.duties:
        kinds = [(BY_NOUN[type(duty)], duty) for duty in rule.duties]
        body["duties"] = [{kind.name: kind.write(duty)} for kind, duty in kinds]
    return body


def _write_who(who: Who) -> dict[str, Any]:
    named = {"role": who.role} if who.role is not None else {"actor": who.actor}
    claims = {name: list(values) for name, values in who.claims}
    return {**named, "claims": claims} if claims else dict(named)


def placed(place: Message, errors: Iterable[ErrorDetails]) -> Iterator[Message]:
    """The faults that were found in one part of a document, each with its place."""
    for error in errors:
        where = ".".join(str(part) for part in error["loc"])
        if where:
            yield msg("{place}, {where}: {words}", place=place, where=where, words=fault(error))
        else:
            yield msg("{place}: {words}", place=place, words=fault(error))


def _invalid(faults: list[Message]) -> Invalid:
    return Invalid(
        msg("The rules have a fault.")
        if len(faults) == 1
        else msg("The rules have {count} faults.", count=len(faults)),
        why=sentence(faults),
        next=msg("Correct the file and add it again; `docs/rules.md` shows the form."),
        detail="rules",
    )
