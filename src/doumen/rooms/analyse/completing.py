"""What may be written in a statement: datasets with their columns, functions, and a digest of it.

All of it is what the asker may know. The digest is of the content alone, so that whoever asks for
it again learns whether it changed, and nothing of what changed beside it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from doumen.kits.sql.functions import FUNCTIONS
from doumen.kits.sql.functions.signatures import SIGNATURES
from doumen.kits.standards import odcs
from doumen.model.fact import Facts
from doumen.model.message import msg
from doumen.model.operation import Outcome, Table
from doumen.model.system import SCHEMAS

if TYPE_CHECKING:
    from doumen.gate.desk import Desk


def complete(desk: Desk) -> Outcome:
    """What may be written in a statement, for an editor to complete."""
    facts = desk.facts()
    datasets = {
        key: _columns(facts, key, body)
        for key, body in facts.all("dataset")
        if body["kind"] != "quarantine"
    }
    datasets |= {
        f"sys.{name}": [{"name": c.name, "type": c.type, "title": None} for c in schema]
        for name, schema in SCHEMAS.items()
    }
    functions = [
        {"name": name, "signature": signature, "kind": FUNCTIONS[name].kind.value,
         "area": FUNCTIONS[name].area}
        for name, signature in SIGNATURES.items()
    ]  # fmt: skip
    told = {"datasets": datasets, "functions": functions}
    rows = tuple(
        (dataset, column["name"], column["type"], column["title"] or "")
        for dataset, columns in datasets.items()
        for column in columns
    )
    heads = (msg("dataset"), msg("column"), msg("type"), msg("description"))
    return Outcome({**told, "digest": _digest(told)}, (Table(heads, rows),))


def _columns(facts: Facts, dataset: str, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    contract = facts.body("contract", dataset)
    titles = {} if contract is None else _titles(contract["text"])
    return [
        {"name": c["name"], "type": c["type"], "title": titles.get(c["name"])}
        for c in body["columns"]
    ]


@lru_cache(maxsize=1024)
def _titles(contract: str) -> Mapping[str, str]:
    """Name of a column → what its contract says of it, in one line."""
    return {
        one.column.name: " ".join(one.description.split())
        for one in odcs.read_contract(contract).properties
        if one.description
    }


def _digest(told: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the content in one spelling."""
    text = json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
