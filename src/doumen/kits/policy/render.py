"""Rules as the YAML document that is read again: `read_rules(write_rules(rules))` is them."""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO

from ruamel.yaml import YAML

from doumen.kits.policy.document import rule_as_json
from doumen.model.rule import Rule

_WIDTH = 10_000
"""Characters of a line: an expression is never broken."""


def write_rules(rules: Iterable[Rule]) -> str:
    """The rules as a document, each in the order of its written form."""
    writer = YAML(pure=True)
    writer.width = _WIDTH
    writer.allow_unicode = True
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.representer.ignore_aliases = lambda *_: True  # anchors are not read
    text = StringIO()
    writer.dump({"rules": [rule_as_json(rule) for rule in rules]}, text)
    return text.getvalue()
