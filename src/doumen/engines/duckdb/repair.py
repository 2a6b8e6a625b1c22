"""Rows that were set aside, held against a contract anew, or given up. In the worker.

Each row is read back into its fields, repaired values are put over them, and what comes of it is
staged as text: from there on it goes through the same casts and rules as a row that is collected.
A row that cannot be read, or that would lose a value on its way, stays, and says why.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from doumen.engines.duckdb import query
from doumen.engines.duckdb.aside import Kept, Staying, rows, shapes
from doumen.engines.duckdb.repairs import NONE, Repairs, read
from doumen.engines.duckdb.rules import of_text
from doumen.engines.duckdb.stage import Stage
from doumen.engines.duckdb.text import literal, literals, name
from doumen.kits.places import places
from doumen.model.errors import Invalid
from doumen.model.held import MISSING, UNKNOWN, Shape, Values, fields
from doumen.model.load import LoadColumn
from doumen.model.message import msg
from doumen.model.plan import DiscardPlan, Progress, RepairPlan

_JUDGED = -1
"""Fate of a row that is staged; all others are numbers of reasons."""
_CODES = 65536


def repair(
    connection: duckdb.DuckDBPyConnection, plan: RepairPlan, scratch: Path, progress: Progress
) -> dict[str, Any]:
    """Hold rows against a contract anew; what came of it, as JSON.

    Raises:
        Invalid: the file of repairs names what no row has, or would lose a value.
        Faulty: it cannot be read to its end.
    """
    known = {name for shape in shapes(plan.files) for name in shape.names}
    known |= _own(plan.columns)
    repairs = NONE if plan.repaired is None else read(connection, plan.repaired, known, scratch)
    progress(None, msg("reading rows that were set aside"))
    return _Repairing(connection, plan, scratch, repairs).run()


def discard(plan: DiscardPlan) -> dict[str, Any]:
    """Leave out rows that are given up; how many go and how many stay, as JSON."""
    gone = 0
    with Staying(Path(plan.aside)) as staying:
        for found in rows(plan.files):
            stay = [one for one in found if not one.among(plan.which)]
            gone += len(found) - len(stay)
            staying.add(stay)
    return {"gone": gone, "stayed": staying.rows}


class _Repairing:
    """One repair: what is to become of each row, by its place among all."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        plan: RepairPlan,
        scratch: Path,
        repairs: Repairs,
    ) -> None:
        self._connection = connection
        self._plan = plan
        self._repairs = repairs
        folder = scratch / "judged"
        folder.mkdir()
        self._stage = Stage(folder, [str(n) for n in range(len(plan.columns))])
        self._folder = self._stage.begin(0)
        self._fates = array("i")
        self._reasons: dict[tuple[str | None, str], int] = {}
        self._repaired = 0
        self._places = lru_cache(maxsize=1024)(self._placed)

    def run(self) -> dict[str, Any]:
        matched = 0
        for found in rows(self._plan.files):
            given = self._repairs.of([one.id for one in found])
            matched += len(given)
            for one in found:
                self._fates.append(self._fate(one, given.get(one.id)))
        self._stage.flush()
        landed = self._land()
        staying, moved = self._stay()
        return {
            "rows": len(self._fates),
            "landed": landed,
            "stayed": staying.rows,
            "moved": moved,
            "repaired": self._repaired,
            "strangers": self._repairs.count - matched,
            "reasons": [[*why, count] for why, count in sorted(staying.reasons.items())],
        }

    def _fate(self, one: Kept, cells: Values | None) -> int:
        """What becomes of a row before its values are looked at; a row to be judged is staged."""
        shape = one.shape
        before = fields(shape, one.raw)
        now = before if cells is None else _over(before, cells, shape, self._plan.columns)
        if now is None:
            return self._because(one.column, one.reason)
        names = tuple(now)
        found, free = self._places(names)
        unknown = [name for name in free if now[name]]
        if now is not before:
            _unlost(unknown, before or {}, now, one.id)
            self._repaired += 1
        if unknown and (self._plan.strict or one.reason == UNKNOWN):
            return self._because(unknown[0], UNKNOWN)
        columns = self._plan.columns
        absent = [c.name for c, field in zip(columns, found, strict=True) if field is None]
        if absent and (unknown or len(absent) == len(columns)):
            return self._because(absent[0], MISSING)
        texts = (
            (str(n), None if field is None else _dated(now[field], shape, field, column), False)
            for n, (column, field) in enumerate(zip(columns, found, strict=True))
        )
        self._stage.add(len(self._fates), "", texts)
        return _JUDGED

    def _because(self, column: str | None, reason: str) -> int:
        return self._reasons.setdefault((column, reason), len(self._reasons))

    def _placed(self, names: tuple[str, ...]) -> tuple[tuple[str | None, ...], tuple[str, ...]]:
        header = names != tuple(f"column_{n}" for n in range(1, len(names) + 1))
        return places(self._plan.columns, names, header=header)

    def _land(self) -> int:
        """Write rows that break no rule, and note which rule the others break."""
        parts = sorted(map(str, self._folder.iterdir()))
        if not parts:
            return 0
        columns = self._plan.columns
        values, rules = of_text(self._connection, columns, [f"c{n}" for n in range(len(columns))])
        table = f"read_parquet({literals(parts)}, union_by_name=true, hive_partitioning=false)"
        typed = f"(SELECT {values}, * FROM {table})"  # noqa: S608 - quoted
        outputs = ", ".join(f"v{n} AS {name(c.name)}" for n, c in enumerate(columns))
        path = Path(self._plan.into) / query.FILE
        landed: int = self._connection.execute(
            f"COPY (SELECT {outputs} FROM {typed} WHERE ({rules.code}) IS NULL) "  # noqa: S608 - quoted and checked
            f"TO {literal(str(path))} ({query.parquet(self._plan.bounds)})"
        ).fetchall()[0][0]
        if not landed:
            path.unlink()
        broken = self._connection.execute(
            f"SELECT place, code FROM (SELECT place, {rules.code} AS code FROM {typed}) "  # noqa: S608 - quoted and checked
            "WHERE code IS NOT NULL"
        )
        while found := broken.fetchmany(_CODES):
            for place, code in found:
                self._fates[place] = self._because(*rules.names[code - 1])
        return landed

    def _stay(self) -> tuple[Staying, int]:
        """Write all rows that do not land; and how many stay for another reason than before."""
        why, moved, begin = list(self._reasons), 0, 0
        with Staying(Path(self._plan.aside)) as staying:
            for found in rows(self._plan.files):
                stay = []
                for place, one in enumerate(found, begin):
                    fate = self._fates[place]
                    if fate != _JUDGED:
                        column, reason = why[fate]
                        moved += (one.column, one.reason) != (column, reason)
                        stay.append(replace(one, column=column, reason=reason))
                begin += len(found)
                staying.add(stay)
        return staying, moved


def _own(columns: Iterable[LoadColumn]) -> set[str]:
    return {name for column in columns for name in (column.source, column.name)}


def _over(
    before: Values | None, cells: Values, shape: Shape | None, columns: Sequence[LoadColumn]
) -> Values | None:
    """The fields with repaired values over them; as they were where none differs.

    A row that had no fields has those that are said, if any is.
    """
    if before is not None:
        changed = {n: v or None for n, v in cells.items() if (v or "") != (before.get(n) or "")}
        return {**before, **changed} if changed else before
    if not any(cells.values()):
        return None
    names = {*(shape.names if shape else ()), *_own(columns)}
    return {n: v or None for n, v in cells.items() if v or n in names}


def _unlost(unknown: Iterable[str], before: Values, now: Values, id: str) -> None:
    """Check that no repaired value is for a column that there is not.

    Raises:
        Invalid: one is; it would be left out without a word.
    """
    lost = [name for name in unknown if before.get(name) != now[name]]
    if lost:
        raise Invalid(
            msg("The value of `{name}` of row `{id}` has no place in the contract.",
                name=lost[0], id=id),
            next=msg("Write it under a name that the contract has for it."),
            detail="column",
        )  # fmt: skip


def _dated(text: str | None, shape: Shape | None, field: str, column: LoadColumn) -> str | None:
    """The text of a field as the contract writes it: Parquet has dates, and no form of them."""
    if not text or not column.formats or shape is None:
        return text
    if shape.type(field) in {None, "VARCHAR"}:
        return text
    try:
        return datetime.fromisoformat(text).strftime(column.formats[0])
    except ValueError:
        return text
