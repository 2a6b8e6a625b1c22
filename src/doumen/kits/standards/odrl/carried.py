"""Policies as messages of the Dataspace Protocol carry them, under the context of its messages.

That context has only a few words of ODRL and no prefix of ours; every other term is spelled with
the prefix `odrl`, which it declares, or as a whole IRI. So a policy means the same to every
processor of JSON-LD, with no context of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doumen.kits.standards.odrl.terms import full

_KEYS: Mapping[str, str] = {
    "refinement": "odrl:refinement",
    "unit": "odrl:unit",
    "rdf:value": full("rdf:value"),
}
_TERMS = frozenset({"leftOperand", "action", "unit", "rdf:value"})
"""Keys whose values are terms."""


def carried(value: Any, key: str = "") -> Any:
    """A node of a policy with its terms spelled for messages.

    Args:
        value: What stands there.
        key: Where it stands.
    """
    if isinstance(value, Mapping):
        if "@value" in value:
            return dict(value)
        return {
            _KEYS.get(word, word): carried(item, key if word == "@id" else word)
            for word, item in value.items()
        }
    if isinstance(value, list):
        return [carried(one, key) for one in value]
    if key not in _TERMS or not isinstance(value, str):
        return value
    if ":" not in value:
        return f"odrl:{value}"
    return value if value.startswith("odrl:") else full(value)
