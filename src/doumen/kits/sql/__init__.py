"""Pure reading of SQL: the first wall against a hostile statement.

`parse` reads a text by the allow-lists; `check_reading` holds the engine's own reading against
the same lists; `trace` says which columns flow into the answer and which shape it;
`compile_filter` turns the filter of a rule into SQL without literals; `needed_files` leaves out
files that hold nothing which a statement asks for.
"""

from doumen.kits.sql.early import Haste, sources
from doumen.kits.sql.expression import CompiledFilter, compile_filter
from doumen.kits.sql.functions import CLOCK, FUNCTIONS, Function, Kind, classify
from doumen.kits.sql.group import hold_groups
from doumen.kits.sql.keys import Key, key, ordered
from doumen.kits.sql.lineage import Lineage, OutputLineage, trace
from doumen.kits.sql.names import fold, quoted, table
from doumen.kits.sql.needed import needed_files
from doumen.kits.sql.parse import Statement, bare, parse
from doumen.kits.sql.reading import check_reading
from doumen.kits.sql.scopes import UnknownColumn

__all__ = [
    "CLOCK",
    "FUNCTIONS",
    "CompiledFilter",
    "Function",
    "Haste",
    "Key",
    "Kind",
    "Lineage",
    "OutputLineage",
    "Statement",
    "UnknownColumn",
    "bare",
    "check_reading",
    "classify",
    "compile_filter",
    "fold",
    "hold_groups",
    "key",
    "needed_files",
    "ordered",
    "parse",
    "quoted",
    "sources",
    "table",
    "trace",
]
