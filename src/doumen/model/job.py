"""A job: inputs → step → output, asked by an actor for a purpose. The one shape of all movement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from doumen.model.held import Which
from doumen.model.load import LoadSpec, Mode, Reading, SourceFile
from doumen.model.merge import Merge
from doumen.model.plan import Scalar
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.model.source import Onward


@dataclass(frozen=True, slots=True)
class Request:
    """The signed request of another participant that a job answers.

    Attributes:
        id: Unique; the same is never answered twice.
        token: Signed by the participant over the digest of `body`.
        body: What is asked, as it came.
        salt: Chosen by the asker (hex), so that both ledgers commit to the statement alike.
    """

    id: str
    token: str
    body: str
    salt: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """Rows of another participant that were fetched under an agreement, for one statement.

    Attributes:
        ref: What the statement calls the dataset.
        node: DID of the participant.
        agreement: Key of the agreement.
        receipt: Id of our receipt for the first question.
        rows: As they came; of an explanation none.
        labels: Of each column, as the provider signed for them.
        expires: Last day (UTC) on which they may be kept.
    """

    ref: Ref
    node: str
    agreement: str
    schema: Schema
    rows: pa.Table
    receipt: str = ""
    version: int = 0
    labels: tuple[tuple[str, ...], ...] = ()
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A statement over governed datasets.

    Attributes:
        into: The derived dataset to be written; None: the answer goes to the asker.
        fetched: Datasets of others that it joins, under their names.
        as_of: The version or moment (with its zone) at which datasets are read; None: as they are.
    """

    sql: str
    parameters: tuple[Scalar, ...] = ()
    into: Ref | None = None
    fetched: tuple[Fetched, ...] = ()
    as_of: int | datetime | None = None


@dataclass(frozen=True, slots=True)
class Examine:
    """A look at all rows of files from outside, to infer a contract, and at the `first` of them."""

    files: tuple[SourceFile, ...]
    reading: Reading
    first: int = 0


@dataclass(frozen=True, slots=True)
class Collect:
    """Files from outside into a dataset under a contract (its ODCS text).

    Attributes:
        onward: Of rows that a source gave: how far its stream is read with them. They are taken
            as they are, whether or not such content came before.
        merge: How rows meet those that are there, where the mode is `UPSERT` or `HISTORY`.
    """

    ref: Ref
    spec: LoadSpec
    mode: Mode
    contract: str
    onward: Onward | None = None
    merge: Merge | None = None


@dataclass(frozen=True, slots=True)
class Rehearse:
    """A collection of files from outside up to where something would be kept.

    Attributes:
        merge: How rows would meet those that are there; None: they would not.
    """

    ref: Ref
    spec: LoadSpec
    merge: Merge | None = None


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


@dataclass(frozen=True, slots=True)
class Compact:
    """The files of a dataset into files of a good size, with the same rows.

    Attributes:
        rows: About how many rows a file should have; None: what is good for most.
    """

    ref: Ref
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Vacuum:
    """The files of versions that are not retained any more, given up.

    Attributes:
        refs: The datasets; none: all that do not retain everything.
        receipts_before: Receipts of before this day (UTC) need no version any more, but those
            under agreements that still run; None: all that are kept need theirs.
        dry: Only find them.
    """

    refs: tuple[Ref, ...] = ()
    receipts_before: date | None = None
    dry: bool = False


@dataclass(frozen=True, slots=True)
class HandOver:
    """All of the version in force of a dataset as files, to read with tools of one's own.

    Attributes:
        hours: For how long.
    """

    ref: Ref
    hours: int = 1


@dataclass(frozen=True, slots=True)
class Repair:
    """Rows of the quarantine of a dataset, held against its contract as it is now.

    Attributes:
        file: Repaired values by the ids of rows, and how it is read; None: rows as they came.
        dry: Only say what would come of it.
    """

    ref: Ref
    file: tuple[SourceFile, Reading] | None = None
    dry: bool = False


@dataclass(frozen=True, slots=True)
class Discard:
    """Rows of the quarantine of a dataset, given up for good.

    Attributes:
        reason: Why, in the words of who gives them up.
        which: Those of them; all of its conditions hold at once.
    """

    ref: Ref
    reason: str
    which: Which = field(default_factory=Which)


@dataclass(frozen=True, slots=True)
class Attest:
    """What was found about a dataset by questions that were answered.

    Attributes:
        kind: Type of the event, such as `quality.checked`.
        document: All that was found (JSON); the receipt discloses it.
        data: Of it, what the ledger holds: names and counts, no value of a row.
        receipts: Ids of the receipts of the questions.
    """

    ref: Ref
    kind: str
    document: Mapping[str, Any]
    data: Mapping[str, Any]
    receipts: tuple[str, ...] = ()


Step = (
    Query
    | Examine
    | Rehearse
    | Collect
    | Attach
    | Compact
    | Vacuum
    | HandOver
    | Repair
    | Discard
    | Attest
)


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked of the gate.

    Attributes:
        agreement: Key of the agreement between organisations that it is done under.
        joins: Keys of agreements under which data of others are fetched for a join.
        subject: What it is asked for, such as a saved question; its events name it.
        request: What it answers, where the actor is of another participant.
    """

    actor: str
    step: Step
    purpose: str | None = None
    agreement: str | None = None
    request: Request | None = None
    joins: tuple[str, ...] = ()
    subject: str | None = None
