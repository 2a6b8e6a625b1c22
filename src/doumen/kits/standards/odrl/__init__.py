"""The Open Digital Rights Language 2.2 (W3C): the rules of a node as JSON-LD, and back.

`document` bounds the text, `nodes` gives every word one spelling by `terms`; `asset`, `party`,
`constraint` (over `values`) and `duty` each write and read one part of a rule; `policy` puts the
parts together.
"""

from doumen.kits.standards.odrl.document import looks_like_policy
from doumen.kits.standards.odrl.policy import policy_uid, read_policy, write_policy
from doumen.kits.standards.odrl.terms import CONTEXT, PROFILE

__all__ = ["CONTEXT", "PROFILE", "looks_like_policy", "policy_uid", "read_policy", "write_policy"]
