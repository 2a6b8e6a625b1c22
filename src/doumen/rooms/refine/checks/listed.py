"""Checks that name a code list, with the codes that it has today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from doumen.kits.meaning import valid_at
from doumen.kits.standards import odcs
from doumen.model.fact import Facts
from doumen.model.meaning import CODELIST, CodeList

CODE_LIST = "code_list"
"""The kind of check."""


def with_codes(contract: odcs.Contract, facts: Facts, day: date) -> odcs.Contract:
    """The contract with the codes put in; a list that a dataset holds becomes a reference to it.

    Args:
        contract: As it is.
        facts: What the asker may know: a list that they may not know has no codes.
        day: The day at which codes are valid.
    """
    if not any(report.kind == CODE_LIST for report in contract.reports):
        return contract
    return replace(contract, reports=tuple(_filled(one, facts, day) for one in contract.reports))


def _filled(report: odcs.Report, facts: Facts, day: date) -> odcs.Report:
    if report.kind != CODE_LIST or report.own is None:
        return report
    kind, options = report.own
    key = options.model_dump()["code_list"]
    body = facts.body(CODELIST, key)
    found = None if body is None else CodeList.of_json(key, body)
    if found is not None and found.dataset is not None:
        columns = report.columns or (str(options.model_dump()["column"]),)
        return replace(
            report, kind="reference", own=None, columns=columns, target=found.dataset,
            target_columns=("code",), expects=kind.expects(options, ()) or report.expects,
            id=report.id or kind.name, dimension=report.dimension or kind.dimension,
        )  # fmt: skip
    codes = () if found is None else tuple(one.code for one in valid_at(found.codes, day))
    return replace(report, own=(kind, options.model_copy(update={"codes": codes})))
