"""Rules of other tools, and of other contracts, as additions to a contract in force.

Each becomes a rule that is run, is there already, or is kept as it stands under its own
tool's name with the reason: none is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from doumen.kits import sql
from doumen.kits.standards import dbt, expectations
from doumen.kits.standards.expectations import Translation
from doumen.kits.standards.odcs.adding import QUALITY, RELATIONSHIPS, Addition
from doumen.kits.standards.odcs.contract import Contract, Report
from doumen.kits.standards.odcs.document import parse
from doumen.kits.standards.odcs.read import demanded, read_contract
from doumen.kits.standards.odcs.rules import references
from doumen.kits.standards.odcs.types import logical_type
from doumen.model.errors import DoumenError, Invalid
from doumen.model.load import Check
from doumen.model.message import Message, msg
from doumen.model.ref import Ref

Source = Literal["great-expectations", "dbt", "odcs"]
Became = Literal["added", "already", "kept", "left"]
_ABOUT = frozenset({"id", "name", "description", "dimension", "tags", "customProperties",
                    "authoritativeDefinitions", "businessImpact"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one rule.

    Attributes:
        name: What its tool calls it.
        column: Where it goes, or was about; None: the table.
        became: `added`, `already` (the contract says it) or `kept` (added as a custom rule that
            is not run), or `left` (it cannot stand in this contract).
        addition: What is added; None: nothing.
        why: Why it is not run; None where it is.
    """

    name: str
    column: str | None
    became: Became
    addition: Addition | None = None
    why: Message | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """One rule, translated, with what is kept of it where it cannot be run."""

    turned: Translation
    kept: Mapping[str, Any] | None


def recognised(text: str) -> Source:
    """Which of the three a document is, by what it holds.

    Raises:
        Invalid: it is none of them.
    """
    if text.lstrip()[:1] in ("{", "[") and '"expectations"' in text:
        return "great-expectations"
    data = _mapping(text)
    if "kind" in data and "apiVersion" in data:
        return "odcs"
    if dbt.known_as(data):
        return "dbt"
    raise _unreadable(
        msg("It is no suite of Great Expectations, properties file of dbt or data contract.")
    )


def taken(contract: Contract, text: str, source: Source) -> list[Taken]:
    """What becomes of each rule in a document, in its order.

    Args:
        contract: The one in force.
        text: Of the document.
        source: What it is.

    Raises:
        Invalid, NotFound: it cannot be read, or is about other tables only.
    """
    name = contract.ref.name if contract.ref else ""
    columns = {p.column.name: logical_type(p.column.type) for p in contract.properties}
    found = {"great-expectations": _suite, "dbt": _tests, "odcs": _contract}[source]
    known = _Known.of(contract)
    return [known.take(one) for one in found(text, name, columns)]


def _suite(text: str, _name: str, columns: Mapping[str, str | None]) -> Iterator[_Read]:
    for one in expectations.read_suite(text):
        yield _Read(expectations.translate(one, columns), expectations.kept(one))


def _tests(text: str, name: str, columns: Mapping[str, str | None]) -> Iterator[_Read]:
    for one in dbt.declared(_mapping(text), name):
        yield _Read(dbt.translate(one.test, one.column, columns), dbt.kept(one.test))


def _contract(text: str, _name: str, _columns: Mapping[str, str | None]) -> Iterator[_Read]:
    read_contract(text)
    for table in _mapping(text).get("schema") or ():
        yield from _rules(table, None)
        for declared in table.get("properties") or ():
            yield from _rules(declared, str(declared.get("name")))


def _rules(declared: Mapping[str, Any], column: str | None) -> Iterator[_Read]:
    for key in (QUALITY, RELATIONSHIPS):
        for item in declared.get(key) or ():
            name = str(item.get("name") or item.get("metric") or item.get("type") or key)
            yield _Read(Translation(name, column, item, key), None)


@dataclass(slots=True)
class _Known:
    """What a contract says, and what was taken into it so far."""

    contract: Contract
    reports: set[Report]
    written: list[tuple[str | None, Any]]

    @classmethod
    def of(cls, contract: Contract) -> _Known:
        data = parse(contract.text).data
        table: Mapping[str, Any] = next(iter(data.get("schema") or ()), {})
        written: list[tuple[str | None, Any]] = [
            (None, _core(rule)) for rule in table.get(QUALITY) or ()
        ]
        for declared in table.get("properties") or ():
            rules = [*(declared.get(QUALITY) or ()), *(declared.get(RELATIONSHIPS) or ())]
            written += [(declared["name"], _core(rule)) for rule in rules]
        reports = {_bare(report) for report in contract.reports if report.kind != "unchecked"}
        return cls(contract, reports, written)

    def take(self, one: _Read) -> Taken:
        turned = one.turned
        if turned.item is None and turned.why is None:
            return Taken(turned.name, turned.column, "already")
        why = turned.why or self._fault(turned)
        if why is not None:
            return self._kept(one, why)
        if self._said(turned):
            return Taken(turned.name, turned.column, "already")
        addition = Addition(turned.column, turned.item or {}, turned.key)
        return Taken(turned.name, turned.column, "added", addition)

    def _kept(self, one: _Read, why: Message) -> Taken:
        turned, kept = one.turned, one.kept
        known = turned.column is None or any(
            turned.column == column.name for column in self.contract.columns
        )
        place = turned.column if known else None
        if kept is None:
            return Taken(turned.name, turned.column, "left", None, why)
        if (place, _core(kept)) in self.written:
            return Taken(turned.name, turned.column, "already", None, why)
        self.written.append((place, _core(kept)))
        return Taken(turned.name, turned.column, "kept", Addition(place, kept), why)

    def _fault(self, turned: Translation) -> Message | None:
        item = turned.item or {}
        if turned.key == RELATIONSHIPS:
            _, _, why = demanded(self.contract, turned.column, {"type": "text"})
            return why
        _, _, why = demanded(self.contract, turned.column, item)
        if why is None and item.get("type") == "sql":
            why = _unread(str(item["query"]), self.contract.ref, turned.column)
        return why

    def _said(self, turned: Translation) -> bool:
        """Whether the contract demands this already; if not, it does from now on."""
        item = turned.item or {}
        key = (turned.column, _core(item))
        if key in self.written:
            return True
        self.written.append(key)
        checks: tuple[Check, ...] = ()
        if turned.key == RELATIONSHIPS:
            columns = () if turned.column is None else (turned.column,)
            reports = tuple(references({RELATIONSHIPS: [item]}, columns))
        else:
            checks, reports, _ = demanded(self.contract, turned.column, item)
        own = self.contract.property(turned.column) if turned.column else None
        known = own.column.checks if own else ()
        bare = {_bare(report) for report in reports}
        if not (checks or reports) or any(r.kind == "unchecked" for r in bare):
            return False
        said = set(checks) <= set(known) and bare <= self.reports
        self.reports |= bare
        return said


def _bare(report: Report) -> Report:
    return replace(report, name="")


def _core(rule: Any) -> Any:
    """A rule without what it says of itself."""
    if not isinstance(rule, Mapping):
        return rule
    return {key: value for key, value in rule.items() if key not in _ABOUT}


def _unread(query: str, ref: Ref | None, column: str | None) -> Message | None:
    """Why the gate's reader does not take a statement; None where it does."""
    filled = query.replace("{object}", sql.table(ref or Ref("contract", "table")))
    filled = filled.replace("{property}", sql.quoted(column or "*"))
    try:
        sql.parse(filled)
    except DoumenError as error:
        return error.what
    return None


def _mapping(text: str) -> dict[str, Any]:
    try:
        return parse(text).data
    except Invalid as error:
        raise _unreadable(error.why or error.what) from None


def _unreadable(why: Message) -> Invalid:
    return Invalid(
        msg("No rules can be read from this file."),
        why=why,
        next=msg("Say what it is: `--from great-expectations`, `--from dbt` or `--from odcs`."),
        detail="rules",
    )


def additions(rules: Iterable[Taken]) -> Sequence[Addition]:
    """What is to be added of all that was read."""
    return [one.addition for one in rules if one.addition is not None]
