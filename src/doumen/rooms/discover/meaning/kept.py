"""How code lists are kept: short ones in their fact, long ones as a dataset that it points to.

A fact is read with all others by every job, so it stays small; and a column can refer to a dataset
as to any other. What lands is brought through the gate as any collection.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.sql import quoted, table
from doumen.kits.standards import odcs
from doumen.model.errors import Conflict, NotFound, Refused
from doumen.model.fact import Fact, Facts
from doumen.model.load import Check, LoadColumn, LoadSpec, Mode, Reading, SourceFile
from doumen.model.meaning import CODELIST, DOMAIN, SMALL, Code, CodeList
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.rooms.discover.meaning import rows

_ARROW = {"VARCHAR": pa.string(), "DATE": pa.date32()}


def codes_of(desk: Desk, found: CodeList) -> tuple[Code, ...] | None:
    """All codes of a list, by code and in time; None where the asker may not read them."""
    if not found.large:
        return found.codes
    if found.dataset is None:
        return None
    names = ", ".join(map(quoted, rows.COLUMNS))
    source = table(Ref.parse(found.dataset))
    try:
        answer = desk.query(f"SELECT {names} FROM {source} ORDER BY code, valid_from NULLS FIRST")  # noqa: S608 - names are quoted
    except (NotFound, Refused):
        return None
    return tuple(map(rows.code_of, answer.rows()))


def keep(desk: Desk, facts: Facts, found: CodeList, codes: Sequence[Code]) -> str | None:
    """Keep a list with its codes; gives the receipt, None where it is as it was.

    Raises:
        Refused: only the owner may bring a dataset in, and only owner and steward change a list.
        Conflict: another dataset has its name, or another job was at it.
    """
    before = facts.body(CODELIST, found.key)
    count = len({one.code for one in codes})
    if len(codes) > SMALL or (before is not None and before["dataset"] is not None):
        ref = Ref(DOMAIN, found.key)
        _land(desk, facts, ref, found, codes)
        kept = replace(found, count=count, codes=(), dataset=str(ref))
    else:
        kept = replace(found, count=count, codes=tuple(codes), dataset=None)
    if kept.as_json() == before:
        return None
    fact = Fact(CODELIST, found.key, kept.as_json())
    return desk.amend([fact], subject=f"codelist {found.key}", seen=facts)


def _land(desk: Desk, facts: Facts, ref: Ref, found: CodeList, codes: Sequence[Code]) -> None:
    """Bring the codes of a list in, in place of those that are there."""
    policy.may_collect(desk.actor)
    there = facts.dataset(ref)
    if there is not None and [c["name"] for c in there["columns"]] != list(rows.COLUMNS):
        raise Conflict(
            msg("`{ref}` is a dataset of another shape.", ref=ref),
            why=msg("A list of more than {most} codes is kept as the dataset of this name.",
                    most=SMALL),
            next=msg("Choose another key."),
            detail="dataset",
        )  # fmt: skip
    with TemporaryDirectory(prefix="doumen-") as folder:
        source = _written(Path(folder) / "codes.parquet", found, codes)
        names = tuple(rows.COLUMNS)
        reading = Reading(format="parquet", columns=names)
        spec = LoadSpec((source,), reading, _columns())
        mode = Mode.NEW if there is None else Mode.REPLACE
        desk.collect(ref, spec, mode, _contract(facts, ref, found))


def _columns() -> tuple[LoadColumn, ...]:
    return tuple(
        LoadColumn(name, name, type, checks=(Check("required"),) if name == "code" else ())
        for name, type in rows.COLUMNS.items()
    )


def _contract(facts: Facts, ref: Ref, found: CodeList) -> str:
    """The contract in force, else one that says what the columns hold."""
    body: Mapping[str, Any] | None = facts.body("contract", str(ref))
    if body is not None:
        return str(body["text"])
    return odcs.infer_contract(
        ref, _columns(), description=found.title.both, descriptions=rows.WORDS, status="active"
    )


def _written(path: Path, found: CodeList, codes: Sequence[Code]) -> SourceFile:
    """The codes as a file of Parquet; the same codes always make the same file."""
    schema = pa.schema([(name, _ARROW[type]) for name, type in rows.COLUMNS.items()])
    pq.write_table(pa.Table.from_pylist([rows.values(one) for one in codes], schema), path)
    content = path.read_bytes()
    name = f"{found.key} {found.editions[-1].version}"
    return SourceFile(str(path), name, len(content), hashlib.sha256(content).hexdigest())
