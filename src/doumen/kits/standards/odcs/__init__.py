"""The Open Data Contract Standard 3.1: the text is the record, nouns are read from it.

`document` parses within limits, `schema` holds it against the published schema, `read` makes
a `contract` of it by `types`, `formats`, `bounds` and `rules`; `write` infers a new one through
`render`; `edit` changes single places of the text, `adding` adds rules, `extend` columns;
`compare` says what breaks; `labels` gives the facts that follow, `force` puts it in force;
`foreign` and `importing` read the rules of other tools.
"""

from doumen.kits.standards.odcs.adding import Addition, add, add_rules
from doumen.kits.standards.odcs.compare import (
    Change,
    check_words,
    compare,
    next_version,
    version_key,
)
from doumen.kits.standards.odcs.contract import (
    NO_FAULT,
    PRIMARY,
    Contract,
    Property,
    Report,
    fingerprint,
)
from doumen.kits.standards.odcs.edit import edit, read_change
from doumen.kits.standards.odcs.extend import extended
from doumen.kits.standards.odcs.force import put_in_force
from doumen.kits.standards.odcs.importing import Source, Taken, additions, recognised, taken
from doumen.kits.standards.odcs.labels import label_facts
from doumen.kits.standards.odcs.read import read_contract
from doumen.kits.standards.odcs.types import COMPARABLE, logical_type
from doumen.kits.standards.odcs.write import infer_contract

__all__ = [
    "COMPARABLE",
    "NO_FAULT",
    "PRIMARY",
    "Addition",
    "Change",
    "Contract",
    "Property",
    "Report",
    "Source",
    "Taken",
    "add",
    "add_rules",
    "additions",
    "check_words",
    "compare",
    "edit",
    "extended",
    "fingerprint",
    "infer_contract",
    "label_facts",
    "logical_type",
    "next_version",
    "put_in_force",
    "read_change",
    "read_contract",
    "recognised",
    "taken",
    "version_key",
]
