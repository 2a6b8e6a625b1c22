"""Rules and rulings, pure: a document is read into rules, rules and facts give a ruling.

`document` reads and writes rules; `duties` and `masks` are the shelves of what a permit may ask;
`standing`, `target`, `knowledge` and `flow` find the rules that speak of a question; `masking`
and `bounds` find what they ask, `decide` joins it into a ruling; `terms` are what a derived
dataset keeps of that; `visible` keeps from an actor what they may not know; `amend` says who may
change what.
"""

from doumen.kits.policy.amend import may_amend, may_collect, may_derive
from doumen.kits.policy.decide import rule_dataset
from doumen.kits.policy.document import read_rules, rule_as_json, rule_from_json
from doumen.kits.policy.duties import MASK_KEYS, mask_expression, shown_type
from doumen.kits.policy.purposes import purposes, read_purpose
from doumen.kits.policy.ruling import Asked, DatasetRuling, RuledColumn, absent
from doumen.kits.policy.standing import check_purpose, concerns
from doumen.kits.policy.target import covered, read_label
from doumen.kits.policy.terms import terms
from doumen.kits.policy.visible import about, visible_facts, visible_version
from doumen.kits.policy.words import (
    attributes,
    duty_faults,
    duty_words,
    rule_words,
    target_words,
    who_words,
)

__all__ = [
    "MASK_KEYS",
    "Asked",
    "DatasetRuling",
    "RuledColumn",
    "about",
    "absent",
    "attributes",
    "check_purpose",
    "concerns",
    "covered",
    "duty_faults",
    "duty_words",
    "mask_expression",
    "may_amend",
    "may_collect",
    "may_derive",
    "purposes",
    "read_label",
    "read_purpose",
    "read_rules",
    "rule_as_json",
    "rule_dataset",
    "rule_from_json",
    "rule_words",
    "shown_type",
    "target_words",
    "terms",
    "visible_facts",
    "visible_version",
    "who_words",
]
