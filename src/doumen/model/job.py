"""A job: inputs → step → output, asked by an actor for a purpose. The one shape of all movement."""

from __future__ import annotations

from dataclasses import dataclass

from doumen.model.load import LoadSpec, Mode, Reading, SourceFile
from doumen.model.plan import Scalar
from doumen.model.ref import Ref


@dataclass(frozen=True, slots=True)
class Query:
    """A statement over governed datasets.

    Attributes:
        into: The derived dataset to be written; None: the answer goes to the asker.
    """

    sql: str
    parameters: tuple[Scalar, ...] = ()
    into: Ref | None = None


@dataclass(frozen=True, slots=True)
class Examine:
    """A look at all rows of files from outside, to infer a contract."""

    files: tuple[SourceFile, ...]
    reading: Reading


@dataclass(frozen=True, slots=True)
class Collect:
    """Files from outside into a dataset under a contract (its ODCS text)."""

    ref: Ref
    spec: LoadSpec
    mode: Mode
    contract: str


@dataclass(frozen=True, slots=True)
class Attach:
    """Files that stay where they lie as a dataset under a contract (its ODCS text).

    Attributes:
        replace: Whether they take the place of what the dataset holds.
    """

    ref: Ref
    spec: LoadSpec
    replace: bool
    contract: str


Step = Query | Examine | Collect | Attach


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked of the gate."""

    actor: str
    step: Step
    purpose: str | None = None
    agreement: str | None = None
