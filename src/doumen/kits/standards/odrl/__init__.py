"""The Open Digital Rights Language 2.2 (W3C): rules and terms as JSON-LD, and back.

`document` bounds the text, `nodes` gives every word one spelling by `terms`; `asset`, `party`,
`constraint` (over `values`) and `duty` each write and read one part of a rule; `policy` puts the
parts of the rules of a node together. `offer` does so for the terms of offers and agreements:
`granted` is one permission of them, `due` what is owed, `carried` the spelling in messages.
`evaluable` reads any policy into the nouns of its evaluation (`kits.policy.odrl`), `condition` and
`operand` its constraints; `profile` tells the evaluation our terms. These are named where they are
needed: they bring the evaluation with them.
"""

from doumen.kits.standards.odrl.document import looks_like_policy
from doumen.kits.standards.odrl.offer import (
    Agreed,
    Offered,
    read_agreement,
    read_offer,
    write_agreement,
    write_offer,
)
from doumen.kits.standards.odrl.policy import policy_uid, read_policy, write_policy
from doumen.kits.standards.odrl.terms import CONTEXT, PROFILE, purpose_iri

__all__ = [
    "CONTEXT",
    "PROFILE",
    "Agreed",
    "Offered",
    "looks_like_policy",
    "policy_uid",
    "purpose_iri",
    "read_agreement",
    "read_offer",
    "read_policy",
    "write_agreement",
    "write_offer",
    "write_policy",
]
