"""Rules, agreements and rulings, pure: rules are read of documents; with facts they give a ruling.

`document` reads rules and gives them as JSON, `render` as YAML, `words` says them; `duties` and
`masks` are the shelves of what a permit may ask, `purposes` the list of what for.
`lives` says who reads in which state of a dataset; `standing`, `target`, `knowledge` and `flow`
find the rules that speak of a question; `masking` and `bounds` find what they ask, `decide` joins
it into a `ruling`, or `refusals` say why not; `files` says who may have all of a dataset as files,
`terms` are what a derived dataset keeps.
`offers` are the terms of offers and agreements; `agreements` put those into the place of the rules,
`carried` keeps them with what came from others, `exposure` says what more is seen if they are
signed. `checking` holds what somebody writes against the node; `visible` keeps from an actor what
they may not know, `view` tells them what they see of a dataset; `amend` says who may change what.
`odrl` evaluates any policy, beside all of this.
"""

from doumen.kits.policy.agreements import (
    agreed_clause,
    agreement_absent,
    agreement_as_json,
    agreement_from_json,
    agreement_of,
    agreements_in_force,
    check_in_force,
    check_stands,
    governed,
    may_use,
)
from doumen.kits.policy.amend import (
    check_exchanged,
    may_amend,
    may_ask_elsewhere,
    may_collect,
    may_derive,
    may_foresee,
    may_keep,
    may_repair,
    may_schedule,
    may_speak,
)
from doumen.kits.policy.carried import (
    Came,
    carried,
    carries,
    check_givable,
    kept,
    offering_faults,
)
from doumen.kits.policy.checking import grant_faults, purpose_faults, rule_faults, unlisted
from doumen.kits.policy.decide import rule_dataset
from doumen.kits.policy.document import read_rules, rule_as_json, rule_from_json
from doumen.kits.policy.duties import MASK_KEYS, mask_expression, shown_type
from doumen.kits.policy.files import rule_files
from doumen.kits.policy.lives import check_delivered, check_written, life, readers
from doumen.kits.policy.offers import (
    clause_words,
    read_terms,
    terms_as_json,
    terms_changes,
    terms_from_json,
    terms_words,
)
from doumen.kits.policy.purposes import purposes, read_purpose
from doumen.kits.policy.ruling import Asked, DatasetRuling, RuledColumn, absent
from doumen.kits.policy.standing import check_purpose, concerns
from doumen.kits.policy.target import covered, read_label
from doumen.kits.policy.terms import terms
from doumen.kits.policy.view import view_text
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
    "Came",
    "DatasetRuling",
    "RuledColumn",
    "about",
    "absent",
    "agreed_clause",
    "agreement_absent",
    "agreement_as_json",
    "agreement_from_json",
    "agreement_of",
    "agreements_in_force",
    "attributes",
    "carried",
    "carries",
    "check_delivered",
    "check_exchanged",
    "check_givable",
    "check_in_force",
    "check_purpose",
    "check_stands",
    "check_written",
    "clause_words",
    "concerns",
    "covered",
    "duty_faults",
    "duty_words",
    "governed",
    "grant_faults",
    "kept",
    "life",
    "mask_expression",
    "may_amend",
    "may_ask_elsewhere",
    "may_collect",
    "may_derive",
    "may_foresee",
    "may_keep",
    "may_repair",
    "may_schedule",
    "may_speak",
    "may_use",
    "offering_faults",
    "purpose_faults",
    "purposes",
    "read_label",
    "read_purpose",
    "read_rules",
    "read_terms",
    "readers",
    "rule_as_json",
    "rule_dataset",
    "rule_faults",
    "rule_files",
    "rule_from_json",
    "rule_words",
    "shown_type",
    "target_words",
    "terms",
    "terms_as_json",
    "terms_changes",
    "terms_from_json",
    "terms_words",
    "unlisted",
    "view_text",
    "visible_facts",
    "visible_version",
    "who_words",
]
