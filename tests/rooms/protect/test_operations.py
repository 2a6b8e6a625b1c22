"""The table of verbs agrees with the functions behind it, and costs no import."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib import import_module

import pytest

from doumen.model.operation import Operation
from doumen.rooms.protect.operations import OPERATIONS


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: " ".join(o.name))
def test_parameters_are_those_of_the_function(operation: Operation) -> None:
    module, _, function = operation.run.partition(":")
    signature = inspect.signature(getattr(import_module(module), function))
    assert list(signature.parameters) == ["desk", *(param.name for param in operation.params)]
    for param in operation.params:
        default = signature.parameters[param.name].default
        assert (default is inspect.Parameter.empty) is param.required
    assert operation.summary.endswith(".")


def test_the_table_costs_no_import() -> None:
    heavy = "{'pydantic', 'duckdb', 'sqlglot', 'pyarrow', 'ruamel'}"
    code = f"import sys, doumen.rooms.protect.operations; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
