"""Runs a source of dlt, and gives the records of one of its resources."""

from __future__ import annotations

import base64
import enum
import importlib
import inspect
import os
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"  # read by dlt where it is imported

import dlt
from dlt.common.configuration.exceptions import ConfigurationException
from dlt.extract import DltResource, DltSource

from doumen.model.errors import DoumenError, Faulty, Invalid, NotFound
from doumen.model.message import enumerated, msg
from doumen.rooms.collect.connectors.interface import Mark, There

CHUNK = 1000
"""Records that are handed on at a time."""


class DltRecords:
    """Implements `Records`.

    Args:
        module: `package.module:function`.
        arguments: What it is called with.

    Raises:
        NotFound: there is no such function.
    """

    def __init__(self, module: str, arguments: Mapping[str, Any]) -> None:
        self._module = module
        self._arguments = dict(arguments)
        self._function = _imported(module)

    def there(self) -> Sequence[There]:
        """The resources, by name."""
        return [There(name, "records") for name in sorted(self._resources({}))]

    def read(
        self, table: str | None, reads: Mapping[str, Any], after: Mark | None
    ) -> Generator[Sequence[Any], None, None]:
        """As `Records.read`; what the source itself raises is told by its kind alone."""
        since = reads.get("since")
        more = {since: after} if since is not None and after is not None else {}
        resources = self._resources(more)
        if table not in resources:
            raise _no_resource(self._module, str(table), resources)
        page: list[Any] = []
        for item in self._items(resources[str(table)]):
            page += _records(item)
            if len(page) >= CHUNK:
                yield page
                page = []
        if page:
            yield page

    def _items(self, resource: Iterable[Any]) -> Iterator[Any]:
        """What a resource gives."""
        try:
            yield from resource
        except DoumenError:
            raise
        except Exception as error:
            raise _failed(self._module, error) from error

    def _resources(self, more: Mapping[str, Any]) -> dict[str, Iterable[Any]]:
        """The resources of the source, each by itself.

        Raises:
            Invalid: it takes other arguments, or is none. Faulty: it fails.
        """
        given = {**self._arguments, **more}
        try:
            inspect.signature(self._function).bind(**given)
        except TypeError as error:
            raise _unfit(self._module) from error
        try:
            made = self._function(**given)
        except ConfigurationException as error:
            raise _unfit(self._module) from error
        except Exception as error:
            raise _failed(self._module, error) from error
        if isinstance(made, DltResource):
            return {made.name: made}
        if isinstance(made, DltSource):
            return {name: made.with_resources(name) for name in made.resources}
        raise _no_source(self._module)


def _imported(module: str) -> Callable[..., Any]:
    path, _, name = module.partition(":")
    try:
        found: Any = importlib.import_module(path)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise NotFound(
            msg("There is no `{module}`.", module=module),
            why=msg("Python says: {kind}.", kind=type(error).__name__),
            next=msg("Install the package of the source beside Doumen, and check its name."),
            detail="module",
        ) from error
    except Exception as error:
        raise _failed(module, error) from error
    if not callable(found):
        raise _no_source(module)
    called: Callable[..., Any] = found
    return called


def _records(item: Any) -> list[Any]:
    """What a resource gives at a time, as records."""
    if isinstance(item, Mapping):
        return [_value(item)]
    if hasattr(item, "model_dump"):  # of pydantic
        return [_value(item.model_dump())]
    if hasattr(item, "to_pylist"):  # of Arrow
        return [_value(one) for one in item.to_pylist()]
    if hasattr(item, "to_dict"):  # of pandas
        return [_value(one) for one in item.to_dict("records")]
    if isinstance(item, list | tuple):
        return [one for each in item for one in _records(each)]
    return [_value(item)]


def _value(value: Any) -> Any:
    """A value of Python as JSON can have it."""
    if isinstance(value, Mapping):
        return {str(key): _value(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_value(one) for one in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, enum.Enum):
        return _value(value.value)
    return _value(value.item()) if hasattr(value, "item") else value


def _no_resource(module: str, name: str, known: Iterable[str]) -> NotFound:
    names = sorted(known)
    return NotFound(
        msg("`{module}` has no resource `{name}`.", module=module, name=name),
        next=msg("Write a name as it has them: {names}.",
                 names=enumerated(get_close_matches(name, names, n=3) or names[:8])),
        detail="table",
    )  # fmt: skip


def _unfit(module: str) -> Invalid:
    return Invalid(
        msg("`{module}` takes other arguments.", module=module),
        next=msg("Compare `arguments` and `secret_as` with what it says it takes."),
        detail="options",
    )


def _no_source(module: str) -> Invalid:
    return Invalid(
        msg("`{module}` is no source of dlt {version}.", module=module, version=dlt.__version__),
        why=msg("It gives neither a source nor a resource."),
        next=msg("Name a function that is decorated as one of them."),
        detail="module",
    )


def _failed(module: str, error: Exception) -> Faulty:
    """What a source raises may hold secrets and values, so its kind alone is told."""
    cause = error
    while isinstance(cause.__cause__, Exception):
        cause = cause.__cause__
    return Faulty(
        msg("`{module}` failed.", module=module),
        why=msg("It raised {kind}.", kind=type(cause).__name__),
        next=msg("Run it by itself where Doumen runs, and see what it says."),
        detail="source",
    )
