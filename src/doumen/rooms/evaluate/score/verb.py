"""The score of a dataset: gathered → figured → weighed → recorded → told.

It rests on the asker's last run of checks. What it says is one event whose receipt discloses
all of it, weights too, so that a buyer verifies it offline.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.model.event import SCORED
from doumen.model.operation import Outcome
from doumen.model.ref import Ref
from doumen.rooms.evaluate.score.evidence import Evidence
from doumen.rooms.evaluate.score.formulas import Figure
from doumen.rooms.evaluate.score.gathering import Run, gather
from doumen.rooms.evaluate.score.indicators import DIMENSIONS, INDICATORS, Indicator
from doumen.rooms.evaluate.score.telling import outcome
from doumen.rooms.evaluate.score.weights import Weights, alike, read_weights

STANDARD = "GB/T 36344-2018"
_PLACES = Decimal("0.000001")
_HUNDRED = Decimal("0.01")


def score(desk: Desk, dataset: str, weights: Path | None = None) -> Outcome:
    """Score a dataset by its last run of checks.

    Args:
        desk: The actor at the gate.
        dataset: `domain.name`.
        weights: A document of weights; None: all dimensions alike.

    Raises:
        NotFound: there is no such dataset or contract that the asker may know.
        Conflict: nothing was checked under the contract in force.
        Invalid: the weights cannot be read.
    """
    weighed = alike() if weights is None else read_weights(Path(weights))
    ref = Ref.parse(dataset)
    run, evidence = gather(desk, ref, weighed.retired)
    document = scored(ref, run, evidence, weighed)
    receipt = desk.attest(ref, SCORED, document, kept(document), [run.event])
    return outcome(document, receipt)


def scored(ref: Ref, run: Run, evidence: Evidence, weights: Weights) -> dict[str, Any]:
    """The document of a score.

    The score is 100 times the weighted mean of the shares, in which an indicator that cannot be
    assessed counts as 0: what is not shown does not count. `assessed` is the weight, in percent,
    of those that can.
    """
    found = [(one, one.formula(evidence)) for one in INDICATORS]
    told = [_told(one, figure, evidence) for one, figure in found]
    return {
        "standard": STANDARD,
        "dataset": str(ref),
        "version": run.version,
        "contract": run.contract,
        "contract_sha256": sha256(evidence.contract.text.encode()).hexdigest(),
        "scope": run.scope,
        "rows": evidence.landed,
        "quarantined": evidence.aside,
        "discarded": evidence.discarded,
        "run": run.event,
        "score": _percent(_mean(found, weights)),
        "assessed": _percent(_assessed(found, weights)),
        "dimensions": [_dimension(name, found, weights) for name in map(str, DIMENSIONS)],
        "indicators": told,
        "weights": weights.as_json(),
        "weights_sha256": weights.digest,
        "gone": [one.rule for one in evidence.results if one.gone],
        "unchecked": list(run.unchecked),
    }


def kept(document: dict[str, Any]) -> dict[str, Any]:
    """What of it the ledger holds: names and numbers."""
    return {
        "score": document["score"],
        "assessed": document["assessed"],
        "weights": document["weights_sha256"],
        "run": document["run"],
        "indicators": {one["code"]: [one["a"], one["b"]] for one in document["indicators"]},
    }


Found = list[tuple[Indicator, Figure | None]]


def share(indicator: Indicator, figure: Figure | None) -> Decimal:
    """How good it is, from 0 to 1; what cannot be assessed is 0."""
    if figure is None:
        return Decimal(0)
    part = Decimal(figure.a) / figure.b
    return 1 - part if indicator.falling else part


def _mean(found: Found, weights: Weights) -> Decimal:
    whole = sum(weights.of[one.code] for one, _ in found)
    got = sum((weights.of[one.code] * share(one, figure) for one, figure in found), Decimal(0))
    return got / whole if whole else Decimal(0)


def _assessed(found: Found, weights: Weights) -> Decimal:
    whole = sum(weights.of[one.code] for one, _ in found)
    there = sum(weights.of[one.code] for one, figure in found if figure is not None)
    return Decimal(there) / whole if whole else Decimal(0)


def _dimension(name: str, found: Found, weights: Weights) -> dict[str, Any]:
    of_it = [(one, figure) for one, figure in found if one.dimension == name]
    return {
        "name": name,
        "score": _percent(_mean(of_it, weights)),
        "assessed": _percent(_assessed(of_it, weights)),
    }


def _told(one: Indicator, figure: Figure | None, evidence: Evidence) -> dict[str, Any]:
    told = {
        "code": one.code,
        "name": one.name,
        "dimension": one.dimension,
        "iso25012": one.iso,
        "falling": one.falling,
        "a": None if figure is None else figure.a,
        "b": None if figure is None else figure.b,
        "share": None,
        "missing": one.needs if figure is None else None,
        "rules": [],
        "without": [],
    }
    if figure is None:
        return told
    part = share(one, figure).quantize(_PLACES, ROUND_HALF_EVEN)
    return {**told, "share": str(part), "rules": list(figure.rules),
            "without": list(figure.without)}  # fmt: skip


def _percent(part: Decimal) -> str:
    return str((part * 100).quantize(_HUNDRED, ROUND_HALF_EVEN))
