"""Checks of our own in a contract: custom rules of ODCS whose engine is `doumen`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from doumen.kits.quality.checks import BY_NAME, CheckKind, Options, Subject
from doumen.kits.standards.odcs.contract import Report
from doumen.kits.standards.odcs.document import Fault, Path
from doumen.model.message import enumerated, msg
from doumen.model.ref import Ref
from doumen.model.validation import fault

ENGINE = "doumen"
"""What a custom rule names as its engine."""
_NOWHERE = Ref("contract", "table")


def own_check(
    rule: Mapping[str, Any], path: Path
) -> tuple[tuple[CheckKind, Options] | None, list[Fault]]:
    """Kind and options of a rule, or all that is wrong with them."""
    said = rule["implementation"]
    where: Path = (*path, "implementation")
    if not isinstance(said, Mapping):
        return None, [Fault(where, msg("it is a mapping that names a `check` and its options"))]
    kind = BY_NAME.get(str(said.get("check")))
    if kind is None:
        words = msg("`check` is one of {names}, not `{said}`", names=enumerated(BY_NAME),
                    said=said.get("check"))  # fmt: skip
        return None, [Fault((*where, "check"), words)]
    try:
        return (kind, kind.form.model_validate(dict(said))), []
    except ValidationError as error:
        return None, [
            Fault((*where, *one["loc"]), fault(one))
            for one in error.errors(include_url=False, include_input=False)
        ]


def misfits(
    reports: Iterable[Report], types: Mapping[str, str], ref: Ref | None
) -> Iterator[Fault]:
    """Checks of our own that cannot be at their columns."""
    for report in reports:
        if report.own is not None:
            kind, options = report.own
            why = kind.misfit(Subject(ref or _NOWHERE, types, report.columns), options)
            if why is not None:
                yield Fault(report.path, why)
