"""The terms of our profile, as the evaluation of policies needs to know them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from doumen.kits.policy.duties import KINDS
from doumen.kits.policy.masks import METHODS
from doumen.kits.policy.odrl import ODRL, Vocabulary
from doumen.kits.standards.odrl.terms import PROFILE, encoded

SETS = frozenset({"doumen:role", "doumen:label"})
"""Operands with several values at once, of which `eq` asks one: an actor has several roles."""
_OPERANDS = (
    "doumen:actor", "doumen:attribution", "doumen:column", "doumen:dataset", "doumen:label",
    "doumen:price", "doumen:role",
)  # fmt: skip


def vocabulary(claims: Iterable[str] = ()) -> Vocabulary:
    """ODRL's own terms and those of our profile.

    Args:
        claims: Names of the claims that policies speak of: each is an operand.
    """
    actions = {f"doumen:{kind.name}": "odrl:use" for kind in KINDS}
    return ODRL.extended(
        PROFILE,
        actions={**actions, "doumen:discover": "odrl:use"},
        operands=[*_OPERANDS, *_options(), *(f"doumen:claim.{encoded(name)}" for name in claims)],
        implies={
            "odrl:read": frozenset({"doumen:discover"}),
            "odrl:reproduce": frozenset({"odrl:read"}),
        },
    )


def _options() -> Iterator[str]:
    """The options of duties: each refines the action of its duty."""
    for kind in KINDS:
        yield f"doumen:{kind.name}.value"
    for method in METHODS:
        for option, field in method.form.model_fields.items():
            yield f"doumen:mask.{field.alias or option}"
    yield from ("doumen:min_group.k", "doumen:min_group.unit")
