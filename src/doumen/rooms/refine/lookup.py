"""A dataset and the contract that it is checked against, as far as the asker may know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.standards import odcs
from doumen.model.errors import NotFound
from doumen.model.fact import Facts
from doumen.model.message import msg
from doumen.model.ref import Ref


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
    def types(self) -> dict[str, str]:
        """Name → type of each column, in order."""
        return {column["name"]: column["type"] for column in self.dataset["columns"]}

    def contract(self) -> odcs.Contract:
        """The contract in force.

        Raises:
            NotFound: there is none, or the asker may not see it.
        """
        body = self.facts.body("contract", str(self.ref))
        if body is None:
            raise NotFound(
                msg("`{ref}` has no contract that you may read.", ref=self.ref),
                why=msg("It has none, or it tells of columns that no rule lets you know of."),
                next=msg("`doumen describe {ref}` shows what you may know.", ref=self.ref),
                detail="contract",
            )
        return odcs.read_contract(str(body["text"]))


def held(desk: Desk, dataset: str) -> Held:
    """The dataset of this name.

    Raises:
        NotFound: it does not exist, or the asker may not know that it does.
        Invalid: it is no name.
    """
    return held_of(desk.facts(), dataset)


def held_of(facts: Facts, dataset: str) -> Held:
    """The dataset of this name, by facts that the asker may know; raises as `held` does."""
    ref = Ref.parse(dataset)
    body = facts.dataset(ref)
    if body is None:
        raise policy.absent(ref)
    return Held(ref, body, facts)
