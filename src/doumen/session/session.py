"""An actor at the open gate: does any operation of the table; the object of the SDK."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from doumen.gate import Desk
from doumen.model.answer import Answer, Explained, Made
from doumen.model.operation import Operation, Outcome
from doumen.model.plan import Scalar
from doumen.model.ref import Ref


class Session:
    """One actor, one purpose.

    Example:
        >>> node = doumen.open("my-node")                             # doctest: +SKIP
        >>> session = node.session(actor="ana", purpose="research")   # doctest: +SKIP
        >>> session.query("select count(*) from transport.flights").rows()  # doctest: +SKIP
        [(336776,)]
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def query(self, sql: str, parameters: Sequence[Scalar] = ()) -> Answer:
        """Ask; the answer gives `.arrow()`, `.df()`, `.rows()`, `.batches()` and `.receipt`."""
        return self.desk.query(sql, parameters)

    def explain(self, sql: str, parameters: Sequence[Scalar] = ()) -> Explained:
        """Ruling, rules and cost of a question, without running or paying."""
        return self.desk.explain(sql, parameters)

    def derive(self, sql: str, into: str, parameters: Sequence[Scalar] = ()) -> Made:
        """Write the answer of a question as a dataset."""
        return self.desk.derive(sql, Ref.parse(into), parameters)

    def do(self, operation: Operation | str, /, **params: Any) -> Outcome:
        """Run an operation, by itself or by its words: `do("contract show", dataset="a.b")`."""
        if isinstance(operation, str):
            from doumen.operations import find  # noqa: PLC0415 (the table is not always needed)

            operation = find(tuple(operation.split()))
        module, _, function = operation.run.partition(":")
        given = {
            p.name: params.pop(p.name, () if p.repeat else p.default) for p in operation.params
        }
        if params:
            raise TypeError(f"{' '.join(operation.name)} has no parameter {', '.join(params)}")
        outcome: Outcome = getattr(import_module(module), function)(self.desk, **given)
        return outcome
