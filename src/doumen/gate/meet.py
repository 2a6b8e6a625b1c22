"""Rows that were loaded meet those of their dataset by key, before anything becomes true.

Conservation: rows landed = inserted + updated + unchanged + superseded + late, and the rows of the
new version are those of the one before, with what was written and without what was dropped; both
are counted apart, by the footers of the files, and asserted here.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from doumen.failpoint import passing
from doumen.gate.means import Means
from doumen.model.errors import Faulty, Invalid
from doumen.model.fact import Facts
from doumen.model.job import Collect
from doumen.model.load import Check, LoadSpec, Mode
from doumen.model.loaded import Loaded
from doumen.model.merge import Counts, Merge, Merged, taken, widened
from doumen.model.message import enumerated, msg
from doumen.model.plan import Bounds, MergePlan, Progress
from doumen.model.snapshot import DataFile

_PLACES = frozenset({"file_index", "file_row_number", "inserted"})
"""Names by which the engine calls the place of a row."""


def keyed(spec: LoadSpec, merge: Merge | None) -> LoadSpec:
    """The collection with every column of the key required, as a merge asks.

    Raises:
        Invalid: the key, or the column of the order, is not among the columns; or a column has a
            name that the merge keeps for itself, or a type by which nothing can be told apart.
    """
    if merge is None:
        return spec
    names = [column.name for column in spec.columns]
    missing = [one for one in (*merge.key, *filter(None, [merge.order])) if one not in names]
    if missing or not merge.key:
        raise Invalid(
            msg("The dataset has no column {names} by which rows could meet.",
                names=enumerated(missing)),
            next=msg("Columns: {names}.", names=enumerated(names)),
            detail="key",
        )  # fmt: skip
    held = [*taken(names, merge), *(one for one in names if one.casefold() in _PLACES)]
    if held:
        raise Invalid(
            msg("{names} cannot be columns of a dataset that is merged.", names=enumerated(held)),
            next=msg("Name them anew: `physicalName` in the contract, or `AS` in a query."),
            detail="key",
        )
    nested = [c.name for c in spec.columns if c.name in merge.key and not _plain(c.type)]
    if nested:
        raise Invalid(
            msg("{names} cannot be part of a key: it is no plain value.", names=enumerated(nested)),
            next=msg("Name another key."),
            detail="key",
        )
    required = Check("required")
    columns = (
        c if c.name not in merge.key or required in c.checks
        else replace(c, checks=(required, *c.checks))
        for c in spec.columns
    )  # fmt: skip
    return replace(spec, columns=tuple(columns))


def meet(
    means: Means,
    facts: Facts,
    step: Collect,
    loaded: Loaded,
    stages: tuple[Path, Path],
    *,
    bounds: Bounds,
    progress: Progress | None,
    whole: bool = True,
) -> Merged:
    """Merge what was loaded into staged folders; they are removed, new ones are settled.

    Args:
        means: Of the node.
        facts: Those in force when the job was decided.
        step: What is collected.
        loaded: What was loaded, and how much.
        stages: Folders of the rows that landed, and of those set aside.
        bounds: Of the job.
        progress: Told how far it is.
        whole: Whether these are all rows that come; else no row has vanished.

    Raises:
        Faulty: the numbers do not add up; nothing is kept.
    """
    assert step.merge is not None
    before, aside = facts.snapshot(step.ref), facts.snapshot(step.ref.quarantine)
    there = () if before is None else before.files
    into, beside = means.lake.stage(str(step.ref)), means.lake.stage(str(step.ref.quarantine))
    plan = MergePlan(
        base=_paths(means, there),
        fresh=_files(stages[0]) if loaded.landed else (),
        schema=widened(step.spec.schema, step.merge),
        merge=step.merge,
        moment=means.clock(),
        into=str(into),
        aside_base=_paths(means, () if aside is None else aside.files),
        aside_fresh=_files(stages[1]) if loaded.quarantined else (),
        aside_into=str(beside),
        bounds=bounds,
        whole=whole,
    )
    counts, touched = means.engine.merge(plan, progress)
    passing("collect.merged")
    for stage in stages:
        shutil.rmtree(stage)
    merged = Merged(
        counts,
        means.lake.settle(into, str(step.ref)),
        tuple(there[number] for number in touched),
        means.lake.settle(beside, str(step.ref.quarantine)),
    )
    _add_up(step.merge, loaded, merged)
    return merged


def _add_up(merge: Merge, loaded: Loaded, merged: Merged) -> None:
    counts = merged.counts
    were, are = (sum(f.rows for f in files) for files in (merged.touched, merged.files))
    aside = sum(f.rows for f in merged.aside)
    sums = (
        (loaded.landed, counts.landed),
        (are, were + counts.written - counts.dropped),
        (loaded.quarantined, aside + counts.again),
    )
    if any(left != right for left, right in sums):
        raise Faulty(
            msg("Rows that were merged by {key} do not add up, so nothing was kept.",
                key=enumerated(merge.key)),
            next=msg("Please report this with the file that caused it."),
            detail="miscounted",
        )  # fmt: skip


def as_json(counts: Counts, mode: Mode) -> dict[str, int | str]:
    """What the ledger keeps of a merge."""
    told = ("inserted", "updated", "unchanged", "superseded", "late", "vanished", "again")
    return {"mode": mode.value, **{name: getattr(counts, name) for name in told}}


def _plain(type: str) -> bool:
    return not type.endswith("]") and not type.upper().startswith(("STRUCT", "MAP"))


def _paths(means: Means, files: Sequence[DataFile]) -> tuple[str, ...]:
    means.lake.bring(files)
    return tuple(str(means.lake.path(file)) for file in files)


def _files(stage: Path) -> tuple[str, ...]:
    return tuple(map(str, sorted(stage.glob("*.parquet"))))
