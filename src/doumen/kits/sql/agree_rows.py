"""What two readings of a statement must say alike of rows made, recursions, pivots and samples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from doumen.kits.sql.agree import differs
from doumen.kits.sql.allow import compares_list, refused
from doumen.kits.sql.names import fold
from doumen.kits.sql.recursion import recursive
from doumen.model.message import msg

_MAKERS = frozenset({"unnest", "range", "generate_series"})


class Made:
    """What the first reading saw of them, to hold the second against."""

    def __init__(self, tree: exp.Expr) -> None:
        self.makers = set(_makers(tree))
        self.recursions = {fold(cte.alias) for cte in tree.find_all(exp.CTE) if recursive(cte)}
        self.seeds = {sample.args["seed"].name for sample in tree.find_all(exp.TableSample)}
        pivots = list(tree.find_all(exp.Pivot))
        self.named = {
            fold(name.name) for pivot in pivots for name in pivot.find_all(exp.Identifier)
        }
        self.unpivots = {bool(pivot.args.get("unpivot")) for pivot in pivots}

    def check(self, kind: str, node: dict[str, Any]) -> None:
        """Hold an object of the engine's tree against the first reading.

        Raises:
            Refused: the first reading did not see it so.
        """
        if kind == "TABLE_FUNCTION":
            self._table_function(node.get("function"))
        elif kind == "FUNCTION/FUNCTION":
            name = fold(str(node.get("function_name")))
            if name in _MAKERS and name not in self.makers:
                raise differs()
        elif kind == "RECURSIVE_CTE_NODE":
            if fold(str(node.get("cte_name"))) not in self.recursions:
                raise differs()
        elif kind == "<sample>":
            if not node.get("repeatable") or str(node.get("seed")) not in self.seeds:
                raise differs()
        elif kind == "PIVOT":
            self._pivot(node)

    def _table_function(self, function: object) -> None:
        name = function.get("function_name") if isinstance(function, dict) else None
        if fold(str(name)) not in _MAKERS:
            raise refused(
                msg("the table function `{name}`", name=name),
                why=msg("A statement reads datasets: `domain.name`."),
            )

    def _pivot(self, node: dict[str, Any]) -> None:
        turned = bool(node.get("unpivot_names"))
        names = node.get("groups") or []
        if turned not in self.unpivots or not isinstance(names, list):
            raise differs()
        if not all(isinstance(name, str) and fold(name) in self.named for name in names):
            raise differs()


def _makers(tree: exp.Expr) -> Iterator[str]:
    if any(compares_list(node) for node in tree.find_all(exp.Any, exp.All, exp.Anonymous)):
        yield "unnest"
    for node in tree.find_all(exp.Explode, exp.Unnest, exp.GenerateSeries):
        if isinstance(node, exp.GenerateSeries):
            yield "range" if node.args.get("is_end_exclusive") else "generate_series"
        else:
            yield "unnest"
