from __future__ import annotations

import inspect
import subprocess
import sys
from importlib import import_module

import pytest

from doumen.model.operation import Operation
from doumen.rooms.collect.operations import OPERATIONS


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: " ".join(one.name))
def test_a_verb_and_its_function_agree(operation: Operation) -> None:
    module, _, name = operation.run.partition(":")
    signature = inspect.signature(getattr(import_module(module), name))
    given = {param.name: param for param in operation.params}
    assert list(signature.parameters)[1:] == list(given)
    for param in list(signature.parameters.values())[1:]:
        assert given[param.name].required is (param.default is param.empty)
    assert operation.summary.endswith(".")
    assert operation.examples


def test_the_table_costs_no_import() -> None:
    code = "import sys, doumen.rooms.collect.operations; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"pyarrow", "duckdb", "sqlalchemy", "sqlglot", "charset_normalizer", "ruamel"}
    assert not heavy & set(done.stdout.split())
