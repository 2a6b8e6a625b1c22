"""One value under a mask, as the real engine shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from doumen.kits.policy import MASK_KEYS, duty_faults, mask_expression
from doumen.model.rule import Mask, Target, TargetKind
from doumen.model.schema import Column, Schema

KEYS = ("a1" * 32, "5c" * 32)
"""Outer and inner key."""


@pytest.fixture(scope="package")
def shown() -> Callable[..., Any]:
    """What a mask shows of a value; its type is the one declared, no literal is in the SQL."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name, key in zip(MASK_KEYS, KEYS, strict=True):
        connection.execute(f"SET VARIABLE {name} = ?", [key])

    def show(mask: Mask, value: str, type: str, *, name: str = "x", read: str = "{}") -> Any:
        governed, variables = mask_expression(mask, Column(name, type), "d0_m1")
        for number, (variable, held) in enumerate(variables.items(), start=1):
            assert variable == f"d0_m1_{number}"
            bound = list(held) if isinstance(held, tuple) else held
            connection.execute(f"SET VARIABLE {variable} = ?", [bound])
        quoted = '"' + name.replace('"', '""') + '"'
        told = f"{read.format(governed.expression)}, typeof({governed.expression})"
        rows = connection.execute(
            f"SELECT {told} FROM (SELECT CAST({value} AS {type}) AS {quoted})"
        ).fetchall()
        assert governed.name == name
        assert rows[0][1] == governed.type
        return rows[0][0]

    return show


@pytest.fixture(scope="package")
def misfits() -> Callable[..., str]:
    """The fault of a rule that puts a mask on a column of this type."""

    def fault(mask: Mask, type: str) -> str:
        named = Mask(mask.method, "X", mask.options)
        schema = Schema.of(x=type)
        (found,) = duty_faults(named, Target(TargetKind.DATASET, "a.b"), schema)
        assert duty_faults(mask, Target(TargetKind.COLUMN, "a.b.x"), schema) == (found,)
        for wide in (Target(TargetKind.DATASET, "a.*"), Target(TargetKind.LABEL, "l")):
            assert duty_faults(named, wide, schema) == ()
        return found

    return fault
