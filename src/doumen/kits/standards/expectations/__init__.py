"""Suites of Great Expectations as rules of ODCS.

`suite` reads a suite and hands each expectation to its translator by `table`; `columns`,
`aggregates` and `tables` hold the translators, made of the pieces in `rule`. What is not
translated is told with the reason and kept as a custom rule.
"""

from doumen.kits.standards.expectations.rule import Asked, Translation, UntranslatedError
from doumen.kits.standards.expectations.suite import (
    ENGINE,
    expectation,
    kept,
    kind,
    read_suite,
    translate,
)

__all__ = [
    "ENGINE",
    "Asked",
    "Translation",
    "UntranslatedError",
    "expectation",
    "kept",
    "kind",
    "read_suite",
    "translate",
]
