"""Rows at fault, as whoever asks sees them: masked where they see them masked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from doumen.kits.quality.checks import Own, Rows
from doumen.kits.sql import table
from doumen.model.errors import Refused
from doumen.model.ref import Ref
from doumen.model.values import json_rows
from doumen.rooms.refine.checks.measuring import Asked
from doumen.rooms.refine.checks.verdicts import ADVICE, BROKEN, Verdict


def with_examples(asked: Asked, ref: Ref, verdict: Verdict, most: int) -> Verdict:
    """The verdict, and if rows broke its rule, some of them, if the asker may see any."""
    measure = verdict.rule.measure
    failing = measure.failing if isinstance(measure, Own) else measure
    told = verdict.verdict in {ADVICE, BROKEN} and verdict.rule.counts
    if not told or not isinstance(failing, Rows):
        return verdict
    try:
        return replace(verdict, examples=tuple(_rows(asked, ref, failing, most)))
    except Refused:
        return verdict


def _rows(asked: Asked, ref: Ref, failing: Rows, most: int) -> Iterator[dict[str, Any]]:
    sql = f"SELECT * FROM {table(ref)} AS here WHERE {failing.condition} LIMIT {most:d}"  # noqa: S608 - names are quoted
    answer = asked.desk.query(sql, failing.parameters)
    for batch in answer.batches():
        for row in json_rows(batch, answer.schema):
            yield dict(zip(answer.schema.names, row, strict=True))
    asked.receipts.append(answer.receipt)
