"""Rules and terms as YAML, from which `read_rules` and `read_terms` read the same again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from doumen.kits.policy.document import rule_as_json
from doumen.kits.policy.offers.document import terms_as_json
from doumen.model.rule import Rule
from doumen.model.terms import Terms

_WIDTH = 10_000
"""Characters of a line: an expression is never broken."""


def write_rules(rules: Iterable[Rule]) -> str:
    """The rules as a document, each in the order of its written form."""
    return _written({"rules": [rule_as_json(rule) for rule in rules]})


def write_terms(terms: Terms) -> str:
    """The terms as a document, in the order of their written form."""
    return _written(terms_as_json(terms))


def _written(document: Mapping[str, Any]) -> str:
    writer = YAML(pure=True)
    writer.width = _WIDTH
    writer.allow_unicode = True
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.representer.ignore_aliases = lambda *_: True  # anchors are not read
    text = StringIO()
    writer.dump(document, text)
    return text.getvalue()
