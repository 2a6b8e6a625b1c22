"""A world that exists only for a trial of the gate, and all that an actor is told of it.

A trial uses the stations of a real query over tables that were made up: nothing of it is
recorded, and no row of the node is in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import pyarrow as pa

from doumen.model.fact import Fact
from doumen.model.ref import Ref

Lies = Literal["lake", "ordered", "csv", "parquet"]


@dataclass(frozen=True, slots=True)
class World:
    """All facts and rows that the gate knows in a trial.

    Attributes:
        facts: Actors, rules, labels, contracts and datasets; what these say of files is ignored.
        tables: Rows of each dataset, by the names of its columns.
        lies: Where the rows are: in the lake, as they come or in order in files with bounds, or
            in attached files; CSV where a table can be kept as such, else Parquet.
    """

    facts: tuple[Fact, ...]
    tables: Mapping[Ref, pa.Table]
    lies: Lies = "lake"


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that an actor is told of one question.

    Attributes:
        columns: Names and types of the answer; empty where there is none.
        rows: The answer in the order given; None where the question was refused or failed.
        truncated: Whether a limit of a rule cut the answer.
        error: The frozen JSON shape of the failure; None where there was none.
        explained: What `--explain` says, or the failure of that; None where it was not asked.
    """

    columns: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[Any, ...], ...] | None = None
    truncated: bool = False
    error: Mapping[str, Any] | None = None
    explained: Mapping[str, Any] | None = None


class Stand(Protocol):
    """One world, set up."""

    def ask(
        self, actor: str, sql: str, purpose: str | None = None, *, explain: bool = False
    ) -> Seen:
        """What an actor of this world is told of a question."""
        ...


class Laboratory(Protocol):
    """Where worlds are set up; all of them at one time and under one pair of mask keys."""

    def stand(self, world: World, after: Stand | None = None) -> Stand:
        """Set a world up.

        Args:
            world: Its facts and rows.
            after: The stand that this one follows, as a node whose facts have changed: what the
                gate keeps in memory stays; None: a node of its own.
        """
        ...
