"""What of facts those are not told who see no values: filters, places of files, rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from doumen.kits.policy.document import rule_as_json, rule_from_json
from doumen.kits.policy.duties import BY_NOUN
from doumen.kits.policy.offers import terms_as_json, terms_from_json
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.rule import Duty
from doumen.model.snapshot import ATTACHED

SPOKEN = ("negotiation",)
"""Kinds that hold filters word for word, for they hold what was said and signed."""


def without_expressions(facts: Facts) -> Facts:
    """All facts without filters of rules, places of attached files and rows of previews."""
    rules = {
        key: replace(row, fact=Fact("rule", key, _withheld(row.fact.body or {})))
        for key, row in facts.rows.get("rule", {}).items()
    }
    datasets = {
        key: _placeless(row) if (row.fact.body or {}).get("kind") == ATTACHED else row
        for key, row in facts.rows.get("dataset", {}).items()
    }
    told = {"rule": rules, "dataset": datasets}
    if "product" in facts.rows:
        told["product"] = {key: _rowless(row) for key, row in facts.rows["product"].items()}
    for kind in {"offer", "agreement"} & facts.rows.keys():
        told[kind] = {key: _termless(row) for key, row in facts.rows[kind].items()}
    rest = {kind: rows for kind, rows in facts.rows.items() if kind not in SPOKEN}
    return Facts(facts.version, {**rest, **told})


def _termless(row: FactRow) -> FactRow:
    """An offer or an agreement whose filters are withheld."""
    return replace(row, fact=replace(row.fact, body=unfiltered(row.fact.body or {})))


def unfiltered(body: Mapping[str, Any]) -> dict[str, Any]:
    """Of an offer or an agreement, terms without filters, and no policy."""
    terms = terms_from_json(body["terms"])
    grants = tuple(replace(one, duties=_bare(one.duties)) for one in terms.grants)
    told = {name: part for name, part in body.items() if name != "policy"}
    return {**told, "terms": terms_as_json(replace(terms, grants=grants))}


def _rowless(row: FactRow) -> FactRow:
    """A product without the rows of its preview."""
    body = row.fact.body or {}
    if body["preview"] is None:
        return row
    preview = {**body["preview"], "rows": []}
    return replace(row, fact=replace(row.fact, body={**body, "preview": preview}))


def _placeless(row: FactRow) -> FactRow:
    body = row.fact.body or {}
    told = {**body, "files": [named(file) for file in body["files"]]}
    return replace(row, fact=replace(row.fact, body=told))


def _withheld(body: Mapping[str, Any]) -> dict[str, Any]:
    rule = rule_from_json(body)
    return rule_as_json(replace(rule, duties=_bare(rule.duties)))


def _bare(duties: tuple[Duty, ...]) -> tuple[Duty, ...]:
    return tuple(BY_NOUN[type(duty)].withheld(duty) for duty in duties)


def named(file: Mapping[str, Any]) -> dict[str, Any]:
    """A file without where it lies; what else is known of an attached one is for the owner."""
    path = PurePosixPath(file["path"])
    return {"path": path.name if path.is_absolute() else str(path), "size": file["size"],
            "rows": file["rows"]}  # fmt: skip
