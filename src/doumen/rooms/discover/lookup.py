"""A dataset and its contract, as far as the asker may know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.standards import odcs
from doumen.model.errors import Invalid, NotFound
from doumen.model.fact import Facts
from doumen.model.files import already_there, reading, unwritable
from doumen.model.life import STATE, Life
from doumen.model.message import msg
from doumen.model.ref import Ref

LARGEST = 4 << 20
"""Bytes of a contract."""


@dataclass(frozen=True, slots=True)
class Held:
    """A dataset that the asker may know, with the facts it was found in.

    Attributes:
        dataset: Body of its dataset fact.
    """

    ref: Ref
    dataset: Mapping[str, Any]
    facts: Facts

    @property
    def text(self) -> str | None:
        """The contract in force, where there is one that the asker may know.

        Its `status` is the state of the dataset; where nobody said one, what its author wrote.
        """
        body = self.facts.body("contract", str(self.ref))
        return None if body is None else self._stated(str(body["text"]))

    @property
    def life(self) -> Life:
        """Where it stands today."""
        return policy.life(self.facts, self.ref, datetime.now(UTC))

    def _stated(self, text: str) -> str:
        """A contract that says the state in force, where somebody has said in which it is."""
        if self.facts.body(STATE, str(self.ref)) is None:
            return text
        state = self.life.state
        same = odcs.read_contract(text).status == state
        return text if same else odcs.edit(text, [("status", state)])

    def contract(self) -> odcs.Contract:
        """The contract in force.

        Raises:
            NotFound: there is none, or the asker may not see it.
        """
        if self.text is None:
            raise NotFound(
                msg("`{ref}` has no contract that you may read.", ref=self.ref),
                why=msg("It has none, or it tells of columns that no rule lets you know of."),
                next=msg("`doumen describe {ref}` shows what you may know.", ref=self.ref),
                detail="contract",
            )
        return odcs.read_contract(self.text)

    @property
    def rows(self) -> int | None:
        """Rows of the version in force; None where the asker is not to know."""
        files = self.dataset.get("files") or ()
        known = "created" in self.dataset
        return sum(file["rows"] for file in files) if known else None


def held(desk: Desk, dataset: str) -> Held:
    """The dataset of this name.

    Raises:
        NotFound: it does not exist, or the asker may not know that it does.
        Invalid: it is no name.
    """
    ref, facts = Ref.parse(dataset), desk.facts()
    body = facts.dataset(ref)
    if body is None:
        raise policy.absent(ref)
    return Held(ref, body, facts)


def read_file(path: Path) -> str:
    """The text of a contract in a file.

    Raises:
        NotFound, Unavailable: it is not there, or cannot be read.
        Invalid: it is too large or not UTF-8.
    """
    with reading(path), path.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Invalid(
            msg("`{path}` is larger than a contract may be (4 MiB).", path=path.name),
            detail="contract",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(
            msg("`{path}` is not UTF-8.", path=path.name),
            next=msg("Save it as UTF-8."),
            detail="contract",
        ) from None


def write_file(path: Path, text: str) -> None:
    """Write a contract to a file that is not there yet: one that somebody edits is kept.

    Raises:
        Conflict: it is there already.
        Unavailable: it cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        raise already_there(path) from None
    except OSError as error:
        raise unwritable(path, error) from None
