"""Providers of identity as documents: issuer, client, and what claims and groups mean here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from doumen.kits.policy.yaml import plain_yaml
from doumen.kits.standards.dsp import Reach, callback
from doumen.model.actor import OWNER
from doumen.model.errors import DoumenError, Invalid
from doumen.model.files import no_file, unreadable
from doumen.model.message import msg, sentence
from doumen.model.validation import fault

_NAME = r"^[a-z][a-z0-9-]{0,31}$"
_CLAIM = r"^[A-Za-z_][A-Za-z0-9_.:/-]{0,127}$"


@dataclass(frozen=True, slots=True)
class Provider:
    """Who else says who somebody is, and what of it holds here.

    Attributes:
        name: By which addresses and verbs call it.
        title: What the button of the sign-in says.
        issuer: As the provider writes itself.
        client: Id of this node there.
        sealed: The secret of the client, sealed; None: it has none (PKCE alone).
        scopes: That are asked for.
        actor: Claim that names an actor who comes for the first time.
        create: Whether such an actor is made, where there is none.
        adopt: Names of actors that are there already, who may come by it.
        groups: Claim that holds the groups of somebody.
        only: Groups of which somebody must have one; empty: none is asked for.
        roles: Group → roles that it gives; none of them is kept by whoever left the group.
        purposes: Group → purposes, likewise.
        claims: Claims that become claims of the actor, for filters.
    """

    name: str
    title: str
    issuer: str
    client: str
    sealed: str | None = None
    scopes: tuple[str, ...] = ("openid", "profile")
    actor: str = "preferred_username"
    create: bool = True
    adopt: tuple[str, ...] = ()
    groups: str = "groups"
    only: tuple[str, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    purposes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    claims: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The body of its fact."""
        return {
            "title": self.title,
            "issuer": self.issuer,
            "client": self.client,
            "sealed": self.sealed,
            "scopes": list(self.scopes),
            "actor": self.actor,
            "create": self.create,
            "adopt": list(self.adopt),
            "groups": self.groups,
            "only": list(self.only),
            "roles": {group: list(names) for group, names in sorted(self.roles.items())},
            "purposes": {group: list(names) for group, names in sorted(self.purposes.items())},
            "claims": list(self.claims),
        }

    @classmethod
    def of(cls, name: str, body: Mapping[str, Any]) -> Provider:
        """As its fact has it."""
        told: dict[str, Any] = {
            key: tuple(v) if isinstance(v, list) else v for key, v in body.items()
        }
        for key in ("roles", "purposes"):
            told[key] = {group: tuple(names) for group, names in body[key].items()}
        return cls(name=name, **told)


def _several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
_Lines = Annotated[list[_Line], BeforeValidator(_several), Field(max_length=200)]
_Claim = Annotated[str, Field(pattern=_CLAIM)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str = Field(pattern=_NAME)
    title: _Line | None = None
    issuer: str
    client: _Line
    scopes: _Lines = ["openid", "profile"]
    actor: _Claim = "preferred_username"
    create: bool = True
    adopt: _Lines = []
    groups: _Claim = "groups"
    only: _Lines = []
    roles: dict[_Line, _Lines] = Field(default={}, max_length=1000)
    purposes: dict[_Line, _Lines] = Field(default={}, max_length=1000)
    claims: list[_Claim] = Field(default=[], max_length=50)

    @field_validator("scopes")
    @classmethod
    def _openid(cls, given: list[str]) -> list[str]:
        if "openid" not in given or any(" " in one for one in given):
            raise ValueError(msg("scopes are words, `openid` among them"))
        return given

    @field_validator("roles")
    @classmethod
    def _no_owner(cls, given: dict[str, list[str]]) -> dict[str, list[str]]:
        if any(OWNER in names for names in given.values()):
            raise ValueError(msg("no provider makes somebody the owner"))
        return given

    @field_validator("adopt")
    @classmethod
    def _not_owner(cls, given: list[str]) -> list[str]:
        if OWNER in given:
            raise ValueError(msg("the owner does not come in by a provider"))
        return given

    @field_validator("claims")
    @classmethod
    def _plain(cls, given: list[str]) -> list[str]:
        if any(not one.isidentifier() or one in {"name", "participant"} for one in given):
            raise ValueError(msg("claims for filters are identifiers of your own"))
        return given

    def provider(self) -> Provider:
        """As the node knows it."""
        return Provider(
            name=self.name,
            title=self.title or self.name,
            issuer=self.issuer,
            client=self.client,
            scopes=tuple(self.scopes),
            actor=self.actor,
            create=self.create,
            adopt=tuple(self.adopt),
            groups=self.groups,
            only=tuple(self.only),
            roles={group: tuple(names) for group, names in self.roles.items()},
            purposes={group: tuple(names) for group, names in self.purposes.items()},
            claims=tuple(self.claims),
        )


def read(path: Path, reach: Reach) -> Provider:
    """The provider that a file describes, without its secret.

    Raises:
        NotFound, Unavailable: it cannot be read.
        Invalid: it has faults, which are all told.
        Refused: its issuer is not where this node may ask.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise no_file(path) from None
    except OSError as error:
        raise unreadable(path, error) from None
    except UnicodeDecodeError:
        raise _invalid(path, [msg("it is no text in UTF-8")]) from None
    try:
        made = _Form.model_validate(plain_yaml(text))
    except ValidationError as error:
        faults = [
            msg("`{field}`: {fault}", field=".".join(map(str, one["loc"])) or ".", fault=fault(one))
            for one in error.errors(include_url=False, include_input=False)
        ]
        raise _invalid(path, faults) from None
    check(made.issuer, reach)
    return made.provider()


def check(issuer: str, reach: Reach) -> None:
    """Check that an issuer is written as one, and is where this node may ask.

    Raises:
        Invalid: it is not written so. Refused: it leads elsewhere.
    """
    try:
        callback(issuer, reach)
    except Invalid as error:
        raise Invalid(
            msg("`{issuer}` is no issuer.", issuer=issuer), why=error.why, detail="provider"
        ) from None


def _invalid(path: Path, faults: list[Any]) -> DoumenError:
    return Invalid(
        msg("`{path}` does not describe a provider.", path=path),
        why=sentence(faults),
        next=msg("docs/signin.md describes the form."),
        detail="provider",
    )
