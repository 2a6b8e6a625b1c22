"""Under which contract a collection runs, and which of its files are there already.

A contract that is given is never second-guessed; without one the dataset's own holds; only
where there is neither are types inferred.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from doumen.kits.standards import odcs
from doumen.model.errors import Invalid, NotFound
from doumen.model.fact import Facts
from doumen.model.files import unreadable
from doumen.model.load import Drift, LoadColumn, SourceFile
from doumen.model.message import Message, msg
from doumen.model.ref import RESERVED_DOMAINS, Ref
from doumen.rooms.collect.find import Weighed

LARGEST = 4 << 20
"""Bytes of a contract."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A contract that a collection runs under.

    Attributes:
        text: ODCS YAML.
        meaning: Its fingerprint: what makes two contracts the same.
        origin: Where it comes from, as a phrase.
        names: The dataset that it says it is of.
        drift: What becomes of columns of the files that it does not know.
    """

    text: str
    columns: tuple[LoadColumn, ...]
    meaning: str
    origin: Message
    names: Ref | None = None
    drift: Drift | None = None


def target(name: str) -> Ref:
    """The dataset that is collected into.

    Raises:
        Invalid: it is no name, or one that nobody can collect into.
    """
    ref = Ref.parse(name)
    if ref.domain in RESERVED_DOMAINS or ref.is_quarantine or ref.node:
        raise Invalid(
            msg("`{ref}` cannot be collected into.", ref=ref),
            why=msg("The name is reserved, is a quarantine, or lies on another node."),
            next=msg("Choose another `domain.name`."),
            detail="name",
        )
    return ref


def terms(ref: Ref, contract: str | None, facts: Facts) -> Terms | None:
    """The contract that holds, or None where one is to be inferred.

    Args:
        ref: The dataset.
        contract: Path of a contract that the user gives.
        facts: What is true of the node.

    Raises:
        NotFound, Unavailable: the file is not there, or cannot be read.
        Invalid: it is no contract.
    """
    if contract is not None:
        return read(_text(Path(contract)), msg("the contract `{name}`", name=Path(contract).name))
    body = facts.body("contract", str(ref))
    return None if body is None else read(body["text"], msg("the contract of `{ref}`", ref=ref))


def read(text: str, origin: Message) -> Terms:
    """A contract's text, understood.

    Raises:
        Invalid: it is no contract.
    """
    contract = odcs.read_contract(text)
    meaning = odcs.fingerprint(contract)
    return Terms(text, contract.columns, meaning, origin, contract.ref, contract.drift)


def known(ref: Ref, facts: Facts, meaning: str) -> Mapping[str, Mapping[str, Any]]:
    """SHA-256 → source fact of the files that the dataset holds under a contract."""
    if facts.dataset(ref) is None:
        return {}
    prefix = f"{ref}#"
    return {
        key.removeprefix(prefix): body
        for key, body in facts.all("source")
        if key.startswith(prefix) and body["contract"] == meaning
    }


def once(weighed: Sequence[Weighed]) -> tuple[tuple[Weighed, ...], tuple[Weighed, ...]]:
    """Files of different content, and those whose content came before."""
    first: dict[str, Weighed] = {}
    again: list[Weighed] = []
    for one in weighed:
        if one.source.sha256 in first:
            again.append(one)
        else:
            first[one.source.sha256] = one
    return tuple(first.values()), tuple(again)


def part(weighed: Sequence[Weighed], place: str | None) -> tuple[Weighed, ...]:
    """Files of which a part is taken: another part of one is another content.

    Args:
        weighed: The files.
        place: The part, as the user names it; None: all of each.
    """
    if place is None:
        return tuple(weighed)
    return tuple(replace(one, source=_part(one.source, place)) for one in weighed)


def _part(source: SourceFile, place: str) -> SourceFile:
    digest = hashlib.sha256(f"{source.sha256}#{place}".encode()).hexdigest()
    return replace(source, name=f"{source.name}#{place}", sha256=digest)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise NotFound(
            msg("There is no contract `{path}`.", path=path),
            next=msg("Check the path."),
            detail="file",
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error
    if len(content) > LARGEST:
        raise Invalid(
            msg(
                "`{path}` is larger than a contract may be ({largest} MiB).",
                path=path.name,
                largest=LARGEST >> 20,
            ),
            next=msg("Check that this is the contract, not the data."),
            detail="contract",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(
            msg("`{path}` is not UTF-8.", path=path.name),
            next=msg("Save the contract as UTF-8."),
            detail="contract",
        ) from error
