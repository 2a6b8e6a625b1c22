"""The terms of offers and agreements, pure: read and written, in words, and as rules.

`document` reads and writes them; `words` says them to people, and `changes` what changes between
two; `rules` makes of them the rules that the gate enforces for one actor; `force` judges what the
rules do not: for whom, from when, where.
"""

from doumen.kits.policy.offers.changes import Change, terms_changes
from doumen.kits.policy.offers.document import read_terms, terms_as_json, terms_from_json
from doumen.kits.policy.offers.force import not_in_force
from doumen.kits.policy.offers.rules import clause_of, rules_of
from doumen.kits.policy.offers.words import clause_words, terms_words

__all__ = [
    "Change",
    "clause_of",
    "clause_words",
    "not_in_force",
    "read_terms",
    "rules_of",
    "terms_as_json",
    "terms_changes",
    "terms_from_json",
    "terms_words",
]
