"""How the files of a dataset are kept: what they are ordered by, and how long versions stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doumen.model.fact import Facts
from doumen.model.ref import QUARANTINE, Ref

UPKEEP = "upkeep"
"""Kind of the fact; its key is the dataset. How long versions stay holds for its quarantine too."""

VACUUMED = "vacuumed"
"""Kind of the fact that names versions of a dataset whose files were given up."""


@dataclass(frozen=True, slots=True)
class Upkeep:
    """How the files of one dataset are kept.

    Attributes:
        cluster: Columns that compaction puts rows in the order of; none: as they came.
        versions: How many versions stay, the one in force included.
        days: For how many days a version stays after another took its place.
    """

    cluster: tuple[str, ...] = ()
    versions: int | None = None
    days: int | None = None

    @property
    def ends(self) -> bool:
        """Whether versions are given up at all."""
        return self.versions is not None or self.days is not None

    def as_json(self) -> dict[str, Any]:
        """The body of the fact."""
        return {"cluster": list(self.cluster), "versions": self.versions, "days": self.days}

    @classmethod
    def of_json(cls, body: Mapping[str, Any] | None) -> Upkeep:
        """What `as_json` wrote; of no fact, all that is kept as it comes."""
        if body is None:
            return cls()
        return cls(tuple(body["cluster"]), body["versions"], body["days"])


def given_up(facts: Facts, ref: Ref) -> Mapping[int, str]:
    """Versions of a dataset whose files were given up, and when (RFC 3339)."""
    body = facts.body(VACUUMED, str(ref)) or {"versions": {}}
    return {int(number): time for number, time in body["versions"].items()}


def keeper(ref: Ref) -> Ref:
    """The dataset that says how long versions of this one stay: of a quarantine, what it is of."""
    return Ref(ref.domain, ref.name.removesuffix(QUARANTINE))
