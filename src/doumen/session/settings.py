"""The settings of a node: `doumen.toml`, every one documented in the file itself.

Text from a file is untrusted: unknown names and wrong values are all reported at once.
"""

from __future__ import annotations

import json
import stat
import tomllib
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from doumen.kits.evidence.didkey import did_key
from doumen.kits.standards import dsp
from doumen.model.errors import DoumenError, Invalid, Unavailable
from doumen.model.files import reason
from doumen.model.message import joined, msg, plain, sentence
from doumen.model.participant import Participant
from doumen.model.plan import Bounds
from doumen.model.validation import fault
from doumen.stores.lake.bucket import SCHEME, Address

FILE = "doumen.toml"
DSP = "/dsp"
"""Path below the address of a node where it speaks the Dataspace Protocol."""
CACHE = "cache"
"""Folder of a node in which files of a lake in a bucket are read."""
MIB = 1 << 20
STORE = "sqlite:store.sqlite"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Settings(BaseModel):
    """Everything that `doumen.toml` may say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, description="Name of the organisation, told to others.")
    origin: str = Field(
        pattern=r"^[^\s+]+$", description="Name of the ledger in checkpoints; never change it."
    )
    store: str = Field(
        STORE,
        description="Where facts and events are kept: `sqlite:FILE`, relative to this folder, or "
        "`postgresql+psycopg://USER@HOST/NAME?schema=SCHEMA`, best without the password "
        "(`PGPASSWORD`, `~/.pgpass`).",
    )
    lake: str = Field(
        "lake",
        min_length=1,
        description="Where the data are: a folder, relative to this folder, or a bucket, "
        "`s3://BUCKET/PREFIX?endpoint=https://HOST&region=NAME`, its keys in the environment "
        "(`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`).",
    )
    lake_cache_mib: int = Field(
        20480, ge=1, description="Room for files of a bucket that were read or written, in MiB."
    )
    memory_mib: int = Field(
        2048, ge=128, description="Memory that the engine may use for one job, in MiB."
    )
    threads: int = Field(2, ge=1, le=256, description="Threads of the engine for one job.")
    seconds: float = Field(300, gt=0, description="Wall time of one query, in seconds.")
    output_mib: int = Field(8192, ge=1, description="Largest answer, in MiB of Arrow data.")
    small_answer_mib: int = Field(
        32, ge=0, description="Answers up to this size are recorded before any row is given."
    )
    reach: Literal["public", "loopback"] = Field(
        "public",
        description="Where other nodes may be: `public`, the public network over HTTPS, or "
        "`loopback`, this machine too: for tests and demonstrations.",
    )
    address: str = Field(
        "",
        description="Where other nodes reach this one, such as `https://port.example:8470`; "
        "empty: nowhere.",
    )
    did: str = Field(
        "",
        description="Name of this node among participants, a `did:web:…`; empty: the `did:key:…` "
        "of its root key.",
    )
    authorities: str = Field(
        "",
        description="File (PEM), relative to this folder, of certificates that other nodes' are "
        "trusted by, beside those that the system trusts; empty: no more.",
    )

    @field_validator("lake")
    @classmethod
    def _kept(cls, given: str) -> str:
        """A folder, or the address of a bucket."""
        if given.startswith(SCHEME):
            try:
                Address.parse(given)
            except DoumenError as error:
                raise ValueError(error.why or error.what) from None
        return given

    @field_validator("address", "did")
    @classmethod
    def _called(cls, given: str, info: ValidationInfo) -> str:
        """An address that others may call, in one spelling."""
        if not given:
            return given
        reach = dsp.Reach(info.data.get("reach", "public"))
        try:
            if info.field_name == "address":
                return str(dsp.callback(given, reach))
            dsp.document_address(given, reach)
        except DoumenError as error:
            raise ValueError(error.why) from None
        return given

    @property
    def bucket(self) -> Address | None:
        """Where the lake is, if it is in a bucket."""
        return Address.parse(self.lake) if self.lake.startswith(SCHEME) else None

    def lake_folder(self, folder: Path) -> Path:
        """Folder of this machine where the node in `folder` reads and writes its data."""
        return folder / (CACHE if self.bucket else self.lake)

    def store_address(self, folder: Path) -> str:
        """Address of the store of the node in `folder`."""
        scheme, _, place = self.store.partition(":")
        return f"sqlite:///{folder / place}" if scheme == "sqlite" else self.store

    def participant(self, root: str) -> Participant:
        """This node as other participants know it, by its public root key (hex)."""
        return Participant(
            id=self.did or did_key(root),
            name=self.name,
            alias="",
            address=self.address and f"{self.address}{DSP}",
            origin=self.origin,
            root=root,
        )

    def holds_password(self) -> bool:
        """Whether whoever reads the settings learns the password of a server."""
        try:
            parts = urlsplit(self.store)
        except ValueError:
            return False
        return bool(parts.password or "password" in parse_qs(parts.query))

    def bounds(self) -> Bounds:
        """Limits of one job."""
        return Bounds(
            memory=self.memory_mib * MIB,
            threads=self.threads,
            seconds=self.seconds,
            output=self.output_mib * MIB,
        )


def written(settings: Settings) -> str:
    """`doumen.toml` with a comment above each setting."""
    lines = ["# The settings of this Doumen node. Keys are kept in keys/, data in the lake.", ""]
    for name, field in Settings.model_fields.items():
        lines += [f"# {field.description}", f"{name} = {_toml(getattr(settings, name))}", ""]
    return "\n".join(lines)


def read(folder: Path) -> Settings:
    """Read the settings of the node in `folder`.

    Raises:
        Unavailable: the file cannot be read, or others may read a password in it.
        Invalid: the file is no TOML, or has unknown names or wrong values: all are listed.
    """
    path = folder / FILE
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unavailable(
            msg("`{path}` cannot be read.", path=path), why=reason(error), detail="settings"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(
            msg("`{path}` is not TOML.", path=path), why=plain(error), detail="settings"
        ) from None
    try:
        settings = Settings.model_validate(body)
    except ValidationError as error:
        faults = [
            msg("`{name}`: {words}", name=".".join(map(str, each["loc"])), words=fault(each))
            for each in error.errors()
        ]
        raise Invalid(
            msg("`{path}` has wrong settings.", path=path),
            why=sentence(faults),
            next=msg("Known settings: {names}.", names=joined(msg(", "), Settings.model_fields)),
            detail="settings",
        ) from None
    if settings.holds_password() and path.stat().st_mode & _OTHERS:
        raise Unavailable(
            msg("`{path}` holds a password and is open to others.", path=path),
            next=msg("chmod 600 {path}; better, leave it out: PGPASSWORD or ~/.pgpass.", path=path),
            detail="settings",
        )
    return settings


def _toml(value: Any) -> str:
    """A TOML value: JSON's text and numbers are TOML's."""
    return json.dumps(value, ensure_ascii=False)
