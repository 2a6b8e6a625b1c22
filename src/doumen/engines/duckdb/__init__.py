"""DuckDB in a locked worker process: `DuckDB` speaks to it, `worker` serves behind the wall.

`engine` and `stream` run in the node's own process and never import the engine itself;
`instance`, `governed`, `query`, `load` and `examine` run in the worker.
"""

from doumen.engines.duckdb.engine import DuckDB

__all__ = ["DuckDB"]
