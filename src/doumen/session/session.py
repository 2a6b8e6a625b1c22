"""An actor at the open gate: does any operation of the table; the object of the SDK."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from doumen.gate import Desk
from doumen.kits import policy
from doumen.model.answer import Answer, Explained, Made
from doumen.model.operation import Operation, Outcome
from doumen.model.plan import Scalar
from doumen.model.ref import Ref
from doumen.session.spool import Spool, Waiting


class Session:
    """One actor, one purpose.

    Example:
        >>> node = doumen.open("my-node")                             # doctest: +SKIP
        >>> session = node.session(actor="ana", purpose="research")   # doctest: +SKIP
        >>> session.query("select count(*) from transport.flights").rows()  # doctest: +SKIP
        [(336776,)]
    """

    def __init__(self, desk: Desk, spool: Spool) -> None:
        self.desk = desk
        self._spool = spool

    def query(
        self,
        sql: str,
        parameters: Sequence[Scalar] = (),
        *,
        agreement: str | Sequence[str] | None = None,
        as_of: int | datetime | None = None,
    ) -> Answer:
        """Ask; the answer gives `.arrow()`, `.df()`, `.rows()`, `.batches()` and `.receipt`.

        Under an agreement the provider answers. `as_of` reads datasets as they were at a moment
        (UTC, where it names no zone), or one of them at a version.
        """
        return self.desk.query(sql, parameters, agreement=agreement, as_of=as_of)

    def explain(
        self,
        sql: str,
        parameters: Sequence[Scalar] = (),
        *,
        agreement: str | Sequence[str] | None = None,
        as_of: int | datetime | None = None,
    ) -> Explained:
        """Ruling, rules and cost of a question, without running or paying."""
        return self.desk.explain(sql, parameters, agreement=agreement, as_of=as_of)

    def derive(
        self,
        sql: str,
        into: str,
        parameters: Sequence[Scalar] = (),
        *,
        agreement: str | Sequence[str] | None = None,
        as_of: int | datetime | None = None,
    ) -> Made:
        """Write the answer of a question as a dataset; under an agreement, of the provider's."""
        ref = Ref.parse(into)
        return self.desk.derive(sql, ref, parameters, agreement=agreement, as_of=as_of)

    def do(self, operation: Operation | str, /, **params: Any) -> Outcome:
        """Run an operation, by itself or by its words: `do("contract show", dataset="a.b")`."""
        operation = _found(operation)
        module, _, function = operation.run.partition(":")
        given = {
            p.name: params.pop(p.name, () if p.repeat else p.default) for p in operation.params
        }
        if params:
            raise TypeError(f"{' '.join(operation.name)} has no parameter {', '.join(params)}")
        outcome: Outcome = getattr(import_module(module), function)(self.desk, **given)
        return outcome

    def submit(
        self, operation: Operation | str, /, *, token: str | None = None, **params: Any
    ) -> Outcome:
        """Queue an operation as a job, which a worker does; gives the job as JSON.

        Args:
            operation: As `do` takes it.
            token: Id of the token that asks.
            params: As `do` takes them.

        Raises:
            Invalid: it is not one that is queued.
            OverBudget: too many jobs wait already.
        """
        from doumen.session import jobs  # noqa: PLC0415 (not always needed)

        found = _found(operation)
        return jobs.queued(jobs.submit(self.desk, self._spool, found, params, token))

    def keep(self, file: Path) -> Waiting:
        """Keep a file that was sent until the actor says what is to become of it.

        Raises:
            Refused: they may not bring data in.
            OverBudget: too many files of theirs wait. Unavailable: it cannot be kept.
        """
        policy.may_collect(self.desk.actor)
        return self._spool.wait(self.desk.jobs().new_id(), self.desk.actor.name, file)

    def waiting(self) -> list[Waiting]:
        """Files that the actor sent and that are part of no job yet, the latest first."""
        return self._spool.waiting(self.desk.actor.name)

    def one_waiting(self, id: str) -> Waiting:
        """One of them.

        Raises:
            NotFound: there is none of this id.
        """
        return self._spool.one_waiting(id, self.desk.actor.name)

    def let_go(self, id: str) -> None:
        """Remove one of them.

        Raises:
            NotFound: there is none of this id.
        """
        self._spool.remove(self.one_waiting(id).id)

    def hide(self, value: Any) -> Any:
        """A value of JSON with the place where files wait left out of every text."""
        return self._spool.hide(value)


def _found(operation: Operation | str) -> Operation:
    if not isinstance(operation, str):
        return operation
    from doumen.operations import find  # noqa: PLC0415 (the table is not always needed)

    return find(tuple(operation.split()))
