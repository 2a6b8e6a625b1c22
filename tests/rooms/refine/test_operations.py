from __future__ import annotations

import inspect
import subprocess
import sys
from importlib import import_module

import pytest

from doumen.model.operation import Operation
from doumen.rooms.refine.operations import OPERATIONS


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: " ".join(o.name))
def test_every_verb_is_a_function_of_a_desk(operation: Operation) -> None:
    module, name = operation.run.split(":")
    parameters = inspect.signature(getattr(import_module(module), name)).parameters
    taken = set(parameters) - {"desk", "ask", "say"}
    assert taken == {param.name for param in operation.params}
    assert next(iter(parameters)) == "desk"
    assert operation.summary.endswith(".")
    assert all(line.startswith(f"doumen {' '.join(operation.name)}") for line in operation.examples)
    for param in operation.params:
        assert param.required == (parameters[param.name].default is inspect.Parameter.empty)


def test_the_table_of_verbs_costs_no_heavy_import() -> None:
    code = (
        "import sys, doumen.rooms.refine.operations\n"
        "print([m for m in ('duckdb', 'pyarrow', 'sqlglot', 'ruamel.yaml') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
