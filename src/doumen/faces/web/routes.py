"""An address for each verb of the table that the service offers; one loop makes them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.routing import Route

from doumen.faces.web.inputs import offered
from doumen.faces.web.query import Query
from doumen.faces.web.verb import House, Verb
from doumen.model.operation import Operation
from doumen.operations import Section


def routes(sections: Sequence[Section], house: Callable[[], House]) -> list[Route]:
    """The routes of all verbs that are not for the machine of the node alone."""
    return [
        Route(
            address(operation),
            Query(house, operation) if operation.name == ("query",) else Verb(house, operation),
            methods=list(methods(operation)),
        )
        for section in sections
        for operation in section.operations
        if operation.local is None
    ]


def address(operation: Operation) -> str:
    """Where an operation is: `contract show` at `/v1/contract/show`."""
    return "/".join(("/v1", *operation.name))


def methods(operation: Operation) -> tuple[str, ...]:
    """POST; GET too for what only looks things up.

    A statement does not stand in an address: addresses are written to the logs of others.
    """
    reads = operation.scope == "read" and operation.name != ("query",)
    needs_file = any(p.kind == "path" and p.required for p in offered(operation))
    return ("GET", "POST") if reads and not needs_file else ("POST",)
